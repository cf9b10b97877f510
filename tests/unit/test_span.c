/* Goal: a view compares by its bytes alone, absent and empty are told apart, and a copy is always C text. Method: bytes
 * with NUL, views into the middle, copies that just fit and just do not. */
#include "unit.h"

static const struct span absent = {0};

static void absent_and_empty_are_two_things(void **state)
{
	(void)state;
	assert_null(span_of(NULL).at);
	assert_int_equal(span_of(NULL).len, 0);
	assert_non_null(span_of("").at);
	assert_int_equal(span_of("").len, 0);
	assert_true(span_is(absent, "") && span_is(span_of(""), ""));
	assert_true(span_equal(absent, span_of("")));
}

static void all_bytes_are_compared_and_no_others(void **state)
{
	struct span whole = {"track\0one", 9};
	(void)state;
	assert_true(span_is((struct span){"tracks", 5}, "track"));
	assert_false(span_is((struct span){"track", 5}, "tracks"));
	assert_false(span_is(span_of("tracks"), "track"));
	assert_false(span_is(whole, "track"));
	assert_true(span_equal(whole, (struct span){"track\0one", 9}));
	assert_false(span_equal(whole, (struct span){"track\0two", 9}));
	assert_false(span_equal(whole, (struct span){"track\0on", 8}));
	assert_false(span_equal((struct span){"track\0on", 8}, whole));
	assert_false(span_is(absent, "a"));
}

static void a_copy_that_does_not_fit_is_cut_and_told(void **state)
{
	char to[6];
	(void)state;
	memset(to, 'x', sizeof to);
	assert_true(span_copy(span_of("album"), to, sizeof to));
	assert_string_equal(to, "album");
	assert_false(span_copy(span_of("albums"), to, sizeof to));
	assert_string_equal(to, "album");
	assert_true(span_copy(absent, to, sizeof to));
	assert_string_equal(to, "");
	assert_false(span_copy(span_of("a"), to, 1));
	assert_string_equal(to, "");
	assert_true(span_copy(span_of(""), to, 1));
}

static void a_view_prints_as_its_bytes(void **state)
{
	char text[32];
	(void)state;
	snprintf(text, sizeof text, "[%.*s]", SPAN_ARG(((struct span){"tracks and more", 6})));
	assert_string_equal(text, "[tracks]");
	snprintf(text, sizeof text, "[%.*s]", SPAN_ARG(absent));
	assert_string_equal(text, "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_and_empty_are_two_things),
		cmocka_unit_test(all_bytes_are_compared_and_no_others),
		cmocka_unit_test(a_copy_that_does_not_fit_is_cut_and_told),
		cmocka_unit_test(a_view_prints_as_its_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
