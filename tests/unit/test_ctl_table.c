/* Goal: tables align by what is seen, and nothing from outside can drive the terminal. Method: print to memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/attributes.h"
#include "ctl/table.h"

static const struct table_column columns[] = {{"name", SIDE_LEFT}, {"tracks", SIDE_RIGHT}, {"text", SIDE_FLEXIBLE}};

/* Caller frees. */
static char *printed(const struct table *table, size_t width)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	table_print(table, out, width);
	fclose(out);
	return text;
}

static void add_row(struct table *table, const char *name, int64_t tracks, const char *text)
{
	table_add(table, PAINT_BOLD, name);
	table_add_count(table, PAINT_NONE, tracks);
	table_add(table, PAINT_NONE, text);
}

static void check(const struct table *table, size_t width, const char *want)
{
	char *text = printed(table, width);
	assert_string_equal(text, want);
	free(text);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct table table;
	(void)state;
	table_init(&table, columns, COUNT_OF(columns));
	add_row(&table, "home", 12345, "fine");
	add_row(&table, "a-longer-name", 7, "x");
	check(&table, 0,
	      "name           tracks  text\n"
	      "home           12,345  fine\n"
	      "a-longer-name       7  x\n");
	table_done(&table);
}

static void wide_and_combining_characters_keep_the_columns_straight(void **state)
{
	struct table table;
	(void)state;
	table_init(&table, columns, COUNT_OF(columns));
	add_row(&table, "音楽", 1, "wide");
	add_row(&table, "e\xcc\x81t\xc3\xa9", 2, "combining");
	add_row(&table, "abcd", 3, "plain");
	check(&table, 0,
	      "name  tracks  text\n"
	      "音楽       1  wide\n"
	      "e\xcc\x81t\xc3\xa9        2  combining\n"
	      "abcd       3  plain\n");
	table_done(&table);
}

static void the_flexible_column_is_cut_to_the_terminal(void **state)
{
	struct table table;
	(void)state;
	table_init(&table, columns, COUNT_OF(columns));
	add_row(&table, "home", 1, "a sentence that is far too long for this");
	check(&table, 30,
	      "name  tracks  text\n"
	      "home       1  a sentence that…\n");
	check(&table, 5,
	      "name  tracks  text\n"
	      "home       1  a sentence …\n");
	table_done(&table);
}

static void escape_sequences_and_broken_utf8_do_not_reach_the_terminal(void **state)
{
	struct table table;
	(void)state;
	table_init(&table, columns, COUNT_OF(columns));
	add_row(&table, "a\033[2Jb", 1, "x\xffy\nz\xc2\x9b");
	add_row(&table,
	        "\xe2\x80\xae"
	        "cod",
	        1, "");
	char *text = printed(&table, 0);
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strstr(text, "\xc2\x9b"));
	assert_non_null(strstr(text, "a [2Jb"));
	assert_non_null(strstr(text, "x?y z "));
	free(text);
	table_done(&table);
}

static void an_empty_table_is_its_titles(void **state)
{
	struct table table;
	(void)state;
	table_init(&table, columns, COUNT_OF(columns));
	check(&table, 0, "name  tracks  text\n");
	table_done(&table);
}

static void text_is_cut_at_characters_never_inside(void **state)
{
	struct span cut = term_text_cut(span_of("a音b"), 2);
	(void)state;
	assert_true(span_is(cut, "a"));
	assert_true(span_is(term_text_cut(span_of("a音b"), 3), "a音"));
	assert_true(span_is(term_text_cut(span_of("abc"), 0), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(wide_and_combining_characters_keep_the_columns_straight),
		cmocka_unit_test(the_flexible_column_is_cut_to_the_terminal),
		cmocka_unit_test(escape_sequences_and_broken_utf8_do_not_reach_the_terminal),
		cmocka_unit_test(an_empty_table_is_its_titles),
		cmocka_unit_test(text_is_cut_at_characters_never_inside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
