/* Goal: only well-formed UTF-8 without NUL passes, and equal-looking names become equal bytes. Method: rows with the
 * edges of RFC 3629 at every distance from a word's border, and names as servers really send them. */
#include "unit.h"

#include "common/text.h"

struct valid_row {
	const char *name;
	struct span text;
	bool valid;
};

/* clang-format off */
#define BYTES(text) {text, sizeof text - 1}
/* clang-format on */

static const struct valid_row valid_rows[] = {
	{"empty", BYTES(""), true},
	{"ASCII", BYTES("plain"), true},
	{"two bytes", BYTES("\xc3\xa9"), true},
	{"three bytes", BYTES("\xe2\x82\xac"), true},
	{"four bytes", BYTES("\xf0\x9f\x8e\xb5"), true},
	{"last code point", BYTES("\xf4\x8f\xbf\xbf"), true},
	{"controls are text", BYTES("\x01\x7f"), true},
	{"U+FFFE is text", BYTES("\xef\xbf\xbe"), true},
	{"NUL", BYTES("\0"), false},
	{"overlong slash", BYTES("\xc0\xaf"), false},
	{"overlong NUL", BYTES("\xc0\x80"), false},
	{"overlong in three", BYTES("\xe0\x80\xaf"), false},
	{"overlong in four", BYTES("\xf0\x80\x80\xaf"), false},
	{"high surrogate", BYTES("\xed\xa0\x80"), false},
	{"low surrogate", BYTES("\xed\xbf\xbf"), false},
	{"behind the last code point", BYTES("\xf4\x90\x80\x80"), false},
	{"five bytes", BYTES("\xf8\x88\x80\x80\x80"), false},
	{"lone continuation", BYTES("\x80"), false},
	{"cut two", BYTES("\xc3"), false},
	{"cut three", BYTES("\xe2\x82"), false},
	{"cut four", BYTES("\xf0\x9f\x8e"), false},
	{"Latin-1", BYTES("caf\xe9 noir"), false},
	{"0xff", BYTES("\xff"), false},
};

static void only_utf8_without_nul_is_valid_wherever_it_stands(void **state)
{
	char text[64];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(valid_rows); i++) {
		const struct valid_row *row = &valid_rows[i];
		for (size_t before = 0; before < 20; before++) {
			for (size_t after = 0; after < 20; after += 1 + (before & 1)) {
				memset(text, 'a', sizeof text);
				memcpy(text + before, row->text.at, row->text.len);
				assert_row(row, text_valid((struct span){text, before + row->text.len + after}) == row->valid);
			}
		}
	}
}

static const struct {
	const char *name, *text, *want;
} tidy_rows[] = {
	{"already tidy", "Abbey Road", "Abbey Road"},
	{"empty", "", ""},
	{"only spaces", " \t\n ", ""},
	{"trimmed", "  Abbey Road ", "Abbey Road"},
	{"inner runs", "Abbey \t  Road", "Abbey Road"},
	{"lines", "Abbey\r\nRoad", "Abbey Road"},
	{"controls", "Abbey\x01\x7fRoad", "Abbey Road"},
	{"no-break space", "Abbey\xc2\xa0Road", "Abbey Road"},
	{"ideographic space",
     "\xe3\x80\x80"
     "Abbey\xe3\x80\x80\xe3\x80\x80Road",
     "Abbey Road"},
	{"C1 control", "Abbey\xc2\x85Road", "Abbey Road"},
	{"byte order mark",
     "\xef\xbb\xbf"
     "Abbey",
     "Abbey"},
	{"Latin letters stay", "Bj\xc3\xb6rk", "Bj\xc3\xb6rk"},
	{"decomposed becomes composed", "Bjo\xcc\x88rk", "Bj\xc3\xb6rk"},
	{"Latin with a trailing space", "Bj\xc3\xb6rk ", "Bj\xc3\xb6rk"},
	{"Latin with an inner run", "\xc3\x89  \xc3\x89", "\xc3\x89 \xc3\x89"},
	{"Angstrom sign", "\xe2\x84\xab", "\xc3\x85"},
	{"Hangul from parts", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"},
	{"compatibility forms stay (NFC, not NFKC)", "\xef\xac\x81", "\xef\xac\x81"},
	{"joiners stay", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8e\xa4", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8e\xa4"},
	{"variation selectors stay", "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f"},
	{"zero-width non-joiner stays", "\xd9\x85\xe2\x80\x8c\xd9\x86", "\xd9\x85\xe2\x80\x8c\xd9\x86"},
};

static void names_are_tidied_and_never_lose_a_letter(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 64 * 1024);
	for (size_t i = 0; i < COUNT_OF(tidy_rows); i++) {
		struct span tidy = {0}, again = {0};
		assert_row(&tidy_rows[i], text_tidy(span_of(tidy_rows[i].text), &arena, &tidy));
		assert_row(&tidy_rows[i], span_is(tidy, tidy_rows[i].want));
		assert_row(&tidy_rows[i], text_tidy(tidy, &arena, &again) && span_equal(tidy, again));
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static void a_tidy_name_is_not_copied(void **state)
{
	struct arena arena;
	struct span text = span_of("Bj\xc3\xb6rk 2"), tidy;
	(void)state;
	arena_init(&arena, 64);
	assert_true(text_tidy(text, &arena, &tidy));
	assert_ptr_equal(tidy.at, text.at);
	assert_int_equal(arena.used_bytes, 0);
	arena_done(&arena);
}

static void a_full_arena_is_told(void **state)
{
	struct arena arena;
	struct span tidy;
	(void)state;
	arena_init(&arena, 4);
	assert_false(text_tidy(span_of("  much longer than that  "), &arena, &tidy));
	arena_done(&arena);
}

static void a_cut_never_goes_through_a_character(void **state)
{
	struct span text = span_of("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xb5z");
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
	(void)state;
	for (size_t max = 0; max < COUNT_OF(want); max++)
		assert_int_equal(text_cut(text, max).len, want[max]);
}

static void a_sentence_can_always_be_sent_on(void **state)
{
	static const struct {
		const char *name, *text;
		size_t max;
		const char *want;
	} rows[] = {
		{"plain", "no such account", 100, "no such account"},
		{"empty", "", 10, ""},
		{"UTF-8", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xb5", 100, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xb5"},
		{"Latin-1", "caf\xe9 noir", 100, "caf? noir"},
		{"cut inside a character", "a\xe2\x82", 100, "a??"},
		{"... and others stay whole", "\xc3\xa9\xe2\x82 \xc3\xa9", 100, "\xc3\xa9?? \xc3\xa9"},
		{"an overlong form", "\xc0\xaf", 100, "??"},
		{"a surrogate", "\xed\xa0\x80", 100, "???"},
		{"too long", "abcdef", 4, "abcd"},
		{"just fits", "abcd", 4, "abcd"},
		{"too long inside a character", "abc\xc3\xa9", 4, "abc"},
		{"broken and too long", "\x80\x80\x80\x80\x80", 3, "???"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t size = strlen(rows[i].text) + 1;
		char *text = malloc(size);
		assert_non_null(text);
		memcpy(text, rows[i].text, size);
		struct span mended = text_mend(text, rows[i].max);
		assert_row(&rows[i], mended.at == text && span_is(mended, rows[i].want));
		assert_row(&rows[i], strcmp(text, rows[i].want) == 0 && text_valid(mended));
		free(text);
	}
}

static void the_distance_counts_edits(void **state)
{
	static const struct {
		const char *name, *a, *b;
		size_t want;
	} rows[] = {
		{"equal", "drain_ms", "drain_ms", 0},
		{"insert", "drain_ms", "drain_mss", 1},
		{"delete", "drain_ms", "drai_ms", 1},
		{"replace", "slots", "slotz", 1},
		{"swap", "redis", "reids", 2},
		{"empty", "", "abc", 3},
		{"both empty", "", "", 0},
		{"nothing alike", "abc", "xyz", 3},
	};
	char longer[80];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_row(&rows[i], text_distance(rows[i].a, rows[i].b) == rows[i].want);
		assert_row(&rows[i], text_distance(rows[i].b, rows[i].a) == rows[i].want);
	}
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	assert_true(text_distance(longer, longer) > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_utf8_without_nul_is_valid_wherever_it_stands),
		cmocka_unit_test(names_are_tidied_and_never_lose_a_letter),
		cmocka_unit_test(a_tidy_name_is_not_copied),
		cmocka_unit_test(a_full_arena_is_told),
		cmocka_unit_test(a_cut_never_goes_through_a_character),
		cmocka_unit_test(a_sentence_can_always_be_sent_on),
		cmocka_unit_test(the_distance_counts_edits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
