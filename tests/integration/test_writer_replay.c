/* Goal: a replayed page makes rows right and changes nothing else: it brings nothing back, is no witness, and leaves alone what
 * is proved. Method: as test_writer_apply. */
#include "writer_support.h"

#include <stdio.h>

#include "common/sql.h"

static const char *const here = "SELECT id, name FROM artist WHERE removed_at IS NULL ORDER BY id";
static const struct end weak = {.before = "n=1"}, replayed = {.replayed = true};
static const char *const proved =
	"SELECT complete_sync, complete_walk, previous_sync, complete_at, fence, items FROM library";

/* A replay of one page of artists. */
static void replay_artists(struct bench *bench, const char *sync, int64_t epoch, const char *items, int64_t count)
{
	const struct at at = {.sync = sync, .category = "artists", .epoch = epoch, .replayed = true};
	add_replay_started(bench, sync, epoch, "artists");
	add_items(bench, &at, items);
	add_end(bench, &at, 1, count, &replayed);
	run(bench);
}

static void a_replay_makes_wrong_and_missing_rows_right_and_proves_nothing(void **state)
{
	struct bench *bench = *state;
	struct err err;
	char before[400];
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	snprintf(before, sizeof before, "%s", look(bench, proved));
	assert_int_equal(pg_exec(bench->eye, "UPDATE artist SET name = 'wrong', content_hash = 0 WHERE id = 'a'", &err), 0);
	assert_int_equal(pg_exec(bench->eye, "DELETE FROM artist WHERE id = 'b'", &err), 0);
	replay_artists(bench, SYNC_B, 2, "a=A b=B c=C", 3);
	assert_look(bench, here, "a|A b|B c|C");
	assert_look(bench,
	            "SELECT state, cause, added, changed, stored, removed FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "complete||1|1|3|0");
	assert_look(bench, "SELECT state FROM sync WHERE sync_id = '" SYNC_B "'", "complete");
	assert_look(bench, proved, before);
}

static void what_is_marked_removed_stays_so(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, NULL);
	replay_artists(bench, SYNC_C, 3, "a=A b=B c=C2", 3);
	assert_look(bench, here, "a|A c|C2");
	assert_look(bench, "SELECT name, removed_sync FROM artist WHERE id = 'b'", "B|" SYNC_B);
	assert_look(bench, "SELECT change FROM library_change ORDER BY change", "changed removed");
	assert_look(bench, "SELECT removed FROM sync_category WHERE sync_id = '" SYNC_C "'", "0");
}

static void a_page_of_a_sync_in_the_same_batch_still_brings_back(void **state)
{
	struct bench *bench = *state;
	const struct at copy = {.sync = SYNC_C, .category = "artists", .epoch = 3, .replayed = true},
					page = {.sync = SYNC_D, .category = "artists", .epoch = 4, .last = true};
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, NULL);
	add_items(bench, &copy, "a=A b=B c=C");
	add_items(bench, &page, "a=A c=C");
	run(bench);
	assert_look(bench, here, "a|A c|C");
}

static void a_replay_is_no_second_witness(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, &weak);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, &weak);
	replay_artists(bench, SYNC_C, 3, "a=A c=C", 2);
	assert_look(bench, "SELECT count(*) FROM artist WHERE removed_at IS NULL", "3");
	walk_artists(bench, SYNC_D, 4, "a=A c=C", 2, &weak);
	assert_look(bench, here, "a|A c|C");
}

static void a_replay_is_no_witness_that_something_was_seen(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, &weak);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &weak);
	replay_artists(bench, SYNC_C, 3, "a=A b=B", 2);
	assert_look(bench, "SELECT count(*) FROM sync_page WHERE sync_id = '" SYNC_C "' AND lists <> '{}'", "0");
	walk_artists(bench, SYNC_D, 4, "a=A", 1, &weak);
	assert_look(bench, here, "a|A");
}

/* What `syncline confirm` shows, and `status` counts. */
static const char *held(struct bench *bench)
{
	static char text[100];
	const char *values[] = {look(bench, "SELECT account_id FROM account"), NULL};
	PG_RESULT *rows = NULL;
	struct err err;
	must(pg_query(bench->eye, sql_text("q_ctl_held"), COUNT_OF(values), values, &rows, &err), &err);
	text[0] = '\0';
	for (int i = 0; i < PQntuples(rows); i++)
		snprintf(text, sizeof text, "%s|%s|%s", pg_text(rows, i, "category"), pg_text(rows, i, "held"),
		         pg_text(rows, i, "since"));
	return text;
}

/* It may have made rows of what the walk could not read, and no walk has seen those. */
static void what_is_held_is_still_told_after_a_replay_and_judged_anew_before_it_is_removed(void **state)
{
	struct bench *bench = *state;
	miss_one_beside_one_without_id(bench);
	assert_string_equal(held(bench), "artists|1|2");
	replay_artists(bench, SYNC_C, 3, "a=A n=New", 2);
	assert_look(bench, "SELECT fence IS NULL FROM library", "t"); /* so that it is judged at all */
	assert_string_equal(held(bench), "artists|1|2");
	assert_int_equal(confirm_artists(bench), 0);
	assert_look(bench, here, "a|A b|B n|New");
	walk_with_rejects(bench, SYNC_D, 4, &(struct shown){"a=A n=New", "", 1, 3}, NULL);
	assert_int_equal(confirm_artists(bench), 1);
	assert_look(bench, here, "a|A n|New");
	assert_string_equal(held(bench), "");
}

static void a_replay_that_lacks_a_page_is_partial(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .page = 1, .replayed = true};
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 2, 2, &replayed);
	run(bench);
	assert_look(bench, "SELECT state, cause, next_step FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "partial|page 0 of 2 was never stored|syncline retry " SYNC_B);
}

/* It has asked the provider nothing. */
static void a_replay_that_is_complete_says_nothing_of_the_sign_in(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	look(bench, "UPDATE account SET needs_auth_epoch = 1");
	replay_artists(bench, SYNC_B, 2, "a=A", 1);
	assert_look(bench, "SELECT state FROM sync WHERE sync_id = '" SYNC_B "'", "complete");
	assert_look(bench, "SELECT needs_auth_epoch FROM account", "1");
	walk_artists(bench, SYNC_C, 3, "a=A", 1, NULL);
	assert_look(bench, "SELECT needs_auth_epoch IS NULL FROM account", "t");
}

static void a_replay_that_failed_is_asked_for_again_and_no_sync(void **state)
{
	struct bench *bench = *state;
	add_replay_started(bench, SYNC_A, 1, "artists");
	add_replay_failed(bench, SYNC_A, 1, "artists", "no memory");
	run(bench);
	assert_look(bench, "SELECT state, next_step FROM sync", "failed|mend it, then: syncline retry " SYNC_A);
}

static void a_replay_without_a_page_is_complete_when_it_has_none(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2, .replayed = true};
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_end(bench, &at, 0, 0, &replayed);
	run(bench);
	assert_look(bench, "SELECT state, received FROM sync_category", "complete|0");
	assert_look(bench, "SELECT complete_sync FROM library", "");
}

static void entries_are_of_the_version_that_is_known_after_a_replay_too(void **state)
{
	struct bench *bench = *state;
	const struct at list = {.sync = SYNC_A, .category = "playlists"},
					page = {.sync = SYNC_A, .category = "playlists", .page = 1, .last = true},
					copy = {.sync = SYNC_B, .category = "playlists", .epoch = 2, .replayed = true};
	struct err err;
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_items(bench, &list, "p=P=v1");
	add_entries(bench, &page, "p", 0, "x y z");
	add_end(bench, &list, 2, 4, NULL);
	run(bench);
	assert_look(bench, "SELECT entries_version FROM playlist", "v1");
	assert_int_equal(pg_exec(bench->eye, "DELETE FROM playlist_entry WHERE position > 0", &err), 0);
	look(bench, "UPDATE playlist SET entries_read_at = '2026-11-01' RETURNING id");
	add_started(bench, SYNC_B, 2, "playlists", "playlists");
	add_entries(bench, &copy, "p", 0, "x y z");
	add_end(bench, &copy, 1, 3, &replayed);
	run(bench);
	assert_look(bench, "SELECT track_id FROM playlist_entry ORDER BY position", "x y z");
	assert_look(bench, "SELECT entries_version, entries_read_at = '2026-11-01' FROM playlist", "v1|t");
}

/* ---- rejects ---- */

static const char *const rejects =
	"SELECT position, replayed_sync IS NOT NULL, coalesce(last_sync::text, '-') FROM sync_reject "
	"ORDER BY position";

static void page_with_rejects(struct bench *bench)
{
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	add_started(bench, SYNC_A, 1, "artists", "artists");
	add_items_with_rejects(bench, &at, "a=A", "b c", 0);
	add_reject(bench, SYNC_A, 7, 1, 0);
	add_reject(bench, SYNC_A, 7, 2, 0);
	run(bench);
	assert_look(bench, rejects, "1|f|- 2|f|-");
}

static void replay_with(struct bench *bench, const char *sync, int64_t epoch, const char *items, const char *positions)
{
	const struct at at =
		{.sync = sync, .category = "artists", .epoch = epoch, .replayed = true, .from = 7, .positions = positions};
	add_replay_started(bench, sync, epoch, "artists");
	add_items(bench, &at, items);
	run(bench);
}

static void what_is_no_longer_rejected_is_a_row_and_mended_and_the_rest_stays_once(void **state)
{
	struct bench *bench = *state;
	page_with_rejects(bench);
	replay_with(bench, SYNC_B, 2, "a=A b=B", "2");
	add_reject(bench, SYNC_B, 7, 2, 2000);
	run_twice(bench);
	assert_look(bench, here, "a|A b|B");
	assert_look(bench, rejects, "1|t|- 2|f|" SYNC_B);
	assert_look(bench, "SELECT replayed_sync FROM sync_reject WHERE position = 1", SYNC_B);
	assert_look(bench, "SELECT DISTINCT sync_id FROM sync_reject", SYNC_A);
	assert_look(bench, "SELECT state FROM reject_state ORDER BY position", "replayed open");
}

static void a_second_replay_changes_nothing(void **state)
{
	struct bench *bench = *state;
	page_with_rejects(bench);
	replay_with(bench, SYNC_B, 2, "a=A b=B", "2");
	char before[200];
	snprintf(before, sizeof before, "%s",
	         look(bench, "SELECT position, replayed_at, replayed_sync FROM sync_reject ORDER BY 1"));
	replay_with(bench, SYNC_C, 3, "a=A b=B", "2");
	assert_look(bench, "SELECT position, replayed_at, replayed_sync FROM sync_reject ORDER BY 1", before);
	assert_int_equal(bench->added + bench->changed, 0);
}

static void what_a_later_parser_rejects_again_is_open_again_but_an_old_message_opens_nothing(void **state)
{
	struct bench *bench = *state;
	const int64_t tomorrow_ms = 4102444800000; /* 2100 */
	page_with_rejects(bench);
	replay_with(bench, SYNC_B, 2, "a=A b=B c=C", "");
	assert_look(bench, rejects, "1|t|- 2|t|-");
	add_replay_started(bench, SYNC_C, 3, "artists");
	add_replay_started(bench, SYNC_D, 4, "artists");
	add_reject(bench, SYNC_A, 7, 1, 1000);
	add_reject(bench, SYNC_C, 7, 1, 2000);
	run(bench);
	assert_look(bench, rejects, "1|t|- 2|t|-");
	add_reject(bench, SYNC_D, 7, 1, tomorrow_ms);
	add_reject(bench, SYNC_D, 7, 1, tomorrow_ms);
	run(bench);
	assert_look(bench, rejects, "1|f|" SYNC_D " 2|t|-");
}

/* Offsets of the pages that this replay takes, whichever fetcher has it in hand, of a partition that begins there. */
static const char *wanted_by(struct bench *bench, const char *sync, const char *begin)
{
	static char text[100];
	char topic[TOPIC_NAME_MAX];
	const char *values[] = {look(bench, "SELECT account_id FROM account"),
	                        "artists",
	                        topic_name(bench->settings.kafka_prefix, TOPIC_PAGES, topic),
	                        "0",
	                        sync,
	                        begin};
	PG_RESULT *rows = NULL;
	struct err err;
	size_t used = 0;
	must(pg_query(bench->eye, sql_text("q_replay_rejects"), COUNT_OF(values), values, &rows, &err), &err);
	text[0] = '\0';
	for (int i = 0; i < PQntuples(rows); i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s ", pg_text(rows, i, "kafka_offset"));
	return text;
}

static void a_replay_that_changes_hands_still_wants_the_pages_it_has_mended(void **state)
{
	struct bench *bench = *state;
	page_with_rejects(bench);
	add_reject(bench, SYNC_A, 9, 0, 0);
	run(bench);
	assert_string_equal(wanted_by(bench, SYNC_B, "0"), "7 9 ");
	replay_with(bench, SYNC_B, 2, "a=A b=B c=C", "");
	assert_string_equal(wanted_by(bench, SYNC_B, "0"), "7 9 ");
	assert_string_equal(wanted_by(bench, SYNC_C, "0"), "9 ");
}

static void pages_that_kafka_still_has_come_first(void **state)
{
	struct bench *bench = *state;
	page_with_rejects(bench);
	add_reject(bench, SYNC_A, 9, 0, 0);
	run(bench);
	assert_string_equal(wanted_by(bench, SYNC_B, "8"), "9 7 ");
}

static void rejects_of_a_list_that_was_read_again_are_not_open(void **state)
{
	struct bench *bench = *state;
	page_with_rejects(bench);
	look(bench, "UPDATE sync_reject SET at = now() - interval '1 hour' RETURNING at"); /* older ones would be deleted */
	walk_artists(bench, SYNC_B, 2, "a=A", 1, NULL);
	assert_look(bench, "SELECT DISTINCT state FROM reject_state", "open");
	look(bench, "UPDATE sync SET started_at = now() WHERE sync_id = '" SYNC_B "' RETURNING mode");
	assert_look(bench, "SELECT DISTINCT state FROM reject_state", "read_again");
}

static void walk_playlists(struct bench *bench, const char *sync, int64_t epoch, const char *mode)
{
	const struct at at = {.sync = sync, .category = "playlists", .epoch = epoch, .last = true};
	char sql[160];
	add_started(bench, sync, epoch, "playlists", "playlists");
	run(bench);
	snprintf(sql, sizeof sql, "UPDATE sync SET mode = '%s', started_at = now() WHERE sync_id = '%s' RETURNING mode",
	         mode, sync);
	look(bench, sql);
	add_items(bench, &at, "p=P=v1");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
}

static void a_reject_of_an_entry_is_read_again_by_a_full_walk_and_stays_so(void **state)
{
	struct bench *bench = *state;
	static const char *const entry = "SELECT state FROM reject_state";
	walk_playlists(bench, SYNC_A, 1, "full");
	add_reject(bench, SYNC_A, 7, 1, 0);
	run(bench);
	look(bench,
	     "UPDATE sync_reject SET category = 'playlists', kind = 'entry', at = now() - interval '1 hour' RETURNING kind");
	assert_look(bench, entry, "open");
	walk_playlists(bench, SYNC_B, 2, "incremental");
	assert_look(bench, entry, "open");
	walk_playlists(bench, SYNC_C, 3, "full");
	assert_look(bench, entry, "read_again");
	walk_playlists(bench, SYNC_D, 4, "incremental");
	assert_look(bench, entry, "read_again");
}

#define REPLAY_TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLAY_TEST(a_replay_makes_wrong_and_missing_rows_right_and_proves_nothing),
		REPLAY_TEST(what_is_marked_removed_stays_so),
		REPLAY_TEST(a_page_of_a_sync_in_the_same_batch_still_brings_back),
		REPLAY_TEST(a_replay_is_no_second_witness),
		REPLAY_TEST(a_replay_is_no_witness_that_something_was_seen),
		REPLAY_TEST(what_is_held_is_still_told_after_a_replay_and_judged_anew_before_it_is_removed),
		REPLAY_TEST(a_replay_that_lacks_a_page_is_partial),
		REPLAY_TEST(a_replay_that_is_complete_says_nothing_of_the_sign_in),
		REPLAY_TEST(a_replay_that_failed_is_asked_for_again_and_no_sync),
		REPLAY_TEST(a_replay_without_a_page_is_complete_when_it_has_none),
		REPLAY_TEST(entries_are_of_the_version_that_is_known_after_a_replay_too),
		REPLAY_TEST(what_is_no_longer_rejected_is_a_row_and_mended_and_the_rest_stays_once),
		REPLAY_TEST(a_second_replay_changes_nothing),
		REPLAY_TEST(what_a_later_parser_rejects_again_is_open_again_but_an_old_message_opens_nothing),
		REPLAY_TEST(a_replay_that_changes_hands_still_wants_the_pages_it_has_mended),
		REPLAY_TEST(pages_that_kafka_still_has_come_first),
		REPLAY_TEST(rejects_of_a_list_that_was_read_again_are_not_open),
		REPLAY_TEST(a_reject_of_an_entry_is_read_again_by_a_full_walk_and_stays_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
