/* Goal: the clocks run forward and in milliseconds, and a time is told as people and logs expect it. Method: moments
 * whose text is known, at the edges of days, of 1970 and of what fits. */
#include "unit.h"

#include <time.h>

#include "common/clock.h"

static const struct {
	const char *name;
	int64_t wall_ms;
	const char *want;
} rows[] = {
	{"the beginning", 0, "1970-01-01T00:00:00.000Z"},
	{"milliseconds have three digits", 7, "1970-01-01T00:00:00.007Z"},
	{"the last of a second", 999, "1970-01-01T00:00:00.999Z"},
	{"a leap day", 1709164800000, "2024-02-29T00:00:00.000Z"},
	{"the last of a year", 1767225599999, "2025-12-31T23:59:59.999Z"},
	{"behind 2038", 4102444800000, "2100-01-01T00:00:00.000Z"},
	{"before 1970", -1, "1969-12-31T23:59:59.999Z"},
	{"a whole second before 1970", -1000, "1969-12-31T23:59:59.000Z"},
	{"the last year of four digits", 253402300799999, "9999-12-31T23:59:59.999Z"},
	{"more than the calendar has", INT64_MAX, ""},
	{"less than the calendar has", INT64_MIN, ""},
};

static void a_moment_is_told_in_utc_to_the_millisecond(void **state)
{
	char text[CLOCK_TEXT_MAX];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_row(&rows[i], strcmp(clock_text(rows[i].wall_ms, text), rows[i].want) == 0);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
	int64_t last_ms = clock_ms();
	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t now_ms = clock_ms();
		assert_true(now_ms >= last_ms);
		last_ms = now_ms;
	}
}

static void both_clocks_count_milliseconds(void **state)
{
	const struct timespec wait = {.tv_nsec = 20 * 1000 * 1000};
	int64_t begin_ms = clock_ms(), begin_wall_ms = clock_wall_ms();
	(void)state;
	nanosleep(&wait, NULL);
	assert_in_range(clock_ms() - begin_ms, 19, 5000);
	assert_in_range(clock_wall_ms() - begin_wall_ms, 10, 5000);
	assert_in_range(clock_wall_ms() / 1000, time(NULL) - 1, time(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_is_told_in_utc_to_the_millisecond),
		cmocka_unit_test(the_monotonic_clock_never_goes_back),
		cmocka_unit_test(both_clocks_count_milliseconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
