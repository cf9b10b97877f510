/* What the Apple Music API sends, and what becomes of it. Method: one element in an otherwise good page of the documented
 * shape; a row tells the cell, or the refusal, that must come of it. Each test is one quirk that has bitten somebody. */
#include "parser_fixture.h"

static const char *category_of(const char *request)
{
	return strcmp(request, "songs") == 0 ? "tracks" : strcmp(request, "playlist_tracks") == 0 ? "playlists" : request;
}

static void take(const char *request, const char *items, int64_t count)
{
	bool entries = strcmp(request, "playlist_tracks") == 0;
	buf_reset(&test.body, SIZE_MAX);
	buf_printf(&test.body, "{\"next\":\"/v1/me/library/%s?offset=100\",\"data\":[", request);
	buf_add_text(&test.body, items);
	buf_add_text(&test.body, "],\"meta\":{\"total\":1158}}");
	struct raw_page page = {
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of("applemusic"),
		.category = span_of(category_of(request)),
		.request = span_of(request),
		.status = 200,
		.count = count,
		.fetched_at = 1700000000000,
		.parent = span_of(entries ? "p.1" : ""),
		.first = entries ? 100 : 0,
		.body = buf_span(&test.body),
	};
	take_page(&test, &page);
}

/* clang-format off */
#define ART "\"artwork\":{\"url\":\"https://is1/{w}x{h}bb.jpg\",\"width\":1200,\"height\":1200,\"bgColor\":\"101010\"}"
#define RELATED(name, more) "\"" name "\":{\"href\":\"/v1/x\",\"data\":[" more "]}"
#define CATALOG_SONG \
	"{\"id\":\"900000001\",\"type\":\"songs\",\"attributes\":{\"isrc\":\"gbaye6800011\",\"composerName\":\"C\"}}"
#define CATALOG_ALBUM \
	"{\"id\":\"700000001\",\"type\":\"albums\",\"attributes\":{\"upc\":\"5016958063351\",\"recordLabel\":\"One Little\"}}"
#define ALBUM_OF "{\"id\":\"l.Al1\",\"type\":\"library-albums\",\"attributes\":{\"name\":\"Utopia\"}}"
#define ARTISTS_OF "{\"id\":\"r.A1\",\"type\":\"library-artists\"},{\"id\":\"r.A2\",\"type\":\"library-artists\"}"
#define SONG_WITH(attributes, relationships) \
	"{\"id\":\"i.S1\",\"type\":\"library-songs\",\"href\":\"/v1/me/library/songs/i.S1\",\"attributes\":{\"name\":\" Losss \"" \
	attributes "},\"relationships\":{" relationships "}}"
#define SONG \
	SONG_WITH(",\"artistName\":\"Bj\xc3\xb6rk & Arca\",\"albumName\":\"Utopia\",\"genreNames\":[\"Pop\",\"Music\"]," \
		"\"durationInMillis\":282946,\"hasLyrics\":true,\"trackNumber\":6,\"discNumber\":1,\"releaseDate\":\"2017-11-24\"," \
		"\"contentRating\":\"explicit\"," ART "," \
		"\"playParams\":{\"id\":\"i.S1\",\"kind\":\"song\",\"isLibrary\":true,\"catalogId\":\"900000001\"}", \
		RELATED("catalog", CATALOG_SONG) "," RELATED("albums", ALBUM_OF) "," RELATED("artists", ARTISTS_OF))
#define PLAIN_SONG(attributes) SONG_WITH(",\"artistName\":\"X\",\"durationInMillis\":1000" attributes, "")
#define ALBUM_WITH(attributes, relationships) \
	"{\"id\":\"l.Al1\",\"type\":\"library-albums\",\"attributes\":{\"name\":\"Utopia\",\"artistName\":\"Bj\xc3\xb6rk\"," \
	"\"genreNames\":[\"Pop\"],\"trackCount\":14" attributes "},\"relationships\":{" relationships "}}"
#define PLAYLIST(more) "{\"id\":\"p.1\",\"type\":\"library-playlists\",\"attributes\":{\"name\":\"Mix\"" more "}}"
/* clang-format on */

static void every_field_of_a_song_has_its_column(void **state)
{
	static const struct element_row rows[] = {
		{"songs", SONG, "id", "i.S1"},
		{"songs", SONG, "title", "Losss"},
		{"songs", SONG, "album_id", "l.Al1"},
		{"songs", SONG, "album_title", "Utopia"},
		{"songs", SONG, "artist_id", "r.A1"},
		{"songs", SONG, "artist_name", "Bj\xc3\xb6rk & Arca"},
		{"songs", SONG, "artist_ids", "[r.A1|r.A2]"},
		{"songs", SONG, "disc", "1"},
		{"songs", SONG, "number", "6"},
		{"songs", SONG, "duration_ms", "282946"},
		{"songs", SONG, "release_date", "2017-11-24"},
		{"songs", SONG, "genres", "[Pop|Music]"},
		{"songs", SONG, "isrcs", "[GBAYE6800011]"},
		{"songs", SONG, "explicit", "true"},
		{"songs", SONG, "artwork", "https://is1/{w}x{h}bb.jpg"},
		{"songs", SONG, "catalog_id", "900000001"},
		{"songs", SONG, "added_at", "nil"},
		{"songs", PLAIN_SONG(",\"dateAdded\":\"2019-07-21T00:28:08Z\""), "added_at", "1563668888000000"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_an_album_has_its_column(void **state)
{
#define DATED \
	ALBUM_WITH(",\"dateAdded\":\"2019-07-21T00:28:08Z\",\"releaseDate\":\"2017\"," ART, \
	           RELATED("catalog", CATALOG_ALBUM) "," RELATED("artists", ARTISTS_OF))
	static const struct element_row rows[] = {
		{"albums", DATED, "id", "l.Al1"},
		{"albums", DATED, "title", "Utopia"},
		{"albums", DATED, "artist_id", "r.A1"},
		{"albums", DATED, "artist_name", "Bj\xc3\xb6rk"},
		{"albums", DATED, "artist_ids", "[r.A1|r.A2]"},
		{"albums", DATED, "song_count", "14"},
		{"albums", DATED, "release_date", "2017"},
		{"albums", DATED, "genres", "[Pop]"},
		{"albums", DATED, "artwork", "https://is1/{w}x{h}bb.jpg"},
		{"albums", DATED, "added_at", "1563668888000000"},
		{"albums", DATED, "upc", "5016958063351"},
		{"albums", DATED, "label", "One Little"},
		{"albums", DATED, "catalog_id", "700000001"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_a_playlist_has_its_column(void **state)
{
#define FULL \
	PLAYLIST( \
		",\"canEdit\":true,\"isPublic\":true,\"hasCatalog\":true,\"dateAdded\":\"2020-02-29T12:00:00Z\"," \
		"\"lastModifiedDate\":\"2021-01-01T00:00:00Z\",\"description\":{\"standard\":\"For rain\"}," ART \
		",\"playParams\":{\"id\":\"p.1\",\"kind\":\"playlist\",\"isLibrary\":true,\"globalId\":\"pl.u-76oNkjV\"}")
	static const struct element_row rows[] = {
		{"playlists", FULL, "id", "p.1"},
		{"playlists", FULL, "name", "Mix"},
		{"playlists", FULL, "comment", "For rain"},
		{"playlists", FULL, "public", "true"},
		{"playlists", FULL, "created_at", "1582977600000000"},
		{"playlists", FULL, "changed_at", "1609459200000000"},
		{"playlists", FULL, "version", "2021-01-01T00:00:00Z"},
		{"playlists", FULL, "artwork", "https://is1/{w}x{h}bb.jpg"},
		{"playlists", FULL, "catalog_id", "pl.u-76oNkjV"},
	};
	(void)state;
	CHECK(rows);
}

static void an_artist_is_a_name_and_its_twin_in_the_catalogue(void **state)
{
#define TWIN(more) "{\"id\":\"r.A1\",\"type\":\"library-artists\",\"attributes\":{\"name\":\"Arca\"}" more "}"
#define TWIN_THERE TWIN(",\"relationships\":{" RELATED("catalog", "{\"id\":\"5\",\"attributes\":{" ART "}}") "}")
	static const struct element_row rows[] = {
		{"artists", TWIN_THERE, "id", "r.A1"},
		{"artists", TWIN_THERE, "name", "Arca"},
		{"artists", TWIN_THERE, "catalog_id", "5"},
		{"artists", TWIN_THERE, "artwork", "https://is1/{w}x{h}bb.jpg"},
		/* Uploads, and artists whom the catalogue dropped. */
		{"artists", TWIN(""), "name", "Arca"},
		{"artists", TWIN(""), "catalog_id", "nil"},
		{"artists", TWIN(",\"relationships\":{" RELATED("catalog", "") "}"), "catalog_id", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void uploaded_matched_and_withdrawn_songs_are_kept(void **state)
{
	static const struct element_row rows[] = {
		{"songs", PLAIN_SONG(",\"playParams\":{\"id\":\"i.S1\",\"purchasedId\":\"77\"}"), "catalog_id", "nil"},
		{"songs", PLAIN_SONG(",\"playParams\":{\"id\":\"i.S1\",\"purchasedId\":\"77\"}"), "extra",
	     "{\"playParams\":{\"id\":\"i.S1\",\"purchasedId\":\"77\"}}"},
		/* An id that leads nowhere any more: the relation is empty. */
		{"songs",
	     SONG_WITH(",\"artistName\":\"X\",\"durationInMillis\":1,\"playParams\":{\"catalogId\":\"9\"}",
	               RELATED("catalog", "")),
	     "catalog_id", "9"},
		{"songs",
	     SONG_WITH(",\"artistName\":\"X\",\"durationInMillis\":1,\"playParams\":{\"catalogId\":\"9\"}",
	               RELATED("catalog", "")),
	     "isrcs", "nil"},
		/* A match without playParams: the relation alone tells it. */
		{"songs", SONG_WITH(",\"artistName\":\"X\",\"durationInMillis\":1", RELATED("catalog", CATALOG_SONG)),
	     "catalog_id", "900000001"},
	};
	(void)state;
	CHECK(rows);
}

static void artists_have_their_names_in_the_order_of_their_ids(void **state)
{
#define ARTIST(id, name) "{\"id\":\"" id "\",\"type\":\"library-artists\",\"attributes\":{\"name\":\"" name "\"}}"
#define BY(artists) SONG_WITH(",\"artistName\":\"A & B\",\"durationInMillis\":1", RELATED("artists", artists))
	static const struct element_row rows[] = {
		{"songs", BY(ARTIST("r.A", "A") "," ARTIST("r.B", "B")), "artist_ids", "[r.A|r.B]"},
		{"songs", BY(ARTIST("r.A", "A") "," ARTIST("r.B", "B")), "artist_names", "[A|B]"},
		{"songs", BY(ARTIST("r.A", "A") "," ARTIST("r.B", "B")), "artist_name", "A & B"},
		{"albums", ALBUM_WITH("", RELATED("artists", ARTIST("r.A", "Arca"))), "artist_names", "[Arca]"},
		/* Told by id alone, or not at all: the text that is shown. */
		{"songs", BY(ARTIST("r.A", "A") ",{\"id\":\"r.B\",\"type\":\"library-artists\"}"), "artist_names", "[A & B]"},
		{"songs", BY(""), "artist_names", "[A & B]"},
		{"songs", BY(""), "artist_ids", "nil"},
		{"songs", PLAIN_SONG(""), "artist_names", "[X]"},
	};
	(void)state;
	CHECK(rows);
}

static void shared_and_curated_playlists_lead_to_the_catalogue_and_others_do_not(void **state)
{
#define PLAYED(global) ",\"playParams\":{\"id\":\"p.1\",\"kind\":\"playlist\",\"isLibrary\":true" global "}"
	static const struct element_row rows[] = {
		{"playlists", PLAYLIST(",\"canEdit\":true,\"isPublic\":true" PLAYED(",\"globalId\":\"pl.u-76oN\"")),
	     "catalog_id", "pl.u-76oN"},
		{"playlists", PLAYLIST(",\"canEdit\":true,\"isPublic\":true" PLAYED(",\"globalId\":\"pl.u-76oN\"")), "public",
	     "true"},
		{"playlists", PLAYLIST(",\"canEdit\":false,\"hasCatalog\":true" PLAYED(",\"globalId\":\"pl.2b0e\"")),
	     "catalog_id", "pl.2b0e"},
		{"playlists", PLAYLIST(",\"canEdit\":true" PLAYED("")), "catalog_id", "nil"},
		{"playlists", PLAYLIST(""), "catalog_id", "nil"},
		{"playlists",
	     "{\"id\":\"p.1\",\"attributes\":{\"name\":\"Mix\"},\"relationships\":{" RELATED(
			 "catalog", "{\"id\":\"pl.2b0e\",\"type\":\"playlists\"}") "}}",
	     "catalog_id", "pl.2b0e"},
		{"playlists",
	     "{\"id\":\"p.1\",\"attributes\":{\"name\":\"Mix\"},\"relationships\":{" RELATED(
			 "catalog", "{\"id\":\"pl.2b0e\",\"attributes\":{\"curatorName\":\"Apple Music Pop\"}}") "}}",
	     "owner", "Apple Music Pop"},
		{"playlists", PLAYLIST(""), "owner", "nil"},
		/* Undocumented; without it the entries are read by each sync. */
		{"playlists", PLAYLIST(""), "version", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void an_entry_that_is_not_in_the_library_or_not_in_the_catalogue_is_an_entry(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_tracks", PLAIN_SONG(",\"playParams\":{\"id\":\"i.S1\",\"kind\":\"song\",\"purchasedId\":\"9\"}"),
	     "type", "track"},
		{"playlist_tracks", PLAIN_SONG(",\"playParams\":{\"id\":\"i.S1\",\"kind\":\"song\",\"purchasedId\":\"9\"}"),
	     "isrc", "nil"},
		{"playlist_tracks",
	     "{\"id\":\"a.1440\",\"type\":\"songs\",\"attributes\":{\"name\":\"N\",\"playParams\":{\"id\":\"1440\"}}}",
	     "track_id", "a.1440"},
	};
	(void)state;
	CHECK(rows);
}

static void a_song_that_cannot_be_played_any_more_is_kept_and_says_so(void **state)
{
	static const struct element_row rows[] = {
		{"songs", PLAIN_SONG(""), "playable", "false"},
		{"songs", PLAIN_SONG(",\"playParams\":{\"id\":\"i.S1\"}"), "playable", "true"},
		{"playlist_tracks", PLAIN_SONG(""), "type", "unavailable"},
		{"playlist_tracks", PLAIN_SONG(""), "track_id", "i.S1"},
	};
	(void)state;
	CHECK(rows);
}

static void two_songs_of_one_recording_stay_two(void **state)
{
	(void)state;
	take("songs",
	     "{\"id\":\"i.S1\",\"attributes\":{\"name\":\"A\",\"durationInMillis\":1,\"playParams\":{\"catalogId\":\"9\"}}},"
	     "{\"id\":\"i.S2\",\"attributes\":{\"name\":\"A\",\"durationInMillis\":1,\"playParams\":{\"catalogId\":\"9\"}}}",
	     2);
	assert_int_equal(test.parsed.stored, 2);
	open_part(&test, 0);
	assert_string_equal(cell(&test, 1, "id"), "i.S2");
	assert_string_equal(cell(&test, 1, "catalog_id"), "9");
}

static void a_song_may_have_neither_album_nor_artist(void **state)
{
#define LONELY "{\"id\":\"i.S1\",\"attributes\":{\"name\":\"Demo\",\"durationInMillis\":1000}}"
	static const struct element_row rows[] = {
		{"songs", LONELY, "title", "Demo"},
		{"songs", LONELY, "album_title", "nil"},
		{"songs", LONELY, "artist_name", "nil"},
		{"songs", PLAIN_SONG(",\"albumName\":\"\""), "album_title", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void related_resources_may_be_no_more_than_ids(void **state)
{
	static const struct element_row rows[] = {
		{"songs",
	     SONG_WITH(",\"durationInMillis\":1", RELATED("albums", "{\"id\":\"l.Al1\",\"type\":\"library-albums\"}")),
	     "album_id", "l.Al1"},
		{"albums", ALBUM_WITH("", RELATED("catalog", "{\"id\":\"7\",\"type\":\"albums\"}")), "catalog_id", "7"},
		{"albums", ALBUM_WITH("", RELATED("catalog", "{\"id\":\"7\",\"type\":\"albums\"}")), "upc", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void artwork_is_kept_as_it_is(void **state)
{
	static const struct element_row rows[] = {
		{"songs",
	     PLAIN_SONG(",\"artwork\":{\"height\":null,\"width\":null,\"url\":\"https://is1/600x600AM.PDCXS01.jpg\"}"),
	     "artwork", "https://is1/600x600AM.PDCXS01.jpg"},
		{"songs", PLAIN_SONG(",\"artwork\":{\"height\":null,\"width\":null,\"url\":\"https://is1/{w}x{h}{c}.{f}\"}"),
	     "extra", "{\"artwork\":{\"height\":null,\"width\":null,\"url\":\"https://is1/{w}x{h}{c}.{f}\"}}"},
		{"songs", PLAIN_SONG(",\"artwork\":null"), "artwork", "nil"},
		{"playlists", PLAYLIST(""), "artwork", "nil"},
	};
	(void)state;
	CHECK(rows);
}

/* What makes the hash: the message's bytes. */
static void take_bytes(const char *request, const char *item, struct buf *bytes)
{
	take(request, item, 1);
	assert_int_equal(test.parsed.stored, 1);
	buf_reset(bytes, LIMIT_MESSAGE_BYTES);
	buf_add(bytes, test.parsed.parts[0].at, test.parsed.parts[0].len);
}

static void a_picture_whose_address_is_signed_anew_changes_no_item(void **state)
{
#define SIGNED_ART(host, query) \
	",\"artwork\":{\"width\":600,\"height\":600,\"url\":\"https://" host "/{w}x{h}.jpg?" query "\"}"
#define AMAZON(day, hex) "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=202611" day "T000000Z&X-Amz-Signature=" hex
#define ONE SIGNED_ART("store-033.blobstore.apple.com", AMAZON("29", "aa"))
#define TWO SIGNED_ART("store-034.blobstore.apple.com", AMAZON("30", "bb"))
#define CREDENTIAL SIGNED_ART("x", "X-Amz-Credential=A/1/s3/aws4_request")
#define CLOUDFRONT SIGNED_ART("x", "Expires=1&Signature=cc&Key-Pair-Id=K")
#define ARTIST_OF(art) \
	TWIN(",\"relationships\":{" RELATED("catalog", "{\"id\":\"5\",\"attributes\":{\"x\":1" art "}}") "}")
	static const struct {
		const char *request, *one, *two;
	} rows[] = {
		{"songs", PLAIN_SONG(ONE), PLAIN_SONG(TWO)},
		{"albums", ALBUM_WITH(ONE, ""), ALBUM_WITH(TWO, "")},
		{"playlists", PLAYLIST(ONE), PLAYLIST(TWO)},
		{"artists", ARTIST_OF(ONE), ARTIST_OF(TWO)},
	};
	static const struct element_row cells[] = {
		{"songs", PLAIN_SONG(ONE), "artwork", "nil"},
		{"songs", PLAIN_SONG(ONE), "extra", "nil"},
		{"songs", PLAIN_SONG(CREDENTIAL), "artwork", "nil"},
		{"songs", PLAIN_SONG(CLOUDFRONT), "artwork", "nil"},
		{"playlists", PLAYLIST(SIGNED_ART("x", "v=2&NotASignature=1")), "artwork",
	     "https://x/{w}x{h}.jpg?v=2&NotASignature=1"},
		{"songs", PLAIN_SONG(",\"previews\":[{\"url\":\"https://x/a.m4a?Signature=dd\"}],\"isrcx\":\"1\""), "extra",
	     "{\"isrcx\":\"1\"}"},
	};
	struct buf one, two;
	(void)state;
	buf_init(&one, LIMIT_MESSAGE_BYTES);
	buf_init(&two, LIMIT_MESSAGE_BYTES);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		take_bytes(rows[i].request, rows[i].one, &one);
		take_bytes(rows[i].request, rows[i].two, &two);
		if (one.len != two.len || memcmp(one.at, two.at, one.len) != 0)
			fail_msg("%s differ", rows[i].request);
	}
	buf_done(&one);
	buf_done(&two);
	CHECK(cells);
}

static void the_date_an_album_was_added_may_be_a_day_a_moment_or_missing(void **state)
{
	static const struct element_row rows[] = {
		{"albums", ALBUM_WITH(",\"dateAdded\":\"2019-07-21\"", ""), "added_at", "1563667200000000"},
		{"albums", ALBUM_WITH(",\"dateAdded\":\"2019-07-21T00:28:08Z\"", ""), "added_at", "1563668888000000"},
		{"albums", ALBUM_WITH("", ""), "added_at", "nil"},
	};
	(void)state;
	CHECK(rows);
}

static void a_video_in_a_playlist_is_an_entry_that_says_what_it_is(void **state)
{
#define VIDEO \
	"{\"id\":\"i.V1\",\"type\":\"library-music-videos\",\"attributes\":{\"name\":\"Clip\",\"artistName\":\"X\"," \
	"\"albumName\":\"\",\"trackNumber\":0,\"durationInMillis\":1000,\"playParams\":{\"id\":\"i.V1\",\"kind\":\"musicVideo\"}}}"
	static const struct element_row rows[] = {
		{"playlist_tracks", VIDEO, "type", "video"},   {"playlist_tracks", VIDEO, "track_id", "i.V1"},
		{"playlist_tracks", VIDEO, "title", "Clip"},   {"playlist_tracks", VIDEO, "album_title", "nil"},
		{"playlist_tracks", VIDEO, "position", "100"},
	};
	(void)state;
	CHECK(rows);
}

static void an_entry_keeps_its_place_whatever_it_is(void **state)
{
	static const struct element_row rows[] = {
		{"playlist_tracks", SONG, "type", "track"},
		{"playlist_tracks", SONG, "artist_name", "Bj\xc3\xb6rk & Arca"},
		{"playlist_tracks", SONG, "album_title", "Utopia"},
		{"playlist_tracks", SONG, "duration_ms", "282946"},
		{"playlist_tracks", SONG, "isrc", "GBAYE6800011"},
		{"playlist_tracks", SONG, "added_at", "nil"},
		{"playlist_tracks", "null", "type", "null"},
		{"playlist_tracks", "{\"id\":\"i.S9\",\"type\":\"library-songs\"}", "type", "unavailable"},
		{"playlist_tracks", "{\"id\":\"i.S9\",\"type\":\"library-songs\"}", "track_id", "i.S9"},
	};
	(void)state;
	CHECK(rows);
}

static void what_has_no_name_is_a_reject_that_names_it(void **state)
{
	static const struct {
		const char *name, *request, *item;
	} rows[] = {
		{"a song without attributes", "songs", "{\"id\":\"i.S1\",\"type\":\"library-songs\",\"href\":\"/v1/x\"}"},
		{"an album without a name", "albums",
	     "{\"id\":\"i.S1\",\"attributes\":{\"artistName\":\"X\",\"trackCount\":1}}"},
		{"an artist without attributes", "artists", "{\"id\":\"i.S1\",\"type\":\"library-artists\"}"},
		{"a playlist without attributes", "playlists", "{\"id\":\"i.S1\",\"type\":\"library-playlists\"}"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		take(rows[i].request, rows[i].item, 1);
		if (test.parsed.rejected != 1 || test.parsed.unidentified != 0)
			fail_msg("%s: %lld rejected", rows[i].name, (long long)test.parsed.rejected);
		assert_string_equal(text_of_span(&test, test.parsed.rejects[0].reason), "missing_field");
		assert_string_equal(text_of_span(&test, test.parsed.rejects[0].item), "i.S1");
	}
}

static void a_short_page_that_goes_on_is_whole(void **state)
{
	static char items[98 * 80];
	size_t used = 0;
	(void)state;
	for (int i = 0; i < 98; i++)
		used += (size_t)snprintf(items + used, sizeof items - used,
		                         "%s{\"id\":\"i.%d\",\"attributes\":{\"name\":\"N\",\"durationInMillis\":1}}",
		                         i ? "," : "", i);
	take("songs", items, 98);
	assert_int_equal(test.parsed.stored, 98);
}

static void every_column_that_is_mapped_has_a_row_with_a_value(void **state)
{
	(void)state;
	check_every_column("applemusic", ~0u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_song_has_its_column),
		cmocka_unit_test(every_field_of_an_album_has_its_column),
		cmocka_unit_test(every_field_of_a_playlist_has_its_column),
		cmocka_unit_test(an_artist_is_a_name_and_its_twin_in_the_catalogue),
		cmocka_unit_test(uploaded_matched_and_withdrawn_songs_are_kept),
		cmocka_unit_test(artists_have_their_names_in_the_order_of_their_ids),
		cmocka_unit_test(shared_and_curated_playlists_lead_to_the_catalogue_and_others_do_not),
		cmocka_unit_test(an_entry_that_is_not_in_the_library_or_not_in_the_catalogue_is_an_entry),
		cmocka_unit_test(a_song_that_cannot_be_played_any_more_is_kept_and_says_so),
		cmocka_unit_test(two_songs_of_one_recording_stay_two),
		cmocka_unit_test(a_song_may_have_neither_album_nor_artist),
		cmocka_unit_test(related_resources_may_be_no_more_than_ids),
		cmocka_unit_test(artwork_is_kept_as_it_is),
		cmocka_unit_test(a_picture_whose_address_is_signed_anew_changes_no_item),
		cmocka_unit_test(the_date_an_album_was_added_may_be_a_day_a_moment_or_missing),
		cmocka_unit_test(a_video_in_a_playlist_is_an_entry_that_says_what_it_is),
		cmocka_unit_test(an_entry_keeps_its_place_whatever_it_is),
		cmocka_unit_test(what_has_no_name_is_a_reject_that_names_it),
		cmocka_unit_test(a_short_page_that_goes_on_is_whole),
		cmocka_unit_test(every_column_that_is_mapped_has_a_row_with_a_value),
	};
	return cmocka_run_group_tests(tests, open_test, close_test);
}
