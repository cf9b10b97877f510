/* Goal: figures read as people write them. Method: rows of number and text, with the edges of every unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/attributes.h"
#include "ctl/figure.h"

struct row {
	int64_t number;
	const char *want;
};

static void check(const struct row *rows, size_t count, const char *(*figure)(int64_t, char *))
{
	char text[FIGURE_TEXT];
	for (size_t i = 0; i < count; i++)
		assert_string_equal(figure(rows[i].number, text), rows[i].want);
}

static void thousands_are_separated_by_commas(void **state)
{
	static const struct row rows[] = {
		{0, "0"},
		{7, "7"},
		{999, "999"},
		{1000, "1,000"},
		{12345, "12,345"},
		{123456, "123,456"},
		{1000000, "1,000,000"},
		{-1, "-1"},
		{-999, "-999"},
		{-1000, "-1,000"},
		{-123456, "-123,456"},
		{INT64_MAX, "9,223,372,036,854,775,807"},
		{INT64_MIN, "-9,223,372,036,854,775,808"},
	};
	(void)state;
	check(rows, COUNT_OF(rows), figure_count);
}

static void one_error_has_no_plural(void **state)
{
	char text[FIGURE_TEXT];
	(void)state;
	assert_string_equal(figure_many(1, "error", text), "1 error");
	assert_string_equal(figure_many(0, "error", text), "0 errors");
	assert_string_equal(figure_many(2000, "error", text), "2,000 errors");
}

static void a_length_of_time_has_two_units_at_most(void **state)
{
	static const struct row rows[] = {
		{-5, "0.0 s"},
		{0, "0.0 s"},
		{449, "0.4 s"},
		{9999, "9.9 s"},
		{10000, "10 s"},
		{59999, "59 s"},
		{60000, "1 min 0 s"},
		{125000, "2 min 5 s"},
		{3599999, "59 min 59 s"},
		{3600000, "1 h 0 min"},
		{172799999, "47 h 59 min"},
		{172800000, "2 days"},
	};
	(void)state;
	check(rows, COUNT_OF(rows), figure_span);
}

static void a_countdown_rounds_up_so_that_it_ends_with_the_work(void **state)
{
	static const struct row rows[] = {{-1, "0:00"},         {0, "0:00"},           {1, "0:01"},
	                                  {12000, "0:12"},      {59001, "1:00"},       {3599000, "59:59"},
	                                  {3600000, "1:00:00"}, {36065000, "10:01:05"}};
	(void)state;
	check(rows, COUNT_OF(rows), figure_clock);
}

static void moments_are_told_relative_to_now(void **state)
{
	static const struct row rows[] = {{0, "now"},
	                                  {-1, "just now"},
	                                  {-999, "just now"},
	                                  {-1000, "1 s ago"},
	                                  {-59999, "59 s ago"},
	                                  {-60000, "1 min ago"},
	                                  {-3600000, "1 h ago"},
	                                  {-172799999, "47 h ago"},
	                                  {-172800000, "2 days ago"},
	                                  {12000, "in 12 s"},
	                                  {300000, "in 5 min"}};
	(void)state;
	check(rows, COUNT_OF(rows), figure_ago);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousands_are_separated_by_commas),
		cmocka_unit_test(one_error_has_no_plural),
		cmocka_unit_test(a_length_of_time_has_two_units_at_most),
		cmocka_unit_test(a_countdown_rounds_up_so_that_it_ends_with_the_work),
		cmocka_unit_test(moments_are_told_relative_to_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
