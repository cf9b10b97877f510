/* Goal: a compressed body becomes exactly what was compressed, or is refused before it costs more memory than it may. Method:
 * bodies made with libdeflate, then cut at every byte, damaged in every byte, with sizes that lie. */
#include "unit.h"

#include <errno.h>
#include <libdeflate.h>

#include "common/inflate.h"

enum { MAX = 64 * 1024 };

/* In memory of just its size, so that the sanitizer sees a byte read behind it. The caller frees it. */
static struct span exact(struct span bytes)
{
	char *copy = malloc(bytes.len ? bytes.len : 1);
	assert_non_null(copy);
	if (bytes.len)
		memcpy(copy, bytes.at, bytes.len);
	return (struct span){copy, bytes.len};
}

static struct span gzip(struct span plain)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t max = libdeflate_gzip_compress_bound(compressor, plain.len);
	char *out = malloc(max);
	assert_true(compressor && out);
	struct span made = {out, libdeflate_gzip_compress(compressor, plain.at, plain.len, out, max)};
	libdeflate_free_compressor(compressor);
	assert_true(made.len > 0);
	struct span result = exact(made);
	free(out);
	return result;
}

static struct span random_text(size_t len)
{
	char *text = malloc(len ? len : 1);
	uint64_t seed = 11;
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + random_below(&seed, 20));
	return (struct span){text, len};
}

static void drop(struct span bytes)
{
	free((char *)(uintptr_t)bytes.at);
}

static const struct {
	const char *name, *encoding;
	const char *want; /* in the error; NULL: it is taken as it is */
} encodings[] = {
	{"none", "", NULL},
	{"identity", "identity", NULL},
	{"Identity", "Identity", NULL},
	{"brotli", "br", "'br'"},
	{"deflate", "deflate", "'deflate'"},
	{"a list", "gzip, gzip", "'gzip, gzip'"},
	{"a longer name", "gzipped", "'gzipped'"},
};

static void what_is_not_compressed_is_not_touched(void **state)
{
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	for (size_t i = 0; i < COUNT_OF(encodings); i++) {
		struct span body = span_of("{\"a\":1}"), plain = {0};
		struct err err = {0};
		int result = inflate_body(span_of(encodings[i].encoding), body, &out, &plain, &err);
		assert_row(&encodings[i], result == (encodings[i].want ? -1 : 0));
		assert_row(&encodings[i], encodings[i].want || (plain.at == body.at && plain.len == body.len));
		assert_row(&encodings[i],
		           !encodings[i].want || (err.class == ERR_REJECT && strstr(err.text, encodings[i].want)));
	}
	buf_done(&out);
}

static void every_size_up_to_the_maximum_comes_back(void **state)
{
	static const size_t lens[] = {0, 1, 2, 100, 1000, MAX - 1, MAX};
	static const char *const names[] = {"gzip", "GZip", "x-gzip"}; /* RFC 9110 8.4.1 */
	struct err err = {0};
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		struct span text = random_text(lens[i]), body = gzip(text), plain = {0};
		for (size_t name = 0; name < COUNT_OF(names); name++) {
			if (inflate_body(span_of(names[name]), body, &out, &plain, &err))
				fail_msg("%zu bytes as %s: %s: %s", lens[i], names[name], err_class_name(err.class), err.text);
			assert_true(span_equal(plain, text));
		}
		drop(text);
		drop(body);
	}
	buf_done(&out);
}

static void one_byte_more_than_the_maximum_is_refused(void **state)
{
	struct span text = random_text(MAX + 1), body = gzip(text), plain = {0};
	struct err err = {0};
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	assert_int_equal(inflate_body(span_of("gzip"), body, &out, &plain, &err), -1);
	assert_err(&err, ERR_REJECT, "65537 bytes when unpacked, more than the 65536");
	assert_int_equal(err.code, EFBIG);
	assert_true(out.cap <= MAX);
	drop(text);
	drop(body);
	buf_done(&out);
}

static void set_size(struct span body, uint32_t size)
{
	unsigned char *end = (unsigned char *)(uintptr_t)body.at + body.len - 4;
	for (int i = 0; i < 4; i++)
		end[i] = (unsigned char)(size >> (8 * i));
}

static void a_size_that_lies_is_refused(void **state)
{
	static const uint32_t sizes[] = {0, 1, 99, 101, 60000, MAX, MAX + 1, 0x7fffffff, 0xffffffff};
	struct span text = random_text(100), body = gzip(text), plain = {0};
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct err err = {0};
		set_size(body, sizes[i]);
		assert_int_equal(inflate_body(span_of("gzip"), body, &out, &plain, &err), -1);
		assert_int_equal(err.class, ERR_REJECT);
	}
	assert_true(out.cap <= MAX);
	set_size(body, 100);
	assert_int_equal(inflate_body(span_of("gzip"), body, &out, &plain, &(struct err){0}), 0);
	drop(text);
	drop(body);
	buf_done(&out);
}

/* Nothing can be compressed better than 1032 to 1, so 30 bytes never cost 60,000. */
static void a_small_body_does_not_get_much_memory(void **state)
{
	struct span body = gzip(span_of("small")), plain = {0};
	struct err err = {0};
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	set_size(body, 60000);
	assert_true(body.len < 58);
	assert_int_equal(inflate_body(span_of("gzip"), body, &out, &plain, &err), -1);
	assert_err(&err, ERR_REJECT, "60000");
	assert_int_equal(out.cap, 0);
	drop(body);
	buf_done(&out);
}

static void a_bomb_that_tells_its_size_is_refused(void **state)
{
	enum { LARGE = 4 * 1024 * 1024 };
	char *zeros = calloc(1, LARGE);
	struct span body = gzip((struct span){zeros, LARGE}), plain = {0};
	struct err err = {0};
	struct buf out;
	(void)state;
	assert_true(body.len < 8192);
	buf_init(&out, MAX);
	assert_int_equal(inflate_body(span_of("gzip"), body, &out, &plain, &err), -1);
	assert_int_equal(err.code, EFBIG);
	assert_true(out.cap <= MAX);
	set_size(body, 1000); /* and one that hides it */
	assert_int_equal(inflate_body(span_of("gzip"), body, &out, &plain, &err), -1);
	assert_err(&err, ERR_REJECT, "broken");
	buf_done(&out);
	drop(body);
	free(zeros);
}

static void a_body_cut_anywhere_is_refused(void **state)
{
	struct span text = random_text(300), body = gzip(text), plain = {0};
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	for (size_t len = 0; len < body.len; len++) {
		struct err err = {0};
		struct span cut = exact((struct span){body.at, len});
		assert_int_equal(inflate_body(span_of("gzip"), cut, &out, &plain, &err), -1);
		assert_int_equal(err.class, ERR_REJECT);
		assert_int_not_equal(err.code, EFBIG); /* whatever its last bytes claim */
		drop(cut);
	}
	drop(text);
	drop(body);
	buf_done(&out);
}

/* The header's time, system and flags say nothing about the content; the checksum guards the rest. */
static void a_damaged_body_never_passes_as_another_one(void **state)
{
	struct span text = random_text(300), body = gzip(text), plain = {0};
	char *bytes = (char *)(uintptr_t)body.at;
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	for (size_t i = 0; i < body.len; i++) {
		struct err err = {0};
		bytes[i] ^= 0x10;
		if (inflate_body(span_of("gzip"), body, &out, &plain, &err) == 0)
			assert_true(i < 10 && span_equal(plain, text));
		else
			assert_int_equal(err.class, ERR_REJECT);
		bytes[i] ^= 0x10;
	}
	drop(text);
	drop(body);
	buf_done(&out);
}

/* A gzip file may have several members; what stands behind the first must not be lost without a word. */
static void what_stands_behind_the_stream_is_not_lost_silently(void **state)
{
	struct span one = gzip(span_of("[1,2]")), plain = {0};
	static const char *const behind[] = {"x", "\n", "and a line of text that was not compressed"};
	struct buf joined, out;
	(void)state;
	buf_init(&out, MAX);
	buf_init(&joined, MAX);
	buf_add(&joined, one.at, one.len);
	buf_add(&joined, one.at, one.len);
	struct err err = {0};
	assert_int_equal(inflate_body(span_of("gzip"), buf_span(&joined), &out, &plain, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
	for (size_t i = 0; i < COUNT_OF(behind); i++) {
		buf_reset(&joined, MAX);
		buf_add(&joined, one.at, one.len);
		buf_add_text(&joined, behind[i]);
		assert_int_equal(inflate_body(span_of("gzip"), buf_span(&joined), &out, &plain, &err), -1);
	}
	buf_done(&joined);
	buf_done(&out);
	drop(one);
}

static void what_is_not_gzip_is_refused(void **state)
{
	struct span plain = {0};
	struct err err = {0};
	struct buf out;
	(void)state;
	buf_init(&out, MAX);
	assert_int_equal(inflate_body(span_of("gzip"), span_of("{\"subsonic-response\":{}}"), &out, &plain, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
	assert_int_equal(inflate_body(span_of("gzip"), (struct span){0}, &out, &plain, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_compressed_is_not_touched),
		cmocka_unit_test(every_size_up_to_the_maximum_comes_back),
		cmocka_unit_test(one_byte_more_than_the_maximum_is_refused),
		cmocka_unit_test(a_size_that_lies_is_refused),
		cmocka_unit_test(a_small_body_does_not_get_much_memory),
		cmocka_unit_test(a_bomb_that_tells_its_size_is_refused),
		cmocka_unit_test(a_body_cut_anywhere_is_refused),
		cmocka_unit_test(a_damaged_body_never_passes_as_another_one),
		cmocka_unit_test(what_stands_behind_the_stream_is_not_lost_silently),
		cmocka_unit_test(what_is_not_gzip_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
