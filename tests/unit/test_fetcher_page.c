/* Goal: the walk learns from an answer how many items it has, which are first and last and what they announce, and
 * nothing in an answer can mislead it. Method: a table of lists as servers send them, odd ones among them. */
#include "unit.h"

#include "fetcher/page.h"

static const struct request albums = {.name = "getAlbumList2",
                                      .list = "subsonic-response.albumList2.album",
                                      .count = {"songCount"},
                                      .counted = CATEGORY_TRACKS,
                                      .announced = "subsonic-response.albumList2.total"};
static const struct request artists = {.name = "getArtists",
                                       .list = "subsonic-response.artists.index",
                                       .inner = "artist",
                                       .count = {"albumCount"}};

static yyjson_doc *read_body(const char *body)
{
	struct buf scratch;
	yyjson_doc *doc = NULL;
	struct err err;
	bool clean;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	if (json_read_loose(span_of(body), &scratch, &doc, &clean, &err))
		fail_msg("%s: %s", body, err.text);
	buf_done(&scratch);
	return doc;
}

static int read_page(const struct request *request, const char *body, struct page_facts *facts, struct err *err)
{
	yyjson_doc *doc = read_body(body);
	int result = page_read(request, yyjson_doc_get_root(doc), facts, err);
	yyjson_doc_free(doc);
	return result;
}

#define ALBUMS(members) "{\"subsonic-response\":{\"status\":\"ok\",\"albumList2\":{" members "}}}"
#define ARTISTS(members) "{\"subsonic-response\":{\"artists\":{" members "}}}"

static const struct {
	const char *name, *body;
	int64_t entries;
	const char *first, *last;
	int64_t counted, announced;
} rows[] = {
	{"two", ALBUMS("\"album\":[{\"id\":\"a\",\"songCount\":3},{\"id\":\"b\",\"songCount\":4}]"), 2, "a", "b", 7, -1},
	{"one", ALBUMS("\"album\":[{\"id\":\"a\"}]"), 1, "a", "a", 0, -1},
	{"one, not in a list", ALBUMS("\"album\":{\"id\":\"a\",\"songCount\":2}"), 1, "a", "a", 2, -1},
	{"an empty list", ALBUMS("\"album\":[]"), 0, "", "", 0, -1},
	{"no list", ALBUMS(""), 0, "", "", 0, -1},
	{"null for a list", ALBUMS("\"album\":null"), 0, "", "", 0, -1},
	{"a text for a list", ALBUMS("\"album\":\"\""), 0, "", "", 0, -1},
	{"a number for an id", ALBUMS("\"album\":[{\"id\":17},{\"id\":18446744073709551616}]"), 2, "17",
     "18446744073709551616", 0, -1},
	{"ids with spaces and letters", ALBUMS("\"album\":[{\"id\":\" a b \"},{\"id\":\"\xc3\xa9\"}]"), 2, " a b ",
     "\xc3\xa9", 0, -1},
	{"no id", ALBUMS("\"album\":[{\"name\":\"x\"},{\"id\":\"b\"},{\"id\":null}]"), 3, "", "", 0, -1},
	{"an id that is a list", ALBUMS("\"album\":[{\"id\":[1]}]"), 1, "", "", 0, -1},
	{"an id that is not UTF-8", ALBUMS("\"album\":[{\"id\":\"\xe9\"},{\"id\":\"b\"}]"), 2, "", "b", 0, -1},
	{"an id with NUL", ALBUMS("\"album\":[{\"id\":\"a\\u0000b\"},{\"id\":\"b\"}]"), 2, "", "b", 0, -1},
	{"an id that is half a pair of surrogates", ALBUMS("\"album\":[{\"id\":\"\\ud83c\"}]"), 1, "", "", 0, -1},
	{"items that are none", ALBUMS("\"album\":[1,null,\"x\",[],{\"id\":\"e\"}]"), 5, "", "e", 0, -1},
	{"counts of every kind",
     ALBUMS(
		 "\"album\":[{\"songCount\":\"5\"},{\"songCount\":-7},{\"songCount\":2.0},{\"songCount\":1.5},{\"songCount\":"
		 "null}]"),
     5, "", "", 7, -1},
	{"counts beyond all measure",
     ALBUMS(
		 "\"album\":[{\"songCount\":9223372036854775807},{\"songCount\":9223372036854775807},{\"songCount\":1000000},"
		 "{\"songCount\":1000001},{\"songCount\":3}]"),
     5, "", "", 1000003, -1},
	{"an announced number", ALBUMS("\"total\":12,\"album\":[]"), 0, "", "", 0, 12},
	{"an announced number in a text", ALBUMS("\"total\":\"12\",\"album\":[]"), 0, "", "", 0, 12},
	{"an announced word", ALBUMS("\"total\":\"many\",\"album\":[]"), 0, "", "", 0, -1},
};

static void a_list_tells_its_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct page_facts facts;
		struct err err = {0};
		memset(&facts, 0x55, sizeof facts);
		assert_row(&rows[i], read_page(&albums, rows[i].body, &facts, &err) == 0);
		assert_row(&rows[i], facts.entries == rows[i].entries);
		assert_row(&rows[i], strcmp(facts.first_id, rows[i].first) == 0 && strcmp(facts.last_id, rows[i].last) == 0);
		assert_row(&rows[i], facts.counted == rows[i].counted && facts.announced == rows[i].announced);
	}
}

static void lists_in_a_list_are_one_list(void **state)
{
	static const struct {
		const char *name, *body;
		int64_t entries;
		const char *first, *last;
		int64_t counted;
	} index_rows[] = {
		{"two letters",
	     ARTISTS("\"index\":[{\"name\":\"A\",\"artist\":[{\"id\":\"1\",\"albumCount\":2},{\"id\":\"2\"}]},{\"name\":"
	             "\"B\",\"artist\":[{\"id\":\"3\",\"albumCount\":1}]}]"),
	     3, "1", "3", 3},
		{"empty letters between",
	     ARTISTS("\"index\":[{\"artist\":[]},{},{\"artist\":[{\"id\":\"1\"}]},{\"name\":\"C\"},{\"artist\":null}]"), 1,
	     "1", "1", 0},
		{"one artist, not in a list", ARTISTS("\"index\":[{\"artist\":{\"id\":\"1\"}},{\"artist\":{\"id\":\"2\"}}]"), 2,
	     "1", "2", 0},
		{"one letter, not in a list", ARTISTS("\"index\":{\"artist\":[{\"id\":\"1\"},{\"id\":\"2\"}]}"), 2, "1", "2",
	     0},
		{"letters that are none", ARTISTS("\"index\":[7,null,\"A\",{\"artist\":[{\"id\":\"1\"}]}]"), 1, "1", "1", 0},
		{"no letters", ARTISTS("\"index\":[]"), 0, "", "", 0},
		{"nothing", ARTISTS(""), 0, "", "", 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(index_rows); i++) {
		struct page_facts facts;
		struct err err = {0};
		assert_row(&index_rows[i], read_page(&artists, index_rows[i].body, &facts, &err) == 0);
		assert_row(&index_rows[i], facts.entries == index_rows[i].entries && facts.counted == index_rows[i].counted);
		assert_row(&index_rows[i], strcmp(facts.first_id, index_rows[i].first) == 0);
		assert_row(&index_rows[i], strcmp(facts.last_id, index_rows[i].last) == 0);
	}
}

/* "ok" without the object that holds the list is no empty list: it would prove an end that is none. */
static void an_answer_without_the_place_of_the_list_is_refused(void **state)
{
	static const char *const bodies[] = {
		"{\"subsonic-response\":{\"status\":\"ok\"}}",
		"{\"subsonic-response\":{\"albumList\":{\"album\":[]}}}",
		"{\"subsonic-response\":{\"albumList2\":[]}}",
		"{\"subsonic-response\":{\"albumList2\":null}}",
		"{\"subsonic-response\":{\"albumList2\":\"\"}}",
		"{\"albumList2\":{\"album\":[]}}",
		"[]",
		"null",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct page_facts facts = {.entries = 77};
		struct err err = {0};
		assert_int_equal(read_page(&albums, bodies[i], &facts, &err), -1);
		assert_err(&err, ERR_REJECT, "getAlbumList2 lacks its list (subsonic-response.albumList2)");
		assert_int_equal(facts.entries, 77);
	}
}

static void an_id_of_the_longest_length_is_one_and_a_longer_one_is_none(void **state)
{
	char id[LIMIT_ID + 2], body[2 * LIMIT_ID + 200];
	struct page_facts facts;
	struct err err;
	(void)state;
	memset(id, 'i', sizeof id);
	id[LIMIT_ID + 1] = '\0';
	snprintf(body, sizeof body, ALBUMS("\"album\":[{\"id\":\"%s\"},{\"id\":\"%s\"}]"), id + 1, id);
	assert_int_equal(read_page(&albums, body, &facts, &err), 0);
	assert_string_equal(facts.first_id, id + 1);
	assert_string_equal(facts.last_id, "");
}

/* ---- ids of children ---- */

static int read_ids(const struct request *request, const char *body, int64_t skip, struct arena *arena,
                    const char ***ids, size_t *count, struct err *err)
{
	yyjson_doc *doc = read_body(body);
	int result = page_ids(request, yyjson_doc_get_root(doc), skip, NULL, arena, ids, count, err);
	yyjson_doc_free(doc);
	return result;
}

static void children_are_named_in_order_behind_the_skipped_ones(void **state)
{
	static const struct {
		const char *name, *body;
		int64_t skip;
		size_t count;
		const char *ids; /* joined by a space */
	} child_rows[] = {
		{"all", ALBUMS("\"album\":[{\"id\":\"a\"},{\"id\":2},{\"id\":\"c\"}]"), 0, 3, "a 2 c"},
		{"behind the overlap", ALBUMS("\"album\":[{\"id\":\"a\"},{\"id\":2},{\"id\":\"c\"}]"), 1, 2, "2 c"},
		{"behind all", ALBUMS("\"album\":[{\"id\":\"a\"}]"), 1, 0, ""},
		{"behind more than there are", ALBUMS("\"album\":[{\"id\":\"a\"}]"), 9, 0, ""},
		{"none", ALBUMS("\"album\":[]"), 0, 0, ""},
		{"with a place for what cannot be asked for",
	     ALBUMS("\"album\":[{\"id\":\"a\"},{},{\"id\":\"\"},{\"id\":\"\\u0000\"},7,{\"id\":\"f\"}]"), 0, 6, "a     f"},
		{"the skipped are counted as they stand", ALBUMS("\"album\":[{},{\"id\":\"b\"},{\"id\":\"c\"}]"), 2, 1, "c"},
		{"twice the same", ALBUMS("\"album\":[{\"id\":\"a\"},{\"id\":\"a\"}]"), 0, 2, "a a"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(child_rows); i++) {
		struct arena arena;
		const char **ids = NULL;
		size_t count = 99;
		struct err err = {0};
		char joined[100] = "";
		arena_init(&arena, 64 * 1024);
		assert_row(&child_rows[i],
		           read_ids(&albums, child_rows[i].body, child_rows[i].skip, &arena, &ids, &count, &err) == 0);
		assert_row(&child_rows[i], count == child_rows[i].count);
		for (size_t n = 0; n < count; n++)
			snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", n ? " " : "", ids[n]);
		assert_row(&child_rows[i], strcmp(joined, child_rows[i].ids) == 0);
		arena_done(&arena);
	}
}

static void more_children_than_allowed_are_refused(void **state)
{
	struct arena arena;
	struct buf body;
	const char **ids;
	size_t count = 0;
	struct err err = {0};
	(void)state;
	arena_init(&arena, 16 * 1024 * 1024);
	buf_init(&body, LIMIT_BODY_BYTES);
	buf_add_text(&body, "{\"subsonic-response\":{\"albumList2\":{\"album\":[{\"id\":\"0\"}");
	for (int i = 1; i < LIMIT_CHILDREN; i++)
		buf_printf(&body, ",{\"id\":\"%d\"}", i);
	size_t len = body.len;
	buf_add_text(&body, "]}}}");
	assert_int_equal(read_ids(&albums, buf_text(&body), 0, &arena, &ids, &count, &err), 0);
	assert_int_equal(count, LIMIT_CHILDREN);
	assert_string_equal(ids[count - 1], "49999");
	body.len = len;
	buf_add_text(&body, ",{\"id\":\"x\"}]}}}");
	assert_int_equal(read_ids(&albums, buf_text(&body), 0, &arena, &ids, &count, &err), -1);
	assert_err(&err, ERR_REJECT, "50001");
	buf_done(&body);
	arena_done(&arena);
}

static void a_full_arena_is_told_as_a_thing_to_try_again(void **state)
{
	static const size_t sizes[] = {8, 40};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct arena arena;
		const char **ids;
		size_t count = 99;
		struct err err = {0};
		arena_init(&arena, sizes[i]);
		assert_int_equal(read_ids(&albums, ALBUMS("\"album\":[{\"id\":\"a long id\"},{\"id\":\"another long id\"}]"), 0,
		                          &arena, &ids, &count, &err),
		                 -1);
		assert_err(&err, ERR_RETRY, "larger than allowed");
		arena_done(&arena);
	}
}

static void an_item_of_the_page_before_is_known_again(void **state)
{
	static struct page_items items;
	(void)state;
	static const char text[] = "{\"items\":[{\"id\":\"a\"},{\"name\":\"none\"},{\"id\":\"c\"}]}";
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	assert_non_null(doc);
	const struct request list = {.name = "tracks", .paging = PAGING_NEXT, .list = "items"};
	assert_false(page_held(&items, "a"));
	page_remember(&list, yyjson_doc_get_root(doc), &items);
	assert_true(page_held(&items, "a") && page_held(&items, "c"));
	assert_false(page_held(&items, "b"));
	assert_false(page_held(&items, "")); /* which has no id is nobody's double */
	assert_int_equal(page_repeats(&list, yyjson_doc_get_root(doc), 0, &items), 2);
	assert_int_equal(page_repeats(&list, yyjson_doc_get_root(doc), 1, &items), 1);
	items.count = 0;
	assert_int_equal(page_repeats(&list, yyjson_doc_get_root(doc), 0, &items), 0);
	yyjson_doc_free(doc);
}

static void a_page_begins_with_what_the_one_before_ended_with(void **state)
{
	static const struct page {
		const char *text;
		int64_t overlap;
	} pages[] = {
		{"{\"items\":[{\"id\":\"d\"},{\"id\":\"e\"}]}", 0},
		{"{\"items\":[{\"id\":\"c\",\"added_at\":7},{\"id\":\"d\"}]}", 1},
		{"{\"items\":[{\"name\":\"local\"},{\"id\":\"c\"},{\"id\":\"d\"}]}", 2},
		{"{\"items\":[{\"name\":\"another\"},{\"id\":\"c\"},{\"id\":\"d\"}]}", 0},
		{"{\"items\":[{\"id\":\"a\"},{\"name\":\"local\"},{\"id\":\"c\"}]}", 3},
		{"{\"items\":[{\"id\":\"a\"},{\"name\":\"local\"}]}", 0},
		{"{\"items\":[{\"id\":\"c\"}]}", 1},
		{"{\"items\":[]}", 0},
	};
	static const char text[] = "{\"items\":[{\"id\":\"a\"},{\"name\":\"local\"},{\"id\":\"c\"}]}";
	static struct page_items before;
	const struct request list = {.name = "entries", .paging = PAGING_NEXT, .list = "items"};
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	(void)state;
	assert_int_equal(page_overlap(&list, yyjson_doc_get_root(doc), &before, INT64_MAX), 0);
	page_remember(&list, yyjson_doc_get_root(doc), &before);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		yyjson_doc *other = yyjson_read(pages[i].text, strlen(pages[i].text), 0);
		if (page_overlap(&list, yyjson_doc_get_root(other), &before, INT64_MAX) != pages[i].overlap)
			fail_msg("%s", pages[i].text);
		yyjson_doc_free(other);
	}
	yyjson_doc_free(doc);
}

static void of_entries_that_repeat_no_more_overlap_than_may(void **state)
{
	static const char text[] = "{\"items\":[{\"id\":\"a\"},{\"id\":\"a\"},{\"id\":\"a\"}]}";
	static struct page_items before;
	static const int64_t most[] = {-1, 0, 1, 2, 3, 4}, expected[] = {0, 0, 1, 2, 3, 3};
	const struct request list = {.name = "entries", .paging = PAGING_TOTAL, .list = "items"};
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	(void)state;
	page_remember(&list, yyjson_doc_get_root(doc), &before);
	for (size_t i = 0; i < COUNT_OF(most); i++)
		assert_int_equal(page_overlap(&list, yyjson_doc_get_root(doc), &before, most[i]), expected[i]);
	yyjson_doc_free(doc);
}

static void an_item_has_a_place_on_its_page(void **state)
{
	static const char text[] = "{\"items\":[{\"id\":\"a\"},{\"name\":\"none\"},{\"id\":\"c\"},{\"id\":\"a\"}]}";
	static const struct place {
		const char *id;
		int64_t place;
	} places[] = {{"a", 1}, {"c", 3}, {"b", 0}, {"", 0}};
	const struct request list = {.name = "tracks", .paging = PAGING_OFFSET, .list = "items"};
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		assert_int_equal(page_place(&list, yyjson_doc_get_root(doc), places[i].id), places[i].place);
	yyjson_doc_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_tells_its_facts),
		cmocka_unit_test(lists_in_a_list_are_one_list),
		cmocka_unit_test(an_answer_without_the_place_of_the_list_is_refused),
		cmocka_unit_test(an_id_of_the_longest_length_is_one_and_a_longer_one_is_none),
		cmocka_unit_test(children_are_named_in_order_behind_the_skipped_ones),
		cmocka_unit_test(more_children_than_allowed_are_refused),
		cmocka_unit_test(an_item_of_the_page_before_is_known_again),
		cmocka_unit_test(a_page_begins_with_what_the_one_before_ended_with),
		cmocka_unit_test(of_entries_that_repeat_no_more_overlap_than_may),
		cmocka_unit_test(an_item_has_a_place_on_its_page),
		cmocka_unit_test(a_full_arena_is_told_as_a_thing_to_try_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
