/* Times and dates as servers write them. Method: one table for each reader; a row tells the text and the moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/attributes.h"
#include "common/moment.h"

#define S 1000000LL

static const struct {
	const char *name, *text;
	enum moment moment;
	int64_t us;
} times[] = {
	{"RFC 3339 in UTC", "2026-11-22T19:06:56Z", MOMENT_TOLD, 1795374416 * S},
	{"no zone is UTC", "2026-11-22T19:06:56", MOMENT_TOLD, 1795374416 * S},
	{"a space instead of T", "2026-11-22 19:06:56", MOMENT_TOLD, 1795374416 * S},
	{"small letters", "2026-11-22t19:06:56z", MOMENT_TOLD, 1795374416 * S},
	{"zone of zero", "2026-11-22T19:06:56+00:00", MOMENT_TOLD, 1795374416 * S},
	{"zone to the east", "2026-11-22T21:06:56+02:00", MOMENT_TOLD, 1795374416 * S},
	{"zone to the west without colon", "2026-11-22T13:36:56-0530", MOMENT_TOLD, 1795374416 * S},
	{"hours alone as zone", "2026-11-22T20:06:56+01", MOMENT_TOLD, 1795374416 * S},
	{"milliseconds", "2026-11-22T19:06:56.123Z", MOMENT_TOLD, 1795374416 * S + 123000},
	{"microseconds", "2026-11-22T19:06:56.123456Z", MOMENT_TOLD, 1795374416 * S + 123456},
	{"seven digits (.NET)", "2026-11-22T19:06:56.1234567Z", MOMENT_TOLD, 1795374416 * S + 123456},
	{"nanoseconds are cut", "2026-11-22T19:06:56.123456789Z", MOMENT_TOLD, 1795374416 * S + 123456},
	{"fraction without zone", "2026-11-22T19:06:56.5", MOMENT_TOLD, 1795374416 * S + 500000},
	{"no seconds", "2026-11-22T19:06Z", MOMENT_TOLD, 1795374360 * S},
	{"a date alone is its midnight", "1970-01-02", MOMENT_TOLD, 86400 * S},
	{"leap day", "2024-02-29T00:00:00Z", MOMENT_TOLD, 1709164800 * S},
	{"leap second is the next minute", "2016-12-31T23:59:60Z", MOMENT_TOLD, 1483228800 * S},
	{"before 1970", "1969-12-31T23:59:59.5Z", MOMENT_TOLD, -500000},
	{"epoch seconds as text", "1700000000", MOMENT_TOLD, 1700000000 * S},
	{"epoch milliseconds as text", "1700000000123", MOMENT_TOLD, 1700000000123000},
	{"Go's zero time", "0001-01-01T00:00:00Z", MOMENT_NONE, 0},
	{"the zero of Unix clocks", "1970-01-01T00:00:00Z", MOMENT_NONE, 0},
	{"the same in another zone", "1970-01-01T01:00:00+01:00", MOMENT_NONE, 0},
	{"the microsecond behind it", "1970-01-01T00:00:00.000001Z", MOMENT_TOLD, 1},
	{"empty", "", MOMENT_NONE, 0},
	{"zero", "0", MOMENT_NONE, 0},
	{"30 February", "2024-02-30T00:00:00Z", MOMENT_BAD, 0},
	{"29 February of a common year", "2023-02-29T00:00:00Z", MOMENT_BAD, 0},
	{"29 February 1900", "1900-02-29T00:00:00Z", MOMENT_BAD, 0},
	{"month 13", "2024-13-01T00:00:00Z", MOMENT_BAD, 0},
	{"month 0", "2024-00-01T00:00:00Z", MOMENT_BAD, 0},
	{"hour 24", "2024-01-01T24:00:00Z", MOMENT_BAD, 0},
	{"minute 60", "2024-01-01T00:60:00Z", MOMENT_BAD, 0},
	{"zone of 99 hours", "2024-01-01T00:00:00+99:00", MOMENT_BAD, 0},
	{"words behind", "2024-01-01T00:00:00Z maybe", MOMENT_BAD, 0},
	{"words", "yesterday", MOMENT_BAD, 0},
	{"a point without digits", "2024-01-01T00:00:00.Z", MOMENT_BAD, 0},
	{"cut in the middle", "2024-01-01T00:0", MOMENT_BAD, 0},
};

static void every_way_to_write_a_time_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		int64_t us = -1;
		enum moment moment = moment_of_text(span_of(times[i].text), &us);
		if (moment != times[i].moment || (moment == MOMENT_TOLD && us != times[i].us))
			fail_msg("%s: '%s' gives %d, %lld", times[i].name, times[i].text, (int)moment, (long long)us);
	}
}

static void a_number_is_seconds_or_milliseconds_by_its_size(void **state)
{
	(void)state;
	static const struct {
		int64_t number;
		enum moment moment;
		int64_t us;
	} rows[] = {
		{0, MOMENT_NONE, 0},
		{1, MOMENT_TOLD, 1 * S},
		{1700000000, MOMENT_TOLD, 1700000000 * S},
		{1700000000123, MOMENT_TOLD, 1700000000123000},
		{-5, MOMENT_BAD, 0},
		{INT64_MAX, MOMENT_BAD, 0},
		{INT64_MIN, MOMENT_BAD, 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t us = -1;
		assert_int_equal(moment_of_number(rows[i].number, &us), rows[i].moment);
		if (rows[i].moment == MOMENT_TOLD)
			assert_int_equal(us, rows[i].us);
	}
}

static const struct {
	const char *text;
	enum moment moment;
	struct date date;
} dates[] = {
	{"1999", MOMENT_TOLD, {1999, 0, 0}},
	{"1999-07", MOMENT_TOLD, {1999, 7, 0}},
	{"1999-07-31", MOMENT_TOLD, {1999, 7, 31}},
	{"1999-07-31T10:00:00Z", MOMENT_TOLD, {1999, 7, 31}},
	{"2000-02-29", MOMENT_TOLD, {2000, 2, 29}},
	{"", MOMENT_NONE, {0}},
	{"0000", MOMENT_NONE, {0}},
	{"1999-02-29", MOMENT_BAD, {0}},
	{"1999-13", MOMENT_BAD, {0}},
	{"1999-7", MOMENT_BAD, {0}},
	{"99", MOMENT_BAD, {0}},
	{"1999-07-31x", MOMENT_BAD, {0}},
	{"soon", MOMENT_BAD, {0}},
};

static void a_date_keeps_the_precision_it_was_told_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++) {
		struct date date = {0};
		enum moment moment = date_of_text(span_of(dates[i].text), &date);
		if (moment != dates[i].moment || date.year != dates[i].date.year || date.month != dates[i].date.month ||
		    date.day != dates[i].date.day)
			fail_msg("'%s' gives %d, %lld-%lld-%lld", dates[i].text, (int)moment, (long long)date.year,
			         (long long)date.month, (long long)date.day);
	}
}

static void every_day_of_four_centuries_has_its_own_number(void **state)
{
	(void)state;
	int64_t want_us = -1, us;
	char text[32];
	for (int year = 1800; year < 2200; year++) {
		for (int month = 1; month <= 12; month++) {
			for (int day = 1; day <= 31; day++) {
				snprintf(text, sizeof text, "%04d-%02d-%02dT12:00", year, month, day);
				if (moment_of_text(span_of(text), &us) != MOMENT_TOLD)
					continue;
				if (want_us != -1 && us != want_us)
					fail_msg("%s is not the day after the one before", text);
				want_us = us + 86400 * S;
			}
		}
	}
	assert_int_equal(moment_of_text(span_of("2200-01-01T12:00"), &us), MOMENT_TOLD);
	assert_int_equal(us, want_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_write_a_time_is_read),
		cmocka_unit_test(a_number_is_seconds_or_milliseconds_by_its_size),
		cmocka_unit_test(a_date_keeps_the_precision_it_was_told_in),
		cmocka_unit_test(every_day_of_four_centuries_has_its_own_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
