/* Goal: the place at which somebody stopped reading a history leads back to it, and nothing else leads anywhere. Method: rows of
 * places and their words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/category.h"
#include "ctl/history.h"

static void a_place_is_found_again_by_its_word(void **state)
{
	(void)state;
	static const struct {
		struct history_place place;
		const char *word;
	} rows[] = {
		{{CATEGORY_ARTISTS, false, ""}, "artist/changed/"},
		{{CATEGORY_TRACKS, false, "4711"}, "track/changed/4711"},
		{{CATEGORY_TRACKS, true, "tr-1/2"}, "track/added/tr-1/2"},
		{{CATEGORY_PLAYLISTS, true, "ä b"}, "playlist/added/ä b"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char word[HISTORY_PLACE];
		struct history_place place;
		assert_string_equal(history_place_text(&rows[i].place, word), rows[i].word);
		assert_true(history_place_read(word, &place));
		assert_int_equal(place.kind, rows[i].place.kind);
		assert_int_equal(place.added, rows[i].place.added);
		assert_string_equal(place.behind, rows[i].place.behind);
	}
}

static void no_word_is_the_beginning(void **state)
{
	(void)state;
	struct history_place place = {.kind = 3, .added = true};
	assert_true(history_place_read("", &place));
	assert_int_equal(place.kind, 0);
	assert_false(place.added);
}

static void any_other_word_is_refused(void **state)
{
	(void)state;
	static const char *const words[] = {"x",
	                                    "track",
	                                    "track/",
	                                    "track/added",
	                                    "songs/added/1",
	                                    "track/new/1",
	                                    "end",
	                                    "track/changed/1a",
	                                    "/added/1",
	                                    "track/changed/-1",
	                                    "tracks/added/1"};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct history_place place;
		assert_false(history_place_read(words[i], &place));
	}
	char long_word[LIMIT_ID + 64];
	struct history_place place;
	memset(long_word, 'a', sizeof long_word - 1);
	memcpy(long_word, "track/added/", strlen("track/added/"));
	long_word[sizeof long_word - 1] = '\0';
	assert_false(history_place_read(long_word, &place));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_found_again_by_its_word),
		cmocka_unit_test(no_word_is_the_beginning),
		cmocka_unit_test(any_other_word_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
