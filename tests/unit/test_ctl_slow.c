/* Goal: who waits for a provider's limit reads one sentence with the time at which it goes on. Method: the words, as text. */
#include "unit.h"

#include "ctl/slow.h"

static const struct {
	const char *name, *until;
	int64_t wait_ms;
	const char *want;
} rows[] = {
	{"nothing", "", 0, ""},
	{"seconds", "2026-11-23T14:03:20Z", 12000, "Syncing slower due to API limits, goes on at 14:03:20 UTC (in 12 s)"},
	{"hours", "2026-11-24T02:00:00Z", 43200000, "Syncing slower due to API limits, goes on at 02:00:00 UTC (in 12 h)"},
	{"no time", "soon", 12000, ""},
};

static void a_limit_is_one_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[SLOW_TEXT];
		if (strcmp(slow_words(rows[i].until, rows[i].wait_ms, text), rows[i].want) != 0)
			fail_msg("%s: '%s'", rows[i].name, text);
	}
}

static void without_redis_nothing_is_known_and_nothing_fails(void **state)
{
	static const struct settings settings = {.redis = "redis://127.0.0.1:1/0"};
	struct slow slow = {0};
	(void)state;
	assert_int_equal(slow_until(&slow, &settings, ""), 0);
	assert_int_equal(slow_until(&slow, &settings, "home"), 0);
	assert_int_equal(slow_until(&slow, &settings, "home"), 0);
	assert_true(slow.ask_again_ms > 0);
	slow_close(&slow);
	slow_close(&slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_is_one_sentence),
		cmocka_unit_test(without_redis_nothing_is_known_and_nothing_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
