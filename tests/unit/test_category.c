/* Goal: names and sets of categories come back as they were, and a word that is none is named to the person. Method:
 * every set there is, and a table of lists as people write them. */
#include "unit.h"

#include "common/category.h"

enum { ARTISTS = 1 << CATEGORY_ARTISTS, ALBUMS = 1 << CATEGORY_ALBUMS, TRACKS = 1 << CATEGORY_TRACKS };

static void a_name_finds_its_category_and_nothing_else_does(void **state)
{
	static const char *const others[] = {"", "artist", "artistss", "Artists", " artists", "tracks,"};
	enum category category = CATEGORY_COUNT;
	(void)state;
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		assert_true(category_find(span_of(category_name((enum category)i)), &category));
		assert_int_equal(category, i);
	}
	category = CATEGORY_TRACKS;
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_false(category_find(span_of(others[i]), &category));
	assert_false(category_find((struct span){0}, &category));
	assert_int_equal(category, CATEGORY_TRACKS);
}

static void the_names_are_those_in_tables_and_messages(void **state)
{
	(void)state;
	assert_string_equal(category_name(CATEGORY_ARTISTS), "artists");
	assert_string_equal(category_name(CATEGORY_ALBUMS), "albums");
	assert_string_equal(category_name(CATEGORY_TRACKS), "tracks");
	assert_string_equal(category_name(CATEGORY_PLAYLISTS), "playlists");
}

static void every_set_comes_back_from_its_text(void **state)
{
	char text[CATEGORY_SET_TEXT];
	struct err err;
	(void)state;
	for (category_set set = 1; set <= CATEGORY_ALL; set++) {
		category_set again = 0;
		assert_int_equal(category_set_parse(span_of(category_set_text(set, text)), &again, &err), 0);
		assert_int_equal(again, set);
	}
	assert_string_equal(category_set_text(CATEGORY_ALL, text), "artists,albums,tracks,playlists");
	assert_string_equal(category_set_text(0, text), "");
}

static const struct {
	const char *name, *text;
	category_set want;
	const char *unknown; /* the word the error names; NULL: it is a set */
} rows[] = {
	{"empty means all", "", CATEGORY_ALL, NULL},
	{"only spaces means all", " \t ", CATEGORY_ALL, NULL},
	{"one", "tracks", TRACKS, NULL},
	{"any order", "tracks,artists", TRACKS | ARTISTS, NULL},
	{"twice is once", "albums,albums", ALBUMS, NULL},
	{"with spaces", "  artists ,\talbums ", ARTISTS | ALBUMS, NULL},
	{"an unknown word", "artists,songs", 0, "'songs'"},
	{"a wrong case", "Artists", 0, "'Artists'"},
	{"a part of a name", "album", 0, "'album'"},
	{"nothing between commas", "artists,,albums", 0, "''"},
	{"nothing before the comma", ",albums", 0, "''"},
	{"nothing behind the comma", "albums,", 0, "''"},
	{"only spaces behind the comma", "albums, ", 0, "''"},
	{"only a comma", ",", 0, "''"},
	{"another separator", "artists;albums", 0, "'artists;albums'"},
};

static void lists_are_read_as_people_write_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {0};
		category_set set = 0x55;
		int result = category_set_parse(span_of(rows[i].text), &set, &err);
		assert_row(&rows[i], result == (rows[i].unknown ? -1 : 0));
		assert_row(&rows[i], set == (rows[i].unknown ? 0x55 : rows[i].want));
		assert_row(&rows[i], !rows[i].unknown || (err.class == ERR_CONFIG && strstr(err.text, rows[i].unknown)));
	}
}

static void an_absent_list_means_all(void **state)
{
	struct err err;
	category_set set = 0;
	(void)state;
	assert_int_equal(category_set_parse((struct span){0}, &set, &err), 0);
	assert_int_equal(set, CATEGORY_ALL);
}

static void a_key_names_an_account_and_a_category_or_nothing(void **state)
{
	static const struct named {
		const char *key, *account; /* NULL: none */
		enum category category;
	} keys[] = {
		{"home/tracks", "home", CATEGORY_TRACKS},
		{"a/b/playlists", "a/b", CATEGORY_PLAYLISTS},
		{"home", NULL, 0},
		{"/tracks", NULL, 0},
		{"home/", NULL, 0},
		{"home/songs", NULL, 0},
		{"\xff/tracks", NULL, 0},
		{"", NULL, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct span account = {0};
		enum category category = CATEGORY_COUNT;
		assert_int_equal(category_key_read(span_of(keys[i].key), &account, &category), keys[i].account != NULL);
		if (!keys[i].account)
			continue;
		assert_true(span_is(account, keys[i].account));
		assert_int_equal(category, keys[i].category);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_names_an_account_and_a_category_or_nothing),
		cmocka_unit_test(a_name_finds_its_category_and_nothing_else_does),
		cmocka_unit_test(the_names_are_those_in_tables_and_messages),
		cmocka_unit_test(every_set_comes_back_from_its_text),
		cmocka_unit_test(lists_are_read_as_people_write_them),
		cmocka_unit_test(an_absent_list_means_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
