/* Goal: nothing is complete without its proof, and nothing is removed without one. Method: as test_writer_apply. */
#include "writer_support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql.h"

static const char *const here = "SELECT id FROM artist WHERE removed_at IS NULL ORDER BY id";
static const char *const active = "SELECT count(*) FROM artist WHERE removed_at IS NULL";
static const struct end weak = {.before = "n=1"}, moved = {.moved = true};

static void an_item_that_a_proved_walk_missed_is_removed(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, NULL);
	assert_look(bench, here, "a c");
	assert_look(bench, "SELECT id, removed_sync FROM artist WHERE removed_at IS NOT NULL", "b|" SYNC_B);
	assert_look(bench, "SELECT id, change, label FROM library_change", "b|removed|B");
	assert_look(bench, "SELECT items FROM library", "2");
	assert_look(bench, "SELECT removed FROM sync_category WHERE sync_id = '" SYNC_B "'", "1");
}

static void a_removed_item_that_comes_back_is_restored_and_told(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, NULL);
	walk_artists(bench, SYNC_C, 3, "a=A b=B c=C", 3, NULL);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT change FROM library_change ORDER BY change", "removed restored");
	assert_look(bench, "SELECT items FROM library", "3");
}

static void a_library_that_moved_needs_two_walks_of_two_syncs(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, &moved);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT state, moved, cause FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "complete|t|the library changed while it was read");
	assert_look(bench, "SELECT fence IS NULL FROM library", "t");
	walk_artists(bench, SYNC_C, 3, "a=A c=C", 2, &moved);
	assert_look(bench, here, "a c");
}

static void unequal_fences_are_a_move_even_if_nobody_says_so(void **state)
{
	struct bench *bench = *state;
	const struct end end = {.before = "!s=1", .after = "!s=2"};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &end);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT moved FROM sync_category WHERE sync_id = '" SYNC_B "'", "t");
}

static void a_weak_fence_needs_two_walks(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &weak);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &weak);
	assert_look(bench, here, "a b");
	walk_artists(bench, SYNC_C, 3, "a=A", 1, &weak);
	assert_look(bench, here, "a");
}

static void a_list_in_one_answer_is_proof_under_a_weak_fence(void **state)
{
	struct bench *bench = *state;
	const struct end end = {.before = "n=1", .snapshot = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &weak);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &end);
	assert_look(bench, here, "a");
}

static void a_walk_that_finds_nothing_at_all_needs_a_second(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "", 0, NULL);
	assert_look(bench, here, "a b");
	walk_artists(bench, SYNC_C, 3, "", 0, NULL);
	assert_look(bench, here, "");
}

static void an_item_that_another_walk_saw_in_between_stays(void **state)
{
	struct bench *bench = *state;
	const struct at between = {.sync = SYNC_B, .category = "artists", .epoch = 2};
	walk_artists(bench, SYNC_A, 1, "a=A", 1, &weak);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_items(bench, &between, "n=New");
	add_failed(bench, SYNC_B, 2, "artists", "the server went away", false);
	run(bench);
	walk_artists(bench, SYNC_C, 3, "a=A", 1, &weak); /* missed it, as did A: but then it was not there yet */
	assert_look(bench, here, "a n");
}

static void an_item_without_an_id_holds_all_removals(void **state)
{
	struct bench *bench = *state;
	miss_one_beside_one_without_id(bench);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT state, cause FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "complete|1 of 2 items were not listed any more; 1 listed or counted without an id could be "
	            "among them, so they are removed only when confirmed");
}

static void an_item_without_an_id_is_no_news_while_nothing_is_missing(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_with_rejects(bench, SYNC_B, 2, &(struct shown){"a=A b=B", "", 1, 3}, NULL);
	assert_look(bench, "SELECT state, held, cause FROM sync_category WHERE sync_id = '" SYNC_B "'", "complete|0|");
}

static void an_item_without_an_id_that_only_the_witness_listed_holds_too(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &weak);
	walk_with_rejects(bench, SYNC_B, 2, &(struct shown){"a=A", "", 1, 2}, &weak);
	walk_artists(bench, SYNC_C, 3, "a=A", 1, &weak);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT held FROM sync_category WHERE sync_id = '" SYNC_C "'", "1");
}

static void a_rejected_item_with_an_id_is_seen(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_with_rejects(bench, SYNC_B, 2, &(struct shown){"a=A", "b", 0, 2}, NULL);
	assert_look(bench, here, "a b");
}

static void a_partial_walk_removes_nothing(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .last = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 1, 2, NULL); /* the fetcher read two, one is stored */
	run(bench);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT state FROM sync WHERE sync_id = '" SYNC_B "'", "partial");
}

static void only_what_was_held_is_removed_when_confirmed(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *result = NULL;
	struct err err;
	char id[24];
	const char *values[] = {id, "artists", NULL};
	const struct at at = {.sync = SYNC_C, .category = "artists", .epoch = 3, .last = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, &weak);
	walk_artists(bench, SYNC_B, 2, "a=A b=B", 2, &weak);
	/* c was missed twice, b once: it may be alive and have slipped from one page to the next. */
	add_started(bench, SYNC_C, 3, "artists", "artists");
	add_items_with_rejects(bench, &at, "a=A", "", 1);
	add_end(bench, &at, 1, 2, &weak);
	run(bench);
	assert_look(bench, "SELECT held FROM sync_category WHERE sync_id = '" SYNC_C "'", "1");
	snprintf(id, sizeof id, "%s", look(bench, "SELECT account_id FROM account"));
	assert_int_equal(pg_query(bench->eye, sql_text("q_confirm_removals"), COUNT_OF(values), values, &result, &err), 0);
	assert_look(bench, here, "a b");
}

static void unusually_many_removals_are_held_until_confirmed(void **state)
{
	struct bench *bench = *state;
	const char *const values[] = {"1", "artists", SYNC_B}, *const overtaken[] = {"1", "artists", SYNC_A};
	struct err err;
	PG_RESULT *result = NULL, *nothing = NULL;
	walk_artists(bench, SYNC_A, 1, "#200", 200, NULL);
	walk_artists(bench, SYNC_B, 2, "#149", 149, NULL);
	assert_look(bench, active, "200");
	assert_look(bench, "SELECT state, held, removed, next_step FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "complete|51|0|syncline confirm home");
	/* Who looked at what another sync held must look again. */
	assert_int_equal(pg_query(bench->eye, sql_text("q_confirm_removals"), 3, overtaken, &nothing, &err), 0);
	assert_string_equal(pg_text(nothing, 0, "removed"), "0");
	assert_look(bench, active, "200");
	assert_int_equal(pg_query(bench->eye, sql_text("q_confirm_removals"), COUNT_OF(values), values, &result, &err), 0);
	assert_string_equal(pg_text(result, 0, "removed"), "51");
	assert_look(bench, active, "149");
	assert_look(bench, "SELECT items FROM library", "149");
	assert_look(bench, "SELECT held, removed FROM sync_category WHERE sync_id = '" SYNC_B "'", "0|51");
	assert_look(bench, "SELECT count(*) FROM library_change WHERE change = 'removed'", "51");
}

static void fifty_removals_are_not_held(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "#200", 200, NULL);
	walk_artists(bench, SYNC_B, 2, "#150", 150, NULL);
	assert_look(bench, active, "150");
}

static void a_fifth_of_a_large_category_is_not_held(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "#300", 300, NULL);
	walk_artists(bench, SYNC_B, 2, "#240", 240, NULL);
	assert_look(bench, active, "240");
}

static void an_unchanged_fence_completes_without_touching_items(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2};
	const struct end end = {.unchanged = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_end(bench, &at, 0, 0, &end);
	run(bench);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT state, unchanged FROM sync_category WHERE sync_id = '" SYNC_B "'", "complete|t");
	assert_string_equal(bench->text, "2 of 2 items synced");
}

/* Its fence tells most changes, not all. */
static const struct end likely = {.before = "?n=1"};

static void what_was_left_unread_says_so_and_is_no_new_proof(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2};
	const struct end end = {.before = "?n=1", .unchanged = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &likely);
	char *then = strdup(look(bench, "SELECT complete_at FROM library"));
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_end(bench, &at, 0, 0, &end);
	run(bench);
	assert_look(bench, here, "a b");
	assert_look(bench,
	            "SELECT state, unchanged, cause LIKE 'left unread:%' FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "complete|t|t");
	assert_look(bench, "SELECT complete_at FROM library", then);
	free(then);
}

static void a_list_is_not_left_unread_while_something_waits_for_a_second_witness(void **state)
{
	struct bench *bench = *state;
	const char *fence = "SELECT coalesce(fence, 'none') FROM library";
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &likely);
	assert_look(bench, fence, "?n=1");
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &likely);
	assert_look(bench, here, "a b");
	assert_look(bench, fence, "none");
	walk_artists(bench, SYNC_C, 3, "a=A", 1, &likely);
	assert_look(bench, here, "a");
	assert_look(bench, fence, "?n=1");
}

static void unchanged_without_a_complete_walk_is_no_proof(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists"};
	const struct end end = {.unchanged = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_end(bench, &at, 0, 0, &end);
	run(bench);
	assert_look(bench, "SELECT state FROM sync_category", "partial");
}

static void a_failed_category_keeps_what_it_stored(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists"};
	add_started(bench, SYNC_A, 1, "artists", "artists,albums");
	add_started(bench, SYNC_A, 1, "albums", "artists,albums");
	add_items(bench, &at, "a=A");
	add_failed(bench, SYNC_A, 1, "artists", "HTTP 500", false);
	run(bench);
	assert_look(bench, "SELECT state FROM sync", "running");
	add_failed(bench, SYNC_A, 1, "albums", "HTTP 501", false);
	run(bench);
	assert_look(bench, "SELECT category, state, stored, cause FROM sync_category ORDER BY 1",
	            "albums|failed|0|HTTP 501 artists|partial|1|HTTP 500");
	assert_look(bench, "SELECT state, cause, next_step FROM sync",
	            "partial|artists: HTTP 500|mend it, then: syncline sync home");
}

static void dead_credentials_end_the_sync_as_failed(void **state)
{
	struct bench *bench = *state;
	add_started(bench, SYNC_A, 1, "artists", "artists,albums");
	add_failed(bench, SYNC_A, 1, "artists", "wrong password", true);
	run(bench);
	assert_look(bench, "SELECT state FROM sync", "running");
	assert_int_equal(bench->events, 2); /* needs_auth, and that the category is done */
	add_failed(bench, SYNC_A, 1, "albums", "wrong password", true);
	run(bench);
	assert_look(bench, "SELECT state, cause FROM sync", "failed|artists: wrong password");
}

static void an_account_needs_auth_until_a_later_sync_has_read_something(void **state)
{
	struct bench *bench = *state;
	static const char *const needs = "SELECT coalesce(needs_auth_epoch, 0) FROM account";
	add_started(bench, SYNC_A, 2, "artists", "artists,albums");
	add_failed(bench, SYNC_A, 2, "albums", "token revoked", true);
	run_twice(bench);
	assert_look(bench, needs, "2");
	/* Of the same epoch, from another partition: it was read before the token was revoked. */
	walk_artists(bench, SYNC_A, 2, "a=A", 1, NULL);
	assert_look(bench, needs, "2");
	add_started(bench, SYNC_B, 3, "artists", "artists");
	add_failed(bench, SYNC_B, 3, "artists", "the server is away", false);
	run(bench);
	assert_look(bench, needs, "2");
	walk_artists(bench, SYNC_C, 4, "a=A", 1, NULL);
	assert_look(bench, needs, "0");
}

static void sign_in_again(struct bench *bench)
{
	struct err err;
	const char *values[] = {"1", "demo", "auto", "\\x02"};
	must(pg_run(bench->eye, sql_text("q_ctl_sign_in"), COUNT_OF(values), values, NULL, &err), &err);
}

static void what_was_refused_before_somebody_signed_in_again_counts_no_more(void **state)
{
	struct bench *bench = *state;
	static const char *const needs = "SELECT needs_auth_epoch IS NOT NULL FROM account";
	static const char *const newer = "SELECT signed_in_epoch + 1 FROM account";
	add_started(bench, SYNC_A, 2, "artists", "artists,albums");
	add_failed(bench, SYNC_A, 2, "artists", "wrong password", true);
	run(bench);
	assert_look(bench, needs, "t");
	sign_in_again(bench);
	assert_look(bench, needs, "f");
	/* It was on its way. */
	add_failed(bench, SYNC_A, 2, "albums", "wrong password", true);
	run(bench);
	assert_look(bench, needs, "f");
	assert_look(bench, "SELECT state FROM sync", "failed");
	assert_int_equal(bench->events, 2); /* the category is done, and the sync: nobody is called */
	int64_t epoch = strtoll(look(bench, newer), NULL, 10);
	add_started(bench, SYNC_B, epoch, "artists", "artists");
	add_failed(bench, SYNC_B, epoch, "artists", "wrong password", true);
	run(bench);
	assert_look(bench, needs, "t");
}

static void the_ledger_keeps_two_complete_walks(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, NULL);
	walk_artists(bench, SYNC_C, 3, "a=A", 1, NULL);
	assert_look(bench, "SELECT sync_id FROM sync_page ORDER BY 1", SYNC_B " " SYNC_C);
}

static void what_equal_pages_list_is_kept_once_and_as_long_as_a_ledger_names_it(void **state)
{
	struct bench *bench = *state;
	const char *count = "SELECT count(*) FROM page_list";
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "b=B a=A", 2, NULL);
	assert_look(bench, count, "1");
	walk_artists(bench, SYNC_C, 3, "a=A b=B c=C", 3, NULL);
	assert_look(bench, count, "2"); /* those of B and C */
	walk_artists(bench, SYNC_D, 4, "a=A b=B c=C", 3, NULL);
	assert_look(bench, count, "1");
}

/* Statistics say that a new library is empty. Who believes them compares its rows with the ledger one by one, for minutes. */
static void a_large_first_walk_ends_without_comparing_row_by_row(void **state)
{
	struct bench *bench = *state;
	struct err err;
	assert_int_equal(pg_exec(bench->pg, "SET statement_timeout = '15s'", &err), 0);
	walk_artists(bench, SYNC_A, 1, "#40000", 40000, NULL);
	assert_look(bench, "SELECT state FROM sync_category", "complete");
	walk_artists(bench, SYNC_B, 2, "#39990", 39990, NULL);
	assert_look(bench, "SELECT count(*) FROM artist WHERE removed_at IS NOT NULL", "10");
}

struct racer {
	struct bench *bench;
	pthread_barrier_t *barrier;
};

static void *race(void *argument)
{
	struct racer *racer = argument;
	pthread_barrier_wait(racer->barrier);
	run(racer->bench);
	return NULL;
}

static void two_categories_that_end_at_once_end_their_sync_once(void **state)
{
	struct bench *bench = *state, *other = NULL;
	void *opened = NULL;
	struct err err;
	char sql[96];
	assert_int_equal(bench_open(&opened), 0);
	other = opened;
	snprintf(sql, sizeof sql, "SET search_path = %s", bench->schema);
	assert_int_equal(pg_exec(other->pg, sql, &err), 0);
	const char *const syncs[] = {SYNC_A, SYNC_B, SYNC_C};
	for (int round = 0; round < 3; round++) {
		const struct at artists = {.sync = syncs[round], .category = "artists", .epoch = round + 1, .last = true};
		struct at albums = artists;
		albums.category = "albums";
		add_started(bench, syncs[round], round + 1, "artists", "artists,albums");
		add_items(bench, &artists, "a=A");
		add_end(bench, &artists, 1, 1, NULL);
		add_started(other, syncs[round], round + 1, "albums", "artists,albums");
		add_items(other, &albums, "x=X");
		add_end(other, &albums, 1, 1, NULL);
		pthread_barrier_t barrier;
		pthread_barrier_init(&barrier, NULL, 2);
		struct racer racers[] = {{bench, &barrier}, {other, &barrier}};
		pthread_t threads[2];
		for (int i = 0; i < 2; i++)
			pthread_create(&threads[i], NULL, race, &racers[i]);
		for (int i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
		pthread_barrier_destroy(&barrier);
		assert_int_equal(bench->events + other->events, 3); /* two categories and one sync */
	}
	assert_look(bench, "SELECT count(*) FROM sync WHERE state = 'complete'", "3");
	bench_close(&opened);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_item_that_a_proved_walk_missed_is_removed),
		TEST(a_removed_item_that_comes_back_is_restored_and_told),
		TEST(a_library_that_moved_needs_two_walks_of_two_syncs),
		TEST(unequal_fences_are_a_move_even_if_nobody_says_so),
		TEST(a_weak_fence_needs_two_walks),
		TEST(a_list_in_one_answer_is_proof_under_a_weak_fence),
		TEST(a_walk_that_finds_nothing_at_all_needs_a_second),
		TEST(an_item_that_another_walk_saw_in_between_stays),
		TEST(an_item_without_an_id_holds_all_removals),
		TEST(an_item_without_an_id_is_no_news_while_nothing_is_missing),
		TEST(an_item_without_an_id_that_only_the_witness_listed_holds_too),
		TEST(a_rejected_item_with_an_id_is_seen),
		TEST(a_partial_walk_removes_nothing),
		TEST(only_what_was_held_is_removed_when_confirmed),
		TEST(unusually_many_removals_are_held_until_confirmed),
		TEST(fifty_removals_are_not_held),
		TEST(a_fifth_of_a_large_category_is_not_held),
		TEST(an_unchanged_fence_completes_without_touching_items),
		TEST(what_was_left_unread_says_so_and_is_no_new_proof),
		TEST(a_list_is_not_left_unread_while_something_waits_for_a_second_witness),
		TEST(unchanged_without_a_complete_walk_is_no_proof),
		TEST(a_failed_category_keeps_what_it_stored),
		TEST(dead_credentials_end_the_sync_as_failed),
		TEST(an_account_needs_auth_until_a_later_sync_has_read_something),
		TEST(what_was_refused_before_somebody_signed_in_again_counts_no_more),
		TEST(the_ledger_keeps_two_complete_walks),
		TEST(what_equal_pages_list_is_kept_once_and_as_long_as_a_ledger_names_it),
		TEST(a_large_first_walk_ends_without_comparing_row_by_row),
		TEST(two_categories_that_end_at_once_end_their_sync_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
