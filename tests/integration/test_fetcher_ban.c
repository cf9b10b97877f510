/* Goal: a provider's pause is kept where Redis cannot lose it, and no request is granted before Redis knows it again. Method:
 * real Postgres and Redis, whose keys are taken away in between. */
#include "fetcher_support.h"

#include "common/redis_key.h"

#include "fetcher/ban.h"
#include "fetcher/throttle.h"

static const struct throttle_rate rate = {10, 1000, 10};
#define APP "spotify:app-of-this-test"

static int64_t ask(const char *credential)
{
	struct err err;
	int64_t wait_ms = 0;
	const struct throttle_asker asker = {.account = "home"};
	must(throttle_take(eye_redis, &settings, credential, &asker, &rate, &wait_ms, &err), &err);
	return wait_ms;
}

static void recall(const char *credential)
{
	struct err err;
	must(ban_recall(eye, eye_redis, &settings, credential, &err), &err);
}

static void keep(const char *credential, int64_t wait_ms)
{
	struct err err;
	must(ban_keep(eye, credential, wait_ms, &err), &err);
}

/* As when Redis begins empty. */
static void lose(const char *credential)
{
	static const char *const names[] = {"throttle", "throttle_known", "rate", "rate_log"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char key[REDIS_KEY];
		struct err err;
		REDIS_REPLY *reply = NULL;
		must(redis_command(eye_redis, &reply, &err, "DEL %s", redis_key(&settings, names[i], credential, key)), &err);
	}
}

static void nothing_is_granted_before_it_is_known_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(ask(APP), THROTTLE_UNKNOWN);
	recall(APP);
	assert_int_equal(ask(APP), 0);
	lose(APP);
	assert_int_equal(ask(APP), THROTTLE_UNKNOWN);
}

static void a_pause_that_redis_lost_is_told_it_again(void **state)
{
	(void)state;
	keep(APP, 60000);
	lose(APP);
	recall(APP);
	int64_t wait_ms = ask(APP);
	assert_true(wait_ms > 50000 && wait_ms <= 60000);
}

static void a_shorter_pause_does_not_end_a_longer_one(void **state)
{
	(void)state;
	keep(APP, 90000);
	keep(APP, 1000);
	lose(APP);
	recall(APP);
	assert_true(ask(APP) > 50000);
}

static void pauses_of_others_are_not_mine(void **state)
{
	(void)state;
	keep(APP, 60000);
	recall("spotify:another");
	assert_int_equal(ask("spotify:another"), 0);
}

static void a_pause_that_is_over_is_nothing_and_is_forgotten_in_a_day(void **state)
{
	struct err err;
	PG_RESULT *row = NULL;
	(void)state;
	keep("spotify:old", 60000);
	must(pg_exec(eye, "UPDATE provider_pause SET until = now() - interval '25 hours'", &err), &err);
	recall("spotify:old");
	assert_int_equal(ask("spotify:old"), 0);
	keep("spotify:new", 10);
	must(pg_query(eye, "SELECT count(*) AS n FROM provider_pause", 0, NULL, &row, &err), &err);
	assert_int_equal(pg_int(row, 0, "n"), 1);
}

static void no_name_of_an_app_stands_in_the_table(void **state)
{
	struct err err;
	PG_RESULT *row = NULL;
	(void)state;
	keep(APP, 60000);
	must(pg_query(eye,
	              "SELECT count(*) AS n FROM provider_pause p WHERE p::text LIKE '%app-of-this%' OR encode(credential, "
	              "'escape') LIKE '%app-of-this%'",
	              0, NULL, &row, &err),
	     &err);
	assert_int_equal(pg_int(row, 0, "n"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_granted_before_it_is_known_what_is_left),
		cmocka_unit_test(a_pause_that_redis_lost_is_told_it_again),
		cmocka_unit_test(a_shorter_pause_does_not_end_a_longer_one),
		cmocka_unit_test(pauses_of_others_are_not_mine),
		cmocka_unit_test(a_pause_that_is_over_is_nothing_and_is_forgotten_in_a_day),
		cmocka_unit_test(no_name_of_an_app_stands_in_the_table),
	};
	return cmocka_run_group_tests(tests, places_open, places_close);
}
