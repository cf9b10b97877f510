/* Goal: people hear of the end of a sign-in thirty days ahead, and not before. Method: ends at every distance that matters,
 * sentences compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <yyjson.h>

#include "ctl/expiries.h"

#define DAY (24LL * 3600 * 1000)

static struct account_expiry ends_in(int64_t left_ms)
{
	return (struct account_expiry){.account = "anna",
	                               .expiry = {.at_ms = 1795000000000, .what = "the sign-in at Spotify"},
	                               .left_ms = left_ms};
}

static void the_end_is_told_from_thirty_days_before_on(void **state)
{
	static const struct {
		int64_t left_ms;
		const char *text; /* NULL: not yet */
		enum paint paint;
	} rows[] = {
		{180 * DAY, NULL, PAINT_NONE},
		{30 * DAY, NULL, PAINT_NONE},
		{30 * DAY - 1, "the sign-in at Spotify ends in 29 days", PAINT_YELLOW},
		{DAY / 24, "the sign-in at Spotify ends in 1 h", PAINT_YELLOW},
		{-3 * DAY, "the sign-in at Spotify ended 3 days ago", PAINT_RED},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[EXPIRY_SENTENCE] = "";
		struct account_expiry row = ends_in(rows[i].left_ms);
		assert_int_equal(expiry_warning(&row, text), rows[i].text != NULL);
		assert_string_equal(text, rows[i].text ? rows[i].text : "");
		assert_int_equal(expiry_paint(&row), rows[i].paint);
	}
}

static void an_end_that_no_provider_tells_is_said_to_be_about(void **state)
{
	char text[EXPIRY_SENTENCE];
	struct account_expiry row = ends_in(5 * DAY);
	(void)state;
	row.expiry.about = true;
	row.expiry.what = "Apple's user token";
	assert_true(expiry_warning(&row, text));
	assert_string_equal(text, "Apple's user token ends in 5 days or so");
}

static void ends_are_json_that_names_the_account_and_the_moment(void **state)
{
	struct account_expiry rows[] = {ends_in(DAY), ends_in(DAY)};
	struct expiries expiries = {rows, 2};
	struct buf out;
	(void)state;
	buf_init(&out, EXPIRIES_JSON);
	expiries_json(&expiries, &out);
	yyjson_doc *doc = yyjson_read(out.at, out.len, 0);
	yyjson_val *first = yyjson_arr_get_first(yyjson_doc_get_root(doc));
	assert_int_equal(yyjson_arr_size(yyjson_doc_get_root(doc)), 2);
	assert_string_equal(yyjson_get_str(yyjson_obj_get(first, "account")), "anna");
	assert_string_equal(yyjson_get_str(yyjson_obj_get(first, "sign_in_ends_at")), "2026-11-18T11:06:40.000Z");
	yyjson_doc_free(doc);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_is_told_from_thirty_days_before_on),
		cmocka_unit_test(an_end_that_no_provider_tells_is_said_to_be_about),
		cmocka_unit_test(ends_are_json_that_names_the_account_and_the_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
