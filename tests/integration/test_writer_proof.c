/* Goal: a proof stands for what it has shown, neither longer nor for more. Method: as test_writer_apply. */
#include "writer_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql.h"

static const char *const here = "SELECT id FROM artist WHERE removed_at IS NULL ORDER BY id";
static const char *const fence = "SELECT coalesce(fence, 'none') FROM library";

/* ---- lists that could not be read ---- */

/* SYNC_B reads the albums again and finds that the lists of these cannot be had. */
static void leave_unread(struct bench *bench, const char *const *lists, size_t count)
{
	struct at at = {.sync = SYNC_A, .category = "tracks", .last = true};
	add_started(bench, SYNC_A, 1, "tracks", "tracks");
	add_items(bench, &at, "a=A b=B");
	add_end(bench, &at, 1, 2, NULL);
	run(bench);
	at = (struct at){.sync = SYNC_B, .category = "tracks", .epoch = 2};
	add_started(bench, SYNC_B, 2, "tracks", "tracks");
	add_items(bench, &at, "a=A");
	for (size_t i = 0; i < count; i++) {
		at.page = 1 + (int64_t)i;
		at.last = i + 1 == count;
		at.list = lists[i];
		at.refused = "the server's answer is no JSON";
		add_items(bench, &at, "");
	}
	add_end(bench, &at, 1 + (int64_t)count, 1, NULL);
	run_twice(bench);
}

static void a_list_that_could_not_be_read_is_named_and_nothing_is_removed_for_want_of_it(void **state)
{
	struct bench *bench = *state;
	static const char *const one[] = {"al-1"};
	look(bench, "INSERT INTO album (account_id, id, title, content_hash, first_sync, changed_sync) "
	            "SELECT account_id, 'al-1', 'Kind of Blue', 0, '" SYNC_A "', '" SYNC_A "' FROM account RETURNING id");
	leave_unread(bench, one, 1);
	assert_look(bench,
	            "SELECT state, cause, next_step, received, stored FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "partial|album 'Kind of Blue' could not be read: the server's answer is no JSON"
	            "|look at it on the server, then: syncline sync home|1|1");
	assert_look(bench, "SELECT id FROM track WHERE removed_at IS NULL ORDER BY id", "a b");
	assert_look(bench, "SELECT count(*) FROM sync_reject", "0");
}

static void several_lists_that_could_not_be_read_are_counted(void **state)
{
	struct bench *bench = *state;
	static const char *const three[] = {"al-1", "al-2", "al-3"};
	leave_unread(bench, three, COUNT_OF(three));
	assert_look(bench, "SELECT cause FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "album 'al-1' could not be read: the server's answer is no JSON; and 2 more could not be read");
}

/* ---- a walk that does not come to its end ---- */

static void the_fence_of_a_complete_walk_ends_with_the_next_one_that_begins(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	assert_look(bench, fence, STRONG);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	run(bench);
	assert_look(bench, fence, STRONG); /* nothing has been read */
	add_items(bench, &at, "a=Changed");
	add_failed(bench, SYNC_B, 2, "artists", "the server went away", false);
	run(bench);
	assert_look(bench, fence, "none");
	walk_artists(bench, SYNC_C, 3, "a=A b=B", 2, NULL);
	assert_look(bench, fence, STRONG);
}

/* ---- a takeover that ends a category once more ---- */

static const char *const told = "SELECT state, removed FROM sync_category WHERE sync_id = '" SYNC_B "'";

static void what_was_removed_is_counted_also_when_the_walk_ends_twice(void **state)
{
	struct bench *bench = *state;
	const struct at again = {.sync = SYNC_B, .category = "artists", .epoch = 3, .page = 1, .last = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, NULL);
	assert_look(bench, told, "complete|1");
	add_started(bench, SYNC_B, 3, "artists", "artists");
	add_end(bench, &again, 1, 2, NULL);
	run(bench);
	assert_look(bench, told, "complete|1");
}

static void what_is_proved_complete_is_not_unproved_by_who_takes_the_sync_over(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, NULL);
	add_started(bench, SYNC_B, 3, "artists", "artists");
	add_failed(bench, SYNC_B, 3, "artists", "the server went away", false);
	run(bench);
	assert_look(bench, told, "complete|1");
}

/* ---- confirming ---- */

/* What `syncline verify --removals` foretells: "WHY COUNT ID" of the first. */
static const char *foretold(struct bench *bench, const char *since, const char *held_since)
{
	static char text[64];
	PG_RESULT *rows = NULL;
	struct err err;
	const char *values[] = {"1", "artists", since, held_since, NULL, "false", "10"};
	must(pg_query(bench->eye, sql_text("q_ctl_missed"), COUNT_OF(values), values, &rows, &err), &err);
	snprintf(text, sizeof text, "%d", PQntuples(rows));
	if (PQntuples(rows))
		snprintf(text, sizeof text, "%s %s %s", pg_text(rows, 0, "why"), pg_text(rows, 0, "of_why"),
		         pg_text(rows, 0, "id"));
	return text;
}

static void an_earlier_walk_of_the_same_sync_keeps_nothing_from_being_confirmed(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .last = true};
	const struct end again = {.again = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_items(bench, &at, "a=A b=B");
	add_end(bench, &at, 1, 2, &again);
	run(bench);
	at.walk = 1;
	add_items_with_rejects(bench, &at, "a=A", "", 1);
	add_end(bench, &at, 1, 2, NULL);
	run(bench);
	assert_look(bench, "SELECT held FROM sync_category WHERE sync_id = '" SYNC_B "'", "1");
	assert_string_equal(foretold(bench, "2", "2"), "held 1 b");
	assert_int_equal(confirm_artists(bench), 1);
	assert_look(bench, here, "a");
	assert_string_equal(foretold(bench, "2", "0"), "0");
}

static void what_a_walk_listed_before_its_witness_began_is_seen(void **state)
{
	struct bench *bench = *state;
	const struct end weak = {.before = "n=1"};
	struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 5};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &weak);
	add_started(bench, SYNC_B, 5, "artists", "artists");
	add_items(bench, &at, "b=B");
	run(bench);
	walk_artists(bench, SYNC_C, 6, "a=A", 1, &weak);
	add_started(bench, SYNC_B, 7, "artists", "artists");
	at.epoch = 7;
	at.page = 1;
	at.last = true;
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 2, 2, &weak);
	run(bench);
	assert_look(bench, "SELECT state FROM sync_category WHERE sync_id = '" SYNC_B "'", "complete");
	assert_look(bench, here, "a b");
}

/* ---- ledgers that are kept ---- */

/* A sync that lists something and then fails. */
static void walk_and_fail(struct bench *bench, const char *sync, int64_t epoch, const char *items)
{
	const struct at at = {.sync = sync, .category = "artists", .epoch = epoch};
	add_started(bench, sync, epoch, "artists", "artists");
	add_items(bench, &at, items);
	add_failed(bench, sync, epoch, "artists", "the server went away", false);
	run(bench);
}

static void what_walks_without_an_end_have_seen_is_kept_and_their_ledgers_are_not(void **state)
{
	struct bench *bench = *state;
	const struct end weak = {.before = "n=1"};
	char id[] = "01900000-0000-7000-8000-000000000b00";
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C d=D", 4, &weak);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &weak);
	walk_and_fail(bench, SYNC_C, 3, "a=A b=B");
	for (int64_t epoch = 4; epoch < 10; epoch++) {
		id[sizeof id - 2] = (char)('0' + epoch);
		walk_and_fail(bench, id, epoch, epoch == 5 ? "c=C" : "a=A");
	}
	assert_look(bench,
	            "SELECT count(DISTINCT sync_id) FROM sync_page WHERE sync_id NOT IN ('" SYNC_A "', '" SYNC_B "')", "2");
	assert_look(bench, "SELECT count(*) FROM page_list", "3"); /* abcd; a; and b and c, which were seen since */
	walk_artists(bench, SYNC_D, 20, "a=A", 1, &weak);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT count(*) FROM page_list", "1");
}

static void the_ledger_of_a_cancelled_sync_stays(void **state)
{
	struct bench *bench = *state;
	walk_and_fail(bench, SYNC_A, 1, "a=A");
	look(bench, "UPDATE sync SET state = 'cancelled' RETURNING state");
	walk_and_fail(bench, SYNC_B, 2, "a=A");
	walk_and_fail(bench, SYNC_C, 3, "a=A");
	walk_and_fail(bench, SYNC_D, 4, "a=A");
	assert_look(bench, "SELECT sync_id FROM sync_page ORDER BY 1", SYNC_A " " SYNC_C " " SYNC_D);
}

/* Pages of the database that a statement about the artists of account 1 reads, as the writer's connection runs it. */
static long read_by(struct bench *bench, const char *name)
{
	struct err err;
	struct buf sql;
	PG_RESULT *plan = NULL;
	const char *values[] = {"1", "artists"}, *at;
	buf_init(&sql, LIMIT_STATEMENT_BYTES);
	buf_printf(&sql, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)\n%s", sql_text(name));
	must(pg_query(bench->pg, buf_text(&sql), COUNT_OF(values), values, &plan, &err), &err);
	buf_done(&sql);
	long sum = 0;
	static const char *const kinds[] = {"\"Shared Hit Blocks\": ", "\"Shared Read Blocks\": "};
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		at = strstr(PQgetvalue(plan, 0, 0), kinds[i]); /* the first is of the whole */
		assert_non_null(at);
		sum += strtol(at + strlen(kinds[i]), NULL, 10);
	}
	return sum;
}

static void the_end_of_a_walk_reads_nothing_of_the_ledgers_of_other_accounts(void **state)
{
	struct bench *bench = *state;
	static const char *const names[] = {"q_settle_prune", "q_settle_merge"};
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	walk_and_fail(bench, SYNC_B, 2, "a=A");
	walk_and_fail(bench, SYNC_C, 3, "a=A");
	look(bench, "INSERT INTO account (name, provider, url, secret) VALUES ('other', 'x', 'x', 'x') RETURNING name");
	look(bench,
	     "WITH s AS (INSERT INTO sync (sync_id, account_id, mode, categories, state, ended_at) "
	     "SELECT gen_random_uuid(), 2, 'full', 'artists', 'partial', now() FROM generate_series(1, 300) RETURNING sync_id), "
	     "p AS (INSERT INTO sync_page SELECT sync_id, 'artists', 0, n, 1, 1, 1, 0, 0, 0, 0, 0, false, '', '{}' "
	     "FROM s, generate_series(0, 99) n RETURNING 1) SELECT count(*) FROM p");
	look(bench,
	     "INSERT INTO sync (sync_id, account_id, mode, categories, state, ended_at) "
	     "SELECT gen_random_uuid(), 1, 'full', 'artists', 'complete', now() FROM generate_series(1, 1000) RETURNING 1");
	assert_int_equal(pg_exec(bench->eye, "ANALYZE", &(struct err){0}), 0);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		long pages = read_by(bench, names[i]);
		/* Four for each sync of the account, and not one for each page of the other's ledgers. */
		if (pages > 10000)
			fail_msg("%s reads %ld pages", names[i], pages);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)
	const struct CMUnitTest tests[] = {
		TEST(a_list_that_could_not_be_read_is_named_and_nothing_is_removed_for_want_of_it),
		TEST(several_lists_that_could_not_be_read_are_counted),
		TEST(the_fence_of_a_complete_walk_ends_with_the_next_one_that_begins),
		TEST(what_was_removed_is_counted_also_when_the_walk_ends_twice),
		TEST(what_is_proved_complete_is_not_unproved_by_who_takes_the_sync_over),
		TEST(what_a_walk_listed_before_its_witness_began_is_seen),
		TEST(an_earlier_walk_of_the_same_sync_keeps_nothing_from_being_confirmed),
		TEST(what_walks_without_an_end_have_seen_is_kept_and_their_ledgers_are_not),
		TEST(the_ledger_of_a_cancelled_sync_stays),
		TEST(the_end_of_a_walk_reads_nothing_of_the_ledgers_of_other_accounts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
