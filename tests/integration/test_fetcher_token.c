/* Goal: a refresh token is rotated by one worker at a time and is in Postgres or sealed in Redis from the moment it is
 * known, wherever a worker is killed. Method: a real Redis and Postgres; a provider made of one variable, that takes each
 * refresh token once; each crash point of token.h by leaving out the steps behind it; a row lock for "Postgres does not
 * answer"; workers in threads. */
#include <pthread.h>
#include <unistd.h>

#include "fetcher_support.h"

static void refreshes(struct worker *worker)
{
	struct err err;
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	asks_provider(worker);
	assert_int_equal(takes(worker), OUTCOME_OK);
	must(saves(worker, &err), &err);
	assert_int_equal(worker->step, TOKEN_SAVED);
	token_end(&worker->at, &worker->token);
}

/* An account whose access token has expired, known to a worker. */
static struct worker *open_worker(void)
{
	static struct worker worker;
	worker = (struct worker){.at = connect_places()};
	worker.credentials = *stored();
	return &worker;
}

static int expired_account(void **state)
{
	const struct credentials credentials = {.client_id = "c1",
	                                        .refresh_token = CANARY "-r1",
	                                        .access_token = CANARY "-a1",
	                                        .expires_at = NOW - 1,
	                                        .scope = "s",
	                                        .authorized_at = 5};
	provider.valid = 1;
	provider.requests = provider.refused = 0;
	store(&credentials);
	lock_ends();
	redis_do("DEL", "token");
	*state = open_worker();
	return 0;
}

static int close_worker(void **state)
{
	struct worker *worker = *state;
	close_places(&worker->at);
	return 0;
}

static struct worker another(void)
{
	return (struct worker){.at = connect_places(), .credentials = *stored()};
}

static void assert_stored(const char *access, const char *refresh)
{
	assert_string_equal(stored()->access_token, access);
	assert_string_equal(stored()->refresh_token, refresh);
	assert_int_equal(stored()->authorized_at, 5);
}

/* ---- one refresh ---- */

static void a_refresh_is_stored_and_leaves_neither_lock_nor_spare(void **state)
{
	struct worker *worker = *state;
	refreshes(worker);
	assert_stored(CANARY "-a2", CANARY "-r2");
	assert_string_equal(worker->credentials.access_token, CANARY "-a2");
	assert_false(token_due(&worker->credentials, NOW));
	assert_false(redis_has("token"));
	assert_false(redis_has("token_lock"));
}

static void only_one_worker_asks_and_the_others_find_what_it_got(void **state)
{
	struct worker *worker = *state, late = another();
	struct err err;
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	assert_int_equal(begins(&late), TOKEN_BUSY);
	assert_in_range(late.token.wait_ms, 1, 1000);
	token_end(&late.at, &late.token); /* not its lock to give back */
	assert_true(redis_has("token_lock"));
	asks_provider(worker);
	assert_int_equal(takes(worker), OUTCOME_OK);
	must(saves(worker, &err), &err);
	token_end(&worker->at, &worker->token);
	assert_int_equal(begins(&late), TOKEN_FRESH);
	assert_string_equal(late.credentials.access_token, CANARY "-a2");
	assert_string_equal(late.credentials.refresh_token, CANARY "-r2");
	assert_false(redis_has("token_lock"));
	assert_int_equal(provider.requests, 1);
	close_places(&late.at);
}

static void a_token_that_was_refused_though_not_expired_is_refreshed(void **state)
{
	struct worker *worker = *state;
	refreshes(worker);
	assert_int_equal(begins(worker), TOKEN_GRANTED); /* the very token in hand is the stored one */
	token_end(&worker->at, &worker->token);
}

static void a_lock_that_went_to_another_is_not_taken_from_it(void **state)
{
	struct worker *worker = *state, other = another();
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	lock_ends();
	assert_int_equal(begins(&other), TOKEN_GRANTED);
	token_end(&worker->at, &worker->token);
	assert_true(redis_has("token_lock"));
	token_end(&other.at, &other.token);
	assert_false(redis_has("token_lock"));
	close_places(&other.at);
}

static void a_lock_ends_by_itself_a_while_behind_the_longest_request(void **state)
{
	struct worker *worker = *state;
	struct err err;
	REDIS_REPLY *reply = NULL;
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	must(redis_command(eye_redis, &reply, &err, "PTTL %stoken_lock:home", prefix), &err);
	assert_in_range(reply->integer, settings.request_timeout_ms + 10000, settings.request_timeout_ms + 15000);
}

/* ---- crash points, by the numbers of token.h ---- */

static void crash_1_before_the_request_the_next_worker_begins_anew(void **state)
{
	struct worker *worker = *state, next = another();
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	lock_ends();
	refreshes(&next);
	assert_stored(CANARY "-a2", CANARY "-r2");
	close_places(&next.at);
}

static void crash_2_without_the_answer_the_old_token_is_tried_and_its_refusal_calls_a_person(void **state)
{
	struct worker *worker = *state, next = another();
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	asks_provider(worker); /* and is killed: nobody knows r2 */
	lock_ends();
	assert_int_equal(begins(&next), TOKEN_GRANTED);
	assert_string_equal(next.credentials.refresh_token, CANARY "-r1");
	asks_provider(&next);
	assert_int_equal(takes(&next), OUTCOME_NEEDS_AUTH);
	assert_string_equal(next.verdict.next_step, "sign in again: syncline account login home");
	assert_null(strstr(next.verdict.cause, CANARY));
	token_end(&next.at, &next.token);
	close_places(&next.at);
}

/* Postgres does not save: another session holds the row. */
static void hold_row(bool held)
{
	struct err err;
	must(pg_exec(eye, held ? "BEGIN; SELECT FROM account WHERE name = 'home' FOR UPDATE" : "ROLLBACK", &err), &err);
}

/* To the spare, and no further. */
static void is_killed_behind_the_spare(struct worker *worker)
{
	struct err err;
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	asks_provider(worker);
	assert_int_equal(takes(worker), OUTCOME_OK);
	hold_row(true);
	assert_int_equal(saves(worker, &err), -1);
	hold_row(false);
	assert_int_equal(err.class, ERR_RETRY);
	assert_non_null(strstr(err.text, "kept sealed in Redis"));
	assert_null(strstr(err.text, CANARY));
	assert_stored(CANARY "-a1", CANARY "-r1");
}

static void crash_4_behind_the_spare_the_next_worker_saves_it_without_a_request(void **state)
{
	struct worker *worker = *state, next = another();
	is_killed_behind_the_spare(worker);
	lock_ends();
	assert_int_equal(begins(&next), TOKEN_FRESH);
	assert_string_equal(next.credentials.access_token, CANARY "-a2");
	assert_stored(CANARY "-a2", CANARY "-r2");
	assert_false(redis_has("token"));
	assert_int_equal(provider.requests, 1);
	close_places(&next.at);
}

static void crash_4_a_spare_that_has_expired_meanwhile_gives_its_refresh_token(void **state)
{
	struct worker *worker = *state, next = another();
	struct err err;
	is_killed_behind_the_spare(worker);
	lock_ends();
	must(token_begin(&next.at, &account, &next.credentials, NOW + 2LL * HOUR, &next.token, &next.step, &err), &err);
	assert_int_equal(next.step, TOKEN_GRANTED);
	assert_string_equal(next.credentials.refresh_token, CANARY "-r2");
	asks_provider(&next);
	assert_int_equal(takes(&next), OUTCOME_OK);
	must(saves(&next, &err), &err);
	assert_int_equal(next.step, TOKEN_SAVED);
	assert_stored(CANARY "-a3", CANARY "-r3");
	close_places(&next.at);
}

static void a_save_that_failed_is_done_by_the_same_worker_when_postgres_is_back(void **state)
{
	struct worker *worker = *state;
	struct err err;
	is_killed_behind_the_spare(worker);
	must(saves(worker, &err), &err);
	assert_int_equal(worker->step, TOKEN_SAVED);
	assert_stored(CANARY "-a2", CANARY "-r2");
	assert_false(redis_has("token"));
}

/* As a commit that went through though its answer was lost. */
static void commit_the_spare(void)
{
	struct err err;
	REDIS_REPLY *reply = NULL;
	static char hex[2 * VAULT_SEALED_MAX + 3];
	const char *values[] = {hex};
	must(redis_command(eye_redis, &reply, &err, "HGET %stoken:home sealed", prefix), &err);
	snprintf(hex, sizeof hex, "\\x%s", reply->str);
	must(pg_run(eye, "UPDATE account SET secret = $1::bytea WHERE name = 'home'", 1, values, NULL, &err), &err);
}

static void crash_5_a_commit_whose_answer_was_lost_is_recognized_by_the_same_worker(void **state)
{
	struct worker *worker = *state;
	struct err err;
	is_killed_behind_the_spare(worker);
	commit_the_spare();
	must(saves(worker, &err), &err);
	assert_int_equal(worker->step, TOKEN_SAVED);
	assert_string_equal(worker->credentials.refresh_token, CANARY "-r2");
	assert_false(redis_has("token"));
}

static void crash_6_a_spare_that_was_saved_is_dropped_by_the_next_worker(void **state)
{
	struct worker *worker = *state, next = another();
	is_killed_behind_the_spare(worker);
	commit_the_spare();
	lock_ends();
	assert_int_equal(begins(&next), TOKEN_FRESH);
	assert_string_equal(next.credentials.access_token, CANARY "-a2");
	assert_false(redis_has("token"));
	assert_stored(CANARY "-a2", CANARY "-r2");
	close_places(&next.at);
}

static void sign_in_again(void)
{
	const struct credentials credentials = {.client_id = "c1",
	                                        .refresh_token = CANARY "-r90",
	                                        .access_token = CANARY "-a90",
	                                        .expires_at = NOW + HOUR};
	store(&credentials);
}

static void crash_7_a_sign_in_meanwhile_wins_over_the_refresh(void **state)
{
	struct worker *worker = *state;
	struct err err;
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	asks_provider(worker);
	assert_int_equal(takes(worker), OUTCOME_OK);
	sign_in_again();
	must(saves(worker, &err), &err);
	assert_int_equal(worker->step, TOKEN_OVERTAKEN);
	assert_string_equal(worker->credentials.refresh_token, CANARY "-r90");
	assert_string_equal(stored()->refresh_token, CANARY "-r90");
	assert_false(redis_has("token"));
}

static void crash_7_a_sign_in_wins_over_a_spare_too(void **state)
{
	struct worker *worker = *state, next = another();
	is_killed_behind_the_spare(worker);
	sign_in_again();
	lock_ends();
	assert_int_equal(begins(&next), TOKEN_FRESH);
	assert_string_equal(next.credentials.refresh_token, CANARY "-r90");
	assert_string_equal(stored()->refresh_token, CANARY "-r90");
	assert_false(redis_has("token"));
	close_places(&next.at);
}

static void crash_8_a_refusal_is_not_believed_when_the_stored_token_is_another_one(void **state)
{
	struct worker *worker = *state, other = another();
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	lock_ends(); /* Redis was emptied */
	refreshes(&other);
	asks_provider(worker);
	assert_int_equal(worker->answer.status, 400);
	assert_int_equal(takes(worker), OUTCOME_RETRY);
	token_end(&worker->at, &worker->token);
	assert_int_equal(begins(worker), TOKEN_FRESH);
	assert_string_equal(worker->credentials.access_token, CANARY "-a2");
	close_places(&other.at);
}

static void crash_8_a_spare_that_was_lost_is_put_back(void **state)
{
	struct worker *worker = *state;
	struct err err;
	is_killed_behind_the_spare(worker);
	redis_do("DEL", "token");
	hold_row(true);
	assert_int_equal(saves(worker, &err), -1);
	hold_row(false);
	assert_true(redis_has("token"));
}

/* ---- what is away, damaged or gone ---- */

static void without_redis_nothing_is_begun_but_an_answer_is_saved(void **state)
{
	struct worker *worker = *state;
	struct redis *real = worker->at.redis;
	struct err err;
	char url[64];
	int fd = silent_port(url);
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	asks_provider(worker);
	assert_int_equal(takes(worker), OUTCOME_OK);
	must(redis_open(url, &worker->at.redis, &err), &err);
	must(saves(worker, &err), &err);
	assert_int_equal(worker->step, TOKEN_SAVED);
	assert_stored(CANARY "-a2", CANARY "-r2");
	assert_int_equal(token_begin(&worker->at, &account, &worker->credentials, NOW, &worker->token, &worker->step, &err),
	                 -1);
	assert_int_equal(err.class, ERR_RETRY);
	redis_close(&worker->at.redis);
	worker->at.redis = real;
	close(fd);
}

static void an_account_that_was_removed_is_told_so_and_leaves_no_spare(void **state)
{
	struct worker *worker = *state;
	struct err err;
	assert_int_equal(begins(worker), TOKEN_GRANTED);
	asks_provider(worker);
	assert_int_equal(takes(worker), OUTCOME_OK);
	must(pg_exec(eye, "DELETE FROM account WHERE name = 'home'", &err), &err);
	assert_int_equal(saves(worker, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
	assert_false(redis_has("token"));
	token_end(&worker->at, &worker->token);
	assert_int_equal(token_begin(&worker->at, &account, &worker->credentials, NOW, &worker->token, &worker->step, &err),
	                 -1);
	assert_int_equal(err.class, ERR_REJECT);
	assert_false(redis_has("token_lock"));
}

static void a_spare_that_cannot_be_unsealed_is_dropped(void **state)
{
	struct worker *worker = *state, next = another();
	struct err err;
	REDIS_REPLY *reply = NULL;
	is_killed_behind_the_spare(worker);
	must(redis_command(eye_redis, &reply, &err, "HSET %stoken:home sealed 0102", prefix), &err);
	lock_ends();
	assert_int_equal(begins(&next), TOKEN_GRANTED);
	assert_string_equal(next.credentials.refresh_token, CANARY "-r1");
	assert_false(redis_has("token"));
	close_places(&next.at);
}

static void no_token_stands_in_clear_in_redis_or_postgres(void **state)
{
	struct worker *worker = *state;
	struct err err;
	REDIS_REPLY *spare = NULL;
	REDIS_REPLY *lock = NULL;
	PG_RESULT *row = NULL;
	is_killed_behind_the_spare(worker);
	must(redis_command(eye_redis, &spare, &err, "HGETALL %stoken:home", prefix), &err);
	must(redis_command(eye_redis, &lock, &err, "GET %stoken_lock:home", prefix), &err);
	assert_int_equal(spare->elements, 4);
	for (size_t i = 0; i < spare->elements; i++) {
		assert_null(strstr(spare->element[i]->str, CANARY));
		assert_null(strstr(spare->element[i]->str, "63616e617279")); /* "canary" in hexadecimal */
	}
	assert_null(strstr(lock->str, CANARY));
	must(pg_query(eye, "SELECT 1 FROM account WHERE position('canary'::bytea IN secret) > 0", 0, NULL, &row, &err),
	     &err);
	assert_int_equal(PQntuples(row), 0);
}

/* ---- many workers ---- */

enum { WORKER_COUNT = 4, ROUNDS = 40 };

/* Wants a newer token again and again, as after a 401. */
static void *works(void *context)
{
	struct worker *worker = context;
	struct err err;
	for (int round = 0; round < ROUNDS; round++) {
		enum token_step step;
		while ((step = begins(worker)) == TOKEN_BUSY)
			usleep(500);
		if (step == TOKEN_FRESH)
			continue;
		asks_provider(worker);
		assert_int_equal(takes(worker), OUTCOME_OK);
		must(saves(worker, &err), &err);
		token_end(&worker->at, &worker->token);
	}
	return NULL;
}

static void workers_beside_each_other_never_send_a_token_twice(void **state)
{
	static struct worker workers[WORKER_COUNT];
	pthread_t threads[WORKER_COUNT];
	char access[64], refresh[64];
	(void)state;
	for (int i = 0; i < WORKER_COUNT; i++) {
		workers[i] = another();
		assert_int_equal(pthread_create(&threads[i], NULL, works, &workers[i]), 0);
	}
	for (int i = 0; i < WORKER_COUNT; i++) {
		pthread_join(threads[i], NULL);
		close_places(&workers[i].at);
	}
	assert_int_equal(provider.refused, 0);
	assert_in_range(provider.requests, ROUNDS, WORKER_COUNT * ROUNDS);
	snprintf(access, sizeof access, CANARY "-a%d", provider.valid);
	snprintf(refresh, sizeof refresh, CANARY "-r%d", provider.valid);
	assert_stored(access, refresh);
}

int main(void)
{
#define REFRESH_TEST(name) cmocka_unit_test_setup_teardown(name, expired_account, close_worker)
	const struct CMUnitTest tests[] = {
		REFRESH_TEST(a_refresh_is_stored_and_leaves_neither_lock_nor_spare),
		REFRESH_TEST(only_one_worker_asks_and_the_others_find_what_it_got),
		REFRESH_TEST(a_token_that_was_refused_though_not_expired_is_refreshed),
		REFRESH_TEST(a_lock_that_went_to_another_is_not_taken_from_it),
		REFRESH_TEST(a_lock_ends_by_itself_a_while_behind_the_longest_request),
		REFRESH_TEST(crash_1_before_the_request_the_next_worker_begins_anew),
		REFRESH_TEST(crash_2_without_the_answer_the_old_token_is_tried_and_its_refusal_calls_a_person),
		REFRESH_TEST(crash_4_behind_the_spare_the_next_worker_saves_it_without_a_request),
		REFRESH_TEST(crash_4_a_spare_that_has_expired_meanwhile_gives_its_refresh_token),
		REFRESH_TEST(a_save_that_failed_is_done_by_the_same_worker_when_postgres_is_back),
		REFRESH_TEST(crash_5_a_commit_whose_answer_was_lost_is_recognized_by_the_same_worker),
		REFRESH_TEST(crash_6_a_spare_that_was_saved_is_dropped_by_the_next_worker),
		REFRESH_TEST(crash_7_a_sign_in_meanwhile_wins_over_the_refresh),
		REFRESH_TEST(crash_7_a_sign_in_wins_over_a_spare_too),
		REFRESH_TEST(crash_8_a_refusal_is_not_believed_when_the_stored_token_is_another_one),
		REFRESH_TEST(crash_8_a_spare_that_was_lost_is_put_back),
		REFRESH_TEST(without_redis_nothing_is_begun_but_an_answer_is_saved),
		REFRESH_TEST(an_account_that_was_removed_is_told_so_and_leaves_no_spare),
		REFRESH_TEST(a_spare_that_cannot_be_unsealed_is_dropped),
		REFRESH_TEST(no_token_stands_in_clear_in_redis_or_postgres),
		REFRESH_TEST(workers_beside_each_other_never_send_a_token_twice),
	};
	return cmocka_run_group_tests(tests, places_open, places_close);
}
