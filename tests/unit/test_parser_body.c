/* Broken bodies, and what each costs: itself where it is one item, its page where it is the answer. Method: good bodies
 * broken in one place, or cut at every byte. */
#include <libdeflate.h>

#include "parser_support.h"

static void a_body_that_is_no_answer_costs_its_page_and_says_why(void **state)
{
	(void)state;
	static const struct {
		const char *name, *body;
	} rows[] = {
		{"empty", ""},
		{"HTML", "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"},
		{"truncated",
	     "{\"subsonic-response\":{\"status\":\"ok\",\"artists\":{\"index\":[{\"artist\":[{\"id\":\"1\",\"na"},
		{"cut behind a backslash", "{\"subsonic-response\":{\"status\":\"ok\",\"x\":\"\\"},
		{"another envelope", "{\"error\":{\"code\":4}}"},
		{"envelope is a list", "{\"subsonic-response\":[]}"},
		{"no object", "[1,2,3]"},
		{"failed", "{\"subsonic-response\":{\"status\":\"failed\",\"error\":{\"code\":0}}}"},
		{"no status", "{\"subsonic-response\":{\"artists\":{\"index\":[]}}}"},
		{"status in no encoding", "{\"subsonic-response\":{\"status\":\"\xff\xfe\"}}"},
	};
	struct page_test test;
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct raw_page page = page_of("getArtists", 3, span_of(rows[i].body));
		check_bad_page(&test, &page, rows[i].name, "bad_page");
	}
	struct raw_page html = page_of("getArtists", 3, span_of(rows[1].body));
	take_page(&test, &html);
	assert_non_null(strstr(text_of_span(&test, test.parsed.rejects[0].text), "502 Bad Gateway"));
	page_test_close(&test);
}

static void nesting_of_ten_thousand_costs_its_page(void **state)
{
	(void)state;
	static const struct {
		const char *open, *close;
	} rows[] = {{"[", "]"}, {"{\"a\":", "}"}, {"[\"\\\"\",", "]"}};
	struct page_test test;
	struct buf body;
	page_test_open(&test);
	buf_init(&body, LIMIT_BODY_BYTES);
	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		buf_reset(&body, SIZE_MAX);
		for (int i = 0; i < 10000; i++)
			buf_add_text(&body, rows[r].open);
		buf_add_text(&body, "1");
		for (int i = 0; i < 10000; i++)
			buf_add_text(&body, rows[r].close);
		struct raw_page page = page_of("getArtists", 1, buf_span(&body));
		check_bad_page(&test, &page, rows[r].open, "bad_page");
		assert_non_null(strstr(text_of_span(&test, test.parsed.rejects[0].text), "nested deeper"));
	}
	buf_done(&body);
	page_test_close(&test);
}

static void brackets_in_names_are_not_nesting(void **state)
{
	(void)state;
	struct page_test test;
	struct buf item;
	page_test_open(&test);
	buf_init(&item, 4096);
	/* At every distance from a word's border, with escaped quotes near the brackets and far from them. */
	for (int shift = 0; shift < 32; shift++) {
		buf_reset(&item, SIZE_MAX);
		buf_add_text(&item, "{\"id\":\"1\",\"name\":\"");
		for (int i = 0; i < shift / 2; i++)
			buf_add_byte(&item, 'x');
		buf_add_text(&item, shift % 2 ? "\\\"and far behind it: " : "");
		for (int i = 0; i < 100; i++)
			buf_add_text(&item, shift % 2 ? "[" : "[{\\\"[\\\\");
		buf_add_text(&item, "\"}");
		take_items(&test, "getArtists", 1, buf_text(&item));
		assert_int_equal(test.parsed.stored, 1);
	}
	buf_done(&item);
	page_test_close(&test);
}

static void nesting_is_allowed_up_to_the_limit_and_no_further(void **state)
{
	(void)state;
	struct page_test test;
	char item[512];
	page_test_open(&test);
	/* The wrapping has 6 levels, the item is the seventh; the rest hangs in an unmapped member. */
	for (int extra = LIMIT_JSON_DEPTH - 7; extra <= LIMIT_JSON_DEPTH - 6; extra++) {
		int used = snprintf(item, sizeof item, "{\"id\":\"1\",\"name\":\"N\",\"x\":");
		for (int i = 0; i < extra; i++)
			item[used++] = '[';
		for (int i = 0; i < extra; i++)
			item[used++] = ']';
		snprintf(item + used, sizeof item - (size_t)used, "}");
		take_items(&test, "getArtists", 1, item);
		assert_int_equal(test.parsed.stored, extra == LIMIT_JSON_DEPTH - 7);
	}
	page_test_close(&test);
}

static void one_broken_item_costs_itself_and_not_its_neighbours(void **state)
{
	(void)state;
	static const struct {
		const char *name, *item, *reason, *id;
	} rows[] = {
		{"invalid UTF-8",
	     "{\"id\":\"b\",\"name\":\"a\xff"
	     "b\"}",
	     "invalid_utf8", "b"},
		{"a letter cut by the end", "{\"id\":\"b\",\"name\":\"a\xe2\x82\"}", "invalid_utf8", "b"},
		{"invalid UTF-8 in the id", "{\"id\":\"\xff\",\"name\":\"a\"}", "invalid_utf8", ""},
		{"invalid UTF-8 in a member's name", "{\"id\":\"b\",\"name\":\"a\",\"\xff\":1}", "invalid_utf8", "b"},
		{"escaped NUL", "{\"id\":\"b\",\"name\":\"a\\u0000b\"}", "nul_in_text", "b"},
		{"half a surrogate pair", "{\"id\":\"b\",\"name\":\"a\\ud83d\"}", "invalid_utf8", "b"},
		{"the other half", "{\"id\":\"b\",\"name\":\"\\ude80\\u0041\"}", "invalid_utf8", "b"},
		{"null", "null", "null_item", ""},
		{"no name", "{\"id\":\"b\"}", "missing_field", "b"},
	};
	struct page_test test;
	char items[512];
	page_test_open(&test);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		snprintf(items, sizeof items, GOOD_1 ",%s," GOOD_2, rows[i].item);
		take_items(&test, "getArtists", 3, items);
		if (test.parsed.stored != 2 || test.parsed.reject_count != 1)
			fail_msg("%s: %lld stored, %zu rejects: %.*s", rows[i].name, (long long)test.parsed.stored,
			         test.parsed.reject_count, SPAN_ARG(test.parsed.rejects[0].text));
		assert_string_equal(text_of_span(&test, test.parsed.rejects[0].reason), rows[i].reason);
		assert_string_equal(text_of_span(&test, test.parsed.rejects[0].item), rows[i].id);
		assert_int_equal(test.parsed.rejects[0].position, 1);
		open_part(&test, 0);
		assert_string_equal(cell(&test, 0, "id"), "1");
		assert_string_equal(cell(&test, 1, "id"), "2");
	}
	page_test_close(&test);
}

static void whole_pairs_beside_half_ones_stay_letters(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	take_items(&test, "getArtists", 2,
	           "{\"id\":\"1\",\"name\":\"\\uD83D\\uDE80 \\\\ud83d\"},{\"id\":\"2\",\"name\":\"\\ud83d\"}");
	assert_int_equal(test.parsed.stored, 1);
	open_part(&test, 0);
	assert_string_equal(cell(&test, 0, "name"), "\xf0\x9f\x9a\x80 \\ud83d");
	page_test_close(&test);
}

static void raw_control_characters_in_a_name_are_spaces_and_a_raw_NUL_costs_its_item(void **state)
{
	(void)state;
	static const char items[] = "{\"id\":\"1\",\"name\":\"a\n\tb\"},{\"id\":\"2\",\"name\":\"a\0b\"},"
								"{\"id\":\"3\",\"name\":\"\\ud83d\\ude80 \\\\ud83d\"}";
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getArtists", 3, wrap(&test, "getArtists", (struct span){items, sizeof items - 1}));
	take_page(&test, &page);
	assert_int_equal(test.parsed.stored, 2);
	open_part(&test, 0);
	assert_string_equal(cell(&test, 0, "name"), "a b");
	assert_string_equal(cell(&test, 1, "name"), "\xf0\x9f\x9a\x80 \\ud83d"); /* a pair, and no escape at all */
	assert_string_equal(text_of_span(&test, test.parsed.rejects[0].reason), "nul_in_text");
	assert_string_equal(text_of_span(&test, test.parsed.rejects[0].item), "2");
	page_test_close(&test);
}

static void compress(struct span plain, struct buf *out)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t bound = libdeflate_gzip_compress_bound(compressor, plain.len);
	char *to = buf_reserve(out, bound);
	assert_non_null(to);
	out->len += libdeflate_gzip_compress(compressor, plain.at, plain.len, to, bound);
	libdeflate_free_compressor(compressor);
}

static void a_gzip_body_is_read_and_one_broken_or_cut_anywhere_costs_its_page(void **state)
{
	(void)state;
	struct page_test test;
	struct buf packed;
	page_test_open(&test);
	buf_init(&packed, LIMIT_BODY_BYTES);
	compress(wrap(&test, "getArtists", span_of(GOOD_1 "," GOOD_2)), &packed);
	struct raw_page page = page_of("getArtists", 2, buf_span(&packed));
	page.encoding = span_of("gzip");
	take_page(&test, &page);
	assert_int_equal(test.parsed.stored, 2);
	for (size_t len = 0; len < packed.len; len++) {
		page.body = (struct span){packed.at, len};
		check_bad_page(&test, &page, "cut", "bad_page");
	}
	page.body = buf_span(&packed);
	packed.at[packed.len / 2] ^= 0x55;
	check_bad_page(&test, &page, "flipped", "bad_page");
	page.encoding = span_of("br");
	check_bad_page(&test, &page, "encoding", "bad_page");
	buf_done(&packed);
	page_test_close(&test);
}

static void a_body_cut_anywhere_costs_its_page_and_nothing_else(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct span whole = wrap(&test, "getArtists", span_of(GOOD_1 ",{\"id\":\"\\ud83d\\ude80\",\"name\":\"\xc3\xb6\"}"));
	struct raw_page page = page_of("getArtists", 2, whole);
	for (size_t len = 0; len < whole.len; len++) {
		char *exact = malloc(len + 1); /* so that a sanitizer sees a read behind it */
		assert_non_null(exact);
		memcpy(exact, whole.at, len);
		page.body = (struct span){exact, len};
		check_bad_page(&test, &page, "cut", "bad_page");
		free(exact);
	}
	page.body = whole;
	take_page(&test, &page);
	assert_int_equal(test.parsed.stored, 2);
	page_test_close(&test);
}

static void rejects_are_recorded_as_long_as_there_is_room_for_their_originals(void **state)
{
	(void)state;
	enum { ITEMS = 1000, PADDING = 48 * 1024 };
	static char padding[PADDING + 1];
	struct page_test test;
	struct buf items;
	memset(padding, 'x', PADDING);
	page_test_open(&test);
	buf_init(&items, LIMIT_UNPACKED_BYTES);
	for (int i = 0; i < ITEMS; i++)
		buf_printf(&items, "%s{\"id\":\"%d\",\"of\":\"%s\"}", i ? "," : "", i, padding);
	take_items(&test, "getArtists", ITEMS, buf_text(&items));
	size_t recorded = test.parsed.reject_count;
	assert_in_range(recorded, LIMIT_PAGE_BYTES / PADDING * 9 / 10, LIMIT_PAGE_BYTES / PADDING);
	assert_int_equal(test.parsed.rejected, ITEMS);
	assert_int_equal(test.parsed.unidentified, ITEMS - recorded);
	for (size_t i = 0; i < recorded; i++)
		assert_true(test.parsed.rejects[i].text.len && test.parsed.rejects[i].item.len &&
		            test.parsed.rejects[i].original.len);
	buf_done(&items);
	page_test_close(&test);
}

static void entries_without_an_id_are_rejects_of_a_playlist_that_is_known(void **state)
{
	(void)state;
	struct page_test test;
	page_test_open(&test);
	struct raw_page page = page_of("getPlaylist", 2,
	                               wrap(&test, "getPlaylist", span_of("{\"id\":\"t\"},{\"id\":\"\\u0000\"}")));
	take_page(&test, &page);
	assert_int_equal(test.parsed.rejected, 1);
	assert_int_equal(test.parsed.unidentified, 0);
	page_test_close(&test);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_without_an_id_are_rejects_of_a_playlist_that_is_known),
		cmocka_unit_test(a_body_that_is_no_answer_costs_its_page_and_says_why),
		cmocka_unit_test(nesting_of_ten_thousand_costs_its_page),
		cmocka_unit_test(brackets_in_names_are_not_nesting),
		cmocka_unit_test(nesting_is_allowed_up_to_the_limit_and_no_further),
		cmocka_unit_test(one_broken_item_costs_itself_and_not_its_neighbours),
		cmocka_unit_test(whole_pairs_beside_half_ones_stay_letters),
		cmocka_unit_test(raw_control_characters_in_a_name_are_spaces_and_a_raw_NUL_costs_its_item),
		cmocka_unit_test(a_gzip_body_is_read_and_one_broken_or_cut_anywhere_costs_its_page),
		cmocka_unit_test(a_body_cut_anywhere_costs_its_page_and_nothing_else),
		cmocka_unit_test(rejects_are_recorded_as_long_as_there_is_room_for_their_originals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
