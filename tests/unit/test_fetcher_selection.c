/* Goal: a replay takes the pages that make the rows of today, and no other. Method: rows of pages as they stand in Kafka, in
 * a short notation, and which of them are taken.
 *
 * A page is "SYNC EPOCH WALK PAGE [PARENT FIRST MORE]": sync a letter, MORE + or . ; "started EPOCH" and "end EPOCH WALK PAGES"
 * are what their names say; a leading * is a copy made by a replay, ? a wanted offset, x a refused list. The offset is the
 * place in the list, from 10 on. */
#include "fetcher/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_OFFSET = 10, MESSAGES = 16 };

struct row {
	const char *name;
	const char *messages[MESSAGES];
	const char *walk;      /* "SYNC WALK PAGES EPOCH"; NULL: none is complete */
	const char *cancelled; /* "SYNC EPOCH WALK PAGE": the newest page that was stored of it */
	int64_t born;          /* the account is newer than what was read under this epoch */
	const char *playlists; /* "p1 p2- p3x": - removed, x refused */
	bool entries, only_wanted;
	const char *taken; /* offsets */
	const char *found; /* "pages items missing first lists" */
};

static const struct row rows[] = {
	{.name = "the newest complete walk, and nothing older",
     .messages = {"a 1 0 0", "a 1 0 1", "end 1 0 2", "started 2", "b 2 0 0", "b 2 0 1", "end 2 0 2"},
     .walk = "b 0 2 2",
     .taken = "14 15",
     .found = "2 2 0 -1 0"},
	{.name = "of a repeated walk the one that counted",
     .messages = {"a 1 0 0", "a 1 0 1", "a 1 1 0", "a 1 1 1", "a 1 1 2"},
     .walk = "a 1 3 1",
     .taken = "12 13 14",
     .found = "3 3 0 -1 0"},
	{.name = "a walk that went on under a newer epoch, without what its first fetcher sent too late",
     .messages = {"a 1 0 0", "a 1 0 1", "started 3", "a 1 0 2", "a 3 0 2", "a 1 0 3", "a 3 0 3", "a 3 0 3"},
     .walk = "a 0 4 3",
     .taken = "10 11 14 16",
     .found = "4 4 0 -1 0"},
	{.name = "all that was read after it, though it came to no end",
     .messages = {"a 1 0 0", "a 1 0 1", "b 2 0 0", "c 3 0 0", "c 3 0 1"},
     .walk = "a 0 2 1",
     .taken = "10 11 12 13 14",
     .found = "5 5 0 -1 0"},
	{.name = "no copies of earlier replays",
     .messages = {"a 1 0 0", "a 1 0 1", "* r 2 0 0", "* r 2 0 1", "end 2 0 2", "b 3 0 0"},
     .walk = "a 0 2 1",
     .taken = "10 11 15",
     .found = "3 3 0 -1 0"},
	{.name = "what retention left, and how much is missing",
     .messages = {"a 1 0 3", "a 1 0 4", "end 1 0 5"},
     .walk = "a 0 5 1",
     .taken = "10 11",
     .found = "2 2 3 0 0"},
	{.name = "nothing, when all of it is gone and only older pages of another partition's life are here",
     .messages = {"z 1 0 0"},
     .walk = "a 0 2 5",
     .taken = "",
     .found = "0 0 2 0 0"},
	{.name = "all there is, when nothing was ever complete",
     .messages = {"a 1 0 0", "b 2 0 0", "b 2 0 1"},
     .taken = "10 11 12",
     .found = "3 3 0 -1 0"},
	{.name = "of a cancelled sync what was stored, and no more",
     .messages = {"a 1 0 0", "a 1 0 1", "end 1 0 2", "c 2 0 0", "c 2 0 1", "c 2 0 2", "c 2 1 0"},
     .walk = "a 0 2 1",
     .cancelled = "c 2 0 0",
     .taken = "10 11 13",
     .found = "3 3 0 -1 0"},
	{.name = "of a cancelled sync that was taken over what was stored, not what was read there once more",
     .messages = {"a 1 0 0", "c 2 0 0", "c 2 0 1", "c 2 0 2", "started 3", "c 3 0 1", "c 3 0 2"},
     .walk = "a 0 1 1",
     .cancelled = "c 2 0 2",
     .taken = "10 11 12 13",
     .found = "4 4 0 -1 0"},
	{.name = "nothing of a cancelled sync of which nothing was stored, nor of its entries",
     .messages = {"a 1 0 0", "a 1 0 1 p 0 .", "end 1 0 2", "c 2 0 0", "c 2 0 1 p 0 ."},
     .walk = "a 0 2 1",
     .cancelled = "c -1 -1 -1",
     .playlists = "p",
     .entries = true,
     .taken = "10 11",
     .found = "2 2 0 -1 0"},
	{.name = "nothing of an account that had this one's name before, nor its entries",
     .messages = {"a 1 0 0", "a 1 0 1 p 0 .", "end 1 0 2", "b 5 0 0", "b 5 0 1 q 0 .", "a 1 0 2"},
     .born = 1,
     .playlists = "q",
     .entries = true,
     .taken = "13 14",
     .found = "2 2 0 -1 0"},
	{.name = "entries of a playlist from the older sync that read them last",
     .messages = {"a 1 0 0", "a 1 0 1 p 0 .", "a 1 0 2 q 0 .", "end 1 0 3", "b 2 0 0", "b 2 0 1 q 0 .", "end 2 0 2"},
     .walk = "b 0 2 2",
     .playlists = "p q",
     .entries = true,
     .taken = "11 14 15",
     .found = "3 3 0 -1 0"},
	{.name = "entries in several pages, whole ones only, and what was begun after them",
     .messages = {"a 1 0 0", "a 1 0 1 p 0 +", "a 1 0 2 p 2 .", "b 2 0 0", "b 2 0 1 p 0 +", "b 2 0 2 p 2 .",
                  "c 3 0 0 p 0 +"},
     .walk = "b 0 3 2",
     .playlists = "p",
     .entries = true,
     .taken = "13 14 15 16",
     .found = "4 4 0 -1 0"},
	{.name = "no entries of a playlist whose beginning is gone, which is told",
     .messages = {"a 1 0 2 p 2 .", "a 1 0 3 q 0 .", "b 2 0 0"},
     .walk = "b 0 1 2",
     .playlists = "p q",
     .entries = true,
     .taken = "11 12",
     .found = "2 2 0 -1 1"},
	{.name = "no entries of a removed playlist, and none expected of one that may not be read",
     .messages = {"a 1 0 0 p 0 .", "a 1 0 1 q 0 .", "b 2 0 0", "x b 2 0 1 r 0 ."},
     .walk = "b 0 2 2",
     .playlists = "p- q rx",
     .entries = true,
     .taken = "11 12",
     .found = "2 2 0 -1 0"},
	{.name = "a list that was refused later keeps its entries, and says again that it is refused",
     .messages = {"a 1 0 0", "a 1 0 1 p 0 .", "b 2 0 0", "x b 2 0 1 p 0 ."},
     .walk = "b 0 1 2",
     .playlists = "px",
     .entries = true,
     .taken = "11 12 13",
     .found = "3 3 0 -1 0"},
	{.name = "of the walk only pages that are wanted",
     .messages = {"a 1 0 0", "? a 1 0 1", "a 1 0 2"},
     .walk = "a 0 3 1",
     .only_wanted = true,
     .taken = "11",
     .found = "1 1 0 -1 0"},
	{.name = "with a wanted page also all that was read after the walk",
     .messages = {"a 1 0 0", "? a 1 0 1", "b 2 0 0"},
     .walk = "a 0 2 1",
     .only_wanted = true,
     .taken = "11 12",
     .found = "2 2 0 -1 0"},
	{.name = "nothing that is wanted of an older walk",
     .messages = {"? a 1 0 0", "b 2 0 0"},
     .walk = "b 0 1 2",
     .only_wanted = true,
     .taken = "",
     .found = "0 0 0 -1 0"},
	{.name = "of playlists those that have a wanted page, whole",
     .messages = {"a 1 0 0", "a 1 0 1 p 0 +", "? a 1 0 2 p 2 .", "a 1 0 3 q 0 ."},
     .walk = "a 0 4 1",
     .playlists = "p q",
     .entries = true,
     .only_wanted = true,
     .taken = "11 12",
     .found = "2 2 0 -1 0"},
};

/* A message in the notation, as a page; false: it was a mark, which was passed on. */
static bool read_message(struct selection *selection, const char *text, struct raw_page *page, char sync[2],
                         char parent[8], bool *wanted)
{
	long long epoch, walk = 0, number = -1, first = 0;
	char more = '.';
	bool copy = *text == '*', refused = *text == 'x';
	*wanted = *text == '?';
	text += copy || refused || *wanted ? 2 : 0;
	if (sscanf(text, "started %lld", &epoch) == 1 || sscanf(text, "end %lld %lld %lld", &epoch, &walk, &number) == 3) {
		selection_look_mark(selection, epoch, walk, number);
		return false;
	}
	parent[0] = '\0';
	int got = sscanf(text, "%1s %lld %lld %lld %7s %lld %c", sync, &epoch, &walk, &number, parent, &first, &more);
	assert_true(got == 4 || got == 7);
	*page = (struct raw_page){.sync = span_of(sync),
	                          .epoch = epoch,
	                          .walk = walk,
	                          .page = number,
	                          .parent = span_of(parent),
	                          .first = first,
	                          .more = more == '+',
	                          .refused = span_of(refused ? "no" : ""),
	                          .count = 1,
	                          .replayed = copy};
	return true;
}

static struct selection *open_row(const struct row *row)
{
	struct selection *selection = NULL;
	struct err err;
	char sync[2] = "";
	struct selection_options options = {.walk = {.sync = sync, .born = row->born},
	                                    .has_entries = row->entries,
	                                    .only_wanted = row->only_wanted};
	long long walk, pages, epoch;
	if (row->walk) {
		assert_int_equal(sscanf(row->walk, "%1s %lld %lld %lld", sync, &walk, &pages, &epoch), 4);
		options.walk.walk = walk;
		options.walk.pages = pages;
		options.walk.epoch = epoch;
	}
	assert_int_equal(selection_open(&options, &selection, &err), 0);
	if (row->cancelled) {
		char cancelled[2];
		assert_int_equal(sscanf(row->cancelled, "%1s %lld %lld %lld", cancelled, &epoch, &walk, &pages), 4);
		assert_true(selection_cancelled(selection, span_of(cancelled), epoch, walk, pages));
	}
	for (const char *name = row->playlists; name && *name; name += *name == ' ') {
		size_t len = strcspn(name, " ");
		selection_known(selection, (struct span){name, 1}, memchr(name, '-', len) != NULL,
		                memchr(name, 'x', len) == NULL);
		name += len;
	}
	return selection;
}

static void look_at_all(const struct row *row, struct selection *selection)
{
	char sync[2], parent[8];
	struct raw_page page;
	bool wanted;
	for (int i = 0; i < MESSAGES && row->messages[i]; i++) {
		if (*row->messages[i] == '?')
			assert_true(selection_want(selection, FIRST_OFFSET + i));
	}
	for (int i = 0; i < MESSAGES && row->messages[i]; i++) {
		if (read_message(selection, row->messages[i], &page, sync, parent, &wanted))
			selection_look(selection, FIRST_OFFSET + i, &page);
	}
}

static void take_all(const struct row *row, struct selection *selection, int64_t from, char *taken, size_t size)
{
	char sync[2], parent[8];
	struct raw_page page;
	bool wanted;
	size_t used = 0;
	taken[0] = '\0';
	for (int i = (int)(from - FIRST_OFFSET); from >= 0 && i < MESSAGES && row->messages[i]; i++) {
		if (read_message(selection, row->messages[i], &page, sync, parent, &wanted) &&
		    selection_takes(selection, FIRST_OFFSET + i, &page))
			used += (size_t)snprintf(taken + used, size - used, "%s%d", used ? " " : "", FIRST_OFFSET + i);
	}
}

static void the_pages_that_make_the_rows_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		struct selection *selection = open_row(row);
		struct selection_found found;
		char taken[128], numbers[128];
		look_at_all(row, selection);
		selection_find(selection, &found);
		take_all(row, selection, found.from, taken, sizeof taken);
		snprintf(numbers, sizeof numbers, "%lld %lld %lld %lld %lld", (long long)found.pages, (long long)found.items,
		         (long long)found.missing_pages, (long long)found.first_missing, (long long)found.missing_lists);
		if (strcmp(taken, row->taken) || strcmp(numbers, row->found))
			fail_msg("%s: took '%s', not '%s'; found '%s', not '%s'", row->name, taken, row->taken, numbers,
			         row->found);
		selection_close(&selection);
	}
}

static void ten_thousand_playlists_in_any_order_are_kept_apart(void **state)
{
	(void)state;
	enum { LISTS = 10000 };
	const struct selection_options options = {.walk = {.sync = "a", .pages = 1, .epoch = 9}, .has_entries = true};
	struct selection *selection = NULL;
	struct selection_found found;
	struct err err;
	char id[16];
	assert_int_equal(selection_open(&options, &selection, &err), 0);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < LISTS; i++) {
			snprintf(id, sizeof id, "p%d", i);
			const struct raw_page page = {.sync = span_of("z"),
			                              .epoch = 1,
			                              .page = round * LISTS + i,
			                              .parent = span_of(id),
			                              .count = 3};
			selection_look(selection, round * LISTS + i, &page);
		}
	}
	selection_find(selection, &found);
	assert_int_equal(found.pages, LISTS);
	assert_int_equal(found.items, 3 * LISTS);
	assert_int_equal(found.from, LISTS);
	selection_close(&selection);
}

static void no_more_offsets_are_wanted_than_there_is_room_for(void **state)
{
	(void)state;
	const struct selection_options options = {.walk = {.sync = ""}, .only_wanted = true};
	struct selection *selection = NULL;
	struct err err;
	assert_int_equal(selection_open(&options, &selection, &err), 0);
	for (int64_t i = 0; i < LIMIT_SELECTION_WANTED; i++)
		assert_true(selection_want(selection, i));
	assert_false(selection_want(selection, 1));
	selection_close(&selection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pages_that_make_the_rows_are_taken),
		cmocka_unit_test(ten_thousand_playlists_in_any_order_are_kept_apart),
		cmocka_unit_test(no_more_offsets_are_wanted_than_there_is_room_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
