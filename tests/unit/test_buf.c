/* Goal: a buffer never passes its maximum, and one failure is enough to fail it. Method: appends around the maximum, one
 * byte at a time where the edge is; the bytes of every kind of append. */
#include "unit.h"

#include "common/buf.h"

static void what_was_added_is_there_in_order(void **state)
{
	struct buf buf;
	(void)state;
	buf_init(&buf, 1024);
	assert_int_equal(buf_span(&buf).len, 0);
	assert_non_null(buf_span(&buf).at);
	buf_add(&buf, "a\0b", 3);
	buf_add_text(&buf, "cd");
	buf_add_byte(&buf, 'e');
	buf_printf(&buf, "%d-%s", 12, "f");
	assert_true(buf_ok(&buf));
	assert_int_equal(buf.len, 10);
	assert_memory_equal(buf.at, "a\0bcde12-f", 10);
	assert_memory_equal(buf_text(&buf), "a\0bcde12-f", 11);
	buf_done(&buf);
}

static void numbers_are_big_endian(void **state)
{
	struct buf buf;
	(void)state;
	buf_init(&buf, 64);
	buf_add_be16(&buf, 0x0102);
	buf_add_be32(&buf, 0x03040506);
	buf_add_be64(&buf, 0x0708090a0b0c0d0eULL);
	assert_int_equal(buf.len, 14);
	for (int i = 0; i < 14; i++)
		assert_int_equal(buf.at[i], i + 1);
	buf_done(&buf);
}

static void the_maximum_can_be_reached_and_not_passed(void **state)
{
	(void)state;
	for (size_t max = 1; max < 600; max++) {
		struct buf buf;
		buf_init(&buf, max);
		for (size_t i = 0; i < max; i++)
			buf_add_byte(&buf, 'x');
		assert_true(buf_ok(&buf));
		assert_int_equal(buf.len, max);
		buf_add_byte(&buf, 'x');
		assert_false(buf_ok(&buf));
		assert_int_equal(buf.len, max);
		buf_done(&buf);
	}
}

static void a_failure_stays_until_the_reset(void **state)
{
	struct buf buf;
	(void)state;
	buf_init(&buf, 4);
	buf_add_text(&buf, "abc");
	buf_add_text(&buf, "too much");
	buf_add_byte(&buf, 'd'); /* would fit, but then the text would have a hole */
	assert_false(buf_ok(&buf));
	assert_int_equal(buf.len, 3);
	assert_null(buf_reserve(&buf, 1));
	assert_string_equal(buf_text(&buf), "");
	buf_reset(&buf, SIZE_MAX);
	assert_true(buf_ok(&buf));
	buf_add_text(&buf, "abcd");
	assert_true(buf_ok(&buf));
	buf_done(&buf);
}

static void a_length_that_would_wrap_around_is_refused(void **state)
{
	struct buf buf;
	(void)state;
	buf_init(&buf, SIZE_MAX / 4);
	buf_add_text(&buf, "abc");
	assert_null(buf_reserve(&buf, SIZE_MAX - 2));
	assert_false(buf_ok(&buf));
	buf_done(&buf);
}

static void a_reset_keeps_small_memory_and_gives_large_back(void **state)
{
	struct buf buf;
	(void)state;
	buf_init(&buf, 1 << 20);
	buf_add_text(&buf, "small");
	const char *before = buf.at;
	buf_reset(&buf, 4096);
	assert_ptr_equal(buf.at, before);
	assert_non_null(buf_reserve(&buf, 100000));
	buf_reset(&buf, 4096);
	assert_null(buf.at);
	assert_int_equal(buf.cap, 0);
	buf_add_text(&buf, "again");
	assert_span(buf_span(&buf), "again");
	buf_done(&buf);
}

static void taking_moves_the_bytes_out(void **state)
{
	struct buf buf;
	size_t len = 99;
	(void)state;
	buf_init(&buf, 64);
	assert_null(buf_take(&buf, &len));
	assert_int_equal(len, 0);
	buf_add_text(&buf, "mine");
	char *mine = buf_take(&buf, &len);
	assert_int_equal(len, 4);
	buf_add_text(&buf, "another");
	assert_memory_equal(mine, "mine", 4);
	assert_span(buf_span(&buf), "another");
	free(mine);
	buf_done(&buf);
}

static void json_text_is_escaped(void **state)
{
	static const struct {
		const char *name, *want;
		struct span text;
	} rows[] = {
		{"plain", "\"a b\"", {"a b", 3}},
		{"absent", "\"\"", {NULL, 0}},
		{"quote and backslash", "\"\\\"\\\\\"", {"\"\\", 2}},
		{"controls", "\"\\u000a\\u0000\\u007f\"", {"\n\0\x7f", 3}},
		{"UTF-8 stays", "\"\xc3\xa9\"", {"\xc3\xa9", 2}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf;
		buf_init(&buf, 64);
		buf_add_json_text(&buf, rows[i].text);
		assert_row(&rows[i], span_is(buf_span(&buf), rows[i].want));
		buf_done(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_there_in_order),
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(the_maximum_can_be_reached_and_not_passed),
		cmocka_unit_test(a_failure_stays_until_the_reset),
		cmocka_unit_test(a_length_that_would_wrap_around_is_refused),
		cmocka_unit_test(a_reset_keeps_small_memory_and_gives_large_back),
		cmocka_unit_test(taking_moves_the_bytes_out),
		cmocka_unit_test(json_text_is_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
