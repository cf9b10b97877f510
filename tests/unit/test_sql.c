/* Goal: every statement and migration is in the program, unchanged and in order. Method: the embedded list itself, and
 * files known to be there. */
#include "unit.h"

#include <ctype.h>

#include "common/sql.h"

static void files_stand_in_order_and_once(void **state)
{
	(void)state;
	assert_non_null(sql_files[0].name);
	for (size_t i = 1; sql_files[i].name; i++)
		assert_true(strcmp(sql_files[i - 1].name, sql_files[i].name) < 0);
}

static void a_file_is_text_and_found_by_its_name(void **state)
{
	(void)state;
	for (const struct sql_file *file = sql_files; file->name; file++) {
		assert_ptr_equal(sql_text(file->name), file->text);
		assert_true(strlen(file->text) > 20);
		assert_int_equal(file->text[strlen(file->text) - 1], '\n'); /* whole, to its last line */
		assert_null(strstr(file->name, ".sql"));
	}
}

static void bytes_that_mean_something_in_c_come_through(void **state)
{
	const char *text = sql_text("001_tables");
	(void)state;
	assert_non_null(strstr(text, "CREATE TABLE account"));
	assert_non_null(strchr(text, '\''));
	assert_non_null(strchr(text, ';')); /* which separates a list in CMake */
	assert_true(strchr(text, '(') && strchr(text, '\n'));
}

static void migrations_are_numbered_without_a_gap(void **state)
{
	int newest = 0;
	(void)state;
	for (const struct sql_file *file = sql_files; file->name; file++) {
		if (!isdigit((unsigned char)*file->name))
			continue;
		assert_int_equal(strtol(file->name, NULL, 10), newest + 1);
		assert_int_equal(file->name[3], '_');
		newest++;
	}
	assert_true(newest > 0);
	assert_int_equal(sql_schema_version(), newest);
}

static void what_is_no_migration_is_a_statement(void **state)
{
	(void)state;
	for (const struct sql_file *file = sql_files; file->name; file++)
		assert_true(isdigit((unsigned char)*file->name) || strncmp(file->name, "q_", 2) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_stand_in_order_and_once),
		cmocka_unit_test(a_file_is_text_and_found_by_its_name),
		cmocka_unit_test(bytes_that_mean_something_in_c_come_through),
		cmocka_unit_test(migrations_are_numbered_without_a_gap),
		cmocka_unit_test(what_is_no_migration_is_a_statement),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
