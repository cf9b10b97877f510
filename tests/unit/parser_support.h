/* For tests of the parser: a body in, cells and rejects out as text that can be compared. */
#ifndef SYNCLINE_TESTS_PARSER_SUPPORT_H
#define SYNCLINE_TESTS_PARSER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/mapping.h"
#include "parser/parse.h"

/* How each request's list is wrapped. */
static const struct wrapping {
	const char *request, *category, *before, *after;
} wrappings[] = {
	{"getArtists", "artists", "\"artists\":{\"index\":[{\"name\":\"A\",\"artist\":[", "]}]}"},
	{"getAlbumList2", "albums", "\"albumList2\":{\"album\":[", "]}"},
	{"search3", "tracks", "\"searchResult3\":{\"song\":[", "]}"},
	{"getAlbum", "tracks", "\"album\":{\"id\":\"al-9\",\"song\":[", "]}"},
	{"getPlaylists", "playlists", "\"playlists\":{\"playlist\":[", "]}"},
	{"getPlaylist", "playlists", "\"playlist\":{\"id\":\"pl-1\",\"entry\":[", "]}"},
};

struct page_test {
	struct parse *parse;
	struct parsed parsed;
	struct buf body;
	msgpack_zone zone;
	struct items items; /* of the part looked at last */
	char cell[16 * 1024];
};

static inline const struct wrapping *wrapping_of(const char *request)
{
	for (size_t i = 0; i < COUNT_OF(wrappings); i++) {
		if (strcmp(wrappings[i].request, request) == 0)
			return &wrappings[i];
	}
	fail_msg("no request %s", request);
	return NULL;
}

static inline void page_test_open(struct page_test *test)
{
	struct err err;
	memset(test, 0, sizeof *test);
	if (parse_open(&test->parse, &err))
		fail_msg("%s", err.text);
	buf_init(&test->body, LIMIT_UNPACKED_BYTES);
	assert_true(msgpack_zone_init(&test->zone, 8192));
}

static inline void page_test_close(struct page_test *test)
{
	parse_close(&test->parse);
	buf_done(&test->body);
	msgpack_zone_destroy(&test->zone);
}

static inline struct raw_page page_of(const char *request, int64_t count, struct span body)
{
	return (struct raw_page){
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of("opensubsonic"),
		.category = span_of(wrapping_of(request)->category),
		.request = span_of(request),
		.epoch = 7,
		.walk = 1,
		.page = 3,
		.next_cursor = span_of("next"),
		.total = 12,
		.status = 200,
		.count = count,
		.fetched_at = 1700000000000,
		.body = body,
		.parent = span_of(strcmp(request, "getPlaylist") == 0 ? "pl-1"
	                      : strcmp(request, "getAlbum") == 0  ? "al-9"
	                                                          : ""),
	};
}

static inline void take_page(struct page_test *test, const struct raw_page *page)
{
	struct err err;
	if (parse_page(test->parse, page, &test->parsed, &err))
		fail_msg("%s", err.text);
	assert_int_equal(test->parsed.received, test->parsed.stored + test->parsed.rejected);
	assert_true(test->parsed.part_count >= 1);
}

/* The items, separated by commas, in the request's list. */
static inline struct span wrap(struct page_test *test, const char *request, struct span items)
{
	const struct wrapping *wrapping = wrapping_of(request);
	buf_reset(&test->body, SIZE_MAX);
	/* The status last: order is free. */
	buf_add_text(&test->body, "{\"subsonic-response\":{");
	buf_add_text(&test->body, wrapping->before);
	buf_add(&test->body, items.at, items.len);
	buf_add_text(&test->body, wrapping->after);
	buf_add_text(&test->body, ",\"version\":\"1.16.1\",\"status\":\"ok\"}}");
	return buf_span(&test->body);
}

static inline void take_items(struct page_test *test, const char *request, int64_t count, const char *items)
{
	struct raw_page page = page_of(request, count, wrap(test, request, span_of(items)));
	take_page(test, &page);
}

/* Decodes a part, as a reader of sync.items does. */
static inline void open_part(struct page_test *test, size_t part)
{
	enum msg_type type;
	union msg_any any;
	struct err err;
	assert_true(part < test->parsed.part_count);
	if (msg_decode(buf_span(&test->parsed.parts[part]), &test->zone, &type, &any, &err))
		fail_msg("%s", err.text);
	assert_int_equal(type, MSG_items);
	test->items = any.items;
	assert_int_equal(test->items.columns.object->type, MSGPACK_OBJECT_ARRAY);
	assert_int_equal(test->items.rows.object->type, MSGPACK_OBJECT_ARRAY);
}

static inline size_t rows_of(const struct page_test *test)
{
	return test->items.rows.object->via.array.size;
}

static inline void show_value(const msgpack_object *value, char *to, size_t size)
{
	size_t used = 0;
	switch (value->type) {
	case MSGPACK_OBJECT_NIL:
		snprintf(to, size, "nil");
		return;
	case MSGPACK_OBJECT_BOOLEAN:
		snprintf(to, size, "%s", value->via.boolean ? "true" : "false");
		return;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		snprintf(to, size, "%lld", (long long)value->via.i64);
		return;
	case MSGPACK_OBJECT_STR:
		snprintf(to, size, "%.*s", (int)value->via.str.size, value->via.str.ptr);
		return;
	case MSGPACK_OBJECT_ARRAY:
		used = (size_t)snprintf(to, size, "[");
		for (uint32_t i = 0; i < value->via.array.size && used < size; i++) {
			if (i)
				used += (size_t)snprintf(to + used, size - used, "|");
			show_value(&value->via.array.ptr[i], to + used, size - used);
			used += strlen(to + used);
		}
		snprintf(to + used, size - used, "]");
		return;
	default:
		snprintf(to, size, "type %d", (int)value->type);
	}
}

/* Columns of which a test has looked at a value that is not nil. */
static bool columns_seen[KIND_COUNT][ITEM_COLUMNS_MAX];

static inline void see_column(const struct page_test *test, const char *name)
{
	enum item_kind_id kind;
	assert_true(item_kind_find(test->items.kind, &kind));
	for (size_t i = 0; i < item_kinds[kind].count; i++)
		columns_seen[kind][i] |= strcmp(item_kinds[kind].columns[i].name, name) == 0;
}

/* The last test of a program: no rule of that provider's mappings of these kinds (bits) fills a column that none looked at. */
static inline void check_every_column(const char *provider, unsigned kinds)
{
	const struct provider_mappings *mappings = mappings_find(span_of(provider));
	char missing[1000] = "";
	for (size_t i = 0; i < mappings->count; i++) {
		const struct mapping *mapping = &mappings->mappings[i];
		for (size_t rule = 0; rule < mapping->rule_count && kinds & 1u << mapping->kind; rule++) {
			unsigned column = mapping->rules[rule].column;
			size_t used = strlen(missing);
			if (!columns_seen[mapping->kind][column])
				snprintf(missing + used, sizeof missing - used, " %s.%s", item_kinds[mapping->kind].name,
				         item_kinds[mapping->kind].columns[column].name);
			columns_seen[mapping->kind][column] = true; /* named once, whatever fills it */
		}
	}
	if (*missing)
		fail_msg("no test looks at a value of%s", missing);
}

/* Of the open part: "nil", text, digits, true, [a|b]. */
static inline const char *cell(struct page_test *test, size_t row, const char *column)
{
	const msgpack_object_array *names = &test->items.columns.object->via.array;
	const msgpack_object_array *rows = &test->items.rows.object->via.array;
	assert_true(row < rows->size);
	assert_int_equal(rows->ptr[row].via.array.size, names->size);
	for (uint32_t i = 0; i < names->size; i++) {
		if (strlen(column) == names->ptr[i].via.str.size &&
		    memcmp(names->ptr[i].via.str.ptr, column, names->ptr[i].via.str.size) == 0) {
			show_value(&rows->ptr[row].via.array.ptr[i], test->cell, sizeof test->cell);
			if (strcmp(test->cell, "nil") != 0)
				see_column(test, column);
			return test->cell;
		}
	}
	fail_msg("no column %s", column);
	return "";
}

static inline const char *text_of_span(struct page_test *test, struct span span)
{
	snprintf(test->cell, sizeof test->cell, "%.*s", SPAN_ARG(span));
	return test->cell;
}

/* An element of a good page of that request, and what its row must hold in a column. */
struct element_row {
	const char *request, *item, *column, *want;
};

/* take: puts an element into a page of the provider's documented shape, and takes that page. */
static inline void check_elements(struct page_test *test, const struct element_row *rows, size_t count,
                                  void (*take)(const char *request, const char *items, int64_t count))
{
	for (size_t i = 0; i < count; i++) {
		take(rows[i].request, rows[i].item, 1);
		if (test->parsed.stored != 1)
			fail_msg("%s: rejected, %.*s", rows[i].column, SPAN_ARG(test->parsed.rejects[0].text));
		open_part(test, 0);
		const char *got = cell(test, 0, rows[i].column);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s %s is '%s', not '%s'", rows[i].request, rows[i].column, got, rows[i].want);
	}
}

/* The page is one reject, and its figures say so. */
static inline void check_bad_page(struct page_test *test, const struct raw_page *page, const char *name,
                                  const char *reason)
{
	take_page(test, page);
	if (test->parsed.reject_count != 1 || !span_is(test->parsed.rejects[0].reason, reason))
		fail_msg("%s: %zu rejects, %.*s", name, test->parsed.reject_count,
		         SPAN_ARG(test->parsed.reject_count ? test->parsed.rejects[0].reason : span_of("none")));
	const struct reject *reject = &test->parsed.rejects[0];
	size_t kept = page->body.len < LIMIT_REJECT_BYTES ? page->body.len : LIMIT_REJECT_BYTES;
	assert_int_equal(reject->position, -1);
	assert_int_equal(reject->original.len, kept);
	assert_true(reject->text.len > 10);
	assert_int_equal(test->parsed.part_count, 1);
	open_part(test, 0);
	assert_int_equal(rows_of(test), 0);
	assert_true(test->items.last_part);
	assert_int_equal(test->items.received, page->count);
	assert_int_equal(test->items.rejected, page->count);
	assert_int_equal(test->items.unidentified, page->count);
	assert_int_equal(test->items.stored, 0);
}

#define GOOD_1 "{\"id\":\"1\",\"name\":\"One\"}"
#define GOOD_2 "{\"id\":\"2\",\"name\":\"Two\"}"

#endif
