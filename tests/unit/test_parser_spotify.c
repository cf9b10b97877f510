/* What Spotify's Web API sends of a library's lists, and what becomes of it. Method: one element in an otherwise good page of
 * the documented shape; a row tells the cell, or the refusal, that must come of it. Each test is one quirk that has bitten
 * somebody. Entries of playlists: test_parser_spotify_entries.c. */
#include "spotify_support.h"

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
		{"tracks", SAVED, "popularity", "nil"}, /* another figure in each answer */
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
#define ALBUM_WITH(more) \
	"{\"added_at\":\"2016-12-19T10:00:00Z\",\"album\":{\"id\":\"al1\",\"name\":\"Utopia\"," ARTISTS more "}}"
	static const struct element_row rows[] = {
		{"albums", ALBUM, "id", "al1"},
		{"albums", ALBUM, "title", "Utopia"},
		{"albums", ALBUM, "artist_id", "a1"},
		{"albums", ALBUM, "artist_name", "Bj\xc3\xb6rk"},
		{"albums", ALBUM, "artist_ids", "[a1|a2]"},
		{"albums", ALBUM, "artist_names", "[Bj\xc3\xb6rk|Arca]"},
		/* "Always empty", says the reference; kept where it is not. */
		{"albums", ALBUM, "genres", "nil"},
		{"albums", ALBUM_WITH(",\"genres\":[\"art pop\",\"electronic\"]"), "genres", "[art pop|electronic]"},
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
		{"playlists", "{\"id\":\"p\",\"name\":\"P\"," IMAGES "}", "artwork", "https://i/640"},
		{"playlists", "{\"id\":\"p\",\"name\":\"P\"}", "id", "p"},
		{"playlists", "{\"id\":\"p\",\"name\":\"P\"}", "name", "P"},
	};
	(void)state;
	CHECK(rows);
}

/* A page of one element, which is refused. */
static void check_refusal(const char *request, const char *item, const char *reason, const char *field, const char *id)
{
	take(request, item, 1);
	assert_int_equal(test.parsed.rejected, 1);
	assert_string_equal(text_of_span(&test, test.parsed.rejects[0].reason), reason);
	assert_string_equal(text_of_span(&test, test.parsed.rejects[0].field), field);
	assert_string_equal(text_of_span(&test, test.parsed.rejects[0].item), id);
}

#define SAVED_AS(added_at, more) "{\"added_at\":" added_at ",\"track\":" TRACK(more) "}"
#define SAVED_WITH(more) SAVED_AS("\"2019-07-21T00:28:08Z\"", more)

static void what_the_shape_of_2026_no_longer_tells_is_absent_and_nothing_else(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", SAVED_WITH(""), "playable", "nil"},
		{"tracks", SAVED_WITH(""), "linked_id", "nil"},
		{"tracks", SAVED_WITH(""), "isrcs", "[USHM80865849]"}, /* taken away in February, back since March */
		{"albums", ALBUM_WITH(""), "label", "nil"},
		{"albums", ALBUM_WITH(""), "type", "nil"},
		{"albums", ALBUM_WITH(",\"total_tracks\":14"), "song_count", "14"},
		{"following", "{\"id\":\"a1\",\"name\":\"X\"}", "name", "X"},
		{"following", "{\"id\":\"a1\",\"name\":\"X\"}", "extra", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_a_followed_artist_has_its_column(void **state)
{
#define ARTIST \
	"{\"id\":\"a1\",\"name\":\"Bj\xc3\xb6rk\",\"type\":\"artist\",\"uri\":\"spotify:artist:a1\",\"genres\":[\"art pop\"]," \
	"\"popularity\":70,\"followers\":{\"href\":null,\"total\":3},\"external_urls\":{}," IMAGES "}"
	static const struct element_row rows[] = {
		{"following", ARTIST, "id", "a1"},
		{"following", ARTIST, "name", "Bj\xc3\xb6rk"},
		{"following", ARTIST, "artwork", "https://i/640"},
		/* What differs from one answer to the next would be a change in each sync. */
		{"following", ARTIST, "extra", "{\"genres\":[\"art pop\"]," IMAGES "}"},
	};
	(void)state;
	CHECK(rows);
}

static void an_album_is_of_whatever_type_it_says(void **state)
{
	static const struct element_row rows[] = {
		{"albums", ALBUM_WITH(",\"album_type\":\"single\""), "type", "single"},
		{"albums", ALBUM_WITH(",\"album_type\":\"ep\""), "type", "ep"},
		{"albums", ALBUM_WITH(",\"album_type\":\"audiobook\""), "type", "audiobook"},
		{"albums", ALBUM_WITH(",\"album_type\":null"), "type", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_release_date_keeps_the_precision_it_was_told_in(void **state)
{
#define RELEASED(date, precision) ",\"release_date\":" date ",\"release_date_precision\":" precision
	static const struct element_row rows[] = {
		{"albums", ALBUM_WITH(RELEASED("\"1981\"", "\"year\"")), "release_date", "1981"},
		{"albums", ALBUM_WITH(RELEASED("\"1981-12\"", "\"month\"")), "release_date", "1981-12"},
		{"albums", ALBUM_WITH(RELEASED("\"1981-12-15\"", "\"day\"")), "release_date", "1981-12-15"},
		{"albums", ALBUM_WITH(RELEASED("\"0000\"", "\"year\"")), "release_date", "nil"},
		{"albums", ALBUM_WITH(RELEASED("null", "null")), "release_date", "nil"},
		{"albums", ALBUM_WITH(RELEASED("\"1981-12-15\"", "\"day\"")), "extra", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void an_album_has_one_code_or_the_other_or_none(void **state)
{
	static const struct element_row rows[] = {
		{"albums", ALBUM_WITH(",\"external_ids\":{\"upc\":\"5016958063351\",\"ean\":\"4\"}"), "upc", "5016958063351"},
		{"albums", ALBUM_WITH(",\"external_ids\":{\"ean\":\"4006758106137\"}"), "upc", "4006758106137"},
		{"albums", ALBUM_WITH(",\"external_ids\":{}"), "upc", "nil"},
		{"albums", ALBUM_WITH(",\"external_ids\":null"), "upc", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void what_was_taken_down_has_no_name_and_is_a_reject_that_names_it(void **state)
{
	(void)state;
	check_refusal("albums", "{\"added_at\":null,\"album\":{\"id\":\"al1\",\"name\":\"\"," ARTISTS "}}", "missing_field",
	              "title", "al1");
	check_refusal("tracks", "{\"added_at\":null,\"track\":{\"id\":\"t1\",\"name\":\"\",\"album\":{\"id\":\"al1\"}}}",
	              "missing_field", "title", "t1");
	check_refusal("following", "{\"id\":\"a1\",\"name\":\"\"}", "missing_field", "name", "a1");
	check_refusal("playlists", "{\"id\":\"p1\",\"name\":null}", "missing_field", "name", "p1");
}

static void a_track_of_an_album_that_was_taken_down_is_kept(void **state)
{
#define NAMELESS \
	"{\"added_at\":null,\"track\":{\"id\":\"t1\",\"name\":\"T\",\"album\":{\"id\":\"al1\",\"name\":\"\",\"images\":[]}}}"
	static const struct element_row rows[] = {
		{"tracks", NAMELESS, "album_id", "al1"},
		{"tracks", NAMELESS, "album_title", "nil"},
		{"tracks", NAMELESS, "artwork", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_recording_code_may_be_missing(void **state)
{
#define CODED(ids) "{\"track\":{\"id\":\"t1\",\"name\":\"T\",\"album\":{\"id\":\"al1\"}" ids "}}"
	static const struct element_row rows[] = {
		{"tracks", CODED(""), "isrcs", "nil"},
		{"tracks", CODED(",\"external_ids\":{}"), "isrcs", "nil"},
		{"tracks", CODED(",\"external_ids\":{\"isrc\":\"\"}"), "isrcs", "nil"},
		{"tracks", CODED(",\"external_ids\":{\"isrc\":null,\"ean\":\"4\"}"), "isrcs", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_relinked_track_keeps_the_id_that_was_saved(void **state)
{
#define LINKED ",\"linked_from\":{\"id\":\"t0\",\"type\":\"track\",\"uri\":\"spotify:track:t0\"},\"is_playable\":true"
	static const struct element_row rows[] = {
		{"tracks", SAVED_WITH(LINKED), "id", "t1"},
		{"tracks", SAVED_WITH(LINKED), "linked_id", "t0"},
		{"tracks", SAVED_WITH(LINKED), "playable", "true"},
	};
	(void)state;
	CHECK(rows);
}

static void a_track_that_cannot_be_played_is_kept_and_says_why(void **state)
{
#define RESTRICTED ",\"is_playable\":false,\"restrictions\":{\"reason\":\"market\"}"
	static const struct element_row rows[] = {
		{"tracks", SAVED_WITH(RESTRICTED), "playable", "false"},
		{"tracks", SAVED_WITH(RESTRICTED), "title", "Utopia"},
		{"tracks", SAVED_WITH(RESTRICTED), "extra", "{\"restrictions\":{\"reason\":\"market\"}}"},
	};
	(void)state;
	CHECK(rows);
}

static void flags_named_track_and_episode_are_not_taken_for_the_track(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", SAVED_WITH(",\"track\":true,\"episode\":false"), "id", "t1"},
		{"tracks", SAVED_WITH(",\"track\":true,\"episode\":false"), "extra", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void the_time_of_saving_may_be_missing_or_the_zero_of_clocks(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", SAVED_AS("\"2019-07-21T00:28:08Z\"", ""), "added_at", "1563668888000000"},
		{"tracks", SAVED_AS("null", ""), "added_at", "nil"},
		{"tracks", SAVED_AS("\"1970-01-01T00:00:00Z\"", ""), "added_at", "nil"},
		{"tracks", "{\"track\":" TRACK("") "}", "added_at", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void members_that_nobody_knows_yet_are_kept_aside(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", SAVED_WITH(",\"mood\":{\"blue\":1}"), "extra", "{\"mood\":{\"blue\":1}}"},
		{"tracks", "{\"folder\":7,\"track\":" TRACK("") "}", "extra", "{\"folder\":7}"},
		{"albums", ALBUM_WITH(",\"mood\":null,\"tempo\":1.5"), "extra", "{\"tempo\":1.5}"},
		{"following", "{\"id\":\"a1\",\"name\":\"X\",\"mood\":[]}", "extra", "{\"mood\":[]}"},
	};
	(void)state;
	CHECK(rows);
}

static void a_local_file_is_kept_under_its_address(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", "{\"added_at\":null,\"track\":" LOCAL "}", "id", "spotify:local:Me::Demo:273"},
		{"tracks", "{\"added_at\":null,\"track\":" LOCAL "}", "album_id", "nil"},
		{"tracks", "{\"added_at\":null,\"track\":" LOCAL "}", "artist_names", "[Me]"},
		{"tracks", "{\"added_at\":null,\"track\":" LOCAL "}", "duration_ms", "273000"},
	};
	(void)state;
	CHECK(rows);
}

static void a_local_file_of_no_album_and_no_artist_is_kept(void **state)
{
#define BARE \
	"{\"added_at\":null,\"track\":{\"id\":null,\"name\":\"Take 1\",\"uri\":\"spotify:local:::Take+1:61\",\"artists\":[]," \
	"\"album\":{\"id\":null,\"name\":\"\",\"release_date\":null},\"duration_ms\":{\"totalMilliseconds\":61000}}}"
	static const struct element_row rows[] = {
		{"tracks", BARE, "id", "spotify:local:::Take+1:61"},
		{"tracks", BARE, "album_title", "nil"},
		{"tracks", BARE, "artist_names", "nil"},
		{"tracks", BARE, "release_date", "nil"},
		{"tracks", BARE, "duration_ms", "0"},
	};
	(void)state;
	CHECK(rows);
}

static void artists_keep_their_places_though_one_has_no_id(void **state)
{
#define WITH_ARTISTS(list) "{\"track\":{\"id\":\"t1\",\"name\":\"T\",\"album\":{\"id\":\"al1\"},\"artists\":" list "}}"
	static const struct element_row rows[] = {
		{"tracks", WITH_ARTISTS("[{\"id\":null,\"name\":\"A\"},{\"id\":\"b\",\"name\":\"B\"}]"), "artist_ids", "[|b]"},
		{"tracks", WITH_ARTISTS("[{\"id\":null,\"name\":\"A\"},{\"id\":\"b\",\"name\":\"B\"}]"), "artist_names",
	     "[A|B]"},
		{"tracks", WITH_ARTISTS("[{\"id\":\"a\",\"name\":\"\"},null]"), "artist_names", "[|]"},
		{"tracks", WITH_ARTISTS("[]"), "artist_ids", "nil"},
		{"tracks", WITH_ARTISTS("null"), "artist_ids", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_playlist_is_public_or_not_or_does_not_say(void **state)
{
#define SHOWN(value) "{\"id\":\"p1\",\"name\":\"P\",\"public\":" value ",\"collaborative\":false}"
	static const struct element_row rows[] = {
		{"playlists", SHOWN("true"), "public", "true"},
		{"playlists", SHOWN("false"), "public", "false"},
		{"playlists", SHOWN("null"), "public", "nil"},
		{"playlists", SHOWN("null"), "extra", "{\"collaborative\":false}"},
	};
	(void)state;
	CHECK(rows);
}

static void an_owner_is_told_by_name_and_else_by_an_id_of_any_letters(void **state)
{
#define OWNED(owner) "{\"id\":\"p1\",\"name\":\"P\",\"snapshot_id\":\"A\",\"owner\":" owner "}"
#define UTF8_ID \
	"spotify_espa\xc3\xb1" \
	"a"
	static const struct element_row rows[] = {
		{"playlists", OWNED("{\"id\":\"u1\",\"display_name\":\"Anna\"}"), "owner", "Anna"},
		{"playlists", OWNED("{\"id\":\"" UTF8_ID "\",\"display_name\":null}"), "owner", UTF8_ID},
		{"playlists", OWNED("{\"id\":\"u1\",\"display_name\":\"\"}"), "owner", "u1"},
		{"playlists", OWNED("{\"id\":\"u1\"}"), "owner", "u1"},
		{"playlists", OWNED("null"), "owner", "nil"},
		/* The id stays, whatever name is shown. */
		{"playlists", OWNED("{\"id\":\"u1\",\"display_name\":\"Anna\"}"), "extra",
	     "{\"owner\":{\"id\":\"u1\",\"display_name\":\"Anna\"}}"},
		/* Ids differ by case: this is a person. */
		{"playlists", OWNED("{\"id\":\"Spotify\"}"), "version", "A"},
		{"playlists", OWNED("{\"id\":\"spotify_uk_\"}"), "version", "A"},
	};
	(void)state;
	CHECK(rows);
}

static void a_playlist_that_tells_neither_count_nor_snapshot_is_kept(void **state)
{
	static const struct element_row rows[] = {
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\"}", "entry_count", "nil"},
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\"}", "version", "nil"},
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\",\"items\":null,\"tracks\":{\"href\":\"h\",\"total\":0}}",
	     "entry_count", "0"},
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\",\"items\":{\"total\":3},\"tracks\":{\"total\":2}}", "entry_count",
	     "3"},
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\",\"items\":{\"total\":3}}", "extra", "nil"},
		{"playlists", "{\"id\":\"p1\",\"name\":\"P\",\"description\":\"for &lt;you&gt;\"}", "comment",
	     "for &lt;you&gt;"},
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

static void every_column_that_is_mapped_has_a_row_with_a_value(void **state)
{
	(void)state;
	check_every_column("spotify", ~(1u << KIND_entry));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_saved_track_has_its_column),
		cmocka_unit_test(recording_codes_are_in_capitals_whatever_spotify_sends),
		cmocka_unit_test(every_field_of_a_saved_album_has_its_column),
		cmocka_unit_test(images_of_all_sizes_are_kept_and_markets_and_tracks_are_not),
		cmocka_unit_test(null_images_cost_nothing),
		cmocka_unit_test(what_the_shape_of_2026_no_longer_tells_is_absent_and_nothing_else),
		cmocka_unit_test(every_field_of_a_followed_artist_has_its_column),
		cmocka_unit_test(an_album_is_of_whatever_type_it_says),
		cmocka_unit_test(a_release_date_keeps_the_precision_it_was_told_in),
		cmocka_unit_test(an_album_has_one_code_or_the_other_or_none),
		cmocka_unit_test(what_was_taken_down_has_no_name_and_is_a_reject_that_names_it),
		cmocka_unit_test(a_track_of_an_album_that_was_taken_down_is_kept),
		cmocka_unit_test(a_recording_code_may_be_missing),
		cmocka_unit_test(a_relinked_track_keeps_the_id_that_was_saved),
		cmocka_unit_test(a_track_that_cannot_be_played_is_kept_and_says_why),
		cmocka_unit_test(flags_named_track_and_episode_are_not_taken_for_the_track),
		cmocka_unit_test(the_time_of_saving_may_be_missing_or_the_zero_of_clocks),
		cmocka_unit_test(members_that_nobody_knows_yet_are_kept_aside),
		cmocka_unit_test(a_local_file_is_kept_under_its_address),
		cmocka_unit_test(a_local_file_of_no_album_and_no_artist_is_kept),
		cmocka_unit_test(artists_keep_their_places_though_one_has_no_id),
		cmocka_unit_test(a_playlist_is_public_or_not_or_does_not_say),
		cmocka_unit_test(an_owner_is_told_by_name_and_else_by_an_id_of_any_letters),
		cmocka_unit_test(a_playlist_that_tells_neither_count_nor_snapshot_is_kept),
		cmocka_unit_test(a_null_among_saved_items_is_a_reject_that_says_so),
		cmocka_unit_test(a_playlist_has_its_owner_count_and_snapshot_in_both_shapes),
		cmocka_unit_test(a_playlist_of_spotifys_own_has_no_version_because_its_snapshot_says_nothing),
		cmocka_unit_test(five_malformed_of_a_thousand_cost_five),
		cmocka_unit_test(every_column_that_is_mapped_has_a_row_with_a_value),
	};
	return cmocka_run_group_tests(tests, open_test, close_test);
}
