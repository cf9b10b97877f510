/* Goal: a walk that showed less than its list counts, or an item twice, or nothing, is no proof by itself. Method: as
 * test_writer_settle. */
#include "writer_support.h"

#include <string.h>

static const char *const here = "SELECT id FROM artist WHERE removed_at IS NULL ORDER BY id";
static const struct end weak = {.before = "n=1"};

static void a_walk_that_showed_fewer_than_its_list_counts_needs_a_second(void **state)
{
	struct bench *bench = *state;
	const struct end one_short = {.unlisted = 1};
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &one_short);
	assert_look(bench, here, "a b");
	assert_look(bench, "SELECT fence IS NULL FROM library", "t"); /* the next sync reads, whatever its fence says */
	walk_artists(bench, SYNC_C, 3, "a=A", 1, &one_short);
	assert_look(bench, here, "a");
	assert_look(bench, "SELECT fence FROM library", STRONG);
}

static void a_list_that_ends_before_its_length_holds_what_it_and_the_next_one_miss(void **state)
{
	struct bench *bench = *state;
	const struct end early = {.unlisted = 7, .early = true};
	static const char *const held = "SELECT held, cause FROM sync_category ORDER BY sync_id DESC LIMIT 1";
	walk_artists(bench, SYNC_A, 1, "a=A b=B c=C", 3, NULL);
	walk_artists(bench, SYNC_B, 2, "a=A", 1, &early);
	assert_look(bench, held, "0|a list ended before the length that it tells, also when it was asked again");
	assert_look(bench, "SELECT fence IS NULL FROM library", "t");
	walk_artists(bench, SYNC_C, 3, "a=A", 1, &weak);
	assert_look(bench, held,
	            "2|2 of 3 items were not listed any more; 7 listed or counted without an id could be among them, so they are "
	            "removed only when confirmed");
	assert_look(bench, here, "a b c");
	walk_artists(bench, SYNC_D, 4, "a=A", 1, &weak);
	assert_look(bench, here, "a");
}

static void an_empty_walk_says_what_stays(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_artists(bench, SYNC_B, 2, "", 0, NULL);
	assert_look(bench, "SELECT state, cause FROM sync_category WHERE sync_id = '" SYNC_B "'",
	            "complete|the list was empty; the 2 items that are here stay until another sync finds it so");
	assert_look(bench, "SELECT fence IS NULL FROM library", "t");
}

static void an_item_that_comes_twice_in_a_walk_is_a_move_whatever_the_fence_says(void **state)
{
	static const char *const twice = "t|the library changed while it was read (1 item came twice)";
	struct bench *bench = *state;
	const struct {
		const char *name;
		struct end end;
		const char *moved;
	} rows[] = {
		{"a list that is only likely to be the same", {.before = "?s=1"}, twice},
		{"no fence", {.before = ""}, twice},
		{"a fence that should have told", {.before = "!s=1"}, twice},
		{"a list in one answer", {.before = "s=1", .snapshot = true}, "f|"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const int64_t epoch = (int64_t)i + 1;
		const struct at first = {.sync = SYNC_A, .category = "artists", .epoch = epoch},
						last = {.sync = SYNC_A, .category = "artists", .epoch = epoch, .page = 1, .last = true};
		add_started(bench, SYNC_A, epoch, "artists", "artists,albums");
		add_items(bench, &first, "a=A b=B");
		add_items(bench, &last, "b=B c=C");
		add_end(bench, &last, 2, 4, &rows[i].end);
		run(bench);
		if (strcmp(look(bench, "SELECT moved, cause FROM sync_category WHERE category = 'artists'"), rows[i].moved) !=
		    0)
			fail_msg("%s", rows[i].name);
	}
}

static void equal_pages_list_their_items_twice(void **state)
{
	struct bench *bench = *state;
	const struct end likely = {.before = "?s=1"};
	for (int64_t page = 0; page < 2; page++) {
		const struct at at = {.sync = SYNC_A, .category = "artists", .page = page, .last = page == 1};
		add_items(bench, &at, "a=A b=B");
		if (page == 1)
			add_end(bench, &at, 2, 4, &likely);
	}
	run(bench);
	assert_look(bench, "SELECT moved, fence IS NULL FROM sync_category, library", "t|t");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walk_that_showed_fewer_than_its_list_counts_needs_a_second),
		TEST(a_list_that_ends_before_its_length_holds_what_it_and_the_next_one_miss),
		TEST(an_empty_walk_says_what_stays),
		TEST(an_item_that_comes_twice_in_a_walk_is_a_move_whatever_the_fence_says),
		TEST(equal_pages_list_their_items_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
