/* Goal: the setting `rates` says what it seems to say, or is refused at the start. Method: rows. What the throttle does
 * with a rate is tests/integration/test_throttle_turns.c. */
#include "unit.h"

#include "fetcher/throttle.h"

static const struct {
	const char *name, *rates;
	struct throttle_rate want; /* for spotify, where the adapter says 90 in 30 s, bursts of 10 */
} rows[] = {
	{"nothing", "", {90, 30000, 10}},
	{"another provider's", "applemusic=4/1s", {90, 30000, 10}},
	{"ours", "spotify=180/30s", {180, 30000, 10}},
	{"ours among others", "applemusic=4/1s,spotify=20/1m,jellyfin=0", {20, 60000, 10}},
	{"spaces", " applemusic = 4/1s , spotify = 20/1m ", {20, 60000, 10}},
	{"the last one counts", "spotify=1/1s,spotify=20/2s", {20, 2000, 10}},
	{"milliseconds", "spotify=20/250ms", {20, 250, 10}},
	{"hours", "spotify=1000/24h", {1000, 86400000, 10}},
	{"a burst is no more than the requests", "spotify=4/1s", {4, 1000, 4}},
	{"no rate", "spotify=0", {0, 30000, 10}},
	{"the most", "spotify=10000/1s", {10000, 1000, 10}},
	{"a longer name", "spotify2=1/1s", {90, 30000, 10}},
};

static void the_setting_overrides_the_adapters_rate(void **state)
{
	static struct settings settings;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct throttle_rate rate = {90, 30000, 10};
		struct err err;
		snprintf(settings.rates, sizeof settings.rates, "%s", rows[i].rates);
		assert_row(&rows[i], throttle_rate_read(&settings, "spotify", &rate, &err) == 0);
		assert_row(&rows[i], rate.requests == rows[i].want.requests && rate.window_ms == rows[i].want.window_ms &&
		                         rate.burst == rows[i].want.burst);
	}
}

static void a_rate_for_a_provider_without_one_has_no_bursts(void **state)
{
	static struct settings settings = {.rates = "opensubsonic=5/1s"};
	struct throttle_rate rate = {0};
	struct err err;
	(void)state;
	assert_int_equal(throttle_rate_read(&settings, "opensubsonic", &rate, &err), 0);
	assert_int_equal(rate.requests, 5);
	assert_int_equal(rate.burst, 1);
}

static void what_is_no_rate_is_refused_for_every_provider(void **state)
{
	static const char *const bad[] = {
		"spotify",
		"spotify=",
		"=4/1s",
		"spotify=4",
		"spotify=/1s",
		"spotify=4/",
		"spotify=4/s",
		"spotify=4/1",
		"spotify=4/1d",
		"spotify=4/1 s",
		"spotify=4/0s",
		"spotify=-4/1s",
		"spotify=4.5/1s",
		"spotify=10001/1s",
		"spotify=4/25h",
		"spotify=4/1441m",
		"spotify=0/1s",
		"spotify=4/1s;x",
		"spotify=4/1s,,",
		"spotify=4/1s,apple",
		",",
		"spotify=4/1s/2",
		"spotify=4/1ss",
		"spotify==4/1s",
		"spotify=4/99999999999999999999999h",
		"spotify=99999999999999999999999/1s",
		"spotify 4/1s",
	};
	static struct settings settings;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct throttle_rate rate = {1, 2, 3};
		struct err err;
		snprintf(settings.rates, sizeof settings.rates, "%s", bad[i]);
		if (throttle_rate_read(&settings, "other", &rate, &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_err(&err, ERR_CONFIG, "spotify=90/30s");
		assert_true(rate.requests == 1 && rate.window_ms == 2 && rate.burst == 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_setting_overrides_the_adapters_rate),
		cmocka_unit_test(a_rate_for_a_provider_without_one_has_no_bursts),
		cmocka_unit_test(what_is_no_rate_is_refused_for_every_provider),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
