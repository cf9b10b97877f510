/* Goal: what a sync did to a library can be seen and undone, and what a person brought back is not taken away behind their
 * back. Method: as test_writer_settle, with the statements of `syncline restore`, `confirm` and `history`. */
#include "writer_support.h"

#include <stdio.h>

#include "common/sql.h"

static const char *const here = "SELECT id FROM artist WHERE removed_at IS NULL ORDER BY id";
static const struct end weak = {.before = "n=1"};

static void restore(struct bench *bench, const char *sync, const char *items)
{
	PG_RESULT *rows = NULL;
	struct err err;
	const char *values[] = {"1", sync, items, NULL, "anna"};
	assert_int_equal(pg_query(bench->eye, sql_text("q_restore"), COUNT_OF(values), values, &rows, &err), 0);
}

static void confirm(struct bench *bench)
{
	PG_RESULT *rows = NULL;
	struct err err;
	const char *values[] = {"1", "artists", NULL};
	assert_int_equal(pg_query(bench->eye, sql_text("q_confirm_removals"), COUNT_OF(values), values, &rows, &err), 0);
}

/* B has removed b, and anna brought it back. */
static void bring_back(struct bench *bench)
{
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A c=C", 2, NULL);
	restore(bench, SYNC_B, NULL);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT items FROM library", "3");
	assert_look(bench, "SELECT id, change, person FROM library_change WHERE person IS NOT NULL", "b|restored|anna");
}

static void a_change_tells_which_columns_and_from_what_to_what(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=Old b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "a=New b=B", 2, NULL);
	assert_look(bench, "SELECT id, columns FROM library_change", "a|{\"name\": [\"Old\", \"New\"]}");
}

static void what_comes_back_otherwise_than_it_went_tells_the_difference(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=Old", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, NULL);
	walk_artists(bench, SYNC_C, 3, "a=A b=New", 2, NULL);
	assert_look(bench, "SELECT columns FROM library_change WHERE change = 'restored'",
	            "{\"name\": [\"Old\", \"New\"]}");
}

static void a_long_value_is_cut_in_the_history(void **state)
{
	struct bench *bench = *state;
	char name[1200];
	memset(name, 'x', sizeof name - 1);
	memcpy(name, "a=", 2);
	name[sizeof name - 1] = '\0';
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	walk_artists(bench, SYNC_B, 2, name, 1, NULL);
	assert_look(bench, "SELECT columns -> 'name' ->> 0, length(columns -> 'name' ->> 1) FROM library_change", "A|203");
}

static void what_a_person_brought_back_is_held_where_it_would_be_removed(void **state)
{
	struct bench *bench = *state;
	bring_back(bench);
	walk_artists(bench, SYNC_C, 3, "a=A", 1, NULL); /* proof alone: c goes */
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT removed, held, cause, next_step FROM sync_category WHERE sync_id = '" SYNC_C "'",
	            "1|1|1 of 3 items were not listed any more; 1 that a person brought back stays, removed only when "
	            "confirmed|syncline confirm home");
	walk_artists(bench, SYNC_D, 4, "a=A", 1, NULL);
	assert_look(bench, here, "a b");
}

static void it_is_held_by_two_weak_walks_too(void **state)
{
	struct bench *bench = *state;
	bring_back(bench);
	walk_artists(bench, SYNC_C, 3, "a=A c=C", 2, &weak);
	walk_artists(bench, SYNC_D, 4, "a=A c=C", 2, &weak);
	assert_look(bench, here, "a b c");
	assert_look(bench, "SELECT held FROM sync_category WHERE sync_id = '" SYNC_D "'", "1");
}

static void what_is_listed_again_is_like_any_other_item(void **state)
{
	struct bench *bench = *state;
	bring_back(bench);
	walk_artists(bench, SYNC_C, 3, "a=A b=B c=C", 3, NULL);
	assert_look(bench, "SELECT count(*) FROM library_kept", "0");
	walk_artists(bench, SYNC_D, 4, "a=A c=C", 2, NULL);
	assert_look(bench, here, "a c");
}

static void what_was_brought_back_goes_when_it_is_confirmed(void **state)
{
	struct bench *bench = *state;
	bring_back(bench);
	walk_artists(bench, SYNC_C, 3, "a=A c=C", 2, NULL);
	confirm(bench);
	assert_look(bench, here, "a c");
	assert_look(bench, "SELECT count(*) FROM library_kept", "0");
	assert_look(bench, "SELECT change, coalesce(person, '-') FROM library_change ORDER BY change_id",
	            "removed|- restored|anna removed|-");
}

static void what_was_brought_back_since_it_was_judged_is_not_among_what_is_confirmed(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *names = NULL;
	struct err err;
	const char *values[] = {"1", "artists", "3"};
	bring_back(bench);
	walk_artists(bench, SYNC_C, 3, "a=A", 1, NULL); /* c goes, b is held */
	restore(bench, SYNC_C, NULL);
	assert_look(bench, here, "a b c");
	assert_int_equal(pg_query(bench->eye, sql_text("q_ctl_held_names"), COUNT_OF(values), values, &names, &err), 0);
	assert_int_equal(PQntuples(names), 1);
	assert_string_equal(pg_text(names, 0, "id"), "b");
	confirm(bench);
	assert_look(bench, here, "a c");
	assert_look(bench, "SELECT id FROM library_kept", "c");
}

static void a_list_is_left_unread_again_although_something_is_kept(void **state)
{
	struct bench *bench = *state;
	const struct end likely = {.before = "?n=1"};
	bring_back(bench);
	walk_artists(bench, SYNC_C, 3, "a=A c=C", 2, &likely);
	assert_look(bench, "SELECT fence FROM library", "?n=1");
}

static void only_the_items_that_are_named_come_back(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, NULL);
	restore(bench, NULL, "[\"c\", \"a\"]");
	assert_look(bench, here, "a c");
	assert_look(bench, "SELECT id FROM library_kept", "c");
	restore(bench, SYNC_A, NULL); /* which removed nothing */
	assert_look(bench, here, "a c");
}

static void a_playlist_comes_back_with_its_entries(void **state)
{
	struct bench *bench = *state;
	const struct at list = {.sync = SYNC_A, .category = "playlists", .epoch = 1};
	const struct at entries = {.sync = SYNC_A, .category = "playlists", .epoch = 1, .page = 1, .last = true};
	const struct at without = {.sync = SYNC_B, .category = "playlists", .epoch = 2, .last = true};
	add_started(bench, SYNC_A, 1, "playlists", "playlists");
	add_items(bench, &list, "p=Mix q=Other");
	add_entries(bench, &entries, "p", 0, "t2 t1 t2");
	add_end(bench, &entries, 2, 5, NULL);
	run(bench);
	add_started(bench, SYNC_B, 2, "playlists", "playlists");
	add_items(bench, &without, "q=Other");
	add_end(bench, &without, 1, 1, NULL);
	run(bench);
	assert_look(bench, "SELECT id FROM playlist WHERE removed_at IS NULL", "q");
	restore(bench, SYNC_B, NULL);
	assert_look(bench, "SELECT id FROM playlist WHERE removed_at IS NULL ORDER BY id", "p q");
	assert_look(bench, "SELECT track_id FROM playlist_entry WHERE playlist_id = 'p' ORDER BY position", "t2 t1 t2");
}

static void the_history_keeps_the_newest_syncs_whole(void **state)
{
	struct bench *bench = *state;
	PG_RESULT *rows = NULL;
	struct err err;
	const char *values[] = {"1", "2"};
	walk_artists(bench, SYNC_A, 1, "a=1 b=1 c=1", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=2 b=1 c=1", 3, NULL);
	walk_artists(bench, SYNC_C, 3, "a=3 b=3 c=3", 3, NULL);
	assert_int_equal(pg_query(bench->eye, sql_text("q_settle_history"), 2, values, &rows, &err), 0);
	assert_look(bench, "SELECT sync_id, count(*) FROM library_change GROUP BY 1", SYNC_C "|3");
}

/* Two syncs of 100,000 changes each: a page in the middle of one reads the key and nothing else. */
static void a_page_of_the_history_is_read_along_its_key(void **state)
{
	struct bench *bench = *state;
	look(bench,
	     "INSERT INTO library_change (account_id, kind, id, sync_id, change, label) SELECT 1, 'track', i::text, CASE i % 2 "
	     "WHEN 0 THEN uuid '" SYNC_A "' ELSE uuid '" SYNC_B "' END, 'changed', 'x' FROM generate_series(1, 200000) i");
	look(bench, "ANALYZE library_change");
	const char *plan = look(bench,
	                        "EXPLAIN (FORMAT json) SELECT change_id FROM library_change c WHERE c.account_id = 1 AND "
	                        "c.sync_id = '" SYNC_B "' AND c.kind = 'track' AND c.change_id > 150000 ORDER BY change_id "
	                        "LIMIT 1000");
	assert_non_null(strstr(plan, "library_change_pkey"));
	assert_null(strstr(plan, "\"Sort\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_tells_which_columns_and_from_what_to_what),
		TEST(what_comes_back_otherwise_than_it_went_tells_the_difference),
		TEST(a_long_value_is_cut_in_the_history),
		TEST(what_a_person_brought_back_is_held_where_it_would_be_removed),
		TEST(it_is_held_by_two_weak_walks_too),
		TEST(what_is_listed_again_is_like_any_other_item),
		TEST(what_was_brought_back_goes_when_it_is_confirmed),
		TEST(what_was_brought_back_since_it_was_judged_is_not_among_what_is_confirmed),
		TEST(a_list_is_left_unread_again_although_something_is_kept),
		TEST(only_the_items_that_are_named_come_back),
		TEST(a_playlist_comes_back_with_its_entries),
		TEST(the_history_keeps_the_newest_syncs_whole),
		TEST(a_page_of_the_history_is_read_along_its_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
