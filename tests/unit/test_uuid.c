/* Goal: ids have the form of RFC 9562, sort by time, differ, and come again from the same job. Method: the fields of
 * the form read back, a table of texts that are no ids. */
#include "unit.h"

#include "common/clock.h"
#include "common/uuid.h"

static int64_t time_of(const char *text)
{
	unsigned char bytes[UUID_BYTES];
	int64_t time = 0;
	uuid_bytes(span_of(text), bytes);
	for (int i = 0; i < 6; i++)
		time = time << 8 | bytes[i];
	return time;
}

static void assert_version_7(const char *text)
{
	assert_int_equal(strlen(text), 36);
	assert_true(uuid_valid(span_of(text)));
	assert_int_equal(text[14], '7');
	assert_non_null(strchr("89ab", text[19]));
}

static void a_new_id_has_the_form_and_the_time_of_now(void **state)
{
	char text[UUID_TEXT];
	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t before = clock_wall_ms();
		uuid_new(text);
		assert_version_7(text);
		assert_in_range(time_of(text), before, clock_wall_ms());
	}
}

static void ids_of_the_same_millisecond_differ(void **state)
{
	static char texts[2000][UUID_TEXT];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		uuid_new(texts[i]);
		for (size_t before = i > 50 ? i - 50 : 0; before < i; before++)
			assert_string_not_equal(texts[i], texts[before]);
	}
}

static void the_same_job_gives_the_same_id(void **state)
{
	char first[UUID_TEXT], second[UUID_TEXT];
	(void)state;
	uuid_derive(1764000000123, 42, first);
	uuid_derive(1764000000123, 42, second);
	assert_string_equal(first, second);
	assert_version_7(first);
	assert_int_equal(time_of(first), 1764000000123);
}

static void another_time_or_seed_gives_another_id(void **state)
{
	static char texts[400][UUID_TEXT];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		uuid_derive(1764000000000 + (int64_t)(i % 2), i / 2, texts[i]);
		assert_version_7(texts[i]);
		for (size_t before = 0; before < i; before++) {
			assert_string_not_equal(texts[i], texts[before]);
			if (before / 2 != i / 2) /* the last group alone tells seeds apart */
				assert_string_not_equal(texts[i] + 24, texts[before] + 24);
		}
	}
}

static void the_text_sorts_by_time(void **state)
{
	static const int64_t times[] = {0, 1, 0xffff, 0x10000, 1764000000123, 1764000000124, 0xffffffffffff};
	char earlier[UUID_TEXT], later[UUID_TEXT];
	(void)state;
	for (size_t i = 1; i < COUNT_OF(times); i++) {
		uuid_derive(times[i - 1], 99, earlier);
		uuid_derive(times[i], 1, later);
		assert_true(strcmp(earlier, later) < 0);
		assert_int_equal(time_of(later), times[i]);
	}
}

static void only_the_one_form_is_valid(void **state)
{
	static const struct {
		const char *name, *text;
		bool valid;
	} rows[] = {
		{"an id", "019ab1de-7c00-7abc-8def-0123456789ab", true},
		{"of another version", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6", true},
		{"all zero", "00000000-0000-0000-0000-000000000000", true},
		{"empty", "", false},
		{"upper case", "019AB1DE-7C00-7ABC-8DEF-0123456789AB", false},
		{"no dashes", "019ab1de7c007abc8def0123456789ab", false},
		{"one short", "019ab1de-7c00-7abc-8def-0123456789a", false},
		{"one long", "019ab1de-7c00-7abc-8def-0123456789abc", false},
		{"a dash elsewhere", "019ab1d-e7c00-7abc-8def-0123456789ab", false},
		{"a digit for a dash", "019ab1de07c00-7abc-8def-0123456789ab", false},
		{"no hexadecimal", "019ab1de-7c00-7abc-8def-0123456789ag", false},
		{"a space", "019ab1de-7c00-7abc-8def-0123456789a ", false},
		{"braces", "{19ab1de-7c00-7abc-8def-0123456789a}", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_row(&rows[i], uuid_valid(span_of(rows[i].text)) == rows[i].valid);
	assert_false(uuid_valid((struct span){0}));
}

static void the_bytes_are_those_of_the_text(void **state)
{
	static const unsigned char want[UUID_BYTES] = {0x01, 0x9a, 0xb1, 0xde, 0x7c, 0x00, 0x7a, 0xbc,
	                                               0x8d, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xff};
	unsigned char bytes[UUID_BYTES];
	(void)state;
	uuid_bytes(span_of("019ab1de-7c00-7abc-8def-0123456789ff"), bytes);
	assert_memory_equal(bytes, want, sizeof want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_id_has_the_form_and_the_time_of_now),
		cmocka_unit_test(ids_of_the_same_millisecond_differ),
		cmocka_unit_test(the_same_job_gives_the_same_id),
		cmocka_unit_test(another_time_or_seed_gives_another_id),
		cmocka_unit_test(the_text_sorts_by_time),
		cmocka_unit_test(only_the_one_form_is_valid),
		cmocka_unit_test(the_bytes_are_those_of_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
