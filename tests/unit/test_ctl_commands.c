/* Goal: the table of commands is whole, and words find their command. Method: walk the table; split names into words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ctl/ctl.h"

enum { TERMINAL = 110 /* columns of help texts at most */ };

static const struct command *find(const char *line, int *used)
{
	static char copy[128];
	char *words[8];
	int count = 0;
	IGNORE(!span_copy(span_of(line), copy, sizeof copy));                /* ours, short */
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) /* allowed: one thread, our own text */
		words[count++] = word;
	return command_find(count, words, used);
}

static void every_command_is_found_by_its_own_name(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		int used = 0;
		assert_ptr_equal(find(commands[i]->name, &used), commands[i]);
		assert_int_equal(used, strchr(commands[i]->name, ' ') ? 2 : 1);
	}
}

static void words_behind_the_name_are_left_to_the_command(void **state)
{
	int used = 0;
	(void)state;
	assert_string_equal(find("account add home --url x", &used)->name, "account add");
	assert_int_equal(used, 2);
	assert_string_equal(find("sync add", &used)->name, "sync");
	assert_int_equal(used, 1);
}

static void half_a_name_or_a_longer_one_is_no_command(void **state)
{
	static const char *const rows[] = {"account", "account ad", "account adding", "syn",
	                                   "syncs",   "accountadd", "--bogus"};
	int used = 0;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_null(find(rows[i], &used));
}

static void the_usual_options_for_help_and_version_are_commands(void **state)
{
	int used = 0;
	(void)state;
	assert_string_equal(find("--help", &used)->name, "help");
	assert_string_equal(find("-h", &used)->name, "help");
	assert_string_equal(find("--version", &used)->name, "version");
}

static void every_command_explains_itself_in_lines_that_fit(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];
		assert_non_null(command->run);
		assert_true(strlen(command->help) > 10 && command->help[strlen(command->help) - 1] != '.');
		assert_non_null(strstr(command->text, "syncline "));
		assert_int_equal(command->text[strlen(command->text) - 1], '\n');
		for (const char *line = command->text; *line; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= TERMINAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_found_by_its_own_name),
		cmocka_unit_test(words_behind_the_name_are_left_to_the_command),
		cmocka_unit_test(half_a_name_or_a_longer_one_is_no_command),
		cmocka_unit_test(the_usual_options_for_help_and_version_are_commands),
		cmocka_unit_test(every_command_explains_itself_in_lines_that_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
