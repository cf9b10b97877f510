/* Goal: what is true is told, once, and to whom it was to be told. Method: rows as the writer makes them, in a real Postgres. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "console_support.h"

static void end_category(struct bench *bench, int number, const char *category, const char *state, int held)
{
	char sql[400];
	snprintf(sql, sizeof sql,
	         "INSERT INTO sync_category (sync_id, category, state, epoch, received, stored, rejected, held, cause, ended_at) "
	         "VALUES (" SYNC_ID "%d', '%s', '%s', 7, 10, 9, 1, %d, 'why %s', now())",
	         number, category, state, held, category);
	execute(bench, sql);
}

static const char told[] =
	"SELECT coalesce(string_agg(type || '@' || webhook_id, ' ' ORDER BY type, webhook_id), '') FROM webhook_delivery";

/* ---- what is told ---- */

static void the_end_of_a_sync_is_told_once_by_what_it_is(void **state)
{
	static const struct {
		const char *state, *want;
	} rows[] = {{"complete", "sync.complete@1"},
	            {"partial", "sync.partial@1"},
	            {"failed", "sync.failed@1"},
	            {"cancelled", ""},
	            {"joined", ""}};
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	for (int i = 0; i < (int)COUNT_OF(rows); i++) {
		begin_sync(bench, i, 1, "full");
		assert_look(bench, told, "");
		end_sync(bench, i, rows[i].state);
		assert_look(bench, told, rows[i].want);
		/* What changes an ended sync, as confirming does, tells nothing more; nor does settling again. */
		end_sync(bench, i, rows[i].state);
		execute(bench, "UPDATE sync SET cause = '', next_step = ''");
		assert_look(bench, told, rows[i].want);
		execute(bench, "DELETE FROM webhook_delivery; UPDATE sync SET cause = 'again'");
		assert_look(bench, told, "");
	}
}

static void a_sync_that_is_refused_at_once_is_told(void **state)
{
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	execute(bench, "INSERT INTO sync (sync_id, account_id, mode, categories, state, cause, ended_at) VALUES (" SYNC_ID
	               "1', 1, 'full', 'tracks', 'failed', 'no such mode', now())");
	assert_look(bench, told, "sync.failed@1");
	assert_look(bench, "SELECT data->>'cause' FROM webhook_delivery", "no such mode");
}

static void what_is_rolled_back_is_not_told(void **state)
{
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	begin_sync(bench, 1, 1, "full");
	execute(bench, "BEGIN");
	end_sync(bench, 1, "complete");
	execute(bench, "ROLLBACK");
	assert_look(bench, told, "");
}

static void each_webhook_hears_of_its_account_and_its_events_and_of_nothing_from_before_it(void **state)
{
	struct bench *bench = *state;
	execute(bench, "INSERT INTO account (name, provider, url, secret) VALUES ('away', 'x', 'x', 'x')");
	listen_to(bench, "NULL");
	listen_to(bench, "2");
	listen_to(bench, "NULL");
	listen_to(bench, "NULL");
	execute(bench, "UPDATE webhook SET events = '{sync.failed}' WHERE webhook_id = 3;"
	               "UPDATE webhook SET off_at = now() WHERE webhook_id = 4");
	begin_sync(bench, 1, 1, "full");
	begin_sync(bench, 2, 2, "full");
	begin_sync(bench, 3, 2, "full");
	end_sync(bench, 1, "complete");
	assert_look(bench, told, "sync.complete@1");
	end_sync(bench, 2, "partial");
	assert_look(bench, told, "sync.complete@1 sync.partial@1 sync.partial@2");
	end_sync(bench, 3, "failed");
	assert_look(bench, told, "sync.complete@1 sync.failed@1 sync.failed@2 sync.failed@3 sync.partial@1 sync.partial@2");
	listen_to(bench, "NULL");
	execute(bench, "UPDATE sync SET cause = ''");
	assert_look(bench, "SELECT count(*) FROM webhook_delivery WHERE webhook_id = 5", "0");
	execute(bench, "DELETE FROM account WHERE account_id = 2");
	assert_look(bench, told, "sync.complete@1");
	assert_look(bench, "SELECT string_agg(webhook_id::text, ' ' ORDER BY webhook_id) FROM webhook", "1 3 4 5");
}

struct ending {
	struct bench *bench;
	int result;
	struct err err;
};

static void *end_beside(void *context)
{
	struct ending *ending = context;
	ending->result = pg_exec(ending->bench->other, "UPDATE sync SET state = 'complete', ended_at = now()",
	                         &ending->err);
	return NULL;
}

static void a_webhook_that_is_removed_at_that_moment_costs_no_sync(void **state)
{
	struct bench *bench = *state;
	struct ending ending = {.bench = bench};
	pthread_t thread;
	listen_to(bench, "NULL");
	listen_to(bench, "NULL");
	begin_sync(bench, 1, 1, "full");
	execute(bench, "BEGIN; DELETE FROM webhook WHERE webhook_id = 1");
	assert_int_equal(pthread_create(&thread, NULL, end_beside, &ending), 0);
	int64_t deadline_ms = clock_ms() + 20000;
	while (strcmp(look(bench, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid() AND "
	                          "pg_backend_pid() = ANY (pg_blocking_pids(pid))"),
	              "1") != 0)
		assert_true(clock_ms() < deadline_ms);
	execute(bench, "COMMIT");
	pthread_join(thread, NULL);
	must(ending.result, &ending.err);
	assert_look(bench, told, "sync.complete@2");
	assert_look(bench, "SELECT state FROM sync", "complete");
}

static void a_message_holds_what_a_person_needs(void **state)
{
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	execute(bench, "INSERT INTO library (account_id, category, items) VALUES (1, 'albums', 500)");
	begin_sync(bench, 1, 1, "incremental");
	end_category(bench, 1, "albums", "complete", 0);
	end_category(bench, 1, "tracks", "partial", 0);
	execute(bench,
	        "UPDATE sync_category SET unchanged = true, received = 0, stored = 0, rejected = 0 WHERE category = 'albums'");
	end_sync(bench, 1, "partial");
	assert_look(bench, "SELECT data FROM webhook_delivery",
	            "{\"mode\": \"incremental\", \"sync\": \"01900000-0000-7000-8000-000000000001\", \"cause\": \"a cause\", "
	            "\"items\": {\"held\": 0, \"added\": 0, \"stored\": 509, \"changed\": 0, \"removed\": 0, \"received\": 510, "
	            "\"rejected\": 1}, \"state\": \"partial\", \"account\": \"home\", \"next_step\": \"a step\", "
	            "\"categories\": {\"albums\": \"complete\", \"tracks\": \"partial\"}}");
	execute(bench, "UPDATE webhook_delivery SET at = '2026-11-29 18:00:00.5+01'");
	assert_memory_equal(look(bench, "SELECT webhook_body(d, '') FROM webhook_delivery d"),
	                    "{\"type\":\"sync.partial\",\"timestamp\":\"2026-11-29T17:00:00.500Z\",\"data\":{", 70);
	assert_look(bench, "SELECT webhook_body(d, '')::jsonb->'data' ? 'link' FROM webhook_delivery d", "f");
	assert_look(bench,
	            "SELECT webhook_body(d, 'https://music.example.org/')::jsonb->'data'->>'link' FROM webhook_delivery d",
	            "https://music.example.org/syncs/01900000-0000-7000-8000-000000000001");
}

/* ---- sign-ins ---- */

/* As a writer settles it: the account first, why it was later in the same transaction. */
static void refuse_sign_in(struct bench *bench, int number, int64_t epoch)
{
	char sql[200];
	begin_sync(bench, number, 1, "full");
	execute(bench, "BEGIN");
	snprintf(sql, sizeof sql, "UPDATE account SET needs_auth_epoch = %lld WHERE account_id = 1", (long long)epoch);
	execute(bench, sql);
	end_category(bench, number, "tracks", "failed", 0);
	snprintf(sql, sizeof sql,
	         "UPDATE sync_category SET epoch = %lld, next_step = 'syncline account login home' WHERE sync_id = " SYNC_ID
	         "%d'",
	         (long long)epoch, number);
	execute(bench, sql);
	execute(bench, "COMMIT");
}

static void a_refused_sign_in_is_told_once_until_somebody_signs_in(void **state)
{
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	refuse_sign_in(bench, 1, 100);
	assert_look(bench, told, "account.needs_auth@1");
	assert_look(bench, "SELECT data->>'cause' || '|' || (data->>'next_step') || '|' || page FROM webhook_delivery",
	            "why tracks|syncline account login home|/syncs/01900000-0000-7000-8000-000000000001");
	refuse_sign_in(bench, 2, 200);
	assert_look(bench, told, "account.needs_auth@1");
	execute(bench, "UPDATE account SET needs_auth_epoch = NULL");
	assert_look(bench, told, "account.needs_auth@1");
	refuse_sign_in(bench, 3, 300);
	assert_look(bench, told, "account.needs_auth@1 account.needs_auth@1");
}

/* ---- held removals ---- */

static void run_sync(struct bench *bench, int number, const char *mode, int albums, int tracks)
{
	begin_sync(bench, number, 1, mode);
	end_category(bench, number, "albums", "complete", albums);
	end_category(bench, number, "tracks", "complete", tracks);
	end_sync(bench, number, "complete");
}

static const char held[] =
	"SELECT coalesce(string_agg(data->>'held', ' ' ORDER BY message_id), '') FROM webhook_delivery WHERE type = 'removals.held'";

static void held_removals_are_told_when_they_are_news(void **state)
{
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	run_sync(bench, 1, "full", 0, 0);
	assert_look(bench, held, "");
	run_sync(bench, 2, "full", 70, 900);
	assert_look(bench, held, "{\"albums\": 70, \"tracks\": 900}");
	run_sync(bench, 3, "full", 70, 900); /* the next night */
	assert_look(bench, held, "{\"albums\": 70, \"tracks\": 900}");
	run_sync(bench, 4, "replay", 0, 0); /* is no witness of anything */
	begin_sync(bench, 5, 1, "incremental");
	end_category(bench, 5, "albums", "complete", 0);
	execute(bench, "UPDATE sync_category SET unchanged = true WHERE sync_id = " SYNC_ID "5'");
	end_sync(bench, 5, "complete");
	run_sync(bench, 6, "full", 70, 900);
	assert_look(bench, held, "{\"albums\": 70, \"tracks\": 900}");
	run_sync(bench, 7, "full", 70, 901);
	assert_look(bench, held, "{\"albums\": 70, \"tracks\": 900} {\"albums\": 70, \"tracks\": 901}");
	execute(bench, "UPDATE sync_category SET held = 0"); /* confirmed */
	run_sync(bench, 8, "full", 0, 0);
	run_sync(bench, 9, "full", 70, 0);
	assert_look(bench, held, "{\"albums\": 70, \"tracks\": 900} {\"albums\": 70, \"tracks\": 901} {\"albums\": 70}");
	assert_look(
		bench,
		"SELECT data->>'cause' || '|' || (data->>'next_step') FROM webhook_delivery ORDER BY message_id DESC LIMIT 1",
		"70 items that are not listed any more stay until somebody confirms their removal|syncline confirm home");
}

static void what_a_cancelled_sync_holds_is_told_as_well(void **state)
{
	struct bench *bench = *state;
	listen_to(bench, "NULL");
	begin_sync(bench, 1, 1, "full");
	end_category(bench, 1, "tracks", "complete", 60);
	end_sync(bench, 1, "cancelled");
	assert_look(bench, told, "removals.held@1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_end_of_a_sync_is_told_once_by_what_it_is),
		TEST(a_sync_that_is_refused_at_once_is_told),
		TEST(what_is_rolled_back_is_not_told),
		TEST(each_webhook_hears_of_its_account_and_its_events_and_of_nothing_from_before_it),
		TEST(a_webhook_that_is_removed_at_that_moment_costs_no_sync),
		TEST(a_message_holds_what_a_person_needs),
		TEST(a_refused_sign_in_is_told_once_until_somebody_signs_in),
		TEST(held_removals_are_told_when_they_are_news),
		TEST(what_a_cancelled_sync_holds_is_told_as_well),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
