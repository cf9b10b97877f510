/* Goal: one holder per account, who learns in time that it has lost the lease, is to give it back, or works for a person by
 * now. Method: the scripts in a real Redis, as two fetchers would call them. */
#include "fetcher_support.h"

#include <stdio.h>

#include "common/halt.h"
#include "fetcher/lease.h"

#define SYNC_A "01900000-0000-7000-8000-00000000000a"
#define SYNC_B "01900000-0000-7000-8000-00000000000b"

static struct lease lease_of(const char *sync, bool full, bool background)
{
	struct lease lease = {.full = full, .background = background, .categories = 15};
	snprintf(lease.account, sizeof lease.account, "home");
	snprintf(lease.sync, sizeof lease.sync, "%s", sync);
	return lease;
}

static enum lease_result claim(struct lease *lease, struct lease_holder *holder)
{
	struct err err;
	enum lease_result result = LEASE_LOST;
	must(lease_claim(eye_redis, &settings, lease, 0, &result, holder, &err), &err);
	return result;
}

static enum lease_result renew(const struct lease *lease)
{
	struct err err;
	enum lease_result result = LEASE_LOST;
	must(lease_renew(eye_redis, &settings, lease, &result, &err), &err);
	return result;
}

static enum lease_result save(const struct lease *lease)
{
	struct err err;
	enum lease_result result = LEASE_LOST;
	must(lease_save(eye_redis, &settings, lease, CATEGORY_TRACKS, "here", &result, &err), &err);
	return result;
}

static void release(const struct lease *lease)
{
	struct err err;
	must(lease_release(eye_redis, &settings, lease, false, &err), &err);
}

static bool halt(const char *sync)
{
	struct err err;
	bool held = false;
	must(halt_ask(eye_redis, &settings, "home", sync, &held, &err), &err);
	return held;
}

static int set_up(void **state)
{
	(void)state;
	settings.lease_ms = 60000;
	redis_do("DEL", "lease");
	redis_do("DEL", "epoch");
	return 0;
}

/* As when its account was removed and added again: what it reads is dropped, so nothing may wait for it or join it. */
static void a_holder_whose_epoch_postgres_is_beyond_is_told_to_stop(void **state)
{
	struct lease_holder holder = {0};
	struct lease first = lease_of(SYNC_A, true, false), second = lease_of(SYNC_B, false, false);
	enum lease_result result;
	struct err err;
	(void)state;
	assert_int_equal(claim(&first, &holder), LEASE_GRANTED);
	must(lease_claim(eye_redis, &settings, &second, first.epoch, &result, &holder, &err), &err);
	assert_true(result == LEASE_BUSY && !holder.halted);
	assert_true(renew(&first) != LEASE_HALT);
	must(lease_claim(eye_redis, &settings, &second, first.epoch + 1, &result, &holder, &err), &err);
	assert_true(result == LEASE_BUSY && holder.halted);
	assert_int_equal(renew(&first), LEASE_HALT);
	release(&first);
	must(lease_claim(eye_redis, &settings, &second, first.epoch + 1, &result, &holder, &err), &err);
	assert_true(result == LEASE_GRANTED && second.epoch > first.epoch + 1);
}

static void a_second_sync_of_the_account_learns_who_works(void **state)
{
	struct lease_holder holder = {0};
	struct lease first = lease_of(SYNC_A, true, false), second = lease_of(SYNC_B, false, false);
	(void)state;
	assert_int_equal(claim(&first, &holder), LEASE_GRANTED);
	assert_int_equal(claim(&second, &holder), LEASE_BUSY);
	assert_string_equal(holder.sync, SYNC_A);
	assert_true(holder.full && !holder.halted && holder.categories == 15);
	assert_int_equal(claim(&first, &holder), LEASE_SAME);
	release(&first);
	assert_int_equal(claim(&second, &holder), LEASE_GRANTED);
	assert_true(second.epoch > first.epoch);
	assert_int_equal(renew(&first), LEASE_LOST);
	assert_int_equal(save(&first), LEASE_LOST);
	assert_int_equal(renew(&second), LEASE_HELD);
}

static void a_holder_learns_that_it_is_to_stop_with_its_next_word_and_still_saves(void **state)
{
	struct lease_holder holder = {0};
	struct lease first = lease_of(SYNC_A, false, false), second = lease_of(SYNC_B, false, false);
	struct err err;
	char cursor[LIMIT_CURSOR];
	(void)state;
	assert_false(halt(SYNC_A)); /* nobody works on it yet */
	assert_int_equal(claim(&first, &holder), LEASE_GRANTED);
	assert_false(halt(SYNC_B)); /* another sync's */
	assert_int_equal(renew(&first), LEASE_HELD);
	assert_true(halt(SYNC_A));
	assert_int_equal(renew(&first), LEASE_HALT);
	assert_int_equal(save(&first), LEASE_HALT);
	must(lease_cursor(eye_redis, &settings, &first, CATEGORY_TRACKS, cursor, &err), &err);
	assert_string_equal(cursor, "here");
	assert_int_equal(claim(&second, &holder), LEASE_BUSY);
	assert_true(holder.halted);
	release(&first);
	assert_false(halt(SYNC_A));
	assert_int_equal(claim(&second, &holder), LEASE_GRANTED);
	assert_int_equal(renew(&second), LEASE_HELD); /* the word was not for it */
}

static void a_pause_stops_whoever_works(void **state)
{
	struct lease_holder holder = {0};
	struct lease lease = lease_of(SYNC_A, false, false);
	(void)state;
	assert_false(halt(NULL));
	assert_int_equal(claim(&lease, &holder), LEASE_GRANTED);
	assert_true(halt(NULL));
	assert_int_equal(renew(&lease), LEASE_HALT);
}

static void a_person_who_comes_raises_a_background_sync_and_another_background_job_does_not(void **state)
{
	struct lease_holder holder = {0};
	struct lease night = lease_of(SYNC_A, false, true), other = lease_of(SYNC_B, false, true),
				 person = lease_of(SYNC_B, false, false);
	(void)state;
	assert_int_equal(claim(&night, &holder), LEASE_GRANTED);
	assert_int_equal(claim(&other, &holder), LEASE_BUSY);
	assert_int_equal(renew(&night), LEASE_HELD);
	assert_int_equal(claim(&person, &holder), LEASE_BUSY);
	assert_int_equal(renew(&night), LEASE_RAISED);
	assert_int_equal(save(&night), LEASE_RAISED);
	assert_true(halt(SYNC_A)); /* which says more */
	assert_int_equal(renew(&night), LEASE_HALT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_holder_whose_epoch_postgres_is_beyond_is_told_to_stop, set_up),
		cmocka_unit_test_setup(a_second_sync_of_the_account_learns_who_works, set_up),
		cmocka_unit_test_setup(a_holder_learns_that_it_is_to_stop_with_its_next_word_and_still_saves, set_up),
		cmocka_unit_test_setup(a_pause_stops_whoever_works, set_up),
		cmocka_unit_test_setup(a_person_who_comes_raises_a_background_sync_and_another_background_job_does_not, set_up),
	};
	return cmocka_run_group_tests(tests, places_open, places_close);
}
