/* Goal: a list that is read page after page goes on where it was, and memory has an end. Method: places kept and looked for. */
#include "unit.h"

#include "console/subsonic_anchor.h"

static const struct shelf_kind *const TRACK = &shelf_kinds[2], *const ALBUM = &shelf_kinds[1];

static void keep(const char *account, const struct shelf_kind *kind, int offset, const char *id)
{
	struct anchor_place place = {.letter = "A"};
	snprintf(place.id, sizeof place.id, "%s", id);
	anchor_keep(account, kind, offset, &place);
}

static void the_nearest_place_before_an_offset_is_found(void **state)
{
	struct anchor_place place;
	(void)state;
	keep("7", TRACK, 500, "a");
	keep("7", TRACK, 1000, "b");
	keep("7", ALBUM, 700, "c");
	keep("8", TRACK, 800, "d");
	assert_int_equal(anchor_find("7", TRACK, 999, &place), 500);
	assert_string_equal(place.id, "a");
	assert_int_equal(anchor_find("7", TRACK, 1000, &place), 1000);
	assert_string_equal(place.id, "b");
	assert_int_equal(anchor_find("7", TRACK, 2000, &place), 1000);
	assert_int_equal(anchor_find("7", TRACK, 499, &place), 0);
	assert_string_equal(place.id, "");
	assert_string_equal(place.letter, "");
	assert_int_equal(anchor_find("9", TRACK, 2000, &place), 0);
}

static void a_newer_place_of_the_same_offset_replaces_the_older(void **state)
{
	struct anchor_place place;
	(void)state;
	keep("11", TRACK, 500, "old");
	keep("11", TRACK, 500, "new");
	assert_int_equal(anchor_find("11", TRACK, 600, &place), 500);
	assert_string_equal(place.id, "new");
}

static void more_than_there_is_room_for_are_forgotten(void **state)
{
	struct anchor_place place;
	int found = 0;
	(void)state;
	for (int i = 1; i <= 3 * ANCHORS; i++)
		keep("12", TRACK, i, "x");
	for (int i = 1; i <= 3 * ANCHORS; i++)
		found += anchor_find("12", TRACK, i, &place) == i;
	assert_true(found > 0 && found <= ANCHORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_place_before_an_offset_is_found),
		cmocka_unit_test(a_newer_place_of_the_same_offset_replaces_the_older),
		cmocka_unit_test(more_than_there_is_room_for_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
