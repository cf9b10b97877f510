/* Goal: a walk goes on exactly where its cursor says, whatever a server's ids look like, and a text that is no cursor
 * starts the walk over. Method: round trips of edges and of random cursors, then texts cut, swapped and overgrown. */
#include "unit.h"

#include <limits.h>

#include "fetcher/cursor.h"

static void assert_same(const struct cursor *a, const struct cursor *b)
{
	assert_int_equal(a->walk, b->walk);
	assert_int_equal(a->page, b->page);
	assert_int_equal(a->plan, b->plan);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->child, b->child);
	assert_int_equal(a->in_child, b->in_child);
	assert_int_equal(a->received, b->received);
	assert_int_equal(a->requests, b->requests);
	assert_int_equal(a->needed, b->needed);
	assert_int_equal(a->shown, b->shown);
	assert_int_equal(a->told, b->told);
	assert_int_equal(a->moved, b->moved);
	assert_int_equal(a->ended, b->ended);
	assert_int_equal(a->listed, b->listed);
	assert_int_equal(a->early, b->early);
	assert_string_equal(a->fence, b->fence);
	assert_string_equal(a->last_id, b->last_id);
}

static void assert_comes_back(const struct cursor *cursor)
{
	char text[CURSOR_TEXT];
	struct cursor again;
	memset(&again, 0x77, sizeof again);
	if (!cursor_parse(span_of(cursor_text(cursor, text)), &again))
		fail_msg("not a cursor: %s", text);
	assert_same(cursor, &again);
}

static void a_fresh_cursor_comes_back(void **state)
{
	struct cursor cursor = {0};
	(void)state;
	assert_comes_back(&cursor);
}

static void every_field_comes_back_in_its_place(void **state)
{
	struct cursor cursor = {.walk = 1,
	                        .page = 2,
	                        .plan = 3,
	                        .offset = 4,
	                        .child = 5,
	                        .in_child = 6,
	                        .received = 7,
	                        .requests = 8,
	                        .needed = 9,
	                        .shown = 10,
	                        .told = 11,
	                        .size = 12,
	                        .digest = 13,
	                        .moved = true};
	(void)state;
	memcpy(cursor.fence, "!s=7;n=8|x=9", 13);
	memcpy(cursor.last_id, "ten", 4);
	assert_comes_back(&cursor);
	cursor.moved = false;
	cursor.ended = true;
	assert_comes_back(&cursor);
	cursor.moved = true;
	assert_comes_back(&cursor);
	cursor.listed = true;
	assert_comes_back(&cursor);
	cursor.ended = cursor.moved = false;
	assert_comes_back(&cursor);
	cursor.early = true;
	assert_comes_back(&cursor);
}

static void an_id_may_hold_anything_but_nul(void **state)
{
	static const char *const ids[] = {
		"",
		" ",
		"  two  spaces  ",
		"end\n",
		"\n\n",
		"-",
		"1 2 3",
		"a|b;c",
		"/music/Ä/ß.mp3",
		"100%s%n%d",
		"\xff\xfe\x80",
		"\t",
		"1 0 0 0 0 0 0 0 - x",
		"{\"id\":1}",
		"\"quoted\"",
		"\x01\x1f\x7f",
	};
	struct cursor cursor = {.walk = 1, .offset = 10};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		snprintf(cursor.last_id, sizeof cursor.last_id, "%s", ids[i]);
		assert_comes_back(&cursor);
		snprintf(cursor.fence, sizeof cursor.fence, "%s", i % 2 ? "!i=1|x=2" : "");
	}
}

static void the_largest_cursor_fits_and_comes_back(void **state)
{
	struct cursor cursor = {INT_MAX,   INT_MAX,   INT_MAX,   INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX,
	                        INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT_MAX,   INT64_MAX, true,
	                        true,      true,      true,      "",        ""};
	char text[CURSOR_TEXT];
	(void)state;
	memset(cursor.fence, 'f', LIMIT_FENCE - 1);
	memset(cursor.last_id, ' ', LIMIT_ID);
	assert_comes_back(&cursor);
	assert_true(strlen(cursor_text(&cursor, text)) < CURSOR_TEXT - 1);
}

static void random_cursors_come_back(void **state)
{
	uint64_t seed = 21;
	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct cursor cursor = {
			.walk = (int)random_below(&seed, 4),
			.page = (int)random_below(&seed, LIMIT_WALK_PAGES),
			.plan = (int)random_below(&seed, 4),
			.offset = (int64_t)random_below(&seed, (size_t)1 << 40),
			.child = (int64_t)random_below(&seed, LIMIT_CHILDREN),
			.in_child = (int64_t)random_below(&seed, (size_t)1 << 40),
			.received = (int64_t)random_below(&seed, (size_t)1 << 40),
			.requests = (int64_t)random_below(&seed, (size_t)1 << 40),
			.needed = (int64_t)random_below(&seed, (size_t)1 << 40),
			.shown = (int64_t)random_below(&seed, (size_t)1 << 40),
			.told = (int64_t)random_below(&seed, (size_t)1 << 40),
			.size = (int)random_below(&seed, 501),
			.digest = (int64_t)random_below(&seed, (size_t)1 << 62),
			.moved = random_below(&seed, 2),
			.ended = random_below(&seed, 2),
			.listed = random_below(&seed, 2),
			.early = random_below(&seed, 2),
		};
		for (size_t at = 0, len = random_below(&seed, LIMIT_ID + 1); at < len; at++)
			cursor.last_id[at] = (char)(1 + random_below(&seed, 255));
		for (size_t at = 0, len = random_below(&seed, LIMIT_FENCE); at < len; at++)
			cursor.fence[at] = (char)('!' + random_below(&seed, 94));
		if (strcmp(cursor.fence, "-") != 0) /* no fence begins so: parts have a letter and = */
			assert_comes_back(&cursor);
	}
}

/* Everything before the id is guarded; of the id, a part is left, which the next page's first item then contradicts. */
static void a_text_cut_before_the_id_is_refused(void **state)
{
	struct cursor cursor = {.walk = 1, .page = 12, .offset = 6000, .received = 5990}, again;
	char text[CURSOR_TEXT];
	(void)state;
	snprintf(cursor.fence, sizeof cursor.fence, "!i=17640;s=3,9");
	snprintf(cursor.last_id, sizeof cursor.last_id, "tr-17 b");
	cursor_text(&cursor, text);
	size_t guarded = strlen(text) - strlen(cursor.last_id);
	for (size_t len = 0; len < guarded; len++) {
		char *exact = malloc(len ? len : 1);
		assert_non_null(exact);
		memcpy(exact, text, len);
		if (cursor_parse((struct span){exact, len}, &again))
			fail_msg("taken: '%.*s'", (int)len, text);
		free(exact);
	}
	assert_true(cursor_parse((struct span){text, guarded}, &again));
	assert_string_equal(again.last_id, "");
}

static void what_is_no_cursor_is_refused_and_leaves_the_old_one(void **state)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{"nothing", ""},
		{"the end", "end"},
		{"another version", "6 0 0 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"an earlier version", "4 0 0 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a later version", "50 0 0 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"no version", " 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"too few numbers", "5 0 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a word for a number", "5 0 x 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a fraction", "5 0 1.5 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a negative walk", "5 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a negative page", "5 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a negative plan", "5 0 0 -1 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a negative offset", "5 0 0 0 -1 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a negative child", "5 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 - id"},
		{"a negative place in a child", "5 0 0 0 0 0 -1 0 0 0 0 0 0 0 0 - id"},
		{"a negative count", "5 0 0 0 0 0 0 -1 0 0 0 0 0 0 0 - id"},
		{"a walk beyond 32 bits", "5 4294967297 0 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a page beyond 32 bits", "5 0 4294967296 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"a page beyond 64 bits", "5 0 99999999999999999999 0 0 0 0 0 0 0 0 0 0 0 0 - id"},
		{"an offset beyond 64 bits", "5 0 0 0 99999999999999999999 0 0 0 0 0 0 0 0 0 0 - id"},
		{"no space before the id", "5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -"},
		{"JSON", "{\"walk\":1}"},
	};
	struct cursor cursor, before;
	(void)state;
	memset(&cursor, 0x33, sizeof cursor);
	before = cursor;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_row(&rows[i], !cursor_parse(span_of(rows[i].text), &cursor));
		assert_row(&rows[i], memcmp(&cursor, &before, sizeof cursor) == 0);
	}
	assert_false(cursor_parse((struct span){0}, &cursor));
}

static void an_overgrown_text_is_refused(void **state)
{
	static char text[2 * CURSOR_TEXT];
	struct cursor cursor;
	int head = snprintf(text, sizeof text, "5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 - ");
	(void)state;
	memset(text + head, 'i', sizeof text - (size_t)head);
	assert_true(cursor_parse((struct span){text, (size_t)head + LIMIT_ID}, &cursor));
	assert_int_equal(strlen(cursor.last_id), LIMIT_ID);
	assert_false(cursor_parse((struct span){text, (size_t)head + LIMIT_ID + 1}, &cursor));
	assert_false(cursor_parse((struct span){text, CURSOR_TEXT}, &cursor));
	assert_false(cursor_parse((struct span){text, sizeof text}, &cursor));
	head = snprintf(text, sizeof text, "5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ");
	memset(text + head, 'f', LIMIT_FENCE);
	text[head + LIMIT_FENCE] = ' ';
	assert_false(cursor_parse((struct span){text, (size_t)head + LIMIT_FENCE + 3}, &cursor));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_cursor_comes_back),
		cmocka_unit_test(every_field_comes_back_in_its_place),
		cmocka_unit_test(an_id_may_hold_anything_but_nul),
		cmocka_unit_test(the_largest_cursor_fits_and_comes_back),
		cmocka_unit_test(random_cursors_come_back),
		cmocka_unit_test(a_text_cut_before_the_id_is_refused),
		cmocka_unit_test(what_is_no_cursor_is_refused_and_leaves_the_old_one),
		cmocka_unit_test(an_overgrown_text_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
