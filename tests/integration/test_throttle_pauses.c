/* Goal: a pause that a provider asks for holds for the whole fleet and is never cut short; whatever becomes of Redis harms nothing.
 * Method: callers on two connections to a real Redis; what was granted when is what is judged. States that take hours to
 * come about are written into Redis by hand. */
#include "throttle_support.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

static int64_t pause_left(struct bench *bench)
{
	return take(bench, 1, "anyone", &(const struct throttle_rate){0});
}

static void a_pause_holds_for_every_connection_also_for_a_new_one(void **state)
{
	const struct throttle_rate rate = {1000, 1000, 100};
	struct bench *bench = *state;
	pause_for(bench, 60000);
	for (int i = 0; i < CONNECTIONS; i++) {
		assert_in_range(take(bench, i, "a", &rate), 59000, 60000);
		redis_close(&bench->redis[i]);
		bench->redis[i] = connect_to_redis();
		assert_in_range(take(bench, i, "a", &rate), 59000, 60000);
	}
}

static const struct {
	const char *name;
	int64_t first_ms, then_ms, least_ms, most_ms;
} pauses[] = {
	{"none", 0, 0, 0, 0},
	{"in the past", -5000, 0, 0, 0},
	{"a shorter one does not shorten it", 60000, 1000, 59000, 60000},
	{"one in the past does not end it", 60000, -1, 59000, 60000},
	{"a longer one makes it longer", 1000, 60000, 59000, 60000},
	{"a day", 86400000, 0, 86399000, 86400000},
	{"more than a day is a day", 86400001, 0, 86399000, 86400000},
	{"for ever is a day", INT64_MAX, 0, 86399000, 86400000},
};

static void a_pause_is_only_ever_made_longer(void **state)
{
	for (size_t i = 0; i < COUNT_OF(pauses); i++) {
		empty_redis(*state);
		pause_for(*state, pauses[i].first_ms);
		pause_for(*state, pauses[i].then_ms);
		int64_t left_ms = pause_left(*state);
		if (left_ms < pauses[i].least_ms || left_ms > pauses[i].most_ms)
			fail_msg("%s: %lld ms", pauses[i].name, (long long)left_ms);
	}
}

static void nothing_is_granted_before_a_pause_is_over(void **state)
{
	const struct throttle_rate rate = {1000, 1000, 10};
	struct bench *bench = *state;
	add_accounts(bench, "a", 8, 0);
	pause_for(bench, 400);
	int64_t from_ms = clock_ms();
	run_for(bench, 800, &rate);
	assert_true(bench->granted > 10);
	assert_true(bench->granted_ms[0] - from_ms >= 398);
}

/* The interval between two grants, in steps of the rate in force, after so many pauses; as if each had been asked for so many
 * seconds before what comes next. What passes between the two calls is missing from what is told: the longest of three counts. */
static int64_t interval_ms(struct bench *bench, const struct throttle_rate *rate, int pauses_asked, int64_t ago_s)
{
	int64_t longest_ms = -1;
	for (int try = 0; try < 3; try++) {
		empty_redis(bench);
		for (int i = 0; i < pauses_asked; i++) {
			pause_for(bench, 20);
			pass_ms(25);
			on_key_at(bench, "HSET %s since %s", "rate", -ago_s);
		}
		int64_t told_ms = take(bench, 0, "a", rate) == 0 ? take(bench, 0, "a", rate) : -1;
		longest_ms = told_ms > longest_ms ? told_ms : longest_ms;
	}
	return longest_ms;
}

static void a_refusal_halves_the_rate_to_a_quarter_at_the_least(void **state)
{
	const struct throttle_rate rate = {5, 2000, 1};
	int64_t whole_ms = interval_ms(*state, &rate, 0, 0);
	assert_in_range(whole_ms, 130, 210);
	assert_in_range(interval_ms(*state, &rate, 1, 3), whole_ms * 15 / 10, whole_ms * 2 + 60);
	assert_in_range(interval_ms(*state, &rate, 2, 3), whole_ms * 30 / 10, whole_ms * 4 + 120);
	assert_in_range(interval_ms(*state, &rate, 5, 3), whole_ms * 30 / 10, whole_ms * 4 + 120);
}

static void the_refusals_of_one_moment_count_once(void **state)
{
	const struct throttle_rate rate = {5, 2000, 1};
	struct bench *bench = *state;
	int64_t whole_ms = interval_ms(bench, &rate, 0, 0);
	empty_redis(bench);
	for (int i = 0; i < 8; i++)
		pause_for(bench, 30);
	pass_ms(35);
	pause_for(bench, 30); /* a late one, sent before the pause */
	pass_ms(35);
	assert_int_equal(take(bench, 0, "a", &rate), 0);
	assert_in_range(take(bench, 0, "a", &rate), whole_ms * 15 / 10, whole_ms * 2 + 60);
}

static void the_rate_comes_back_within_ten_minutes(void **state)
{
	static const struct {
		const char *name;
		int64_t ago_s, tenths; /* of the whole interval that are told */
	} rows[] = {{"at once", 0, 20}, {"after five minutes", 300, 13}, {"after ten", 601, 10}, {"a day after", 86400, 10}};
	const struct throttle_rate rate = {5, 2000, 1};
	int64_t whole_ms = interval_ms(*state, &rate, 0, 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t told_ms = interval_ms(*state, &rate, 1, rows[i].ago_s);
		if (told_ms < whole_ms * (rows[i].tenths - 2) / 10 || told_ms > whole_ms * (rows[i].tenths + 2) / 10)
			fail_msg("%s: %lld ms of %lld", rows[i].name, (long long)told_ms, (long long)whole_ms);
	}
}

/* ---- what people see ---- */

static int64_t slow_for(struct bench *bench, const char *account)
{
	int64_t until_ms;
	struct err err;
	must(throttle_slow_until(bench->redis[0], &bench->settings, account, &until_ms, &err), &err);
	return until_ms ? until_ms - clock_wall_ms() : 0;
}

static void who_waits_long_is_told_until_when(void **state)
{
	const struct throttle_rate rate = {1, 30000, 1};
	struct bench *bench = *state;
	assert_int_equal(slow_for(bench, "a"), 0);
	assert_int_equal(take(bench, 0, "a", &rate), 0);
	assert_int_equal(slow_for(bench, "a"), 0);
	assert_in_range(take(bench, 0, "a", &rate), 900, 1000); /* comes back in a second, so that it is known to live */
	assert_in_range(slow_for(bench, "a"), 29000, 31000);
	assert_int_equal(slow_for(bench, "b"), 0);
	pause_for(bench, 90000);
	take(bench, 0, "b", &rate);
	assert_in_range(slow_for(bench, "b"), 89000, 91000);
}

static void short_waits_are_not_told(void **state)
{
	const struct throttle_rate rate = {1, 1000, 1};
	take(*state, 0, "a", &rate);
	assert_true(take(*state, 0, "a", &rate) > 0);
	assert_int_equal(slow_for(*state, "a"), 0);
}

/* ---- Redis itself ---- */

static void every_key_ends_by_itself_and_none_holds_more_than_names(void **state)
{
	const struct throttle_rate rate = {1, 30000, 1};
	struct bench *bench = *state;
	take(bench, 0, "a", &rate);
	take(bench, 0, "a", &rate);
	pause_for(bench, 3000);
	take(bench, 0, "b", &rate);
	REDIS_REPLY *keys = keys_of(bench);
	assert_int_equal(keys->elements,
	                 9); /* throttle, throttle_known, rate, rate_log, rate_queue, rate_due, rate_last, 2 slow */
	for (size_t i = 0; i < keys->elements; i++) {
		REDIS_REPLY *ttl = NULL;
		struct err err;
		must(redis_command(bench->redis[0], &ttl, &err, "PTTL %s", keys->element[i]->str), &err);
		if (ttl->integer <= 0 || ttl->integer > 700000)
			fail_msg("%s: PTTL %lld", keys->element[i]->str, ttl->integer);
	}
}

static void an_emptied_redis_begins_with_one_request(void **state)
{
	const struct throttle_rate rate = {20, 1000, 10};
	struct bench *bench = *state;
	add_accounts(bench, "a", 4, 0);
	run_for(bench, 600, &rate);
	bench->granted = 0;
	empty_redis(bench);
	run_for(bench, 1000, &rate);
	assert_in_range(bench->granted, 12, 22);
	assert_true(bench->granted_ms[2] - bench->granted_ms[0] >= 48); /* no burst */
}

/* What a clock that was an hour ahead has left. */
static const struct {
	const char *name, *command, *kind;
} leftovers[] = {
	{"the next request", "HSET %s tat %s", "rate"},
	{"the last refusal", "HSET %s factor 0.25 since %s", "rate"},
	{"the log", "LPUSH %s %s", "rate_log"},
	{"who is waiting", "ZADD %s %s ghost", "rate_queue"},
	{"when it comes back", "ZADD %s %s ghost", "rate_due"},
	{"our last turn", "ZADD %s %s a", "rate_last"},
};

static void a_clock_that_is_set_back_holds_nothing_up(void **state)
{
	const struct throttle_rate rate = {20, 1000, 2};
	struct bench *bench = *state;
	for (size_t i = 0; i <= COUNT_OF(leftovers); i++) { /* each alone, then all */
		forget_callers(bench);
		add_accounts(bench, "a", 3, 0);
		for (size_t k = 0; k < COUNT_OF(leftovers); k++) {
			if (k == i || i == COUNT_OF(leftovers))
				on_key_at(bench, leftovers[k].command, leftovers[k].kind, 3600);
		}
		run_for(bench, 600, &rate);
		if (bench->granted < 9)
			fail_msg("%s: only %d grants", i < COUNT_OF(leftovers) ? leftovers[i].name : "all", bench->granted);
	}
}

static void names_with_any_bytes_are_only_names(void **state)
{
	const struct throttle_rate rate = {1000, 1000, 10};
	assert_int_equal(take(*state, 0, "a b\"'%s\\{}", &rate), 0);
	REDIS_REPLY *keys = keys_of(*state);
	assert_int_equal(keys->elements, 4); /* throttle_known, rate, rate_log, rate_last */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_pause_holds_for_every_connection_also_for_a_new_one),
		BENCH_TEST(a_pause_is_only_ever_made_longer),
		BENCH_TEST(nothing_is_granted_before_a_pause_is_over),
		BENCH_TEST(a_refusal_halves_the_rate_to_a_quarter_at_the_least),
		BENCH_TEST(the_refusals_of_one_moment_count_once),
		BENCH_TEST(the_rate_comes_back_within_ten_minutes),
		BENCH_TEST(who_waits_long_is_told_until_when),
		BENCH_TEST(short_waits_are_not_told),
		BENCH_TEST(every_key_ends_by_itself_and_none_holds_more_than_names),
		BENCH_TEST(an_emptied_redis_begins_with_one_request),
		BENCH_TEST(a_clock_that_is_set_back_holds_nothing_up),
		BENCH_TEST(names_with_any_bytes_are_only_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
