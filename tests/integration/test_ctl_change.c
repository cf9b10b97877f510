/* Goal: what a person changes is carried out though its first try was given up for a deadlock, is told with what to do where a lock
 * does not come, and once by two who ask for it. Method: the steps of `account remove` and `confirm` against a real Postgres, with
 * triggers that fail as Postgres does then. */
#include "pg_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/sql.h"
#include "ctl/account_store.h"
#include "ctl/held.h"

#define SYNC "01900000-0000-7000-8000-000000000001"

struct bench {
	struct ctl ctl;
	char schema[64];
	/* of the last confirm() */
	int64_t removed;
	enum held_end end;
	struct err err;
};

static void execute(struct bench *bench, const char *sql)
{
	struct err err;
	must(pg_exec(bench->ctl.pg, sql, &err), &err);
}

static void assert_look(struct bench *bench, const char *sql, const char *want)
{
	PG_RESULT *rows = NULL;
	struct err err;
	must(pg_query(bench->ctl.pg, sql, 0, NULL, &rows, &err), &err);
	assert_int_equal(PQntuples(rows), 1);
	assert_string_equal(PQgetvalue(rows, 0, 0), want);
}

/* Account 1 with an artist and a track, both of which the newest complete sync holds. */
static const char library[] =
	"INSERT INTO account (name, provider, url, secret) VALUES ('home', 'x', 'x', 'x');"
	"INSERT INTO sync (sync_id, account_id, mode, categories, state, ended_at, cause, next_step) VALUES "
	"('" SYNC "', 1, 'full', 'artists,tracks', 'complete', now(), 'artists: 1 held', 'syncline confirm home');"
	"INSERT INTO sync_category (sync_id, category, state, held, cause, next_step, ended_at) VALUES "
	"('" SYNC "', 'artists', 'complete', 1, '1 held', 'syncline confirm home', now()),"
	"('" SYNC "', 'tracks', 'complete', 1, '1 more', 'syncline confirm home', now());"
	"INSERT INTO sync_page (sync_id, category, walk, page, epoch, received, stored, rejected, warnings, added, changed, "
	"unidentified, is_last, next_cursor, lists) VALUES "
	"('" SYNC "', 'artists', 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, true, 'end', '{}'),"
	"('" SYNC "', 'tracks', 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, true, 'end', '{}');"
	"INSERT INTO library (account_id, category, epoch, complete_sync, complete_walk, items) VALUES "
	"(1, 'artists', 5, '" SYNC "', 0, 1), (1, 'tracks', 5, '" SYNC "', 0, 1);"
	"INSERT INTO artist (account_id, id, name, content_hash, first_sync, changed_sync) VALUES "
	"(1, 'a', 'A', 0, '" SYNC "', '" SYNC "');"
	"INSERT INTO track (account_id, id, title, content_hash, first_sync, changed_sync) VALUES "
	"(1, 't', 'T', 0, '" SYNC "', '" SYNC "')";

/* The first so many calls fail: a sequence counts also what was undone. */
static const char stumble[] =
	"CREATE SEQUENCE calls;"
	"CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
	" IF nextval('calls') <= TG_ARGV[1]::int THEN RAISE EXCEPTION 'given up' USING ERRCODE = TG_ARGV[0]; END IF;"
	" RETURN coalesce(NEW, OLD); END $$";

static int bench_open(void **state)
{
	static int number;
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	snprintf(bench->schema, sizeof bench->schema, "test_change_%d_%d", (int)getpid(), number++);
	bench->ctl.pg = connect_to(bench->schema);
	snprintf(bench->ctl.settings.redis, sizeof bench->ctl.settings.redis, "redis://127.0.0.1:1/0"); /* nobody is told */
	make_tables(bench->ctl.pg);
	execute(bench, library);
	execute(bench, stumble);
	*state = bench;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *bench = *state;
	drop_schema(bench->ctl.pg, bench->schema);
	pg_close(&bench->ctl.pg);
	free(bench);
	return 0;
}

static void an_account_is_removed_though_the_first_try_was_given_up(void **state)
{
	struct bench *bench = *state;
	struct err err;
	execute(bench, "CREATE TRIGGER a BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION stumble('40P01', 1)");
	must(account_remove(&bench->ctl, "1", "home", &err), &err);
	assert_look(bench, "SELECT count(*) FROM account", "0");
}

static void one_that_is_given_up_again_and_again_is_left_alone(void **state)
{
	struct bench *bench = *state;
	struct err err;
	execute(bench, "CREATE TRIGGER a BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION stumble('40P01', 99)");
	assert_int_equal(account_remove(&bench->ctl, "1", "home", &err), -1);
	assert_int_equal(err.class, ERR_RETRY);
	assert_look(bench, "SELECT count(*) FROM account", "1");
}

static void a_lock_that_does_not_come_is_told_with_what_to_do(void **state)
{
	struct bench *bench = *state;
	struct err err;
	execute(bench, "CREATE TRIGGER a BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION stumble('55P03', 99)");
	assert_int_equal(account_remove(&bench->ctl, "1", "home", &err), -1);
	assert_int_equal(err.class, ERR_RETRY);
	assert_non_null(strstr(err.text, "try again"));
	assert_look(bench, "SELECT last_value FROM calls", "1");
}

static void read_held(struct bench *bench, PGresult **held)
{
	struct err err;
	must(held_read(&bench->ctl, "1", "artists", held, &err), &err);
	assert_int_equal(PQntuples(*held), 1);
}

static int confirm(struct bench *bench, const PGresult *held)
{
	bench->removed = 0;
	return held_remove(&bench->ctl, "1", held, 0, &bench->removed, &bench->end, &bench->err);
}

static void removals_are_carried_out_though_the_first_try_was_given_up(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *held = NULL;
	execute(bench, "CREATE TRIGGER a BEFORE UPDATE ON artist FOR EACH ROW EXECUTE FUNCTION stumble('40P01', 1)");
	read_held(bench, &held);
	must(confirm(bench, held), &bench->err);
	assert_int_equal(bench->removed, 1);
	assert_look(bench, "SELECT count(*) FROM artist WHERE removed_at IS NULL", "0");
}

static void of_two_who_confirm_the_second_is_told_that_it_is_done(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *held = NULL;
	read_held(bench, &held);
	must(confirm(bench, held), &bench->err);
	assert_int_equal(bench->removed, 1);
	assert_int_equal(bench->end, HELD_REMOVED);
	must(confirm(bench, held), &bench->err);
	assert_int_equal(bench->removed, 0);
	assert_int_equal(bench->end, HELD_SETTLED_BEFORE);
}

static void what_was_listed_again_since_is_not_removed_and_nobody_is_said_to_have_done_it(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *held = NULL;
	read_held(bench, &held);
	execute(bench, "INSERT INTO page_list (account_id, category, digest, ids) VALUES (1, 'artists', '\\x01', "
	               "ARRAY[hashtextextended('a', 0)]);"
	               "UPDATE sync_page SET lists = ARRAY['\\x01'::bytea] WHERE category = 'artists'");
	must(confirm(bench, held), &bench->err);
	assert_int_equal(bench->removed, 0);
	assert_int_equal(bench->end, HELD_LISTED_AGAIN);
	assert_look(bench, "SELECT count(*) FROM artist WHERE removed_at IS NULL", "1");
}

static void what_another_sync_has_read_since_is_not_removed(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *held = NULL;
	read_held(bench, &held);
	execute(bench, "UPDATE library SET complete_sync = gen_random_uuid()");
	assert_int_equal(confirm(bench, held), -1);
	assert_int_equal(bench->err.class, ERR_CONFIG);
	assert_look(bench, "SELECT count(*) FROM artist WHERE removed_at IS NULL", "1");
}

/* A connection of the console's remembers the SQLSTATE of whoever had it before. */
static void what_postgres_refused_before_is_no_reason_of_today(void **state)
{
	struct bench *bench = *state;
	struct err err;
	PG_RESULT *held = NULL;
	read_held(bench, &held);
	execute(bench, "UPDATE library SET complete_sync = gen_random_uuid()");
	assert_int_equal(pg_exec(bench->ctl.pg, "DO $$ BEGIN RAISE EXCEPTION 'held' USING ERRCODE = '55P03'; END $$", &err),
	                 -1);
	assert_int_equal(confirm(bench, held), -1);
	assert_int_equal(bench->err.class, ERR_CONFIG);
	assert_null(strstr(bench->err.text, "a writer is at work"));
}

static void what_another_category_holds_stays_told(void **state)
{
	struct bench *bench = *state;
	struct err err;
	PG_RESULT *artists = NULL;
	PG_RESULT *tracks = NULL;
	static const char *const told = "SELECT cause || '|' || next_step FROM sync";
	read_held(bench, &artists);
	must(held_read(&bench->ctl, "1", "tracks", &tracks, &err), &err);
	must(confirm(bench, artists), &bench->err);
	assert_look(bench, told, "tracks: 1 more|syncline confirm home");
	must(confirm(bench, tracks), &bench->err);
	assert_look(bench, told, "|");
}

static void a_change_and_its_entry_in_the_audit_log_are_one(void **state)
{
	struct bench *bench = *state;
	struct err err;
	PG_RESULT *held = NULL;
	static const char *const entries =
		"SELECT coalesce(string_agg(who || '|' || address || '|' || action || '|' || subject, ' ' ORDER BY audit_id), '') "
		"FROM console_audit";
	read_held(bench, &held);
	execute(bench, "CREATE TRIGGER a BEFORE INSERT ON console_audit FOR EACH ROW EXECUTE FUNCTION stumble('23514', 2)");
	bench->ctl.actor = "anna";
	bench->ctl.actor_address = "127.0.0.1";
	assert_int_equal(confirm(bench, held), -1);
	assert_int_equal(account_remove(&bench->ctl, "1", "home", &err), -1);
	assert_look(bench, "SELECT count(*) FROM artist WHERE removed_at IS NULL", "1");
	assert_look(bench, "SELECT held FROM sync_category WHERE category = 'artists'", "1");
	assert_look(bench, entries, "");
	must(confirm(bench, held), &bench->err);
	must(confirm(bench, held), &bench->err);
	must(account_remove(&bench->ctl, "1", "home", &err), &err);
	assert_look(bench, entries, "anna|127.0.0.1|removals confirmed|" SYNC " anna|127.0.0.1|account removed|home");
}

static void what_goes_with_an_account_is_told(void **state)
{
	struct bench *bench = *state;
	struct err err;
	char rows[ACCOUNT_ROWS];
	must(account_rows(bench->ctl.pg, "1", rows, &err), &err);
	assert_string_equal(rows, "1 track, 0 albums, 1 artist, 0 playlists and the history of 1 sync");
	execute(bench, "INSERT INTO schedule (account_id, rule, next_at) VALUES (1, 'every 6h', now())");
	must(account_rows(bench->ctl.pg, "1", rows, &err), &err);
	assert_string_equal(rows, "1 track, 0 albums, 1 artist, 0 playlists, the history of 1 sync and its schedule");
	execute(bench, "INSERT INTO webhook (target, sealed, events, account_id, internal) "
	               "SELECT 'x', 'x', '{}', 1, false FROM generate_series(1, 2)");
	execute(bench, "INSERT INTO webhook (target, sealed, events, internal) VALUES ('x', 'x', '{}', false)");
	must(account_rows(bench->ctl.pg, "1", rows, &err), &err);
	assert_string_equal(rows,
	                    "1 track, 0 albums, 1 artist, 0 playlists, the history of 1 sync, its schedule and 2 webhooks");
	execute(bench, "DELETE FROM schedule");
	must(account_rows(bench->ctl.pg, "1", rows, &err), &err);
	assert_string_equal(rows, "1 track, 0 albums, 1 artist, 0 playlists, the history of 1 sync and 2 webhooks");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_account_is_removed_though_the_first_try_was_given_up),
		TEST(one_that_is_given_up_again_and_again_is_left_alone),
		TEST(a_lock_that_does_not_come_is_told_with_what_to_do),
		TEST(removals_are_carried_out_though_the_first_try_was_given_up),
		TEST(of_two_who_confirm_the_second_is_told_that_it_is_done),
		TEST(what_was_listed_again_since_is_not_removed_and_nobody_is_said_to_have_done_it),
		TEST(what_another_sync_has_read_since_is_not_removed),
		TEST(what_postgres_refused_before_is_no_reason_of_today),
		TEST(what_another_category_holds_stays_told),
		TEST(a_change_and_its_entry_in_the_audit_log_are_one),
		TEST(what_goes_with_an_account_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
