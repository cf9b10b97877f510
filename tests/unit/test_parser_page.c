/* Whole pages: messages, parts, counts and rejects; the figures always add up. Method: a page in, then its messages
 * decoded as the writer does. */
#include "parser_support.h"

static void rejects_carry_place_bytes_and_id(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	take_items(
		&test, "search3", 3,
		"{\"id\":\"t\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":1},"
		"{\"id\":\"neg\", \"title\":\"T\",\"albumId\":\"a\",\"duration\":-3,\"x\":[1.5,null]},{\"title\":\"no id\"}");
	assert_int_equal(test.parsed.reject_count, 2);
	const struct reject *first = &test.parsed.rejects[0], *second = &test.parsed.rejects[1];
	assert_int_equal(first->position, 1);
	assert_string_equal(text_of_span(&test, first->item), "neg");
	assert_string_equal(text_of_span(&test, first->field), "duration");
	assert_string_equal(text_of_span(&test, first->kind), "track");
	assert_string_equal(text_of_span(&test, first->original),
	                    "{\"id\":\"neg\",\"title\":\"T\",\"albumId\":\"a\",\"duration\":-3,\"x\":[1.5,null]}");
	assert_string_equal(text_of_span(&test, first->category), "tracks");
	assert_int_equal(first->walk, 1);
	assert_int_equal(first->page, 3);
	assert_int_equal(second->position, 2);
	open_part(&test, 0);
	assert_int_equal(test.items.unidentified, 1);
	show_value(test.items.rejected_ids.object, test.cell, sizeof test.cell);
	assert_string_equal(test.cell, "[neg]");
	page_test_close(&test);
}

static void a_replayed_page_tells_whose_copy_it_is_and_what_is_rejected_again(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getArtists", 3,
	                               wrap(&test, "getArtists", span_of(GOOD_1 ",{\"id\":\"x\"}," GOOD_2)));
	take_page(&test, &page);
	open_part(&test, 0);
	assert_null(test.items.rejected_positions.object);
	assert_false(test.items.replayed);
	page.replayed = true;
	page.from_partition = 3;
	page.from_offset = 1042;
	take_page(&test, &page);
	open_part(&test, 0);
	assert_true(test.items.replayed);
	assert_int_equal(test.items.from_partition, 3);
	assert_int_equal(test.items.from_offset, 1042);
	show_value(test.items.rejected_positions.object, test.cell, sizeof test.cell);
	assert_string_equal(test.cell, "[1]");
	page.count = 2;
	take_page(&test, &page);
	open_part(&test, 0);
	show_value(test.items.rejected_positions.object, test.cell, sizeof test.cell);
	assert_string_equal(test.cell, "[-1]");
	page_test_close(&test);
}

static void a_rejects_original_is_cut_to_its_limit(void **state)
{
	(void)state;
	struct page_test test;
	struct buf item;
	page_test_open(&test);
	buf_init(&item, LIMIT_BODY_BYTES);
	buf_add_text(&item, "{\"id\":\"x\",\"a\":[");
	for (int i = 0; i < LIMIT_REJECT_BYTES; i++)
		buf_add_text(&item, i ? ",1" : "1");
	buf_add_text(&item, "]}");
	take_items(&test, "getArtists", 1, buf_text(&item));
	assert_in_range(test.parsed.rejects[0].original.len, LIMIT_REJECT_BYTES - 8, LIMIT_REJECT_BYTES);
	assert_memory_equal(test.parsed.rejects[0].original.at, item.at, LIMIT_REJECT_BYTES - 8);
	buf_done(&item);
	page_test_close(&test);
}

static void the_items_message_carries_the_pages_place_and_figures(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getArtists", 2, wrap(&test, "getArtists", span_of(GOOD_1 "," GOOD_2)));
	page.is_last = true;
	take_page(&test, &page);
	assert_int_equal(test.parsed.part_count, 1);
	open_part(&test, 0);
	assert_string_equal(text_of_span(&test, test.items.sync), "0192f0c1-0000-7000-8000-000000000001");
	assert_string_equal(text_of_span(&test, test.items.account), "home");
	assert_string_equal(text_of_span(&test, test.items.category), "artists");
	assert_string_equal(text_of_span(&test, test.items.kind), "artist");
	assert_string_equal(text_of_span(&test, test.items.next_cursor), "next");
	assert_int_equal(test.items.epoch, 7);
	assert_int_equal(test.items.walk, 1);
	assert_int_equal(test.items.page, 3);
	assert_int_equal(test.items.part, 0);
	assert_int_equal(test.items.total, 12);
	assert_int_equal(test.items.fetched_at, 1700000000000);
	assert_true(test.items.last_part && test.items.is_last);
	assert_int_equal(test.items.received, 2);
	assert_int_equal(test.items.stored, 2);
	assert_null(test.items.rejected_ids.object);
	assert_int_equal(test.items.columns.object->via.array.size, ITEM_artist_COUNT);
	page_test_close(&test);
}

static void an_empty_list_is_a_message_without_rows_in_every_way_it_is_written(void **state)
{
	(void)state;
	static const struct {
		const char *request, *payload;
	} rows[] = {
		{"getArtists", "\"artists\":{\"index\":[]}"},
		{"getArtists", "\"artists\":{}"},
		{"getArtists", "\"artists\":{\"index\":[{\"name\":\"A\"}]}"},
		{"getAlbumList2", "\"albumList2\":{}"},
		{"getAlbumList2", "\"albumList2\":{\"album\":[]}"},
		{"search3", "\"searchResult3\":{}"},
		{"search3", "\"searchResult3\":{\"song\":null}"},
		{"search3", "\"version\":\"1\""},
		{"getAlbum", "\"album\":{\"id\":\"al-9\"}"},
		{"getPlaylists", "\"playlists\":{}"},
		{"getPlaylist", "\"playlist\":{\"id\":\"pl-1\"}"},
	};
	struct page_test test;
	char body[256];
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		snprintf(body, sizeof body, "{\"subsonic-response\":{%s,\"status\":\"ok\"}}", rows[i].payload);
		struct raw_page page = page_of(rows[i].request, 0, span_of(body));
		take_page(&test, &page);
		if (test.parsed.reject_count)
			fail_msg("%s: rejected", rows[i].payload);
		open_part(&test, 0);
		assert_int_equal(rows_of(&test), 0);
		assert_true(test.items.last_part);
		assert_int_equal(test.items.received, 0);
		/* The same answer where entries were counted is no empty list. */
		page.count = 2;
		check_bad_page(&test, &page, rows[i].payload, "count_mismatch");
	}
	page_test_close(&test);
}

static void a_single_object_stands_for_a_list_of_one_at_every_level(void **state)
{
	(void)state;
	static const char body[] = "{\"subsonic-response\":{\"artists\":{\"index\":{\"artist\":" GOOD_1
							   "}},\"status\":\"ok\"}}";
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getArtists", 1, span_of(body));
	take_page(&test, &page);
	open_part(&test, 0);
	assert_string_equal(cell(&test, 0, "name"), "One");
	page_test_close(&test);
}

static void artists_of_all_indexes_are_one_list(void **state)
{
	(void)state;
	static const char body[] = "{\"subsonic-response\":{\"status\":\"ok\",\"artists\":{\"index\":["
							   "{\"name\":\"O\",\"artist\":[" GOOD_1
							   "]},{\"name\":\"P\",\"artist\":[]},{\"name\":\"Q\"},"
							   "{\"name\":\"T\",\"artist\":[" GOOD_2 ",{\"id\":\"3\"}]}]}}}";
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getArtists", 3, span_of(body));
	take_page(&test, &page);
	assert_int_equal(test.parsed.stored, 2);
	assert_int_equal(test.parsed.rejects[0].position, 2);
	page_test_close(&test);
}

static void the_overlap_is_neither_parsed_nor_counted(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct raw_page page =
		page_of("getAlbumList2", 2,
	            wrap(&test, "getAlbumList2",
	                 span_of("{\"broken\":\"\xff\"},{\"id\":\"a\",\"name\":\"A\",\"artist\":\"X\"},{\"id\":\"b\"}")));
	page.skip = 1;
	take_page(&test, &page);
	assert_int_equal(test.parsed.received, 2);
	assert_int_equal(test.parsed.stored, 1);
	assert_int_equal(test.parsed.reject_count, 1);
	assert_int_equal(test.parsed.rejects[0].position, 1);
	page_test_close(&test);
}

static void a_count_that_is_not_the_lists_makes_the_page_a_reject(void **state)
{
	(void)state;
	static const struct {
		int64_t count, skip;
	} rows[] = {{1, 0}, {3, 0}, {2, 1}, {0, 0}, {0, 3}, {0, INT64_MAX}};
	struct page_test test;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct raw_page page = page_of("getArtists", rows[i].count,
		                               wrap(&test, "getArtists", span_of(GOOD_1 "," GOOD_2)));
		page.skip = rows[i].skip;
		check_bad_page(&test, &page, "count", "count_mismatch");
	}
	struct raw_page page = page_of("getArtists", -2, wrap(&test, "getArtists", span_of(GOOD_1)));
	page.skip = -1;
	take_page(&test, &page);
	assert_int_equal(test.parsed.received, 0);
	assert_true(span_is(test.parsed.rejects[0].reason, "count_mismatch"));
	page_test_close(&test);
}

static void a_place_that_no_playlist_has_makes_the_page_a_reject(void **state)
{
	(void)state;
	static const int64_t places[] = {-1, INT64_MIN, INT64_MAX, INT64_C(1) << 32};
	struct page_test test;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct raw_page page = page_of("getPlaylist", 1, wrap(&test, "getPlaylist", span_of("{\"id\":\"t\"}")));
		page.first = places[i];
		check_bad_page(&test, &page, "place", "count_mismatch");
	}
	page_test_close(&test);
}

static void a_refused_list_that_claims_entries_makes_the_page_a_reject(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getPlaylist", 5, span_of("{}"));
	page.refused = span_of("HTTP 403");
	check_bad_page(&test, &page, "refused", "count_mismatch");
	page_test_close(&test);
}

static void a_refused_list_names_whose_it_is(void **state)
{
	(void)state;
	static const char *const requests[] = {"getPlaylist", "getAlbum"};
	struct page_test test;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		struct raw_page page = page_of(requests[i], 0, span_of("{}"));
		page.parent = span_of("x-1");
		page.refused = span_of("HTTP 403");
		take_page(&test, &page);
		open_part(&test, 0);
		assert_string_equal(text_of_span(&test, test.items.parent), "x-1");
		assert_string_equal(text_of_span(&test, test.items.refused), "HTTP 403");
		assert_int_equal(test.parsed.received + test.parsed.stored + test.parsed.rejected, 0);
	}
	page_test_close(&test);
}

static void an_unknown_provider_or_request_is_counted_as_rejected_and_names_the_program(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getAlbumList2", 5, span_of("{}"));
	page.request = span_of("getMoods");
	check_bad_page(&test, &page, "request", "unknown_request");
	assert_non_null(strstr(text_of_span(&test, test.parsed.rejects[0].text), "update syncline-parser"));
	open_part(&test, 0);
	assert_string_equal(text_of_span(&test, test.items.kind), "album");
	page.provider = span_of("gramophone");
	check_bad_page(&test, &page, "provider", "unknown_request");
	page_test_close(&test);
}

/* Of which the entry behind its first part is rejected. */
static void a_playlist_of_ten_thousand_comes_in_parts_and_only_the_last_has_the_figures(void **state)
{
	(void)state;
	enum { ENTRIES = 10000, REJECTED = LIMIT_PART_ROWS, NEXT = ENTRIES + 3 };
	struct page_test test;
	struct buf items;
	page_test_open(&test);
	buf_init(&items, LIMIT_BODY_BYTES);
	for (int i = 0; i < ENTRIES; i++)
		buf_printf(&items, "%s{\"id\":\"t%0*d\"}", i ? "," : "", i == REJECTED ? LIMIT_ID : 1, i % 77);
	struct raw_page page = page_of("getPlaylist", ENTRIES, wrap(&test, "getPlaylist", buf_span(&items)));
	page.next = NEXT;
	take_page(&test, &page);
	assert_int_equal(test.parsed.part_count, ENTRIES / LIMIT_PART_ROWS);
	size_t seen = 0;
	for (size_t part = 0; part < test.parsed.part_count; part++) {
		bool last = part + 1 == test.parsed.part_count;
		char position[16];
		open_part(&test, part);
		assert_int_equal(test.items.part, part);
		assert_int_equal(test.items.last_part, last);
		assert_int_equal(test.items.received, last ? ENTRIES : 0);
		assert_int_equal(test.items.stored, last ? ENTRIES - 1 : 0);
		assert_int_equal(test.items.next_cursor.len, last ? 4 : 0);
		assert_int_equal(test.items.next, last ? NEXT : 0);
		assert_int_equal(test.items.part_first, seen);
		seen += seen == REJECTED;
		snprintf(position, sizeof position, "%zu", seen);
		assert_string_equal(cell(&test, 0, "position"), position);
		seen += rows_of(&test);
	}
	assert_int_equal(seen, ENTRIES);
	buf_done(&items);
	page_test_close(&test);
}

static void wide_rows_make_parts_by_bytes(void **state)
{
	(void)state;
	struct page_test test;
	struct buf items;
	char comment[LIMIT_NAME];
	page_test_open(&test);
	buf_init(&items, LIMIT_BODY_BYTES);
	memset(comment, 'x', sizeof comment);
	for (int i = 0; i < 1000; i++)
		buf_printf(&items, "%s{\"id\":\"p%d\",\"name\":\"P\",\"comment\":\"%.*s\"}", i ? "," : "", i,
		           (int)sizeof comment, comment);
	take_items(&test, "getPlaylists", 1000, buf_text(&items));
	assert_int_equal(test.parsed.part_count, 2);
	for (size_t part = 0; part < 2; part++)
		assert_true(test.parsed.parts[part].len < LIMIT_PART_BYTES + 2 * LIMIT_NAME);
	buf_done(&items);
	page_test_close(&test);
}

static void more_rejects_than_are_recorded_are_counted_as_unidentified(void **state)
{
	(void)state;
	enum { ITEMS = LIMIT_PAGE_REJECTS + 5 };
	struct page_test test;
	struct buf items;
	page_test_open(&test);
	buf_init(&items, LIMIT_BODY_BYTES);
	for (int i = 0; i < ITEMS; i++)
		buf_printf(&items, "%s{\"id\":\"%d\"}", i ? "," : "", i);
	take_items(&test, "getArtists", ITEMS, buf_text(&items));
	assert_int_equal(test.parsed.reject_count, LIMIT_PAGE_REJECTS);
	assert_int_equal(test.parsed.rejected, ITEMS);
	assert_int_equal(test.parsed.unidentified, 5);
	open_part(&test, test.parsed.part_count - 1);
	assert_int_equal(test.items.rejected_ids.object->via.array.size, LIMIT_PAGE_REJECTS);
	buf_done(&items);
	page_test_close(&test);
}

static void the_same_page_gives_the_same_bytes_whatever_came_before(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	take_items(&test, "getArtists", 3, GOOD_1 ",{\"id\":\"3\"}," GOOD_2);
	size_t len = 0;
	struct buf first = test.parsed.parts[0];
	char *copy = malloc(first.len);
	assert_non_null(copy);
	memcpy(copy, first.at, first.len);
	len = first.len;
	take_items(&test, "search3", 1, "{\"id\":\"t\",\"title\":\"\\u0000\",\"albumId\":\"a\"}");
	take_items(&test, "getArtists", 3, GOOD_1 ",{\"id\":\"3\"}," GOOD_2);
	assert_int_equal(test.parsed.parts[0].len, len);
	assert_memory_equal(test.parsed.parts[0].at, copy, len);
	free(copy);
	page_test_close(&test);
}

static void a_file_without_its_page_is_recognized_by_its_list(void **state)
{
	(void)state;
	struct page_test test;
	struct err err;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(wrappings); i++) {
		struct raw_page page = page_of(wrappings[i].request, 0,
		                               wrap(&test, wrappings[i].request, span_of(GOOD_1 "," GOOD_2)));
		page.request = (struct span){0};
		assert_int_equal(parse_guess(test.parse, &page, &err), 0);
		assert_string_equal(text_of_span(&test, page.request), wrappings[i].request);
		assert_int_equal(page.count, 2);
	}
	struct raw_page page = page_of("getArtists", 0, wrap(&test, "search3", span_of(GOOD_1)));
	page.request = (struct span){0};
	assert_int_equal(parse_guess(test.parse, &page, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
	page.provider = span_of("gramophone");
	assert_int_equal(parse_guess(test.parse, &page, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	page_test_close(&test);
}

static void a_file_is_recognized_by_what_its_items_are_wrapped_in(void **state)
{
	static const struct {
		const char *provider, *category, *request, *body, *want; /* want: the request, or several words of the error */
	} rows[] = {
		{"spotify", "playlists", NULL, "{\"items\":[{\"id\":\"p\",\"tracks\":{\"total\":1}}]}", "playlists"},
		{"spotify", "playlists", NULL, "{\"items\":[null,{\"track\":{\"id\":\"t\"}}]}", "playlist_items"},
		{"spotify", "playlists", NULL, "{\"items\":[{\"item\":{\"id\":\"t\"},\"track\":null}]}", "playlist_items"},
		{"spotify", "artists", NULL, "{\"artists\":{\"items\":[]}}", "following"},
		{"spotify", "playlists", "playlist_items", "{\"items\":[]}", "playlist_items"},
		{"spotify", "playlists", NULL, "{\"items\":[]}", "say --request, one of: playlists, playlist_items"},
		{"spotify", "tracks", "songs", "{\"items\":[]}", "no request 'songs' of tracks; there is: tracks"},
		{"spotify", "playlists", NULL, "{\"items\":[{\"item\":null},{\"item\":{\"id\":\"t\"}}]}", "playlist_items"},
		{"spotify", "tracks", NULL, "{\"error\":{\"status\":401}}", "an error, not a list"},
		{"spotify", "albums", NULL, "{\"id\":\"x\",\"label\":1}",
	     "no list of albums that spotify is known to send; what it has: id, label"},
		{"applemusic", "tracks", NULL, "{\"data\":[]}", "songs"},
		{"applemusic", "playlists", NULL, "{\"data\":[{\"id\":\"p\",\"attributes\":{}}]}",
	     "say --request, one of: playlists, playlist_tracks"},
		{"applemusic", "playlists", NULL,
	     "{\"data\":[{\"id\":\"p\",\"attributes\":{\"name\":\"P\",\"dateAdded\":\"\",\"isPublic\":true}}]}",
	     "playlists"},
		{"applemusic", "playlists", NULL,
	     "{\"data\":[{\"id\":\"i\",\"attributes\":{\"name\":\"S\",\"artistName\":\"A\",\"albumName\":\"B\"}}]}",
	     "playlist_tracks"},
		/* Who says less: */
		{NULL, NULL, NULL, "{\"subsonic-response\":{\"status\":\"ok\",\"albumList2\":{}}}", "getAlbumList2"},
		{NULL, NULL, NULL, "{\"subsonic-response\":{\"playlist\":{\"entry\":{\"id\":\"t\"}},\"status\":\"ok\"}}",
	     "getPlaylist"},
		{NULL, NULL, NULL, "{\"items\":[{\"album\":{\"id\":\"a\"}}]}", "albums"},
		{NULL, NULL, NULL, "{\"items\":[{\"id\":\"p\",\"name\":\"P\",\"snapshot_id\":\"A\"}]}", "playlists"},
		{NULL, NULL, NULL, "{\"artists\":{\"items\":[]}}", "following"},
		{NULL, NULL, NULL, "{\"items\":[{\"track\":{\"id\":\"t\"}}]}", "say --category, one of: tracks, playlists"},
		{NULL, "tracks", NULL, "{\"items\":[{\"track\":{\"id\":\"t\"}}]}", "tracks"},
		/* Spotify's album tracks, which no sync reads. */
		{NULL, NULL, NULL, "{\"items\":[{\"id\":\"t\",\"name\":\"T\",\"disc_number\":1}]}", "say --category"},
		{NULL, NULL, "songs", "{\"data\":[]}", "songs"},
		{NULL, NULL, "playlist_items", "{\"items\":[]}", "playlist_items"},
		{NULL, NULL, "moods", "{\"items\":[]}", "no request 'moods'; there is: getArtists"},
		{"tidal", NULL, NULL, "{\"items\":[]}", "no provider 'tidal' is known; there is: opensubsonic"},
		/* What is no list: */
		{NULL, NULL, NULL, "{\"subsonic-response\":{\"status\":\"ok\",\"version\":\"1\"}}",
	     "what it has: status, version"},
		{NULL, NULL, NULL,
	     "{\"subsonic-response\":{\"status\":\"failed\",\"error\":{\"code\":40,\"message\":\"Wrong\"}}}",
	     "an error, not a list: Wrong"},
		{NULL, NULL, NULL, "{\"error\":{\"status\":403,\"message\":\"Forbidden\"}}", "an error, not a list: Forbidden"},
		{NULL, NULL, NULL, "{\"errors\":[{\"title\":\"T\",\"detail\":\"D\"}]}", "an error, not a list: D"},
		{NULL, NULL, NULL, "{\"error\":\"invalid_grant\",\"error_description\":\"Refresh token revoked\"}",
	     "Refresh token revoked"},
		{NULL, NULL, NULL, "{\"id\":\"p\",\"items\":{\"items\":[]}}", "what it has: id, items"},
		{NULL, NULL, NULL, "{}", "what it has: nothing"},
		{NULL, NULL, NULL, "[]", "what it has: nothing"},
		{NULL, NULL, NULL, "7", "what it has: nothing"},
	};
	struct page_test test;
	struct err err;
	(void)state;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct raw_page page = {.provider = span_of(rows[i].provider),
		                        .category = span_of(rows[i].category),
		                        .request = span_of(rows[i].request),
		                        .body = span_of(rows[i].body)};
		bool good = parse_guess(test.parse, &page, &err) == 0;
		const char *got = good ? text_of_span(&test, page.request) : err.text;
		bool named = !strchr(rows[i].want, ' ');
		if (good != named || (named ? strcmp(got, rows[i].want) != 0 : !strstr(got, rows[i].want)))
			fail_msg("%s: '%s', not '%s'", rows[i].body, got, rows[i].want);
	}
	page_test_close(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rejects_carry_place_bytes_and_id),
		cmocka_unit_test(a_replayed_page_tells_whose_copy_it_is_and_what_is_rejected_again),
		cmocka_unit_test(a_rejects_original_is_cut_to_its_limit),
		cmocka_unit_test(the_items_message_carries_the_pages_place_and_figures),
		cmocka_unit_test(an_empty_list_is_a_message_without_rows_in_every_way_it_is_written),
		cmocka_unit_test(a_single_object_stands_for_a_list_of_one_at_every_level),
		cmocka_unit_test(artists_of_all_indexes_are_one_list),
		cmocka_unit_test(the_overlap_is_neither_parsed_nor_counted),
		cmocka_unit_test(a_count_that_is_not_the_lists_makes_the_page_a_reject),
		cmocka_unit_test(a_place_that_no_playlist_has_makes_the_page_a_reject),
		cmocka_unit_test(a_refused_list_that_claims_entries_makes_the_page_a_reject),
		cmocka_unit_test(a_refused_list_names_whose_it_is),
		cmocka_unit_test(an_unknown_provider_or_request_is_counted_as_rejected_and_names_the_program),
		cmocka_unit_test(a_playlist_of_ten_thousand_comes_in_parts_and_only_the_last_has_the_figures),
		cmocka_unit_test(wide_rows_make_parts_by_bytes),
		cmocka_unit_test(more_rejects_than_are_recorded_are_counted_as_unidentified),
		cmocka_unit_test(the_same_page_gives_the_same_bytes_whatever_came_before),
		cmocka_unit_test(a_file_without_its_page_is_recognized_by_its_list),
		cmocka_unit_test(a_file_is_recognized_by_what_its_items_are_wrapped_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
