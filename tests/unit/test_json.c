/* Goal: bodies from outside are read with the tolerance that real servers need and never deeper than allowed. Method:
 * tables; bodies made at random whose depth is known; texts cut at every byte, in memory of just their size. */
#include "unit.h"

#include <errno.h>

#include "common/json.h"
#include "common/limits.h"
#include "common/text.h"

static struct span exact(struct span text)
{
	char *copy = malloc(text.len ? text.len : 1);
	assert_non_null(copy);
	if (text.len)
		memcpy(copy, text.at, text.len);
	return (struct span){copy, text.len};
}

static void drop(struct span text)
{
	free((char *)(uintptr_t)text.at);
}

static int read_exact(struct span text, yyjson_doc **doc, struct err *err)
{
	struct span copy = exact(text);
	int result = json_read(copy, doc, err);
	drop(copy);
	return result;
}

static int read_loose(struct span text, yyjson_doc **doc, bool *clean, struct err *err)
{
	struct span copy = exact(text);
	struct buf scratch;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	int result = json_read_loose(copy, &scratch, doc, clean, err);
	buf_done(&scratch);
	drop(copy);
	return result;
}

#define BYTES(text) \
	{ \
		text, sizeof text - 1 \
	}

static const struct {
	const char *name;
	struct span text;
	const char *want; /* in the error; NULL: it is read */
} strict_rows[] = {
	{"an object", BYTES("{\"a\":1}"), NULL},
	{"an array", BYTES("[1,2]"), NULL},
	{"a bare value", BYTES("null"), NULL},
	{"white space around", BYTES(" \r\n{}\t\n"), NULL},
	{"an escaped NUL", BYTES("[\"a\\u0000b\"]"), NULL},
	{"a pair of surrogates", BYTES("[\"\\ud83c\\udfb5\"]"), NULL},
	{"brackets in a text", BYTES("[\"[[[[{{{{\"]"), NULL},
	{"nothing", BYTES(""), "empty"},
	{"only white space", BYTES("  \n"), "not valid JSON"},
	{"a login page", BYTES("<html>\n<body>Sign in</body></html>"), "it begins: <html> <body>Sign in</body>"},
	{"something behind it", BYTES("{} {}"), "byte 3 of 5"},
	{"a comma too much", BYTES("[1,]"), "byte 2"},
	{"single quotes", BYTES("{'a':1}"), "byte 1"},
	{"NaN", BYTES("[NaN]"), "not valid JSON"},
	{"a comment", BYTES("[1/*a*/]"), "not valid JSON"},
	{"NUL behind it", BYTES("{}\0"), "not valid JSON"},
	{"a raw NUL in a text", BYTES("[\"a\0b\"]"), "not valid JSON"},
	{"a raw line's end in a text", BYTES("[\"a\nb\"]"), "not valid JSON"},
	{"text that is not UTF-8", BYTES("[\"caf\xe9\"]"), "not valid JSON"},
	{"half a pair of surrogates", BYTES("[\"\\ud83c\"]"), "not valid JSON"},
	{"a byte order mark", BYTES("\xef\xbb\xbf{}"), "not valid JSON"},
	{"an open text", BYTES("[\"abc"), "not valid JSON"},
	{"closing brackets first", BYTES("]]]][[[["), "byte 0"},
};

static void only_json_is_read_and_an_error_says_where_it_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(strict_rows); i++) {
		yyjson_doc *doc = NULL;
		struct err err = {0};
		assert_row(&strict_rows[i], read_exact(strict_rows[i].text, &doc, &err) == (strict_rows[i].want ? -1 : 0));
		assert_row(&strict_rows[i], !!doc == !strict_rows[i].want);
		assert_row(&strict_rows[i], !doc || err.class == ERR_NONE);
		assert_row(&strict_rows[i], doc || (err.class == ERR_REJECT && strstr(err.text, strict_rows[i].want)));
		yyjson_doc_free(doc);
	}
}

/* What a person sees in a log must be plain whatever a server sends. */
static void the_excerpt_of_an_error_is_plain_text(void **state)
{
	char body[256];
	yyjson_doc *doc = NULL;
	struct err err = {0};
	(void)state;
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = (char)(255 - i);
	assert_int_equal(read_exact((struct span){body, sizeof body}, &doc, &err), -1);
	for (const char *c = err.text; *c; c++)
		assert_true(*c >= ' ' && *c < 0x7f);
}

static void add_deep(struct buf *text, size_t depth, const char *open, const char *middle, const char *close)
{
	buf_reset(text, SIZE_MAX);
	for (size_t i = 0; i < depth; i++)
		buf_add_text(text, open);
	buf_add_text(text, middle);
	for (size_t i = 0; i < depth; i++)
		buf_add_text(text, close);
}

static void nesting_ends_at_the_maximum(void **state)
{
	static const struct {
		const char *name, *open, *middle, *close;
	} rows[] = {
		{"arrays", "[", "", "]"},
		{"arrays with a value", "[", "1", "]"},
		{"spread arrays", "[     ", "\"[\"", "  ]"},
		{"arrays behind texts", "[\"\\\"[{\",", "1", "]"},
		{"objects", "{\"[[{\":", "1", "}"},
		{"objects with a backslash", "{\"\\\\\":", "\"\\\\\"", "}"},
	};
	struct buf text;
	(void)state;
	buf_init(&text, 1024 * 1024);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		yyjson_doc *doc = NULL;
		struct err err = {0};
		add_deep(&text, LIMIT_JSON_DEPTH, rows[i].open, rows[i].middle, rows[i].close);
		assert_row(&rows[i], read_exact(buf_span(&text), &doc, &err) == 0);
		yyjson_doc_free(doc);
		add_deep(&text, LIMIT_JSON_DEPTH + 1, rows[i].open, rows[i].middle, rows[i].close);
		assert_row(&rows[i], read_exact(buf_span(&text), &doc, &err) == -1);
		assert_row(&rows[i], err.class == ERR_REJECT && strstr(err.text, "nested deeper than 64"));
		bool clean;
		assert_row(&rows[i], read_loose(buf_span(&text), &doc, &clean, &err) == -1);
		add_deep(&text, 50000, rows[i].open, rows[i].middle, rows[i].close);
		assert_row(&rows[i], read_exact(buf_span(&text), &doc, &err) == -1);
	}
	buf_done(&text);
}

/* A text with everything that could be mistaken for nesting or for its end. */
static void add_random_text(struct buf *out, uint64_t *seed)
{
	/* U+00DB and U+00FB: their second bytes, and with a bit changed their first, are near to brackets. */
	static const char *const pieces[] = {"[",        "]", "{", "}",       "\\\"", "\\\\", "\\\\\\\"", "\xc3\x9b",
	                                     "\xc3\xbb", "a", " ", "\\u005b", "\\n",  ",",    ":"};
	buf_add_byte(out, '"');
	for (size_t i = random_below(seed, 12); i; i--)
		buf_add_text(out, pieces[random_below(seed, COUNT_OF(pieces))]);
	buf_add_byte(out, '"');
}

static void add_random_json(struct buf *out, uint64_t *seed, int depth)
{
	bool object = random_below(seed, 2);
	if (depth == 0) {
		if (random_below(seed, 2))
			add_random_text(out, seed);
		else
			buf_add_text(out, "12");
		return;
	}
	buf_add_byte(out, object ? '{' : '[');
	for (size_t before = random_below(seed, 2); before; before--) { /* something shallow before the deep one */
		if (object) {
			add_random_text(out, seed);
			buf_add_byte(out, ':');
		}
		add_random_json(out, seed, 0);
		buf_add_byte(out, ',');
	}
	if (object) {
		add_random_text(out, seed);
		buf_add_text(out, random_below(seed, 2) ? ":" : "  :\n ");
	}
	add_random_json(out, seed, depth - 1);
	buf_add_byte(out, object ? '}' : ']');
}

static void depth_is_counted_right_wherever_quotes_and_brackets_stand(void **state)
{
	struct buf text;
	uint64_t seed = 1;
	(void)state;
	buf_init(&text, 1024 * 1024);
	for (int i = 0; i < 3000; i++) {
		int depth = LIMIT_JSON_DEPTH - 1 + (int)random_below(&seed, 4);
		yyjson_doc *doc = NULL;
		struct err err = {0};
		buf_reset(&text, SIZE_MAX);
		add_random_json(&text, &seed, depth);
		int want = depth <= LIMIT_JSON_DEPTH ? 0 : -1;
		if (read_exact(buf_span(&text), &doc, &err) != want)
			fail_msg("depth %d, %s: %s", depth, err.text, buf_text(&text));
		assert_true(want == 0 || strstr(err.text, "nested deeper"));
		yyjson_doc_free(doc);
	}
	buf_done(&text);
}

static void a_body_cut_anywhere_is_refused(void **state)
{
	static const char body[] = "{\"a\":[1,2.5,\"x\\\"\\\\\\ud83c\\udfb5\",true,null],\"b\":{\"c\":\"\xe2\x82\xac\"}}";
	(void)state;
	for (size_t len = 0; len < sizeof body - 1; len++) {
		yyjson_doc *doc = NULL;
		struct err err = {0};
		bool clean;
		assert_int_equal(read_exact((struct span){body, len}, &doc, &err), -1);
		assert_int_equal(err.class, ERR_REJECT);
		assert_int_equal(read_loose((struct span){body, len}, &doc, &clean, &err), -1);
		assert_int_equal(err.class, ERR_REJECT);
	}
}

static const struct {
	const char *name;
	struct span text, want; /* want: of the first member; absent: the body is refused */
	bool clean;
} loose_rows[] = {
	{"plain", BYTES("[\"abc\"]"), BYTES("abc"), true},
	{"UTF-8", BYTES("[\"caf\xc3\xa9\"]"), BYTES("caf\xc3\xa9"), true},
	{"escapes", BYTES("[\"\\\"\\\\\\/\\n\\u00e9\"]"), BYTES("\"\\/\n\xc3\xa9"), true},
	{"a pair of surrogates", BYTES("[\"\\uD83C\\uDFB5\"]"), BYTES("\xf0\x9f\x8e\xb5"), true},
	{"Latin-1", BYTES("[\"caf\xe9\"]"), BYTES("caf\xe9"), false},
	{"an overlong form", BYTES("[\"\xc0\xaf\"]"), BYTES("\xc0\xaf"), false},
	{"a character cut before the quote", BYTES("[\"a\xe2\x82\"]"), BYTES("a\xe2\x82"), false},
	{"a raw NUL", BYTES("[\"a\0b\"]"), BYTES("a\0b"), false},
	{"an escaped NUL", BYTES("[\"a\\u0000b\"]"), BYTES("a\0b"), false},
	{"a raw line's end", BYTES("[\"a\nb\"]"), BYTES("a\nb"), true},
	{"a raw tab", BYTES("[\"a\tb\"]"), BYTES("a\tb"), true},
	{"a lone high surrogate", BYTES("[\"a\\ud83cb\"]"),
     BYTES("a\xff\xff\xff\xff\xff\xff"
           "b"),
     false},
	{"a lone low surrogate", BYTES("[\"\\uDFB5\"]"), BYTES("\xff\xff\xff\xff\xff\xff"), false},
	{"two high ones and a low one", BYTES("[\"\\ud83c\\ud83c\\udfb5\"]"),
     BYTES("\xff\xff\xff\xff\xff\xff\xf0\x9f\x8e\xb5"), false},
	{"a low one before a high one", BYTES("[\"\\udfb5\\ud83c\"]"),
     BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), false},
	{"a lone surrogate before a letter's escape", BYTES("[\"\\ud83c\\u0041\"]"),
     BYTES("\xff\xff\xff\xff\xff\xff"
           "A"),
     false},
	{"a backslash before what looks like one", BYTES("[\"\\\\ud83c\\ud83c\"]"),
     BYTES("\\ud83c\xff\xff\xff\xff\xff\xff"), false},
	{"a lone surrogate at the end of a text", BYTES("[\"\\\"\\ud83c\",\"b\"]"), BYTES("\"\xff\xff\xff\xff\xff\xff"),
     false},
	{"an unknown escape", BYTES("[\"\\x41\"]"), {0}, false},
	{"half an escape", BYTES("[\"\\ud8\"]"), {0}, false},
	{"an escape that is no number", BYTES("[\"\\ud8zz\"]"), {0}, false},
	{"no JSON", BYTES("<html>\xe9</html>"), {0}, false},
	{"nothing", BYTES(""), {0}, false},
};

static void broken_texts_cost_only_themselves(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(loose_rows); i++) {
		yyjson_doc *doc = NULL;
		struct err err = {0};
		bool clean = true;
		bool want = loose_rows[i].want.at;
		assert_row(&loose_rows[i], read_loose(loose_rows[i].text, &doc, &clean, &err) == (want ? 0 : -1));
		assert_row(&loose_rows[i], want || err.class == ERR_REJECT);
		if (want) {
			char scratch[JSON_NUMBER_TEXT];
			struct span text = json_text(yyjson_arr_get_first(yyjson_doc_get_root(doc)), scratch);
			assert_row(&loose_rows[i], span_equal(text, loose_rows[i].want));
			assert_row(&loose_rows[i], clean == loose_rows[i].clean);
			assert_row(&loose_rows[i], !clean || text_valid(text)); /* what clean promises */
		}
		yyjson_doc_free(doc);
	}
}

static void the_other_items_of_a_mended_body_are_whole(void **state)
{
	struct span body = span_of(
		"{\"ok\":\"caf\xc3\xa9 \\u00e9\",\"bad\":\"\\ud83c\",\"latin\":\"\xe9\",\"also\":[7,true]}");
	char scratch[JSON_NUMBER_TEXT];
	struct err err;
	bool clean;
	yyjson_doc *doc = NULL;
	(void)state;
	assert_int_equal(read_loose(body, &doc, &clean, &err), 0);
	yyjson_val *root = yyjson_doc_get_root(doc);
	assert_span(json_text(json_path(root, "ok"), scratch), "caf\xc3\xa9 \xc3\xa9");
	assert_span(json_text(json_path(root, "latin"), scratch), "\xe9");
	assert_int_equal(yyjson_get_int(yyjson_arr_get_first(json_path(root, "also"))), 7);
	yyjson_doc_free(doc);
}

/* Bytes at random in a text: whatever is read, "clean" is never told of a text that is not. */
static void clean_is_never_told_of_a_broken_text(void **state)
{
	static const char *const pieces[] = {"a",    "\xc3\xa9", "\xe9", "\\u0000",          "\\ud83c",  "\\udfb5",
	                                     "\\\\", "\\u0041",  "\x01", "\xf0\x9f\x8e\xb5", "\xf0\x9f", "\\n"};
	uint64_t seed = 5;
	struct buf body;
	(void)state;
	buf_init(&body, 4096);
	for (int i = 0; i < 20000; i++) {
		yyjson_doc *doc = NULL;
		struct err err = {0};
		bool clean = true;
		buf_reset(&body, SIZE_MAX);
		buf_add_text(&body, "[\"");
		for (size_t left = random_below(&seed, 6); left; left--)
			buf_add_text(&body, pieces[random_below(&seed, COUNT_OF(pieces))]);
		buf_add_text(&body, "\"]");
		assert_int_equal(read_loose(buf_span(&body), &doc, &clean, &err), 0);
		yyjson_val *text = yyjson_arr_get_first(yyjson_doc_get_root(doc));
		if (clean && !text_valid((struct span){yyjson_get_str(text), yyjson_get_len(text)}))
			fail_msg("told clean: %s", buf_text(&body));
		yyjson_doc_free(doc);
	}
	buf_done(&body);
}

/* Of a size at which a buffer is just full, so that the sanitizer sees a byte read behind it. */
static void an_escape_cut_at_the_end_is_not_read_beyond(void **state)
{
	static const char escape[] = "\\ud83c\\udfb5";
	char body[256];
	(void)state;
	for (size_t len = 1; len < sizeof escape; len++) {
		yyjson_doc *doc = NULL;
		struct err err = {0};
		bool clean;
		memset(body, 'a', sizeof body);
		memcpy(body, "[\"", 2);
		memcpy(body + sizeof body - len, escape, len);
		assert_int_equal(read_loose((struct span){body, sizeof body}, &doc, &clean, &err), -1);
		assert_int_equal(err.class, ERR_REJECT);
	}
}

static void a_body_too_large_to_mend_is_refused_and_not_broken(void **state)
{
	struct buf scratch;
	yyjson_doc *doc = NULL;
	struct err err = {0};
	bool clean;
	(void)state;
	buf_init(&scratch, 8);
	assert_int_equal(json_read_loose(span_of("[\"\\ud83c and more\"]"), &scratch, &doc, &clean, &err), -1);
	assert_err(&err, ERR_REJECT, "not valid JSON");
	buf_done(&scratch);
}

/* An array of so many numbers, and a text in front that is full of what counts outside of it. */
static int read_many(size_t numbers, struct err *err)
{
	struct buf body;
	yyjson_doc *doc = NULL;
	buf_init(&body, LIMIT_UNPACKED_BYTES);
	buf_add_text(&body, "[\",,,,,,,,::::::::[[[[[[[[{{{{{{{{\"");
	for (size_t i = 0; i < numbers; i++)
		buf_add_text(&body, ",0");
	buf_add_text(&body, "]");
	int result = json_read(buf_span(&body), &doc, err);
	assert_true(result || yyjson_doc_get_val_count(doc) == numbers + 2);
	yyjson_doc_free(doc);
	buf_done(&body);
	return result;
}

static void values_end_at_the_maximum(void **state)
{
	struct err err = {0};
	(void)state;
	assert_int_equal(read_many(LIMIT_JSON_VALUES - 2, &err), 0);
	assert_int_equal(read_many(LIMIT_JSON_VALUES - 1, &err), -1);
	assert_err(&err, ERR_REJECT, "8388608 values");
	assert_int_equal(err.code, EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_json_is_read_and_an_error_says_where_it_is_none),
		cmocka_unit_test(the_excerpt_of_an_error_is_plain_text),
		cmocka_unit_test(nesting_ends_at_the_maximum),
		cmocka_unit_test(depth_is_counted_right_wherever_quotes_and_brackets_stand),
		cmocka_unit_test(a_body_cut_anywhere_is_refused),
		cmocka_unit_test(broken_texts_cost_only_themselves),
		cmocka_unit_test(the_other_items_of_a_mended_body_are_whole),
		cmocka_unit_test(clean_is_never_told_of_a_broken_text),
		cmocka_unit_test(an_escape_cut_at_the_end_is_not_read_beyond),
		cmocka_unit_test(a_body_too_large_to_mend_is_refused_and_not_broken),
		cmocka_unit_test(values_end_at_the_maximum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
