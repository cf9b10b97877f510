/* Goal: nothing of a cancelled sync is written, and above all nothing is removed by it, in whatever order its messages and the
 * cancel come. Method: as test_writer_apply; the cancel is the statements that `syncline cancel` runs. */
#include "writer_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel.h"
#include "common/msg.h"
#include "common/sql.h"

static const char *const here = "SELECT id FROM artist WHERE removed_at IS NULL ORDER BY id";
static const char *const sync_b = "SELECT state, ended_at IS NOT NULL, cause FROM sync WHERE sync_id = '" SYNC_B "'";
static const char *const category_b =
	"SELECT category, state, received, stored FROM sync_category WHERE sync_id = '" SYNC_B "' ORDER BY category";

/* sync NULL: all of the account's. */
static void cancel_begin(struct bench *bench, const char *sync)
{
	struct err err;
	char id[24];
	snprintf(id, sizeof id, "%s", look(bench, "SELECT account_id FROM account WHERE name = 'home'"));
	const char *values[] = {id, sync, "cancelled by me", "syncline retry home"};
	must(pg_exec(bench->eye, "BEGIN", &err), &err);
	must(pg_run(bench->eye, sql_text("q_cancel_lock"), 1, values, NULL, &err), &err);
	must(pg_run(bench->eye, sql_text("q_cancel_begin"), 4, values, NULL, &err), &err);
	must(pg_exec(bench->eye, "COMMIT", &err), &err);
}

/* Returns whether this call ended it. */
static bool cancel_over(struct bench *bench, const char *sync)
{
	struct err err;
	PG_RESULT *news = NULL;
	must(cancel_end(bench->eye, sync, &news, &err), &err);
	return PQntuples(news) > 0;
}

/* A complete library of three, and a second sync whose walk has missed b: its end would remove it. */
static void begin_removal(struct bench *bench, bool with_end)
{
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .last = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists,tracks");
	add_items(bench, &at, "a=A2 c=C");
	if (!with_end) {
		run(bench);
		return;
	}
	add_end(bench, &at, 1, 2, NULL);
}

static void the_end_of_a_walk_behind_a_cancel_removes_nothing(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .last = true};
	begin_removal(bench, false);
	cancel_begin(bench, SYNC_B);
	add_end(bench, &at, 1, 2, NULL);
	run(bench);
	assert_look(bench, here, "a b c");
	assert_look(bench, sync_b, "cancelling|f|cancelled by me");
	assert_look(bench, category_b, "artists|cancelled|2|2 tracks|cancelled|0|0");
	assert_look(bench, "SELECT name FROM artist WHERE id = 'a'", "A2"); /* what was stored stays */
	assert_int_equal(bench->removed, 0);
	assert_true(bench->stale > 0);
}

static void a_whole_walk_behind_a_cancel_writes_nothing(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists,tracks");
	run(bench);
	cancel_begin(bench, NULL);
	assert_true(cancel_over(bench, SYNC_B));
	begin_removal(bench, true);
	run(bench);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT name FROM artist WHERE id = 'a'", "A");
	assert_look(bench, sync_b, "cancelled|t|cancelled by me");
	assert_look(bench, "SELECT count(*) FROM sync_page WHERE sync_id = '" SYNC_B "'", "0");
	assert_look(bench, "SELECT complete_sync FROM library WHERE category = 'artists'", SYNC_A);
}

static void a_later_epoch_of_a_cancelled_sync_opens_nothing_again(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 9, .last = true};
	begin_removal(bench, false);
	cancel_begin(bench, SYNC_B);
	add_started(bench, SYNC_B, 9, "artists", "artists,tracks");
	add_items(bench, &at, "a=A3");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
	add_failed(bench, SYNC_B, 9, "tracks", "the server is gone", false);
	run(bench);
	assert_look(bench, sync_b, "cancelling|f|cancelled by me");
	assert_look(bench, category_b, "artists|cancelled|2|2 tracks|cancelled|0|0");
	assert_look(bench, here, "a b c");
}

static void a_category_that_had_ended_stays_as_it_is_with_what_it_removed(void **state)
{
	struct bench *bench = *state;
	begin_removal(bench, true);
	run(bench);
	assert_look(bench, here, "a c");
	cancel_begin(bench, SYNC_B);
	assert_look(bench, category_b, "artists|complete|2|2 tracks|cancelled|0|0");
	assert_look(bench, "SELECT state FROM sync_category WHERE category = 'tracks'", "cancelled");
}

static void what_has_ended_is_not_cancelled(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	assert_look(bench, "SELECT state FROM sync", "complete");
	cancel_begin(bench, NULL);
	assert_look(bench, "SELECT state, cause FROM sync", "complete|");
	assert_false(cancel_over(bench, SYNC_A));
	assert_look(bench, "SELECT state FROM sync", "complete");
}

static void of_any_number_that_end_it_one_does(void **state)
{
	struct bench *bench = *state;
	begin_removal(bench, false);
	assert_false(cancel_over(bench, SYNC_B)); /* nobody has cancelled it */
	cancel_begin(bench, SYNC_B);
	assert_true(cancel_over(bench, SYNC_B));
	assert_false(cancel_over(bench, SYNC_B));
	assert_look(bench, sync_b, "cancelled|t|cancelled by me");
}

static void a_sync_after_it_is_as_if_it_had_never_been(void **state)
{
	struct bench *bench = *state;
	begin_removal(bench, false);
	cancel_begin(bench, SYNC_B);
	assert_true(cancel_over(bench, SYNC_B));
	walk_artists(bench, SYNC_C, 3, "a=A c=C", 2, NULL);
	assert_look(bench, here, "a c");
	assert_look(bench, "SELECT removed_sync FROM artist WHERE id = 'b'", SYNC_C);
}

#define BENCH(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH(the_end_of_a_walk_behind_a_cancel_removes_nothing),
		BENCH(a_whole_walk_behind_a_cancel_writes_nothing),
		BENCH(a_later_epoch_of_a_cancelled_sync_opens_nothing_again),
		BENCH(a_category_that_had_ended_stays_as_it_is_with_what_it_removed),
		BENCH(what_has_ended_is_not_cancelled),
		BENCH(of_any_number_that_end_it_one_does),
		BENCH(a_sync_after_it_is_as_if_it_had_never_been),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
