/* Goal: whatever order, repetition or interruption messages come in, the rows, the ledger and the states are those of one
 * clean run. Method: batches of hand-made messages through the writer's transaction into a real Postgres. */
#include "writer_support.h"

#include <stdio.h>

#include "common/text.h"
#include "writer/transaction.h"

#define TEN "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
#define LONG_NAME TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const char *const states = "SELECT category, state FROM sync_category ORDER BY 1";
static const char *const here = "SELECT id FROM artist WHERE removed_at IS NULL ORDER BY id";

static void a_clean_walk_stores_everything_and_is_complete(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT state, received, stored, added FROM sync_category", "complete|2|2|2");
	assert_look(bench, "SELECT state, ended_at IS NOT NULL FROM sync", "complete|t");
	assert_look(bench, "SELECT items, fence, epoch, walk, page FROM library", "2|!s=1|1|0|1");
	assert_string_equal(bench->event, "complete");
	assert_string_equal(bench->text, "2 of 2 items synced");
}

static void a_redelivered_batch_changes_nothing(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A b=B");
	add_end(bench, &at, 1, 2, NULL);
	run_twice(bench);
	assert_int_equal(bench->stale, 3);
	assert_int_equal(bench->events, 0);
	assert_look(bench, "SELECT received, stored, added, changed FROM sync_category", "2|2|2|0");
	assert_look(bench, "SELECT count(*) FROM library_change", "0");
}

static void a_message_of_an_older_epoch_is_dropped(void **state)
{
	struct bench *bench = *state;
	const struct at old = {.sync = SYNC_A, .category = "artists", .epoch = 1, .page = 5};
	add_started(bench, SYNC_A, 2, "artists", "artists");
	run(bench);
	add_items(bench, &old, "zombie=Z");
	add_failed(bench, SYNC_A, 1, "artists", "a dead fetcher's last word", false);
	run(bench);
	assert_int_equal(bench->stale, 2);
	assert_look(bench, here, "");
	assert_look(bench, states, "artists|queued");
}

static void a_resumed_walk_goes_back_to_a_lower_page_under_a_higher_epoch(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "artists", .epoch = 1};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A b=B");
	at.page = 1;
	add_items(bench, &at, "c=C d=D");
	at.page = 2;
	add_items(bench, &at, "e=E");
	run(bench);
	/* The successor begins again at page 1, with larger pages, and ends there. */
	at = (struct at){.sync = SYNC_A, .category = "artists", .epoch = 2, .page = 1, .last = true};
	add_started(bench, SYNC_A, 2, "artists", "artists");
	add_items(bench, &at, "c=C d=D e=E");
	add_end(bench, &at, 2, 5, NULL);
	run(bench);
	assert_look(bench, "SELECT state, received, stored, added, changed FROM sync_category", "complete|5|5|5|0");
	assert_look(bench, "SELECT page, epoch, stored FROM sync_page ORDER BY 1", "0|1|2 1|2|3");
}

static void the_same_page_under_two_epochs_in_one_batch_counts_once(void **state)
{
	struct bench *bench = *state;
	const struct at first = {.sync = SYNC_A, .category = "artists", .epoch = 1};
	const struct at second = {.sync = SYNC_A, .category = "artists", .epoch = 2, .last = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &first, "a=A b=B");
	add_started(bench, SYNC_A, 2, "artists", "artists");
	add_items(bench, &second, "a=A c=C");
	add_end(bench, &second, 1, 2, NULL);
	run(bench);
	assert_look(bench, "SELECT state, received, stored, added FROM sync_category", "complete|2|2|3");
	assert_look(bench, here, "a c"); /* the proof is the second reading: b was in none of it */
}

static void parts_of_a_page_make_one_row_of_the_ledger(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "artists", .last = false, .more_parts = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A b=B");
	run(bench);
	assert_look(bench, "SELECT received, stored FROM sync_page", "0|2");
	at = (struct at){.sync = SYNC_A, .category = "artists", .part = 1, .last = true};
	add_items_with_rejects(bench, &at, "c=C", "r1", 0);
	add_end(bench, &at, 1, 4, NULL);
	run(bench);
	assert_look(bench,
	            "SELECT received, stored, rejected, (SELECT sum(cardinality(ids)) FROM page_list WHERE digest = ANY (lists)) "
	            "FROM sync_page",
	            "4|3|1|4");
	assert_look(bench, states, "artists|complete");
}

static void a_missing_page_is_partial_and_named(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "artists"};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A");
	at.page = 2;
	at.last = true;
	add_items(bench, &at, "c=C");
	add_end(bench, &at, 3, 3, NULL);
	run(bench);
	assert_look(bench, "SELECT state, cause FROM sync_category", "partial|page 1 of 3 was never stored");
	assert_look(bench, "SELECT state FROM sync", "partial");
	assert_look(bench, "SELECT complete_sync IS NULL FROM library", "t");
}

static void a_page_that_does_not_add_up_is_partial(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A,
	                      .category = "artists",
	                      .last = true,
	                      .part = 1}; /* its first part never came */
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
	const char *found = look(bench, "SELECT state, cause FROM sync_category");
	assert_string_equal(found, "partial|page 0: items received are not items stored and rejected");
}

static void a_walk_without_an_end_page_is_partial(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists"};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
	assert_look(bench, "SELECT state, cause FROM sync_category", "partial|no page shows the end of the list");
}

static void a_repeated_walk_is_judged_by_its_last_reading(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	const struct end again = {.moved = true, .again = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A b=B");
	add_end(bench, &at, 1, 2, &again);
	run(bench);
	assert_look(bench, states, "artists|running");
	at.walk = 1;
	add_items(bench, &at, "a=A b=B c=C");
	add_end(bench, &at, 1, 3, NULL);
	run(bench);
	assert_look(bench, "SELECT state, walk, received, stored, added FROM sync_category", "complete|1|3|3|3");
}

static void an_unchanged_resync_writes_no_row_and_little_wal(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "#5000", 5000, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	run(bench);
	int64_t before = wal_now(bench);
	for (int page = 0; page < 10; page++) {
		const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .page = page, .last = page == 9};
		add_items(bench, &at, "#500");
	}
	run(bench);
	int64_t wal = wal_now(bench) - before;
	assert_int_equal(bench->added + bench->changed, 0);
	assert_look(bench,
	            "SELECT count(*) FROM artist WHERE xmin::text::bigint > "
	            "(SELECT min(xmin::text::bigint) FROM artist)",
	            "0");
	/* The ledger's 8 bytes an item and its overhead; first-touch page images of a few pages on top. */
	assert_true(wal < 5000 * 10 + 8 * 8192);
}

static void a_changed_item_is_updated_and_told(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=Old b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "a=New b=B", 2, NULL);
	assert_int_equal(bench->changed, 1);
	assert_look(bench, "SELECT name, first_sync <> changed_sync FROM artist ORDER BY id", "New|t B|f");
	assert_look(bench, "SELECT id, change, label FROM library_change", "a|changed|Old");
}

static void the_same_item_twice_in_a_batch_is_one_row_with_its_newest_content(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=First b=B a=Second", 3, NULL);
	assert_look(bench, "SELECT id, name FROM artist ORDER BY id", "a|Second b|B");
	assert_look(bench, "SELECT items FROM library", "2");
}

static void a_message_of_a_removed_account_is_dropped_and_counted(void **state)
{
	struct bench *bench = *state;
	look(bench, "DELETE FROM account");
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	assert_int_equal(bench->unknown, 3);
	assert_look(bench, "SELECT count(*) FROM sync", "0");
}

static void nothing_that_was_read_for_an_account_goes_to_the_next_one_of_its_name(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .epoch = 1000, .category = "artists", .last = true};
	look(bench, "DELETE FROM account");
	look(bench, "INSERT INTO account (name, provider, url, secret, created_at) "
	            "VALUES ('home', 'x', 'x', 'x', to_timestamp(2))");
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
	walk_artists(bench, SYNC_A, 1999, "b=B", 1, NULL);
	assert_look(bench, "SELECT count(*) FROM sync", "0");
	walk_artists(bench, SYNC_B, 2001, "c=C", 1, NULL);
	assert_look(bench, here, "c");
}

static void a_message_that_is_no_message_is_recorded_and_blocks_nothing(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_bytes(bench, "\xc1 garbage", 9);
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
	assert_look(bench, "SELECT reason, kafka_offset, position FROM sync_reject", "bad_message|1|-1");
	assert_look(bench, states, "artists|complete");
}

static void a_message_of_more_rows_than_any_has_is_one_reject(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	add_items(bench, &at, "#100001");
	run(bench);
	assert_look(bench, "SELECT reason, detail FROM sync_reject",
	            "bad_message|field 'rows' has more rows than a message may have");
}

/* Postgres' words may quote a value, and are cut somewhere in it. */
static void a_refusal_that_is_cut_in_a_character_is_of_its_row_alone(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	look(bench, "ALTER TABLE artist ADD COLUMN bpm integer GENERATED ALWAYS AS "
	            "(CASE WHEN name LIKE '%\xc3\xa9' THEN name::integer END) STORED");
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A bad=" LONG_NAME " c=C");
	add_end(bench, &at, 1, 3, NULL);
	run(bench);
	assert_look(bench, here, "a c");
	assert_look(bench, "SELECT reason, item_id FROM sync_reject", "database_refused|bad");
}

static void a_refused_row_is_isolated_and_the_others_are_stored(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A b c=C d=D"); /* b has no name, which the table demands */
	add_end(bench, &at, 1, 4, NULL);
	run(bench);
	assert_look(bench, here, "a c d");
	assert_look(bench, "SELECT reason, item_id, position FROM sync_reject", "database_refused|b|1");
	assert_look(bench, "SELECT received, stored, rejected FROM sync_page", "4|3|1");
	assert_look(bench, "SELECT state, stored, rejected FROM sync_category", "complete|3|1");
	assert_string_equal(bench->text, "3 of 4 items synced (1 error)");
}

static void a_refused_row_that_was_here_before_is_not_taken_for_removed(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A b", 2, NULL);
	assert_look(bench, here, "a b");
}

/* On a first walk rows go straight into their table, where a row that is there already, equal, is refused all the same. */
static void a_row_that_is_here_already_is_not_refused_for_a_rule_that_came_later(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	const struct end again = {.moved = true, .again = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A b=B");
	add_end(bench, &at, 1, 2, &again);
	run(bench);
	look(bench, "ALTER TABLE artist ADD CONSTRAINT late CHECK (name <> 'B') NOT VALID");
	at.walk = 1;
	add_items(bench, &at, "a=A b=B c=C");
	add_end(bench, &at, 1, 3, NULL);
	run(bench);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT count(*) FROM sync_reject", "0");
	assert_look(bench, "SELECT state, walk, received, stored FROM sync_category", "complete|1|3|3");
}

static void a_systemic_error_rejects_nothing(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items(bench, &at, "a=A");
	look(bench, "ALTER TABLE artist RENAME TO artist_away");
	assert_int_equal(run_failing(bench), ERR_CONFIG);
	look(bench, "ALTER TABLE artist_away RENAME TO artist");
	run(bench);
	assert_look(bench, here, "a");
	assert_look(bench, "SELECT count(*) FROM sync_reject", "0");
}

static void a_lost_connection_is_survived_with_the_same_batch(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	char kill[80], path[96];
	struct err err;
	PG_RESULT *self = NULL;
	add_started(bench, SYNC_A, 1, "artists", "artists");
	run(bench);
	add_items(bench, &at, "a=A");
	assert_int_equal(pg_query(bench->pg, "SELECT pg_backend_pid() AS pid", 0, NULL, &self, &err), 0);
	snprintf(kill, sizeof kill, "SELECT pg_terminate_backend(%d)", (int)pg_int(self, 0, "pid"));
	look(bench, kill);
	assert_int_equal(run_failing(bench), ERR_RETRY);
	snprintf(path, sizeof path, "SET search_path = %s", bench->schema); /* the new connection has forgotten it */
	assert_int_equal(pg_exec(bench->pg, path, &err), 0);
	run(bench);
	assert_look(bench, here, "a");
}

static void entries_replace_what_stood_there_and_the_tail_goes(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "playlists"};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_items(bench, &at, "p=Mix q=Other");
	at.page = 1;
	add_entries(bench, &at, "p", 0, "t1 t2 t2 t3");
	at.page = 2;
	at.last = true;
	add_entries(bench, &at, "q", 0, "t9");
	add_end(bench, &at, 3, 7, NULL);
	run(bench);
	at = (struct at){.sync = SYNC_B, .category = "playlists", .epoch = 2, .page = 1};
	add_started(bench, SYNC_B, 2, "playlists", "playlists");
	add_entries(bench, &at, "p", 0, "t2 t1");
	run(bench);
	assert_look(bench, "SELECT playlist_id, position, track_id FROM playlist_entry ORDER BY 1, 2",
	            "p|0|t2 p|1|t1 q|0|t9");
}

static void entries_in_parts_over_batches_keep_each_other(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "playlists", .more_parts = true};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_entries(bench, &at, "p", 0, "t1 t2");
	run(bench);
	at.part = 1;
	at.more_parts = false;
	add_entries(bench, &at, "p", 2, "t3 t4");
	run(bench);
	assert_look(bench, "SELECT position, track_id FROM playlist_entry ORDER BY 1", "0|t1 1|t2 2|t3 3|t4");
}

static void a_playlist_listed_twice_in_a_batch_is_as_it_was_last(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "playlists"};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_entries(bench, &at, "p", 0, "t1 t2 t3");
	at.epoch = 2;
	add_started(bench, SYNC_A, 2, "playlists", "playlists");
	add_entries(bench, &at, "p", 0, "t3");
	run(bench);
	assert_look(bench, "SELECT position, track_id FROM playlist_entry", "0|t3");
}

static void an_emptied_playlist_has_no_entries(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "playlists"};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_entries(bench, &at, "p", 0, "t1 t2");
	run(bench);
	at.page = 1;
	add_entries(bench, &at, "p", 0, "");
	run(bench);
	assert_look(bench, "SELECT count(*) FROM playlist_entry", "0");
}

static void news_that_is_cut_to_fit_holds_no_half_of_a_character(void **state)
{
	struct applied applied = {0};
	const struct input input = {.sync = span_of(SYNC_A), .account = span_of("home")};
	char text[2 * LIMIT_CAUSE] = "x";
	(void)state;
	for (size_t i = 1; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	applied_event(&applied, &input, &(struct news){.event = "partial", .text = text});
	assert_memory_equal(applied.events[0].text, text, LIMIT_CAUSE - 1);
	assert_true(text_valid(span_of(applied.events[0].text)));
	free(applied.events);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clean_walk_stores_everything_and_is_complete),
		TEST(a_redelivered_batch_changes_nothing),
		TEST(a_message_of_an_older_epoch_is_dropped),
		TEST(a_resumed_walk_goes_back_to_a_lower_page_under_a_higher_epoch),
		TEST(the_same_page_under_two_epochs_in_one_batch_counts_once),
		TEST(parts_of_a_page_make_one_row_of_the_ledger),
		TEST(a_missing_page_is_partial_and_named),
		TEST(a_page_that_does_not_add_up_is_partial),
		TEST(a_walk_without_an_end_page_is_partial),
		TEST(a_repeated_walk_is_judged_by_its_last_reading),
		TEST(an_unchanged_resync_writes_no_row_and_little_wal),
		TEST(a_changed_item_is_updated_and_told),
		TEST(the_same_item_twice_in_a_batch_is_one_row_with_its_newest_content),
		TEST(a_message_of_a_removed_account_is_dropped_and_counted),
		TEST(nothing_that_was_read_for_an_account_goes_to_the_next_one_of_its_name),
		TEST(a_message_that_is_no_message_is_recorded_and_blocks_nothing),
		TEST(a_message_of_more_rows_than_any_has_is_one_reject),
		TEST(a_refusal_that_is_cut_in_a_character_is_of_its_row_alone),
		TEST(a_refused_row_is_isolated_and_the_others_are_stored),
		TEST(a_refused_row_that_was_here_before_is_not_taken_for_removed),
		TEST(a_row_that_is_here_already_is_not_refused_for_a_rule_that_came_later),
		TEST(a_systemic_error_rejects_nothing),
		TEST(a_lost_connection_is_survived_with_the_same_batch),
		TEST(entries_replace_what_stood_there_and_the_tail_goes),
		TEST(entries_in_parts_over_batches_keep_each_other),
		TEST(a_playlist_listed_twice_in_a_batch_is_as_it_was_last),
		TEST(an_emptied_playlist_has_no_entries),
		cmocka_unit_test(news_that_is_cut_to_fit_holds_no_half_of_a_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
