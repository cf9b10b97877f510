/* What OpenSubsonic servers send, and what becomes of it. Method: one item in an otherwise good page; a row tells the
 * item and the cell, or the refusal, that must come of it. Each test is one quirk seen on a real server. */
#include "parser_support.h"

struct cell_row {
	const char *name, *request, *item, *column, *want;
	int64_t warnings;
};

static void check_cells(const struct cell_row *rows, size_t count)
{
	struct page_test test;
	page_test_open(&test);
	for (size_t i = 0; i < count; i++) {
		take_items(&test, rows[i].request, 1, rows[i].item);
		if (test.parsed.stored != 1)
			fail_msg("%s: rejected, %.*s: %.*s", rows[i].name, SPAN_ARG(test.parsed.rejects[0].reason),
			         SPAN_ARG(test.parsed.rejects[0].text));
		open_part(&test, 0);
		const char *got = cell(&test, 0, rows[i].column);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s is '%s', not '%s'", rows[i].name, rows[i].column, got, rows[i].want);
		if (test.parsed.warnings != rows[i].warnings)
			fail_msg("%s: %lld warnings, not %lld", rows[i].name, (long long)test.parsed.warnings,
			         (long long)rows[i].warnings);
	}
	page_test_close(&test);
}
#define CHECK_CELLS(rows) check_cells(rows, COUNT_OF(rows))

/* A track with all it needs, and more members. */
#define TRACK(members) "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":60" members "}"
#define ALBUM(members) "{\"id\":\"a\",\"name\":\"A\",\"artist\":\"X\"" members "}"
#define ARTIST(members) "{\"id\":\"x\",\"name\":\"X\"" members "}"
#define PLAYLIST(members) "{\"id\":\"p\",\"name\":\"P\"" members "}"

static void scalars_may_come_as_text_or_as_themselves(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"number as number", "search3", TRACK(",\"track\":7"), "number", "7", 0},
		{"number as text", "search3", TRACK(",\"track\":\"7\""), "number", "7", 0},
		{"number with .0", "search3", TRACK(",\"track\":7.0"), "number", "7", 0},
		{"large number as text", "search3", TRACK(",\"size\":\"237462836472342\""), "size_bytes", "237462836472342", 0},
		{"numeric id", "search3", "{\"id\":42,\"title\":\"T\",\"albumId\":7,\"duration\":1}", "id", "42", 0},
		{"id beyond a double", "search3", "{\"id\":9007199254740993,\"title\":\"T\",\"albumId\":7,\"duration\":1}",
	     "id", "9007199254740993", 0},
		{"id beyond 64 bits", "search3",
	     "{\"id\":123456789012345678901234567890,\"title\":\"T\",\"albumId\":7,\"duration\":1}", "id",
	     "123456789012345678901234567890", 0},
		{"numeric title", "search3", "{\"id\":\"t\",\"title\":1979,\"albumId\":7,\"duration\":1}", "title", "1979", 0},
		{"bool as text", "getPlaylists", PLAYLIST(",\"public\":\"true\""), "public", "true", 0},
		{"bool as number", "getPlaylists", PLAYLIST(",\"public\":0"), "public", "false", 0},
		{"a word for a number", "search3", TRACK(",\"track\":\"seven\""), "number", "nil", 1},
		{"a list for a number", "search3", TRACK(",\"track\":[7]"), "number", "nil", 1},
		{"a word for a bool", "getPlaylists", PLAYLIST(",\"public\":\"maybe\""), "public", "nil", 1},
		{"empty text for a number", "search3", TRACK(",\"track\":\"\""), "number", "nil", 0},
		{"null is absent", "search3", TRACK(",\"track\":null"), "number", "nil", 0},
	};
	CHECK_CELLS(rows);
}

static void durations_are_seconds_and_become_milliseconds(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"whole", "search3", TRACK(""), "duration_ms", "60000", 0},
		{"text", "getAlbumList2", ALBUM(",\"duration\":\"61\""), "duration_ms", "61000", 0},
		{"fraction", "getAlbumList2", ALBUM(",\"duration\":61.25"), "duration_ms", "61250", 0},
		{"fraction as text", "getAlbumList2", ALBUM(",\"duration\":\"0.5\""), "duration_ms", "500", 0},
		{"zero is told", "search3", "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":0}", "duration_ms",
	     "0", 0},
		{"missing on a track", "search3", "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\"}", "duration_ms", "0", 1},
		{"null on a track", "search3", "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":null}",
	     "duration_ms", "0", 1},
		{"a word on a track", "search3", "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":\"long\"}",
	     "duration_ms", "0", 1},
		{"too large for milliseconds", "search3",
	     "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":9223372036854775807}", "duration_ms", "0", 1},
		{"missing on an album", "getAlbumList2", ALBUM(""), "duration_ms", "nil", 0},
		{"missing on a playlist", "getPlaylists", PLAYLIST(""), "duration_ms", "nil", 0},
		{"negative on an entry", "getPlaylist", "{\"id\":\"t\",\"duration\":-4}", "duration_ms", "nil", 1},
	};
	CHECK_CELLS(rows);
}

static void times_of_every_server_are_read_and_impossible_ones_are_absent_with_a_warning(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"zoneless (supysonic)", "search3", TRACK(",\"created\":\"2026-11-22T19:06:56\""), "added_at",
	     "1795374416000000", 0},
		{"nanoseconds", "search3", TRACK(",\"created\":\"2026-11-22T19:06:56.123456789Z\""), "added_at",
	     "1795374416123456", 0},
		{"zero time (Navidrome)", "search3", TRACK(",\"created\":\"0001-01-01T00:00:00Z\""), "added_at", "nil", 0},
		{"epoch seconds", "search3", TRACK(",\"created\":1700000000"), "added_at", "1700000000000000", 0},
		{"epoch milliseconds", "search3", TRACK(",\"created\":1700000000123"), "added_at", "1700000000123000", 0},
		{"30 February", "search3", TRACK(",\"created\":\"2024-02-30T00:00:00Z\""), "added_at", "nil", 1},
		{"starred", "getArtists", ARTIST(",\"starred\":\"1970-01-01T00:00:01Z\""), "starred_at", "1000000", 0},
		{"an object for a time", "getArtists", ARTIST(",\"starred\":{}"), "starred_at", "nil", 1},
	};
	CHECK_CELLS(rows);
}

static void release_dates_keep_their_precision(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"year alone", "getAlbumList2", ALBUM(",\"releaseDate\":{\"year\":1999}"), "release_date", "1999", 0},
		{"month", "getAlbumList2", ALBUM(",\"releaseDate\":{\"year\":1999,\"month\":7}"), "release_date", "1999-07", 0},
		{"day", "getAlbumList2", ALBUM(",\"releaseDate\":{\"year\":1999,\"month\":7,\"day\":31}"), "release_date",
	     "1999-07-31", 0},
		{"as text", "getAlbumList2", ALBUM(",\"releaseDate\":\"1999-07\""), "release_date", "1999-07", 0},
		{"day without month", "getAlbumList2", ALBUM(",\"releaseDate\":{\"year\":1999,\"day\":3}"), "release_date",
	     "1999", 0},
		{"empty object falls back to the year", "getAlbumList2", ALBUM(",\"releaseDate\":{},\"year\":1998"),
	     "release_date", "1998", 0},
		{"year of a track", "search3", TRACK(",\"year\":1999"), "release_date", "1999", 0},
		{"year as text", "search3", TRACK(",\"year\":\"1999\""), "release_date", "1999", 0},
		{"year 0", "search3", TRACK(",\"year\":0"), "release_date", "nil", 0},
		{"year 19999", "search3", TRACK(",\"year\":19999"), "release_date", "nil", 1},
		{"31 April", "getAlbumList2", ALBUM(",\"releaseDate\":{\"year\":1999,\"month\":4,\"day\":31}"), "release_date",
	     "nil", 1},
		{"month as a word", "getAlbumList2", ALBUM(",\"releaseDate\":{\"year\":1999,\"month\":\"May\"}"),
	     "release_date", "nil", 1},
	};
	CHECK_CELLS(rows);
}

static void lists_may_be_arrays_single_objects_or_texts(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"genres of objects", "search3", TRACK(",\"genres\":[{\"name\":\"Rock\"},{\"name\":\"Pop\"}],\"genre\":\"X\""),
	     "genres", "[Rock|Pop]", 0},
		{"one object", "search3", TRACK(",\"genres\":{\"name\":\"Rock\"}"), "genres", "[Rock]", 0},
		{"genres of texts", "search3", TRACK(",\"genres\":[\"Rock\",\"\",\"Pop\"]"), "genres", "[Rock|Pop]", 0},
		{"genre alone", "search3", TRACK(",\"genre\":\"Rock\""), "genres", "[Rock]", 0},
		{"empty genres fall back", "search3", TRACK(",\"genres\":[],\"genre\":\"Rock\""), "genres", "[Rock]", 0},
		{"blank genre", "search3", TRACK(",\"genre\":\" \""), "genres", "nil", 0},
		{"isrc list", "search3", TRACK(",\"isrc\":[\"QZ1\",\"QZ2\"]"), "isrcs", "[QZ1|QZ2]", 0},
		{"isrc in small letters", "search3", TRACK(",\"isrc\":[\"qzab12345678\"]"), "isrcs", "[QZAB12345678]", 0},
		{"isrc text", "search3", TRACK(",\"isrc\":\"QZ1\""), "isrcs", "[QZ1]", 0},
		{"isrc empty text", "search3", TRACK(",\"isrc\":\"\""), "isrcs", "nil", 0},
		{"isrc of an empty text", "search3", TRACK(",\"isrc\":[\"\"]"), "isrcs", "nil", 0},
		{"isrc empty list", "search3", TRACK(",\"isrc\":[]"), "isrcs", "nil", 0},
	};
	CHECK_CELLS(rows);
}

static void artists_come_as_a_list_or_as_one_and_stay_aligned(void **state)
{
	(void)state;
	static const char *const two = TRACK(
		",\"artist\":\"A & B\",\"artistId\":\"1\",\"artists\":[{\"id\":\"1\",\"name\":\"A\"},"
		"{\"id\":\"2\",\"name\":\"B\"}]");
	static const char *const gap = TRACK(",\"artists\":[{\"name\":\"A\"},{\"id\":2,\"name\":\"B\"},{\"id\":3}]");
	const struct cell_row rows[] = {
		{"ids", "search3", two, "artist_ids", "[1|2]", 0},
		{"names", "search3", two, "artist_names", "[A|B]", 0},
		{"shown", "search3", two, "artist_name", "A & B", 0},
		{"first", "search3", two, "artist_id", "1", 0},
		{"ids with gaps", "search3", gap, "artist_ids", "[|2|3]", 0},
		{"names with gaps", "search3", gap, "artist_names", "[A|B|]", 0},
		{"first without id", "search3", gap, "artist_id", "nil", 0},
		{"first name", "search3", gap, "artist_name", "A", 0},
		{"one object", "search3", TRACK(",\"artists\":{\"id\":\"1\",\"name\":\"A\"}"), "artist_ids", "[1]", 0},
		{"id from the list", "search3", TRACK(",\"artists\":[{\"id\":\"1\",\"name\":\"A\"}]"), "artist_id", "1", 0},
		{"only the old members", "search3", TRACK(",\"artist\":\"A\",\"artistId\":\"1\""), "artist_ids", "[1]", 0},
		{"only a name", "search3", TRACK(",\"artist\":\"A\""), "artist_names", "[A]", 0},
		{"display wins", "search3", TRACK(",\"artist\":\"A\",\"displayArtist\":\"A feat. B\""), "artist_name",
	     "A feat. B", 0},
		{"empty display", "search3", TRACK(",\"artist\":\"A\",\"displayArtist\":\"\""), "artist_name", "A", 0},
		{"empty list", "search3", TRACK(",\"artists\":[],\"artistId\":\"1\""), "artist_ids", "[1]", 0},
		{"texts have no ids", "search3", TRACK(",\"artists\":[\"A\",\"B\"]"), "artist_ids", "[|]", 0},
	};
	CHECK_CELLS(rows);
}

static void optional_values_are_absent_when_empty(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"musicBrainzId", "search3", TRACK(",\"musicBrainzId\":\"\""), "mbid", "nil", 0},
		{"musicBrainzId told", "search3", TRACK(",\"musicBrainzId\":\"m-1\""), "mbid", "m-1", 0},
		{"no changed (supysonic)", "getPlaylists", PLAYLIST(""), "changed_at", "nil", 0},
		{"comment", "getPlaylists", PLAYLIST(",\"comment\":\"\""), "comment", "nil", 0},
		{"rating", "search3", TRACK(",\"userRating\":4"), "rating", "4", 0},
		{"no rating", "search3", TRACK(",\"userRating\":0"), "rating", "nil", 0},
		{"rating of 6", "search3", TRACK(",\"userRating\":6"), "rating", "nil", 1},
		{"explicit", "search3", TRACK(",\"explicitStatus\":\"explicit\""), "explicit", "true", 0},
		{"clean", "search3", TRACK(",\"explicitStatus\":\"clean\""), "explicit", "false", 0},
		{"not told", "search3", TRACK(",\"explicitStatus\":\"\""), "explicit", "nil", 0},
		{"bit rate in its own unit", "search3", TRACK(",\"bitRate\":128000"), "bitrate", "128000", 0},
	};
	CHECK_CELLS(rows);
}

static void an_album_is_referred_to_by_id_or_by_the_album_asked_for_or_by_folder(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"albumId", "search3", TRACK(",\"parent\":\"f\""), "album_id", "a", 0},
		{"folder", "search3", "{\"id\":\"t\",\"title\":\"T\",\"parent\":\"f\",\"duration\":1}", "album_id", "f", 0},
		{"asked for", "getAlbum", "{\"id\":\"t\",\"title\":\"T\",\"parent\":\"f\",\"duration\":1}", "album_id", "al-9",
	     0},
		{"told wins", "getAlbum", TRACK(""), "album_id", "a", 0},
	};
	CHECK_CELLS(rows);
}

static void names_are_tidied_and_ids_are_not(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"spaces", "search3", "{\"id\":\" t \",\"title\":\"  A \\t B  \",\"albumId\":\"a\",\"duration\":1}", "title",
	     "A B", 0},
		{"id as it is", "search3", "{\"id\":\" t \",\"title\":\"T\",\"albumId\":\"a\",\"duration\":1}", "id", " t ", 0},
		{"NFD becomes NFC", "getArtists", "{\"id\":\"x\",\"name\":\"Mo\\u0308we\"}", "name", "M\xc3\xb6we", 0},
		{"NFC stays", "getArtists", "{\"id\":\"x\",\"name\":\"M\xc3\xb6we\"}", "name", "M\xc3\xb6we", 0},
		{"emoji joined by ZWJ stays", "getArtists", "{\"id\":\"x\",\"name\":\"\\ud83d\\udc69\\u200d\\ud83d\\ude80\"}",
	     "name", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80", 0},
		{"no-break spaces", "getArtists", "{\"id\":\"x\",\"name\":\"\\u00a0A\\u00a0\\u00a0B\"}", "name", "A B", 0},
		{"CJK", "getArtists", "{\"id\":\"x\",\"name\":\"\xe4\xb8\xad\xe6\x96\x87\"}", "name",
	     "\xe4\xb8\xad\xe6\x96\x87", 0},
		{"quotes", "getArtists", "{\"id\":\"x\",\"name\":\"\\\"A\\\\B\\\"\"}", "name", "\"A\\B\"", 0},
	};
	CHECK_CELLS(rows);
}

static void unmapped_members_are_kept_as_json_and_pointless_ones_are_not(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"kept", "search3",
	     TRACK(",\"bpm\":120,\"moods\":[\"a\\\"\\n\",{\"b\":null}],\"gain\":-3.5,\"isDir\":false,"
	           "\"type\":\"music\",\"isVideo\":false,\"mediaType\":\"song\",\"x\":null"),
	     "extra", "{\"bpm\":120,\"moods\":[\"a\\\"\\n\",{\"b\":null}],\"gain\":-3.5}", 0},
		{"nothing", "search3", TRACK(",\"isDir\":\"false\""), "extra", "nil", 0},
		{"addresses with tokens", "getArtists",
	     ARTIST(",\"artistImageUrl\":\"http://h/?t=secret\",\"roles\":[\"composer\"]"), "extra",
	     "{\"roles\":[\"composer\"]}", 0},
		{"values that differ each time", "getPlaylists", PLAYLIST(",\"validUntil\":\"2026-01-01T00:00:00Z\""), "extra",
	     "nil", 0},
	};
	CHECK_CELLS(rows);
}

static void an_entry_needs_nothing_but_its_place(void **state)
{
	(void)state;
	static const struct cell_row rows[] = {
		{"a track", "getPlaylist", "{\"id\":\"t\",\"title\":\"T\"}", "type", "track", 0},
		{"without id", "getPlaylist", "{\"title\":\"T\"}", "type", "unavailable", 0},
		{"empty id", "getPlaylist", "{\"id\":\"\",\"title\":\"T\"}", "type", "unavailable", 0},
		{"numeric id", "getPlaylist", "{\"id\":3}", "type", "track", 0},
		{"null", "getPlaylist", "null", "type", "null", 0},
		{"null has its place", "getPlaylist", "null", "position", "0", 0},
		{"null has no track", "getPlaylist", "null", "track_id", "nil", 0},
		{"something else", "getPlaylist", "17", "type", "null", 0},
	};
	CHECK_CELLS(rows);
}

static void order_and_duplicates_of_a_playlist_are_kept(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	take_items(&test, "getPlaylist", 4, "{\"id\":\"b\"},{\"id\":\"a\"},null,{\"id\":\"b\"}");
	open_part(&test, 0);
	static const char *const want[] = {"b", "a", "nil", "b"};
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		char position[8];
		snprintf(position, sizeof position, "%zu", i);
		assert_string_equal(cell(&test, i, "track_id"), want[i]);
		assert_string_equal(cell(&test, i, "position"), position);
	}
	assert_string_equal(text_of_span(&test, test.items.parent), "pl-1");
	assert_string_equal(text_of_span(&test, test.items.kind), "entry");
	page_test_close(&test);
}

static const struct {
	const char *name, *request, *item, *reason, *field, *id;
} refusals[] = {
	{"artist without id", "getArtists", "{\"name\":\"X\"}", "missing_field", "id", ""},
	{"artist with an empty id", "getArtists", "{\"id\":\"\",\"name\":\"X\"}", "missing_field", "id", ""},
	{"artist with an object as id", "getArtists", "{\"id\":{},\"name\":\"X\"}", "missing_field", "id", ""},
	{"artist without name", "getArtists", "{\"id\":\"x\"}", "missing_field", "name", "x"},
	{"artist with a blank name", "getArtists", "{\"id\":\"x\",\"name\":\" \\u00a0 \"}", "missing_field", "name", "x"},
	{"album without id", "getAlbumList2", "{\"name\":\"A\",\"artist\":\"X\"}", "missing_field", "id", ""},
	{"album without title", "getAlbumList2", "{\"id\":\"a\",\"artist\":\"X\"}", "missing_field", "title", "a"},
	{"album without artist", "getAlbumList2", "{\"id\":\"a\",\"name\":\"A\"}", "missing_field", "artist", "a"},
	{"album with empty artist", "getAlbumList2", "{\"id\":\"a\",\"name\":\"A\",\"artist\":\"\",\"artists\":[]}",
     "missing_field", "artist", "a"},
	{"album of negative length", "getAlbumList2", ALBUM(",\"duration\":-1"), "negative_duration", "duration", "a"},
	{"track without id", "search3", "{\"title\":\"T\",\"albumId\":\"a\"}", "missing_field", "id", ""},
	{"track without title", "search3", "{\"id\":17,\"albumId\":\"a\"}", "missing_field", "title", "17"},
	{"track without album", "search3", "{\"id\":\"t\",\"title\":\"T\"}", "missing_field", "album", "t"},
	{"track with only an album's name", "search3", "{\"id\":\"t\",\"title\":\"T\",\"album\":\"A\"}", "missing_field",
     "album", "t"},
	{"track of negative length", "search3", "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":-1}",
     "negative_duration", "duration", "t"},
	{"the same as text", "search3", "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":\"-0.5\"}",
     "negative_duration", "duration", "t"},
	{"video", "search3", TRACK(",\"isVideo\":true"), "not_music", "isVideo", "t"},
	{"video as text", "getAlbum", TRACK(",\"isVideo\":\"true\""), "not_music", "isVideo", "t"},
	{"null among tracks", "search3", "null", "null_item", "", ""},
	{"text among tracks", "search3", "\"t\"", "not_an_object", "", ""},
	{"playlist without id", "getPlaylists", "{\"name\":\"P\"}", "missing_field", "id", ""},
	{"playlist without name", "getPlaylists", "{\"id\":\"p\"}", "missing_field", "name", "p"},
	{"playlist with a blank name", "getPlaylists", "{\"id\":\"p\",\"name\":\"\\t \"}", "missing_field", "name", "p"},
	{"NUL in the title", "search3", "{\"id\":\"t\",\"title\":\"a\\u0000b\",\"albumId\":\"a\"}", "nul_in_text", "title",
     "t"},
	{"NUL in an unmapped member", "search3", TRACK(",\"mood\":[{\"a\":\"\\u0000\"}]"), "nul_in_text", "extra", "t"},
	{"NUL in the id", "getArtists", "{\"id\":\"a\\u0000b\",\"name\":\"X\"}", "nul_in_text", "id", ""},
	{"half a surrogate pair", "getArtists", "{\"id\":\"x\",\"name\":\"\\ud83d\"}", "invalid_utf8", "name", "x"},
	{"invalid byte", "getArtists", "{\"id\":\"x\",\"name\":\"a\xff\"}", "invalid_utf8", "name", "x"},
	{"overlong form", "getArtists", "{\"id\":\"x\",\"name\":\"\xc0\xaf\"}", "invalid_utf8", "name", "x"},
};

static void every_rule_of_validation_refuses_with_reason_field_and_id(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		take_items(&test, refusals[i].request, 1, refusals[i].item);
		if (test.parsed.reject_count != 1)
			fail_msg("%s: not refused", refusals[i].name);
		const struct reject *reject = &test.parsed.rejects[0];
		if (!span_is(reject->reason, refusals[i].reason) || !span_is(reject->field, refusals[i].field) ||
		    !span_is(reject->item, refusals[i].id))
			fail_msg("%s: %.*s, field '%.*s', item '%.*s'", refusals[i].name, SPAN_ARG(reject->reason),
			         SPAN_ARG(reject->field), SPAN_ARG(reject->item));
		assert_true(reject->text.len > 20);
		assert_true(reject->original.len > 0);
		assert_int_equal(test.parsed.unidentified, *refusals[i].id ? 0 : 1);
		open_part(&test, 0);
		assert_int_equal(rows_of(&test), 0);
		assert_int_equal(test.items.rejected, 1);
		assert_int_equal(test.items.unidentified, *refusals[i].id ? 0 : 1);
	}
	page_test_close(&test);
}

static void an_id_that_is_too_long_is_refused_and_not_cut(void **state)
{
	(void)state;
	struct page_test test;
	char item[2 * LIMIT_ID], id[LIMIT_ID + 2];
	page_test_open(&test);
	memset(id, 'x', sizeof id);
	for (int len = LIMIT_ID; len <= LIMIT_ID + 1; len++) {
		snprintf(item, sizeof item, "{\"id\":\"%.*s\",\"name\":\"X\"}", len, id);
		take_items(&test, "getArtists", 1, item);
		assert_int_equal(test.parsed.stored, len == LIMIT_ID);
	}
	assert_true(span_is(test.parsed.rejects[0].reason, "bad_id"));
	assert_int_equal(test.parsed.unidentified, 1);
	page_test_close(&test);
}

static void long_names_are_kept_and_only_enormous_ones_are_cut_with_a_warning(void **state)
{
	(void)state;
	/* A letter of two bytes behind an odd one: the cut must not split a letter. */
	static const struct {
		size_t letters;
		size_t want;
		int64_t warnings;
	} rows[] = {
		{150, 301, 0}, {999, 1999, 0}, {1000, 1999, 1}, {2500, 1999, 1}, {500000, 1999, 1},
	};
	struct page_test test;
	struct buf item;
	page_test_open(&test);
	buf_init(&item, LIMIT_BODY_BYTES);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		buf_reset(&item, SIZE_MAX);
		buf_add_text(&item, "{\"id\":\"x\",\"name\":\"a");
		for (size_t n = 0; n < rows[i].letters; n++)
			buf_add_text(&item, "\xc3\xb6");
		buf_add_text(&item, "\"}");
		take_items(&test, "getArtists", 1, buf_text(&item));
		assert_int_equal(test.parsed.stored, 1);
		assert_int_equal(test.parsed.warnings, rows[i].warnings);
		open_part(&test, 0);
		assert_int_equal(strlen(cell(&test, 0, "name")), rows[i].want);
	}
	buf_reset(&item, SIZE_MAX);
	buf_printf(&item, "{\"id\":\"x\",\"name\":\"a%50000sb\"}", "");
	take_items(&test, "getArtists", 1, buf_text(&item));
	assert_int_equal(test.parsed.warnings, 1); /* what stood behind the spaces was not looked at */
	open_part(&test, 0);
	assert_string_equal(cell(&test, 0, "name"), "a");
	buf_done(&item);
	page_test_close(&test);
}

static void extra_that_does_not_fit_is_left_out_with_a_warning_and_the_rest_stays(void **state)
{
	(void)state;
	struct page_test test;
	struct buf item;
	page_test_open(&test);
	buf_init(&item, LIMIT_BODY_BYTES);
	buf_add_text(&item, "{\"id\":\"x\",\"name\":\"X\",\"a\":1,\"big\":\"");
	for (int i = 0; i < LIMIT_EXTRA_BYTES; i++)
		buf_add_byte(&item, 'x');
	buf_add_text(&item, "\",\"b\":2}");
	take_items(&test, "getArtists", 1, buf_text(&item));
	assert_int_equal(test.parsed.warnings, 1);
	open_part(&test, 0);
	assert_string_equal(cell(&test, 0, "extra"), "{\"a\":1,\"b\":2}");
	buf_done(&item);
	page_test_close(&test);
}

static void a_list_of_too_many_artists_is_cut_with_warnings(void **state)
{
	(void)state;
	struct page_test test;
	struct buf item;
	page_test_open(&test);
	buf_init(&item, LIMIT_BODY_BYTES);
	buf_add_text(&item, "{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":1,\"artists\":[");
	for (int i = 0; i <= LIMIT_LIST; i++)
		buf_printf(&item, "%s{\"id\":%d,\"name\":\"N\"}", i ? "," : "", i);
	buf_add_text(&item, "]}");
	take_items(&test, "search3", 1, buf_text(&item));
	assert_int_equal(test.parsed.stored, 1);
	assert_int_equal(test.parsed.warnings, 2); /* ids and names */
	buf_done(&item);
	page_test_close(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_may_come_as_text_or_as_themselves),
		cmocka_unit_test(durations_are_seconds_and_become_milliseconds),
		cmocka_unit_test(times_of_every_server_are_read_and_impossible_ones_are_absent_with_a_warning),
		cmocka_unit_test(release_dates_keep_their_precision),
		cmocka_unit_test(lists_may_be_arrays_single_objects_or_texts),
		cmocka_unit_test(artists_come_as_a_list_or_as_one_and_stay_aligned),
		cmocka_unit_test(optional_values_are_absent_when_empty),
		cmocka_unit_test(an_album_is_referred_to_by_id_or_by_the_album_asked_for_or_by_folder),
		cmocka_unit_test(names_are_tidied_and_ids_are_not),
		cmocka_unit_test(unmapped_members_are_kept_as_json_and_pointless_ones_are_not),
		cmocka_unit_test(an_entry_needs_nothing_but_its_place),
		cmocka_unit_test(order_and_duplicates_of_a_playlist_are_kept),
		cmocka_unit_test(every_rule_of_validation_refuses_with_reason_field_and_id),
		cmocka_unit_test(an_id_that_is_too_long_is_refused_and_not_cut),
		cmocka_unit_test(long_names_are_kept_and_only_enormous_ones_are_cut_with_a_warning),
		cmocka_unit_test(extra_that_does_not_fit_is_left_out_with_a_warning_and_the_rest_stays),
		cmocka_unit_test(a_list_of_too_many_artists_is_cut_with_warnings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
