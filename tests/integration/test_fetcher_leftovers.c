/* Goal: a lease has one holder, and a sync that is done leaves nothing in Redis for longer than an hour. Method: the scripts on
 * a real Redis, and the time to live of every key. */
#include "fetcher_support.h"

#include <stdio.h>
#include <stdlib.h>

#include "fetcher/lease.h"

#define SYNC "0192f0c1-0000-7000-8000-000000000001"

enum { KEY_HOUR_S = 3600 };

static struct lease claimed(void)
{
	struct lease lease = {.account = "home", .sync = SYNC, .full = true, .categories = 0xf};
	struct lease_holder holder;
	enum lease_result result;
	struct err err;
	must(lease_claim(eye_redis, &settings, &lease, 0, &result, &holder, &err), &err);
	assert_int_equal(result, LEASE_GRANTED);
	must(lease_save(eye_redis, &settings, &lease, CATEGORY_TRACKS, "a cursor", &result, &err), &err);
	assert_int_equal(result, LEASE_HELD);
	return lease;
}

/* Seconds; -1: for ever, -2: not there. */
static long long lives(const char *kind, const char *of)
{
	REDIS_REPLY *reply = NULL;
	struct err err;
	must(redis_command(eye_redis, &reply, &err, "TTL %s%s:%s", prefix, kind, of), &err);
	return reply->integer;
}

static void begin(void)
{
	redis_do("DEL", "lease");
	redis_do("DEL", "epoch");
	REDIS_REPLY *reply = NULL;
	struct err err;
	must(redis_command(eye_redis, &reply, &err, "DEL %scursor:" SYNC " %sdone:" SYNC, prefix, prefix), &err);
}

static void a_sync_that_is_done_leaves_nothing_in_redis_for_longer_than_an_hour(void **state)
{
	struct lease lease;
	struct err err;
	(void)state;
	settings.lease_ms = 10000;
	begin();
	lease = claimed();
	assert_true(lives("cursor", SYNC) > KEY_HOUR_S);
	must(lease_release(eye_redis, &settings, &lease, true, &err), &err);
	assert_in_range(lives("cursor", SYNC), 1, KEY_HOUR_S);
	assert_in_range(lives("done", SYNC), 1, KEY_HOUR_S);
	assert_int_equal(lives("lease", "home"), -2);
}

static void a_sync_that_was_given_up_keeps_its_cursors_for_the_next_worker(void **state)
{
	struct lease lease;
	char cursor[LIMIT_CURSOR];
	struct err err;
	(void)state;
	settings.lease_ms = 10000;
	begin();
	lease = claimed();
	must(lease_release(eye_redis, &settings, &lease, false, &err), &err);
	assert_true(lives("cursor", SYNC) > KEY_HOUR_S);
	assert_int_equal(lives("done", SYNC), -2);
	lease = claimed();
	must(lease_cursor(eye_redis, &settings, &lease, CATEGORY_TRACKS, cursor, &err), &err);
	assert_string_equal(cursor, "a cursor");
}

static void a_worker_that_lost_its_lease_changes_nothing_more(void **state)
{
	struct lease lease, old;
	enum lease_result result;
	struct err err;
	(void)state;
	settings.lease_ms = 10000;
	begin();
	old = claimed();
	redis_do("DEL", "lease"); /* as time does */
	lease = claimed();
	assert_true(lease.epoch > old.epoch);
	must(lease_save(eye_redis, &settings, &old, CATEGORY_TRACKS, "late", &result, &err), &err);
	assert_int_equal(result, LEASE_LOST);
	must(lease_release(eye_redis, &settings, &old, true, &err), &err);
	assert_int_equal(lives("done", SYNC), -2);
	assert_true(lives("lease", "home") > 0);
	assert_true(lives("cursor", SYNC) > KEY_HOUR_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sync_that_is_done_leaves_nothing_in_redis_for_longer_than_an_hour),
		cmocka_unit_test(a_sync_that_was_given_up_keeps_its_cursors_for_the_next_worker),
		cmocka_unit_test(a_worker_that_lost_its_lease_changes_nothing_more),
	};
	return cmocka_run_group_tests(tests, places_open, places_close);
}
