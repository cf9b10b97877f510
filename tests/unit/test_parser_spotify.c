/* What Spotify's Web API sends, and what becomes of it. Method: one element in an otherwise good page of the documented
 * shape; a row tells the cell, or the refusal, that must come of it. Each test is one quirk that has bitten somebody. */
#include "parser_support.h"

static struct page_test test;

static int open_test(void **state)
{
	(void)state;
	page_test_open(&test);
	return 0;
}

static int close_test(void **state)
{
	(void)state;
	page_test_close(&test);
	return 0;
}

static const char *category_of(const char *request)
{
	return strcmp(request, "following") == 0        ? "artists"
	       : strcmp(request, "playlist_items") == 0 ? "playlists"
	                                                : request;
}

static void take(const char *request, const char *items, int64_t count)
{
	bool following = strcmp(request, "following") == 0;
	buf_reset(&test.body, SIZE_MAX);
	buf_printf(&test.body,
	           "%s{\"href\":\"https://api.spotify.com/v1\",\"limit\":50,\"next\":null,\"total\":%lld,\"items\":[",
	           following ? "{\"artists\":" : "", (long long)count);
	buf_add_text(&test.body, items);
	buf_add_text(&test.body, following ? "]}}" : "]}");
	struct raw_page page = {
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of("spotify"),
		.category = span_of(category_of(request)),
		.request = span_of(request),
		.status = 200,
		.count = count,
		.fetched_at = 1700000000000,
		.parent = span_of(strcmp(request, "playlist_items") == 0 ? "37i9" : ""),
		.first = strcmp(request, "playlist_items") == 0 ? 100 : 0,
		.body = buf_span(&test.body),
	};
	take_page(&test, &page);
}

#define CHECK(rows) check_elements(&test, rows, COUNT_OF(rows), take)

#define ARTISTS \
	"\"artists\":[{\"id\":\"a1\",\"name\":\"Bj\xc3\xb6rk\",\"type\":\"artist\"},{\"id\":\"a2\",\"name\":\"Arca\"}]"
#define IMAGES \
	"\"images\":[{\"url\":\"https://i/640\",\"height\":640,\"width\":640},{\"url\":\"https://i/64\",\"height\":null}]"
#define TRACK(more) \
	"{\"id\":\"t1\",\"name\":\" Utopia \",\"type\":\"track\",\"uri\":\"spotify:track:t1\"," ARTISTS "," \
	"\"album\":{\"id\":\"al1\",\"name\":\"Utopia\",\"release_date\":\"2017-11\"," IMAGES "}," \
	"\"disc_number\":1,\"track_number\":6,\"duration_ms\":282946,\"explicit\":false," \
	"\"external_ids\":{\"isrc\":\"ushm80865849\"},\"is_local\":false" more "}"
#define SAVED "{\"added_at\":\"2019-07-21T00:28:08Z\",\"track\":" TRACK(",\"popularity\":41,\"is_playable\":true") "}"
#define ALBUM \
	"{\"added_at\":\"2016-12-19T10:00:00Z\",\"album\":{\"id\":\"al1\",\"name\":\"Utopia\",\"album_type\":\"ep\"," \
	"\"total_tracks\":14," ARTISTS "," IMAGES ",\"release_date\":\"1999\",\"release_date_precision\":\"year\"," \
	"\"external_ids\":{\"upc\":\"5016958063351\"},\"label\":\"One Little\",\"genres\":[],\"available_markets\":[\"DE\"]," \
	"\"tracks\":{\"items\":[{\"id\":\"t1\"}],\"next\":\"x\"},\"copyrights\":[{\"text\":\"c\",\"type\":\"C\"}]}}"

static void every_field_of_a_saved_track_has_its_column(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", SAVED, "id", "t1"},
		{"tracks", SAVED, "title", "Utopia"},
		{"tracks", SAVED, "album_id", "al1"},
		{"tracks", SAVED, "album_title", "Utopia"},
		{"tracks", SAVED, "artist_id", "a1"},
		{"tracks", SAVED, "artist_name", "Bj\xc3\xb6rk"},
		{"tracks", SAVED, "artist_ids", "[a1|a2]"},
		{"tracks", SAVED, "artist_names", "[Bj\xc3\xb6rk|Arca]"},
		{"tracks", SAVED, "disc", "1"},
		{"tracks", SAVED, "number", "6"},
		{"tracks", SAVED, "duration_ms", "282946"},
		{"tracks", SAVED, "release_date", "2017-11"},
		{"tracks", SAVED, "explicit", "false"},
		{"tracks", SAVED, "artwork", "https://i/640"},
		{"tracks", SAVED, "added_at", "1563668888000000"},
		{"tracks", SAVED, "popularity", "41"},
		{"tracks", SAVED, "playable", "true"},
		{"tracks", SAVED, "extra", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void recording_codes_are_in_capitals_whatever_spotify_sends(void **state)
{
	static const struct element_row rows[] = {{"tracks", SAVED, "isrcs", "[USHM80865849]"}};
	(void)state;
	CHECK(rows);
}

static void every_field_of_a_saved_album_has_its_column(void **state)
{
	static const struct element_row rows[] = {
		{"albums", ALBUM, "id", "al1"},
		{"albums", ALBUM, "title", "Utopia"},
		{"albums", ALBUM, "artist_ids", "[a1|a2]"},
		{"albums", ALBUM, "song_count", "14"},
		{"albums", ALBUM, "release_date", "1999"},
		{"albums", ALBUM, "upc", "5016958063351"},
		{"albums", ALBUM, "type", "ep"},
		{"albums", ALBUM, "label", "One Little"},
		{"albums", ALBUM, "added_at", "1482141600000000"},
		{"albums", ALBUM, "artwork", "https://i/640"},
	};
	(void)state;
	CHECK(rows);
}

static void images_of_all_sizes_are_kept_and_markets_and_tracks_are_not(void **state)
{
	static const struct element_row rows[] = {
		{"albums", ALBUM, "extra", "{" IMAGES ",\"copyrights\":[{\"text\":\"c\",\"type\":\"C\"}]}"},
	};
	(void)state;
	CHECK(rows);
}

static void null_images_cost_nothing(void **state)
{
	static const struct element_row rows[] = {
		{"following", "{\"id\":\"a1\",\"name\":\"X\",\"images\":null,\"followers\":{\"href\":null,\"total\":9}}",
	     "artwork", "nil"},
		{"following", "{\"id\":\"a1\",\"name\":\"X\",\"images\":[],\"followers\":{\"total\":9}}", "extra",
	     "{\"images\":[]}"},
		{"playlists", "{\"id\":\"p\",\"name\":\"P\",\"images\":null,\"owner\":{\"id\":\"me\"}}", "artwork", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_null_among_saved_items_is_a_reject_that_says_so(void **state)
{
	static const struct {
		const char *request, *item;
	} rows[] = {
		{"albums", "null"},
		{"tracks", "null"},
		{"tracks", "{\"added_at\":\"2019-07-21T00:28:08Z\",\"track\":null}"},
		{"playlists", "null"},
		{"following", "null"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		take(rows[i].request, rows[i].item, 1);
		assert_int_equal(test.parsed.rejected, 1);
		assert_string_equal(text_of_span(&test, test.parsed.rejects[0].reason), "null_item");
	}
}

static void a_local_file_is_kept_under_its_address(void **state)
{
#define LOCAL \
	"{\"id\":null,\"name\":\"Demo\",\"type\":\"track\",\"uri\":\"spotify:local:Me::Demo:273\",\"is_local\":true," \
	"\"artists\":[{\"id\":null,\"name\":\"Me\"}],\"album\":{\"id\":null,\"name\":\"Tapes\",\"uri\":null,\"images\":[]}," \
	"\"duration_ms\":273000,\"external_ids\":{}}"
	static const struct element_row rows[] = {
		{"tracks", "{\"added_at\":null,\"track\":" LOCAL "}", "id", "spotify:local:Me::Demo:273"},
		{"tracks", "{\"added_at\":null,\"track\":" LOCAL "}", "album_id", "nil"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "type", "local"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "track_id", "nil"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "uri", "spotify:local:Me::Demo:273"},
		{"playlist_items", "{\"is_local\":true,\"item\":" LOCAL "}", "title", "Demo"},
		{"playlist_items",
	     "{\"item\":{\"id\":null,\"is_local\":true,\"name\":\"D\",\"duration_ms\":{\"totalMilliseconds\":1}}}",
	     "duration_ms", "nil"},
	};
	(void)state;
	CHECK(rows);
}

#define ENTRY(name, more) \
	"{\"added_at\":\"2024-09-19T08:00:00Z\",\"added_by\":{\"id\":\"spotify_espa\xc3\xb1" \
	"a\"},\"is_local\":false,\"" name "\":" TRACK(more) "}"

static void both_shapes_of_a_playlist_entry_are_read(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_items", ENTRY("track", ""), "track_id", "t1"},
		{"playlist_items", ENTRY("item", ""), "track_id", "t1"},
		{"playlist_items", ENTRY("item", ""), "type", "track"},
		{"playlist_items", ENTRY("item", ""), "position", "100"},
		{"playlist_items", ENTRY("item", ""), "added_at", "1726732800000000"},
		{"playlist_items", ENTRY("item", ""), "added_by",
	     "spotify_espa\xc3\xb1"
	     "a"},
		{"playlist_items", ENTRY("item", ""), "isrc", "USHM80865849"},
		{"playlist_items", ENTRY("item", ""), "uri", "nil"},
		/* The track object itself has flags of these names. */
		{"playlist_items", ENTRY("track", ",\"track\":true,\"episode\":false"), "title", "Utopia"},
	};
	(void)state;
	CHECK(rows);
}

static void an_entry_says_what_it_is(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_items", "null", "type", "null"},
		{"playlist_items", "{\"added_at\":\"2024-09-19T08:00:00Z\",\"item\":null,\"track\":null}", "type", "null"},
		{"playlist_items", "{\"added_at\":\"2024-09-19T08:00:00Z\",\"item\":null}", "added_at", "1726732800000000"},
		{"playlist_items", ENTRY("item", ",\"is_playable\":false,\"restrictions\":{\"reason\":\"market\"}"), "type",
	     "unavailable"},
		{"playlist_items", ENTRY("item", ",\"is_playable\":false"), "track_id", "t1"},
		{"playlist_items",
	     "{\"item\":{\"id\":\"e1\",\"type\":\"episode\",\"name\":\"Talk\",\"show\":{\"name\":\"Show\",\"publisher\":\"P\"}}}",
	     "type", "episode"},
		{"playlist_items",
	     "{\"item\":{\"id\":\"e1\",\"type\":\"episode\",\"name\":\"Talk\",\"show\":{\"name\":\"Show\",\"publisher\":\"P\"}}}",
	     "album_title", "Show"},
		{"playlist_items", ENTRY("item", ",\"linked_from\":{\"id\":\"t0\",\"type\":\"track\"}"), "linked_id", "t0"},
	};
	(void)state;
	CHECK(rows);
}

static void a_playlist_has_its_owner_count_and_snapshot_in_both_shapes(void **state)
{
#define LIST(count) \
	"{\"id\":\"p1\",\"name\":\"Mix\",\"description\":\"\",\"owner\":{\"id\":\"u\",\"display_name\":null},\"public\":null," \
	"\"collaborative\":true,\"snapshot_id\":\"AAA=\",\"images\":null," count "}"
	static const struct element_row rows[] = {
		{"playlists", LIST("\"tracks\":{\"href\":\"h\",\"total\":84}"), "entry_count", "84"},
		{"playlists", LIST("\"items\":{\"href\":\"h\",\"total\":84}"), "entry_count", "84"},
		{"playlists", LIST("\"items\":{\"total\":1}"), "version", "AAA="},
		{"playlists", LIST("\"items\":{\"total\":1}"), "owner", "u"},
		{"playlists", LIST("\"items\":{\"total\":1}"), "public", "nil"},
		{"playlists", LIST("\"items\":{\"total\":1}"), "comment", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_playlist_of_spotifys_own_has_no_version_because_its_snapshot_says_nothing(void **state)
{
	static const struct element_row rows[] = {
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\",\"owner\":{\"id\":\"spotify\"},\"snapshot_id\":\"A\"}", "version",
	     "nil"},
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\",\"owner\":{\"id\":\"spotify\"},\"snapshot_id\":\"A\"}", "extra",
	     "{\"owner\":{\"id\":\"spotify\"}}"},
	};
	(void)state;
	CHECK(rows);
}

static void five_malformed_of_a_thousand_cost_five(void **state)
{
	static char items[1000 * 64];
	size_t used = 0;
	(void)state;
	for (int i = 0; i < 1000; i++)
		used += (size_t)snprintf(items + used, sizeof items - used, "%s{\"id\":\"a%d\"%s}", i ? "," : "", i,
		                         i % 200 == 7 ? "" : ",\"name\":\"N\"");
	take("following", items, 1000);
	assert_int_equal(test.parsed.stored, 995);
	assert_int_equal(test.parsed.rejected, 5);
	assert_int_equal(test.parsed.unidentified, 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_saved_track_has_its_column),
		cmocka_unit_test(recording_codes_are_in_capitals_whatever_spotify_sends),
		cmocka_unit_test(every_field_of_a_saved_album_has_its_column),
		cmocka_unit_test(images_of_all_sizes_are_kept_and_markets_and_tracks_are_not),
		cmocka_unit_test(null_images_cost_nothing),
		cmocka_unit_test(a_null_among_saved_items_is_a_reject_that_says_so),
		cmocka_unit_test(a_local_file_is_kept_under_its_address),
		cmocka_unit_test(both_shapes_of_a_playlist_entry_are_read),
		cmocka_unit_test(an_entry_says_what_it_is),
		cmocka_unit_test(a_playlist_has_its_owner_count_and_snapshot_in_both_shapes),
		cmocka_unit_test(a_playlist_of_spotifys_own_has_no_version_because_its_snapshot_says_nothing),
		cmocka_unit_test(five_malformed_of_a_thousand_cost_five),
		cmocka_unit_test(a_playlist_that_may_not_be_read_has_no_rows_and_says_why),
	};
	return cmocka_run_group_tests(tests, open_test, close_test);
}
