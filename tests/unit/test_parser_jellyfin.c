/* What Jellyfin sends, and what becomes of it. Method: one element in an otherwise good page of the shape of BaseItemDto; a
 * row tells the cell, or the refusal, that must come of it. Each test is one quirk of the server's. */
#include "parser_fixture.h"

static void take(const char *request, const char *items, int64_t count)
{
	bool entries = strcmp(request, "playlist_items") == 0;
	buf_reset(&test.body, SIZE_MAX);
	buf_add_text(&test.body, "{\"Items\":[");
	buf_add_text(&test.body, items);
	buf_printf(&test.body, "],\"TotalRecordCount\":%lld,\"StartIndex\":0}", (long long)count);
	struct raw_page page = {
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of("jellyfin"),
		.category = span_of(entries ? "playlists" : request),
		.request = span_of(request),
		.status = 200,
		.count = count,
		.fetched_at = 1700000000000,
		.parent = span_of(entries ? "9a1c" : ""),
		.first = entries ? 500 : 0,
		.body = buf_span(&test.body),
	};
	take_page(&test, &page);
}

/* clang-format off */
#define ARTIST_ITEMS "\"ArtistItems\":[{\"Name\":\"Bj\xc3\xb6rk\",\"Id\":\"a1\"},{\"Name\":\"Arca\",\"Id\":\"a2\"}]"
#define USER "\"UserData\":{\"PlaybackPositionTicks\":0,\"PlayCount\":7,\"IsFavorite\":true,\"Played\":true,\"Key\":\"k\"}"
#define TRACK_WITH(more) \
	"{\"Name\":\" Losss \",\"ServerId\":\"s\",\"Id\":\"t1\",\"ChannelId\":null,\"IsFolder\":false,\"Type\":\"Audio\"," \
	"\"MediaType\":\"Audio\",\"LocationType\":\"FileSystem\"" more "}"
#define TRACK \
	TRACK_WITH(",\"DateCreated\":\"2023-12-11T12:10:40.7607527Z\",\"Container\":\"flac\"," \
		"\"Album\":\"Utopia\",\"AlbumId\":\"al1\"," \
		"\"AlbumPrimaryImageTag\":\"tag-of-album\",\"AlbumArtist\":\"Bj\xc3\xb6rk\"," \
		"\"AlbumArtists\":[{\"Name\":\"Bj\xc3\xb6rk\",\"Id\":\"a1\"}],\"Artists\":[\"Bj\xc3\xb6rk\",\"Arca\"]," ARTIST_ITEMS "," \
		"\"IndexNumber\":6,\"ParentIndexNumber\":2,\"ProductionYear\":2017,\"PremiereDate\":\"2017-11-24T00:00:00.0000000Z\"," \
		"\"RunTimeTicks\":4127999999,\"Genres\":[\"Art Pop\",\"Electronic\"],\"Path\":\"/music/06 Losss.flac\"," \
		"\"MediaSources\":[{\"Size\":31415926,\"Bitrate\":912000,\"Container\":\"flac\"}],\"NormalizationGain\":-7.5," \
		"\"ProviderIds\":{\"MusicBrainzTrack\":\"of-a-release\",\"MusicBrainzRecording\":\"rec1\",\"AudioDb\":\"99\"}," USER)
#define ALBUM_WITH(more) "{\"Name\":\"Utopia\",\"Id\":\"al1\",\"Type\":\"MusicAlbum\",\"IsFolder\":true" more "}"
#define ARTIST_WITH(more) "{\"Name\":\"Bj\xc3\xb6rk\",\"Id\":\"a1\",\"Type\":\"MusicArtist\"" more "}"
#define PLAYLIST_WITH(more) "{\"Name\":\"Mix\",\"Id\":\"p1\",\"Type\":\"Playlist\",\"MediaType\":\"Audio\"" more "}"
/* clang-format on */

static void every_field_of_a_track_has_its_column(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK, "id", "t1"},
		{"tracks", TRACK, "title", "Losss"},
		{"tracks", TRACK, "album_id", "al1"},
		{"tracks", TRACK, "album_title", "Utopia"},
		{"tracks", TRACK, "artist_id", "a1"},
		{"tracks", TRACK, "artist_name", "Bj\xc3\xb6rk"},
		{"tracks", TRACK, "artist_ids", "[a1|a2]"},
		{"tracks", TRACK, "artist_names", "[Bj\xc3\xb6rk|Arca]"},
		{"tracks", TRACK, "disc", "2"},
		{"tracks", TRACK, "number", "6"},
		{"tracks", TRACK, "release_date", "2017-11-24"},
		{"tracks", TRACK, "genres", "[Art Pop|Electronic]"},
		{"tracks", TRACK, "bitrate", "912000"},
		{"tracks", TRACK, "size_bytes", "31415926"},
		{"tracks", TRACK, "path", "/music/06 Losss.flac"},
		{"tracks", TRACK, "artwork", "tag-of-album"},
		{"tracks", TRACK_WITH(",\"ImageTags\":{\"Primary\":\"own\"},\"AlbumPrimaryImageTag\":\"x\""), "artwork", "own"},
		{"tracks", TRACK, "play_count", "7"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_an_album_has_its_column(void **state)
{
#define ALBUM \
	ALBUM_WITH( \
		",\"AlbumArtist\":\"Bj\xc3\xb6rk\",\"AlbumArtists\":[{\"Name\":\"Bj\xc3\xb6rk\",\"Id\":\"a1\"}],\"ChildCount\":14," \
		"\"RunTimeTicks\":43050000000,\"ProductionYear\":2017,\"DateCreated\":\"2020-01-02T03:04:05.0000000Z\"," \
		"\"Genres\":[],\"ImageTags\":{\"Primary\":\"tag\"},\"ProviderIds\":{\"MusicBrainzAlbum\":\"rel1\"}")
	static const struct element_row rows[] = {
		{"albums", ALBUM, "id", "al1"},
		{"albums", ALBUM, "title", "Utopia"},
		{"albums", ALBUM, "artist_id", "a1"},
		{"albums", ALBUM, "artist_name", "Bj\xc3\xb6rk"},
		{"albums", ALBUM, "artist_ids", "[a1]"},
		{"albums", ALBUM, "artist_names", "[Bj\xc3\xb6rk]"},
		{"albums", ALBUM, "song_count", "14"},
		{"albums", ALBUM, "duration_ms", "4305000"},
		{"albums", ALBUM, "release_date", "2017"},
		{"albums", ALBUM, "genres", "nil"},
		{"albums", ALBUM_WITH(",\"Genres\":[\"Art Pop\"]"), "genres", "[Art Pop]"},
		{"albums", ALBUM, "mbid", "rel1"},
		{"albums", ALBUM, "artwork", "tag"},
		{"albums", ALBUM, "added_at", "1577934245000000"},
		{"albums", ALBUM_WITH(",\"AlbumArtist\":\"Various Artists\",\"AlbumArtists\":[]"), "artist_names",
	     "[Various Artists]"},
		{"albums", ALBUM_WITH(""), "artist_name", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_an_artist_and_a_playlist_has_its_column(void **state)
{
#define ARTIST \
	ARTIST_WITH( \
		",\"SortName\":\"bjork\",\"ImageTags\":{\"Primary\":\"tag\"},\"ProviderIds\":{\"MusicBrainzArtist\":\"m1\"}")
#define PLAYLIST \
	PLAYLIST_WITH( \
		",\"Overview\":\"for the train\",\"ChildCount\":3,\"RunTimeTicks\":100000000," \
		"\"DateCreated\":\"2024-05-06T07:08:09.1234567Z\",\"Etag\":\"e1\",\"ImageTags\":{\"Primary\":\"tag\"}")
	static const struct element_row rows[] = {
		{"artists", ARTIST, "id", "a1"},
		{"artists", ARTIST, "name", "Bj\xc3\xb6rk"},
		{"artists", ARTIST, "sort_name", "bjork"},
		{"artists", ARTIST, "mbid", "m1"},
		{"artists", ARTIST, "artwork", "tag"},
		{"playlists", PLAYLIST, "id", "p1"},
		{"playlists", PLAYLIST, "name", "Mix"},
		{"playlists", PLAYLIST, "comment", "for the train"},
		{"playlists", PLAYLIST, "entry_count", "3"},
		{"playlists", PLAYLIST, "duration_ms", "10000"},
		{"playlists", PLAYLIST, "created_at", "1714979289123456"},
		{"playlists", PLAYLIST, "artwork", "tag"},
		/* It moves, but not when a track that stands there leaves the library. */
		{"playlists", PLAYLIST, "version", "nil"},
		{"playlists", PLAYLIST, "extra", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void durations_are_ticks_of_100_ns(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK, "duration_ms", "412800"},
		{"tracks", TRACK_WITH(",\"RunTimeTicks\":9223372036854775807"), "duration_ms", "922337203685478"},
		{"tracks", TRACK_WITH(",\"RunTimeTicks\":4999"), "duration_ms", "0"},
		{"tracks", TRACK_WITH(",\"RunTimeTicks\":\"50000\""), "duration_ms", "5"},
		{"tracks", TRACK_WITH(",\"RunTimeTicks\":null"), "duration_ms", "0"},
		{"tracks", TRACK_WITH(""), "duration_ms", "0"},
		{"playlist_items", TRACK_WITH(",\"RunTimeTicks\":-1"), "duration_ms", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void moments_have_seven_digits_behind_the_second(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK, "added_at", "1702296640760752"},
		{"tracks", TRACK_WITH(",\"DateCreated\":\"0001-01-01T00:00:00.0000000Z\""), "added_at", "nil"},
		{"tracks", TRACK_WITH(",\"DateCreated\":\"2023-12-11T12:10:40Z\""), "added_at", "1702296640000000"},
	};
	(void)state;
	CHECK(rows);
}

static void a_first_of_january_is_no_more_than_a_year(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK_WITH(",\"PremiereDate\":\"1997-01-01T00:00:00.0000000Z\",\"ProductionYear\":1997"),
	     "release_date", "1997"},
		{"tracks", TRACK_WITH(",\"PremiereDate\":\"1997-09-22T00:00:00.0000000Z\",\"ProductionYear\":1997"),
	     "release_date", "1997-09-22"},
		{"tracks", TRACK_WITH(",\"ProductionYear\":1997"), "release_date", "1997"},
		{"albums", ALBUM_WITH(",\"PremiereDate\":\"\""), "release_date", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void the_recording_is_not_the_track_of_a_release(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK, "mbid", "rec1"},
		{"tracks", TRACK_WITH(",\"ProviderIds\":{\"MusicBrainzTrack\":\"of-a-release\"}"), "mbid", "nil"},
		{"tracks", TRACK_WITH(",\"ProviderIds\":{\"MusicBrainzTrack\":\"of-a-release\"}"), "extra",
	     "{\"ProviderIds\":{\"MusicBrainzTrack\":\"of-a-release\"}}"},
		{"tracks", TRACK_WITH(",\"ProviderIds\":{}"), "mbid", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_favourite_is_kept_though_nobody_tells_since_when(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK_WITH(",\"UserData\":{\"IsFavorite\":true,\"PlayCount\":0}"), "starred_at", "nil"},
		{"tracks", TRACK_WITH(",\"UserData\":{\"IsFavorite\":true,\"PlayCount\":0}"), "extra",
	     "{\"UserData\":{\"IsFavorite\":true,\"PlayCount\":0}}"},
		{"artists", ARTIST_WITH(",\"UserData\":{\"IsFavorite\":true}"), "extra",
	     "{\"UserData\":{\"IsFavorite\":true}}"},
	};
	(void)state;
	CHECK(rows);
}

static void null_is_the_same_as_absent_and_what_follows_from_the_rest_is_left_out(void **state)
{
	static const struct element_row rows[] = {
		{"tracks",
	     TRACK_WITH(",\"Album\":null,\"ImageBlurHashes\":{\"Primary\":{}},\"BackdropImageTags\":[],\"HasLyrics\":false"),
	     "extra", "{\"HasLyrics\":false}"},
		{"tracks", TRACK_WITH(",\"ImageTags\":{}"), "artwork", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_file_may_have_neither_album_nor_artist(void **state)
{
	static const struct element_row rows[] = {
		{"tracks", TRACK_WITH(",\"Artists\":[],\"ArtistItems\":[],\"AlbumArtists\":[]"), "artist_name", "nil"},
		{"tracks", TRACK_WITH(",\"Artists\":[],\"ArtistItems\":[],\"AlbumArtists\":[]"), "artist_ids", "nil"},
		{"tracks", TRACK_WITH(",\"Artists\":[\"X\"],\"ArtistItems\":[]"), "artist_names", "[X]"},
		{"tracks", TRACK_WITH(",\"Artists\":[],\"ArtistItems\":[],\"AlbumArtists\":[{\"Name\":\"Y\",\"Id\":\"a9\"}]"),
	     "artist_id", "a9"},
		{"tracks", TRACK_WITH(""), "album_id", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void entries_that_stand_there_twice_are_two(void **state)
{
	(void)state;
	/* PlaylistItemId is the linked item's id: the same for both. */
	take("playlist_items", TRACK_WITH(",\"PlaylistItemId\":\"t1\"") "," TRACK_WITH(",\"PlaylistItemId\":\"t1\""), 2);
	open_part(&test, 0);
	assert_int_equal(rows_of(&test), 2);
	assert_string_equal(cell(&test, 0, "position"), "500");
	assert_string_equal(cell(&test, 1, "position"), "501");
	assert_string_equal(cell(&test, 1, "track_id"), "t1");
}

static void an_entry_keeps_its_place_whatever_it_is(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_items", TRACK, "type", "track"},
		{"playlist_items", TRACK, "title", "Losss"},
		{"playlist_items", TRACK, "artist_name", "Bj\xc3\xb6rk"},
		{"playlist_items", TRACK, "album_title", "Utopia"},
		{"playlist_items", TRACK_WITH(",\"RunTimeTicks\":2829460000"), "duration_ms", "282946"},
		{"playlist_items", "{\"Name\":\"A film\",\"Id\":\"m1\",\"Type\":\"Movie\",\"MediaType\":\"Video\"}", "type",
	     "video"},
		{"playlist_items", "{\"Name\":\"no id\",\"MediaType\":\"Audio\"}", "type", "unavailable"},
		{"playlist_items", "null", "type", "null"},
	};
	(void)state;
	CHECK(rows);
}

static void what_has_no_name_or_an_impossible_duration_is_a_reject_that_names_it(void **state)
{
	static const struct {
		const char *request, *item, *reason, *id;
	} rows[] = {
		{"tracks", "{\"Id\":\"t9\",\"RunTimeTicks\":1}", "missing_field", "t9"},
		{"tracks", "{\"Name\":\"x\",\"RunTimeTicks\":1}", "missing_field", ""},
		{"tracks", TRACK_WITH(",\"RunTimeTicks\":-10000"), "negative_duration", "t1"},
		{"artists", "{\"Id\":\"a9\"}", "missing_field", "a9"},
		{"playlists", "{\"Id\":\"p9\",\"Name\":\"\"}", "missing_field", "p9"},
		{"albums", "7", "not_an_object", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		take(rows[i].request, rows[i].item, 1);
		assert_int_equal(test.parsed.reject_count, 1);
		const struct reject *reject = &test.parsed.rejects[0];
		if (!span_is(reject->reason, rows[i].reason) || !span_is(reject->item, rows[i].id))
			fail_msg("%s: %.*s of '%.*s'", rows[i].item, SPAN_ARG(reject->reason), SPAN_ARG(reject->item));
		assert_int_equal(test.parsed.unidentified, *rows[i].id ? 0 : 1);
	}
}

static void every_column_that_is_mapped_has_a_row_with_a_value(void **state)
{
	(void)state;
	check_every_column("jellyfin", ~0u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_track_has_its_column),
		cmocka_unit_test(every_field_of_an_album_has_its_column),
		cmocka_unit_test(every_field_of_an_artist_and_a_playlist_has_its_column),
		cmocka_unit_test(durations_are_ticks_of_100_ns),
		cmocka_unit_test(moments_have_seven_digits_behind_the_second),
		cmocka_unit_test(a_first_of_january_is_no_more_than_a_year),
		cmocka_unit_test(the_recording_is_not_the_track_of_a_release),
		cmocka_unit_test(a_favourite_is_kept_though_nobody_tells_since_when),
		cmocka_unit_test(null_is_the_same_as_absent_and_what_follows_from_the_rest_is_left_out),
		cmocka_unit_test(a_file_may_have_neither_album_nor_artist),
		cmocka_unit_test(entries_that_stand_there_twice_are_two),
		cmocka_unit_test(an_entry_keeps_its_place_whatever_it_is),
		cmocka_unit_test(what_has_no_name_or_an_impossible_duration_is_a_reject_that_names_it),
		cmocka_unit_test(every_column_that_is_mapped_has_a_row_with_a_value),
	};
	return cmocka_run_group_tests(tests, open_test, close_test);
}
