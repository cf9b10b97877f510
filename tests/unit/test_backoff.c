/* Goal: waits double from the base to the maximum, differ between members of a fleet, and end when the policy says so.
 * Method: the edges of the jitter for each retry, and policies at their limits. */
#include "unit.h"

#include <limits.h>

#include "common/backoff.h"

/* random % 1000 is what counts: 0 is the shortest wait, 500 the plain one, 999 the longest. */
enum { SHORTEST = 0, PLAIN = 500, LONGEST = 999 };

static const struct backoff policy = {.base_ms = 1000, .max_ms = 30000, .tries_max = 8};

static void waits_double_up_to_the_maximum(void **state)
{
	static const int64_t want[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(backoff_next_ms(&policy, i, PLAIN), want[i]);
}

static void the_jitter_is_a_quarter_to_both_sides(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		int64_t plain = backoff_next_ms(&policy, i, PLAIN);
		assert_int_equal(backoff_next_ms(&policy, i, SHORTEST), plain * 3 / 4);
		int64_t longest = backoff_next_ms(&policy, i, LONGEST);
		assert_true(longest > plain * 5 / 4 - plain / 1000 - 1 && longest <= plain * 5 / 4);
	}
}

static void every_random_number_stays_inside_the_jitter(void **state)
{
	uint64_t seed = 7;
	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t wait_ms = backoff_next_ms(&policy, 0, (uint32_t)next_random(&seed));
		assert_true(wait_ms >= 750 && wait_ms <= 1250);
	}
	assert_in_range(backoff_next_ms(&policy, 0, UINT32_MAX), 750, 1250);
}

static void retries_are_counted_and_end(void **state)
{
	struct backoff once = {.base_ms = 10, .max_ms = 10, .tries_max = 1};
	(void)state;
	assert_int_equal(backoff_next_ms(&policy, 7, PLAIN), 30000);
	assert_int_equal(backoff_next_ms(&policy, 8, PLAIN), -1);
	assert_int_equal(backoff_next_ms(&policy, INT_MAX, PLAIN), -1);
	assert_int_equal(backoff_next_ms(&once, 0, PLAIN), 10 - 10 / 4 + 2);
	assert_int_equal(backoff_next_ms(&once, 1, PLAIN), -1);
}

static void a_policy_without_an_end_never_ends_and_never_overflows(void **state)
{
	struct backoff always = {.base_ms = 1, .max_ms = 7LL * 24 * 3600 * 1000};
	(void)state;
	for (int i = 0; i < 200; i++)
		assert_true(backoff_next_ms(&always, i, LONGEST) > 0);
	assert_int_equal(backoff_next_ms(&always, INT_MAX, PLAIN), always.max_ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_double_up_to_the_maximum),
		cmocka_unit_test(the_jitter_is_a_quarter_to_both_sides),
		cmocka_unit_test(every_random_number_stays_inside_the_jitter),
		cmocka_unit_test(retries_are_counted_and_end),
		cmocka_unit_test(a_policy_without_an_end_never_ends_and_never_overflows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
