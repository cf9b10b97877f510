/* Goal: the entries of a playlist are known to be those of a version only when a complete walk has read them at it, and for as
 * long as that is worth something. Method: walks of playlists by hand through the writer's transaction into a real Postgres, and
 * the question that the fetcher asks before it walks. */
#include "writer_support.h"

#include <stdio.h>
#include <string.h>

#include "common/sql.h"

#define ENTRIES "SELECT position, track_id FROM playlist_entry WHERE playlist_id = 'p' ORDER BY position"
#define VERSIONS "SELECT id, version, entries_version FROM playlist ORDER BY id"

static void begin(struct bench *bench, const char *sync, int64_t epoch, const char *playlists)
{
	const struct at at = {.sync = sync, .category = "playlists", .epoch = epoch};
	add_started(bench, sync, epoch, "playlists", "playlists");
	add_items(bench, &at, playlists);
}

static void end_walk(struct bench *bench, const char *sync, int64_t epoch, int64_t pages, int64_t received)
{
	const struct at at = {.sync = sync, .category = "playlists", .epoch = epoch};
	add_end(bench, &at, pages, received, NULL);
	run(bench);
}

/* A walk of p alone; its end is still to come. */
static void walk_p(struct bench *bench, const char *sync, int64_t epoch, const char *playlist, const char *tracks)
{
	const struct at at = {.sync = sync, .category = "playlists", .epoch = epoch, .page = 1, .last = true};
	begin(bench, sync, epoch, playlist);
	add_entries(bench, &at, "p", 0, tracks);
}

static void a_complete_walk_tells_of_which_version_the_entries_are(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	run(bench);
	assert_look(bench, VERSIONS, "p|v1|"); /* read, but who knows what is still to come */
	end_walk(bench, SYNC_A, 1, 2, 2);
	assert_look(bench, "SELECT state FROM sync_category", "complete");
	assert_look(bench, VERSIONS, "p|v1|v1");
}

static void a_skipped_playlist_keeps_its_version_and_entries(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	const struct at at = {.sync = SYNC_B, .category = "playlists", .epoch = 2, .last = true};
	add_started(bench, SYNC_B, 2, "playlists", "playlists");
	add_items(bench, &at, "p=Renamed=v1");
	end_walk(bench, SYNC_B, 2, 1, 1);
	assert_look(bench, VERSIONS, "p|v1|v1");
	assert_look(bench, ENTRIES, "0|x");
}

static void a_sync_that_fails_does_not_make_the_next_one_skip(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	walk_p(bench, SYNC_B, 2, "p=Mix=v2", "y");
	add_failed(bench, SYNC_B, 2, "playlists", "the server failed", false);
	run(bench);
	assert_look(bench, "SELECT version, coalesce(entries_version, 'none') FROM playlist", "v2|none");
	/* Listed in the old version again: what is stored is not that one's. */
	begin(bench, SYNC_C, 3, "p=Mix=v1");
	run(bench);
	assert_look(bench, "SELECT version, coalesce(entries_version, 'none') FROM playlist", "v1|none");
}

static void a_walk_that_does_not_add_up_tells_no_version(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 3, 2);
	assert_look(bench, "SELECT state FROM sync_category", "partial");
	assert_look(bench, VERSIONS, "p|v1|");
}

static void a_walk_with_a_rejected_page_tells_no_version(void **state)
{
	struct bench *bench = *state;
	const struct at list = {.sync = SYNC_A, .category = "playlists"};
	const struct at lost = {.sync = SYNC_A, .category = "playlists", .page = 1};
	const struct at at = {.sync = SYNC_A, .category = "playlists", .page = 2, .last = true};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_items(bench, &list, "p=Mix=v1");
	add_items_with_rejects(bench, &lost, "", "", 1);
	add_entries(bench, &at, "p", 0, "x");
	end_walk(bench, SYNC_A, 1, 3, 3);
	assert_look(bench, "SELECT state FROM sync_category", "complete");
	assert_look(bench, VERSIONS, "p|v1|");
}

static void a_playlist_without_an_id_in_the_list_costs_the_others_no_version(void **state)
{
	struct bench *bench = *state;
	const struct at list = {.sync = SYNC_A, .category = "playlists"};
	const struct at at = {.sync = SYNC_A, .category = "playlists", .page = 1, .last = true};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_items_with_rejects(bench, &list, "p=Mix=v1", "", 1);
	add_entries(bench, &at, "p", 0, "x");
	end_walk(bench, SYNC_A, 1, 2, 3);
	assert_look(bench, "SELECT state FROM sync_category", "complete");
	assert_look(bench, VERSIONS, "p|v1|v1");
}

static void a_playlist_that_was_not_listed_keeps_the_version_it_had(void **state)
{
	struct bench *bench = *state;
	/* p is listed in v1, but its sync ends before its entries are read. */
	begin(bench, SYNC_A, 1, "p=Mix=v1");
	run(bench);
	/* The next walk misses it, and one such walk does not prove that it is gone. */
	const struct at list = {.sync = SYNC_B, .category = "playlists", .epoch = 2};
	const struct at at = {.sync = SYNC_B, .category = "playlists", .epoch = 2, .page = 1, .last = true};
	add_started(bench, SYNC_B, 2, "playlists", "playlists");
	add_items(bench, &list, "q=Other=v7");
	add_entries(bench, &at, "q", 0, "x");
	add_end(bench, &list, 2, 2, &(const struct end){.before = "weak"});
	run(bench);
	assert_look(bench, "SELECT id, removed_at IS NULL, coalesce(entries_version, 'none') FROM playlist ORDER BY 1",
	            "p|t|none q|t|v7");
}

static void a_playlist_without_a_version_never_has_one(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	assert_look(bench, "SELECT version IS NULL, entries_version IS NULL FROM playlist", "t|t");
}

/* ---- how long a version is worth ---- */

/* Those whose entries need not be read, by id: what the fetcher asks for before it walks. */
static PGresult *ask_known(struct bench *bench, const char *hours, const char *days)
{
	const char *values[] = {"1", hours, days, SYNC_D};
	PGresult *found = NULL;
	struct err err;
	assert_int_equal(pg_query(bench->eye, sql_text("q_claim_versions"), COUNT_OF(values), values, &found, &err), 0);
	return found;
}

static const char *known(struct bench *bench, const char *hours, const char *days)
{
	PG_RESULT *found = ask_known(bench, hours, days);
	static char ids[64];
	assert_true(PQntuples(found) < 2);
	snprintf(ids, sizeof ids, "%s", PQntuples(found) ? pg_text(found, 0, "id") : "");
	return ids;
}

static void change(struct bench *bench, const char *sql)
{
	struct err err;
	assert_int_equal(pg_exec(bench->eye, sql, &err), 0);
}

/* So long ago, in hours. */
static void put_reading(struct bench *bench, int hours)
{
	char sql[160];
	snprintf(sql, sizeof sql, "UPDATE playlist SET entries_read_at = now() - make_interval(hours => %d)", hours);
	change(bench, sql);
}

static void a_refused_playlist_counts_as_read_for_some_hours(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "playlists", .page = 1, .last = true, .refused = "not yours"};
	begin(bench, SYNC_A, 1, "p=Mix=v1");
	add_entries(bench, &at, "p", 0, "");
	end_walk(bench, SYNC_A, 1, 2, 1);
	assert_string_equal(known(bench, "20", "7"), "p");
	assert_string_equal(known(bench, "0", "7"), "");
	change(bench, "UPDATE playlist SET entries_refused_at = now() - interval '21 hours'");
	assert_string_equal(known(bench, "20", "7"), "");
	const struct at again =
		{.sync = SYNC_B, .category = "playlists", .epoch = 2, .page = 1, .last = true, .refused = "not yours"};
	begin(bench, SYNC_B, 2, "p=Mix=v1");
	add_entries(bench, &again, "p", 0, "");
	end_walk(bench, SYNC_B, 2, 2, 1);
	assert_string_equal(known(bench, "20", "7"), "p");
}

static void a_version_is_worth_some_days_since_its_entries_were_read(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	assert_string_equal(known(bench, "20", "7"), "p");
	assert_string_equal(known(bench, "20", "0"), "");
	put_reading(bench, 84);
	assert_string_equal(known(bench, "0", "7"), "p");
	put_reading(bench, 252);
	assert_string_equal(known(bench, "20", "7"), "");
	walk_p(bench, SYNC_B, 2, "p=Mix=v1", "x");
	end_walk(bench, SYNC_B, 2, 2, 2);
	assert_string_equal(known(bench, "20", "7"), "p");
	put_reading(bench, 252);
	walk_p(bench, SYNC_C, 3, "p=Mix=v1", "x");
	end_walk(bench, SYNC_C, 3, 3, 2);
	assert_look(bench, "SELECT state FROM sync_category WHERE sync_id = '" SYNC_C "'", "partial");
	assert_string_equal(known(bench, "20", "7"), "");
}

static void a_playlist_that_is_skipped_was_not_read(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	put_reading(bench, 70);
	const struct at at = {.sync = SYNC_B, .category = "playlists", .epoch = 2, .last = true};
	add_started(bench, SYNC_B, 2, "playlists", "playlists");
	add_items(bench, &at, "p=Renamed=v1");
	end_walk(bench, SYNC_B, 2, 1, 1);
	assert_look(bench, "SELECT state FROM sync_category WHERE sync_id = '" SYNC_B "'", "complete");
	assert_look(bench, "SELECT entries_read_at < now() - interval '69 hours' FROM playlist", "t");
}

static void versions_of_one_reading_end_over_days(void **state)
{
	static const struct {
		const char *name;
		int hours, least, most; /* ago, and how many of a thousand are still known */
	} ages[] = {
		{"half of the days", 83, 1000, 1000},
		{"a day more", 108, 780, 930},
		{"all of them", 168, 430, 570},
		{"half as many again", 252, 0, 0},
	};
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	change(bench, "UPDATE playlist SET removed_at = now()");
	change(bench,
	       "INSERT INTO playlist (account_id, id, name, version, entries_version, content_hash, first_sync, changed_sync) "
	       "SELECT account_id, 'p' || n, name, 'v1', 'v1', 0, first_sync, first_sync FROM playlist, "
	       "generate_series(1, 1000) n");
	for (size_t i = 0; i < COUNT_OF(ages); i++) {
		put_reading(bench, ages[i].hours);
		PG_RESULT *found = ask_known(bench, "0", "7");
		if (PQntuples(found) < ages[i].least || PQntuples(found) > ages[i].most)
			fail_msg("%s: %d are known", ages[i].name, PQntuples(found));
	}
}

/* As the list counts them, told with the playlist. */
static void count_entries(struct bench *bench, int count)
{
	char sql[80];
	run(bench);
	snprintf(sql, sizeof sql, "UPDATE playlist SET entry_count = %d", count);
	change(bench, sql);
}

/* A reading, a day ago nearly, of a playlist that counts three entries and shows so many. */
static void read_of_three(struct bench *bench, const char *sync, int64_t epoch, int shown)
{
	static const char *const entries[] = {"", "x", "x y", "x y z"};
	walk_p(bench, sync, epoch, "p=Mix=v1", entries[shown]);
	count_entries(bench, 3);
	end_walk(bench, sync, epoch, 2, 1 + shown);
	put_reading(bench, 21);
}

static void a_playlist_that_shows_fewer_entries_than_it_counts_is_known_for_some_hours(void **state)
{
	struct bench *bench = *state;
	read_of_three(bench, SYNC_A, 1, 2);
	assert_string_equal(known(bench, "22", "7"), "p");
	assert_string_equal(known(bench, "20", "7"), "");
	read_of_three(bench, SYNC_B, 2, 3);
	assert_string_equal(known(bench, "20", "7"), "p");
}

static void a_refusal_is_no_first_time_that_a_playlist_shows_fewer(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "playlists", .page = 1, .last = true, .refused = "not yours"};
	begin(bench, SYNC_A, 1, "p=Mix=v1");
	add_entries(bench, &at, "p", 0, "");
	count_entries(bench, 3);
	end_walk(bench, SYNC_A, 1, 2, 1);
	read_of_three(bench, SYNC_B, 2, 2);
	assert_string_equal(known(bench, "20", "7"), "");
}

static void what_a_playlist_never_shows_is_believed_the_second_time(void **state)
{
	struct bench *bench = *state;
	read_of_three(bench, SYNC_A, 1, 2);
	read_of_three(bench, SYNC_B, 2, 2);
	assert_string_equal(known(bench, "20", "7"), "p");
}

/* A sync that another fetcher goes on with, a day and a half after it began. */
static void versions_are_those_of_when_the_sync_began(void **state)
{
	struct bench *bench = *state;
	walk_p(bench, SYNC_A, 1, "p=Mix=v1", "x");
	end_walk(bench, SYNC_A, 1, 2, 2);
	begin(bench, SYNC_D, 2, "p=Mix=v1");
	run(bench);
	change(bench, "UPDATE sync SET started_at = now() WHERE sync_id = '" SYNC_D "'");
	put_reading(bench, 84);
	assert_string_equal(known(bench, "20", "7"), "p");
	put_reading(bench, 84 + 252);
	assert_string_equal(known(bench, "20", "7"), "");
	change(bench, "UPDATE sync SET started_at = now() - interval '252 hours' WHERE sync_id = '" SYNC_D "'");
	assert_string_equal(known(bench, "20", "7"), "p");
	change(bench,
	       "UPDATE playlist SET entries_refused = 'not yours', entries_refused_at = now() - interval '251 hours'");
	assert_string_equal(known(bench, "20", "7"), ""); /* it was asked in this very sync */
	change(bench, "UPDATE playlist SET entries_refused_at = now() - interval '253 hours'");
	assert_string_equal(known(bench, "20", "7"), "p");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_complete_walk_tells_of_which_version_the_entries_are),
		TEST(a_skipped_playlist_keeps_its_version_and_entries),
		TEST(a_sync_that_fails_does_not_make_the_next_one_skip),
		TEST(a_walk_that_does_not_add_up_tells_no_version),
		TEST(a_walk_with_a_rejected_page_tells_no_version),
		TEST(a_playlist_without_an_id_in_the_list_costs_the_others_no_version),
		TEST(a_playlist_that_was_not_listed_keeps_the_version_it_had),
		TEST(a_playlist_without_a_version_never_has_one),
		TEST(a_refused_playlist_counts_as_read_for_some_hours),
		TEST(a_version_is_worth_some_days_since_its_entries_were_read),
		TEST(a_playlist_that_is_skipped_was_not_read),
		TEST(versions_of_one_reading_end_over_days),
		TEST(a_playlist_that_shows_fewer_entries_than_it_counts_is_known_for_some_hours),
		TEST(a_refusal_is_no_first_time_that_a_playlist_shows_fewer),
		TEST(what_a_playlist_never_shows_is_believed_the_second_time),
		TEST(versions_are_those_of_when_the_sync_began),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
