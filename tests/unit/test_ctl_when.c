/* Goal: what people write for a time is understood, and a slip is named. Method: rows of both. */
#include "unit.h"

#include "ctl/when.h"

enum { HOUR = 3600 * 1000 };
static const int64_t now_ms = 1764471600000; /* 2025-11-30T03:00:00Z */

static void a_moment_or_a_span_is_understood(void **state)
{
	static const struct {
		const char *name, *at, *in;
		int64_t want; /* from now on; INT64_MIN: 0, not told */
	} rows[] = {
		{"neither", NULL, NULL, INT64_MIN},
		{"moment", "2025-11-30T04:00:00Z", NULL, HOUR},
		{"moment with a zone", "2025-11-30T04:00:00+02:00", NULL, -HOUR},
		{"day", "2025-12-01", NULL, 21 * HOUR},
		{"seconds", NULL, "90s", 90 * 1000},
		{"minutes", NULL, "45m", 45 * 60 * 1000},
		{"hours", NULL, "3h", 3 * HOUR},
		{"days", NULL, "2d", 48 * HOUR},
		{"several", NULL, "1h30m", 90 * 60 * 1000},
		{"the furthest", NULL, "366d", 366LL * 24 * HOUR},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct when when = {"--at", rows[i].at, "--in", rows[i].in};
		struct err err;
		int64_t ms = -1;
		assert_row(&rows[i], when_read(&when, now_ms, &ms, &err) == 0);
		assert_row(&rows[i], ms == (rows[i].want == INT64_MIN ? 0 : now_ms + rows[i].want));
	}
}

static void a_slip_is_named(void **state)
{
	static const struct {
		const char *name, *at, *in, *want;
	} rows[] = {
		{"both", "2025-12-01", "3h", "--at and --in say the same: give one of them"},
		{"no moment", "tonight", NULL, "--at must be a time such as 2026-11-30T03:00:00Z, not 'tonight'"},
		{"too far", "2026-12-02T00:00:00Z", NULL, "is more than 366 days ahead"},
		{"no unit", NULL, "90", "--in must be a time such as 90s, 45m, 3h or 2d (366 days at most), not '90'"},
		{"no number", NULL, "h", "not 'h'"},
		{"empty", NULL, "", "not ''"},
		{"zero", NULL, "0s", "not '0s'"},
		{"negative", NULL, "-3h", "not '-3h'"},
		{"too long", NULL, "367d", "not '367d'"},
		{"much too long", NULL, "99999999999999999999d", "not '99999"},
		{"another unit", NULL, "2w", "not '2w'"},
		{"trailing", NULL, "2h x", "not '2h x'"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct when when = {"--at", rows[i].at, "--in", rows[i].in};
		struct err err = {0};
		int64_t ms;
		assert_row(&rows[i], when_read(&when, now_ms, &ms, &err) == -1);
		if (err.class != ERR_CONFIG || !strstr(err.text, rows[i].want))
			fail_msg("row '%s': %s", rows[i].name, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_or_a_span_is_understood),
		cmocka_unit_test(a_slip_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
