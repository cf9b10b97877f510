/* Goal: a cron expression means what crontab(5) says, and a slip is told with the field it is in. Method: rows of expression,
 * moment and the next match. */
#include "console/cron.h"

#include "common/attributes.h"
#include "unit.h"

static void the_next_match_is_the_first_minute_that_fits(void **state)
{
	static const struct {
		const char *name, *cron;
		struct cron_time after, want;
	} rows[] = {
		{"each minute", "* * * * *", {2026, 11, 29, 12, 0}, {2026, 11, 29, 12, 1}},
		{"each minute, over midnight and the year", "* * * * *", {2026, 12, 31, 23, 59}, {2027, 1, 1, 0, 0}},
		{"each night", "30 3 * * *", {2026, 11, 29, 3, 30}, {2026, 11, 30, 3, 30}},
		{"a moment before", "30 3 * * *", {2026, 11, 29, 3, 29}, {2026, 11, 29, 3, 30}},
		{"steps", "*/15 * * * *", {2026, 11, 29, 12, 46}, {2026, 11, 29, 13, 0}},
		{"steps from a beginning", "5/20 * * * *", {2026, 11, 29, 12, 6}, {2026, 11, 29, 12, 25}},
		{"a list", "0 6,18 * * *", {2026, 11, 29, 7, 0}, {2026, 11, 29, 18, 0}},
		{"a range with steps", "0 8-16/4 * * *", {2026, 11, 29, 12, 0}, {2026, 11, 29, 16, 0}},
		{"a day of the week by name", "0 4 * * sun", {2026, 11, 29, 5, 0}, {2026, 12, 6, 4, 0}},
		{"Sunday as 7", "0 4 * * 7", {2026, 11, 28, 5, 0}, {2026, 11, 29, 4, 0}},
		{"weekdays", "0 4 * * mon-fri", {2026, 11, 27, 5, 0}, {2026, 11, 30, 4, 0}},
		{"the first of each month", "@monthly", {2026, 11, 1, 0, 0}, {2026, 12, 1, 0, 0}},
		{"the 31st skips short months", "0 0 31 * *", {2026, 10, 31, 0, 0}, {2026, 12, 31, 0, 0}},
		{"a leap day", "0 0 29 2 *", {2026, 11, 29, 0, 0}, {2028, 2, 29, 0, 0}},
		{"either day counts when both are restricted", "0 0 13 * fri", {2026, 11, 10, 0, 0}, {2026, 11, 13, 0, 0}},
		{"either day counts: the other one", "0 0 14 * fri", {2026, 11, 13, 0, 1}, {2026, 11, 14, 0, 0}},
		{"a month by name", "0 0 1 Jan *", {2026, 2, 1, 0, 0}, {2027, 1, 1, 0, 0}},
		{"@daily", "@daily", {2026, 11, 29, 0, 0}, {2026, 11, 30, 0, 0}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct cron cron;
		struct cron_time next;
		struct err err;
		assert_row(&rows[i], cron_parse(rows[i].cron, &cron, &err) == 0);
		assert_row(&rows[i], cron_next(&cron, &rows[i].after, &next));
		if (memcmp(&next, &rows[i].want, sizeof next) != 0)
			fail_msg("row '%s': got %d-%02d-%02d %02d:%02d", rows[i].name, next.year, next.month, next.day, next.hour,
			         next.minute);
	}
}

static void what_never_comes_is_told(void **state)
{
	struct cron cron;
	struct cron_time next;
	struct err err;
	(void)state;
	assert_int_equal(cron_parse("0 0 30 2 *", &cron, &err), 0);
	assert_false(cron_next(&cron, &(struct cron_time){2026, 11, 29, 0, 0}, &next));
}

static void a_slip_is_told_with_its_field(void **state)
{
	static const struct {
		const char *name, *cron, *words;
	} rows[] = {
		{"too few", "0 3 * *", "five fields"},
		{"too many", "0 3 * * * *", "not more"},
		{"empty", "", "five fields"},
		{"minute", "60 * * * *", "minute"},
		{"hour", "0 24 * * *", "hour"},
		{"day", "0 0 0 * *", "day of month"},
		{"month", "0 0 1 13 *", "month"},
		{"weekday", "0 0 * * 8", "day of week"},
		{"a word", "0 0 * * someday", "day of week"},
		{"backwards", "0 9-8 * * *", "hour"},
		{"no step", "*/0 * * * *", "minute"},
		{"an open range", "5- * * * *", "minute"},
		{"an empty part", "1,,2 * * * *", "minute"},
		{"a comma at the end", "1, * * * *", "minute"},
		{"an unknown word", "@reboot", "minute"},
		{"a large number", "99999999999 * * * *", "minute"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct cron cron;
		struct err err = {0};
		assert_row(&rows[i], cron_parse(rows[i].cron, &cron, &err) != 0);
		assert_row(&rows[i], strstr(err.text, rows[i].words));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_match_is_the_first_minute_that_fits),
		cmocka_unit_test(what_never_comes_is_told),
		cmocka_unit_test(a_slip_is_told_with_its_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
