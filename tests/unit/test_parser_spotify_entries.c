/* What Spotify's Web API sends of a playlist's entries, and what becomes of it: each keeps its place, and says what it is.
 * Method: as in test_parser_spotify.c. */
#include "spotify_support.h"

#define ENTRY(name, more) \
	"{\"added_at\":\"2024-09-19T08:00:00Z\",\"added_by\":{\"id\":\"anna\"},\"is_local\":false,\"primary_color\":null," \
	"\"" name "\":" TRACK(more) ",\"video_thumbnail\":{\"url\":null}}"

static void every_field_of_an_entry_has_its_column_in_every_shape(void **state)
{
	static const struct {
		const char *column, *want;
	} cells[] = {
		{"position", "100"},
		{"track_id", "t1"},
		{"type", "track"},
		{"title", "Utopia"},
		{"artist_name", "Bj\xc3\xb6rk"},
		{"album_title", "Utopia"},
		{"duration_ms", "282946"},
		{"added_at", "1726732800000000"},
		{"added_by", "anna"},
		{"uri", "nil"},
		{"isrc", "USHM80865849"},
		{"linked_id", "t0"},
	};
#define LINKED ",\"linked_from\":{\"id\":\"t0\",\"type\":\"track\"}"
#define BOTH \
	"{\"added_at\":\"2024-09-19T08:00:00Z\",\"added_by\":{\"id\":\"anna\"},\"item\":" TRACK( \
		LINKED) ",\"track\":" TRACK(LINKED) "}"
	static const char *const shapes[] = {ENTRY("track", LINKED), ENTRY("item", LINKED), BOTH};
	(void)state;
	for (size_t shape = 0; shape < COUNT_OF(shapes); shape++) {
		for (size_t i = 0; i < COUNT_OF(cells); i++) {
			const struct element_row row = {"playlist_items", shapes[shape], cells[i].column, cells[i].want};
			check_elements(&test, &row, 1, take);
		}
	}
}

static void shapes_may_be_mixed_in_one_page(void **state)
{
	(void)state;
	take("playlist_items", ENTRY("track", "") "," ENTRY("item", "") ",null,{\"item\":null,\"track\":" TRACK("") "}", 4);
	assert_int_equal(test.parsed.stored, 4);
	open_part(&test, 0);
	assert_string_equal(cell(&test, 0, "track_id"), "t1");
	assert_string_equal(cell(&test, 1, "track_id"), "t1");
	assert_string_equal(cell(&test, 2, "track_id"), "nil");
	assert_string_equal(cell(&test, 3, "track_id"), "t1"); /* the new name is null, the old one is not */
}

static void flags_named_track_and_episode_are_not_taken_for_the_track(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_items", ENTRY("track", ",\"track\":true,\"episode\":false"), "title", "Utopia"},
		{"playlist_items", ENTRY("item", ",\"track\":true,\"episode\":false"), "title", "Utopia"},
		{"playlist_items", ENTRY("item", ",\"track\":true,\"episode\":false"), "type", "track"},
		{"playlist_items", "{\"added_at\":null,\"track\":true}", "type", "null"},
	};
	(void)state;
	CHECK(rows);
}

static void an_entry_of_which_nothing_is_left_keeps_its_place(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_items", "null", "type", "null"},
		{"playlist_items", "null", "position", "100"},
		{"playlist_items", "{\"added_at\":\"2024-09-19T08:00:00Z\",\"item\":null,\"track\":null}", "type", "null"},
		{"playlist_items", "{\"added_at\":\"2024-09-19T08:00:00Z\",\"item\":null}", "added_at", "1726732800000000"},
		{"playlist_items", "{\"added_at\":\"2024-09-19T08:00:00Z\",\"track\":null}", "track_id", "nil"},
		{"playlist_items", "{}", "type", "null"},
		{"playlist_items", "{\"item\":{}}", "type", "unavailable"},
		{"playlist_items", "{\"item\":{\"id\":null,\"type\":\"track\",\"is_local\":false,\"name\":\"Gone\"}}", "type",
	     "unavailable"},
		{"playlist_items", "{\"item\":{\"id\":null,\"type\":\"track\",\"is_local\":false,\"name\":\"Gone\"}}", "title",
	     "Gone"},
	};
	(void)state;
	CHECK(rows);
}

static void an_entry_that_cannot_be_played_keeps_its_track(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_items", ENTRY("item", ",\"is_playable\":false,\"restrictions\":{\"reason\":\"market\"}"), "type",
	     "unavailable"},
		{"playlist_items", ENTRY("item", ",\"is_playable\":false"), "track_id", "t1"},
		{"playlist_items", ENTRY("item", ",\"is_playable\":false"), "title", "Utopia"},
		{"playlist_items", ENTRY("item", ",\"is_playable\":true"), "type", "track"},
	};
	(void)state;
	CHECK(rows);
}

static void an_episode_of_a_podcast_is_an_entry_that_names_its_show(void **state)
{
#define EPISODE(more) \
	"{\"added_at\":\"2024-09-19T08:00:00Z\",\"item\":{\"id\":\"e1\",\"type\":\"episode\",\"name\":\"Talk\",\"duration_ms\":60000," \
	"\"show\":{\"name\":\"Show\",\"publisher\":\"P\"},\"track\":false,\"episode\":true" more "}}"
	static const struct element_row rows[] = {
		{"playlist_items", EPISODE(""), "type", "episode"},
		{"playlist_items", EPISODE(""), "track_id", "e1"},
		{"playlist_items", EPISODE(""), "title", "Talk"},
		{"playlist_items", EPISODE(""), "artist_name", "P"},
		{"playlist_items", EPISODE(""), "album_title", "Show"},
		{"playlist_items", EPISODE(""), "duration_ms", "60000"},
		{"playlist_items", EPISODE(""), "isrc", "nil"},
		{"playlist_items", EPISODE(",\"is_playable\":false"), "type", "episode"},
	};
	(void)state;
	CHECK(rows);
}

static void a_local_file_has_its_address_instead_of_an_id(void **state)
{
#define ENCODED "spotify:local:%C3%86nima+%26+Co:Tapes:A%3AB:273"
	static const struct element_row rows[] = {
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "type", "local"},
		{"playlist_items", "{\"is_local\":true,\"track\":" LOCAL "}", "type", "local"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "track_id", "nil"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "uri", "spotify:local:Me::Demo:273"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "title", "Demo"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "artist_name", "Me"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "album_title", "Tapes"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "isrc", "nil"},
		/* As it is: only so is it the same address again. */
		{"playlist_items", "{\"is_local\":true,\"item\":{\"id\":null,\"uri\":\"" ENCODED "\"}}", "uri", ENCODED},
		{"playlist_items", "{\"is_local\":true,\"item\":{\"id\":null,\"uri\":\"" ENCODED "\"}}", "type", "local"},
		{"playlist_items",
	     "{\"item\":{\"id\":null,\"is_local\":true,\"name\":\"D\",\"duration_ms\":{\"totalMilliseconds\":1}}}",
	     "duration_ms", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void an_entry_may_not_say_when_or_by_whom_it_was_added(void **state)
{
#define ADDED(at, by) "{\"added_at\":" at ",\"added_by\":" by ",\"item\":" TRACK("") "}"
#define UTF8_ID \
	"spotify_espa\xc3\xb1" \
	"a"
	static const struct element_row rows[] = {
		{"playlist_items", ADDED("null", "null"), "added_at", "nil"},
		{"playlist_items", ADDED("null", "null"), "added_by", "nil"},
		{"playlist_items", ADDED("null", "{\"id\":\"" UTF8_ID "\"}"), "added_by", UTF8_ID},
		/* Charts of Spotify's own (nokazn/ravyd#49). */
		{"playlist_items", ADDED("\"1970-01-01T00:00:00Z\"", "{\"id\":\"\",\"uri\":\"spotify:user:\"}"), "added_at",
	     "nil"},
		{"playlist_items", ADDED("\"1970-01-01T00:00:00Z\"", "{\"id\":\"\",\"uri\":\"spotify:user:\"}"), "added_by",
	     "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void the_same_track_may_stand_in_many_places(void **state)
{
	(void)state;
	take("playlist_items", ENTRY("item", "") "," ENTRY("item", "") "," ENTRY("item", ""), 3);
	assert_int_equal(test.parsed.stored, 3);
	open_part(&test, 0);
	for (size_t i = 0; i < 3; i++) {
		char want[8];
		snprintf(want, sizeof want, "%zu", 100 + i);
		assert_string_equal(cell(&test, i, "position"), want);
		assert_string_equal(cell(&test, i, "track_id"), "t1");
	}
}

static void a_playlist_that_may_not_be_read_has_no_rows_and_says_why(void **state)
{
	struct raw_page page = {
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of("spotify"),
		.category = span_of("playlists"),
		.request = span_of("playlist_items"),
		.status = 403,
		.parent = span_of("37i9"),
		.refused = span_of("Spotify does not give this playlist (HTTP 403)"),
		.body = span_of("{}"),
	};
	(void)state;
	take_page(&test, &page);
	open_part(&test, 0);
	assert_int_equal(rows_of(&test), 0);
	assert_int_equal(test.parsed.reject_count, 0);
	assert_string_equal(text_of_span(&test, test.items.refused), "Spotify does not give this playlist (HTTP 403)");
	assert_string_equal(text_of_span(&test, test.items.parent), "37i9");
}

static void every_column_that_is_mapped_has_a_row_with_a_value(void **state)
{
	(void)state;
	check_every_column("spotify", 1u << KIND_entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_an_entry_has_its_column_in_every_shape),
		cmocka_unit_test(shapes_may_be_mixed_in_one_page),
		cmocka_unit_test(flags_named_track_and_episode_are_not_taken_for_the_track),
		cmocka_unit_test(an_entry_of_which_nothing_is_left_keeps_its_place),
		cmocka_unit_test(an_entry_that_cannot_be_played_keeps_its_track),
		cmocka_unit_test(an_episode_of_a_podcast_is_an_entry_that_names_its_show),
		cmocka_unit_test(a_local_file_has_its_address_instead_of_an_id),
		cmocka_unit_test(an_entry_may_not_say_when_or_by_whom_it_was_added),
		cmocka_unit_test(the_same_track_may_stand_in_many_places),
		cmocka_unit_test(a_playlist_that_may_not_be_read_has_no_rows_and_says_why),
		cmocka_unit_test(every_column_that_is_mapped_has_a_row_with_a_value),
	};
	return cmocka_run_group_tests(tests, open_test, close_test);
}
