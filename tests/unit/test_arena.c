/* Goal: an arena hands out zeroed, aligned, separate memory up to its maximum, and says for good when that was passed.
 * Method: many sizes, each block filled and looked at again after all others were taken. */
#include "unit.h"

#include <stdalign.h>

#include "common/arena.h"

static void blocks_are_zeroed_aligned_and_apart(void **state)
{
	enum { COUNT = 400 };
	struct arena arena;
	unsigned char *blocks[COUNT];
	(void)state;
	arena_init(&arena, 4 * 1024 * 1024);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT; i++) {
			blocks[i] = arena_alloc(&arena, i + 1);
			assert_non_null(blocks[i]);
			assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
			for (size_t at = 0; at <= i; at++)
				assert_int_equal(blocks[i][at], 0);
			memset(blocks[i], (int)(i % 251) + 1, i + 1);
		}
		for (size_t i = 0; i < COUNT; i++) {
			for (size_t at = 0; at <= i; at++)
				assert_int_equal(blocks[i][at], i % 251 + 1);
		}
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static void a_block_larger_than_usual_is_given(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 1 << 20);
	assert_non_null(arena_alloc(&arena, 10));
	char *large = arena_alloc(&arena, 500000);
	assert_non_null(large);
	memset(large, 1, 500000);
	assert_non_null(arena_alloc(&arena, 10));
	assert_false(arena.overflowed);
	arena_done(&arena);
}

static void the_maximum_is_exact_and_overflow_is_remembered_until_the_reset(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 100);
	assert_non_null(arena_alloc(&arena, 60));
	assert_null(arena_alloc(&arena, 41));
	assert_true(arena.overflowed);
	assert_non_null(arena_alloc(&arena, 40));
	assert_true(arena.overflowed); /* what was left away is still missing */
	assert_null(arena_alloc(&arena, 1));
	arena_reset(&arena);
	assert_false(arena.overflowed);
	assert_non_null(arena_alloc(&arena, 100));
	arena_done(&arena);
}

static void a_size_near_the_end_of_numbers_is_refused(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 1 << 20);
	assert_non_null(arena_alloc(&arena, 1));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 8));
	arena_done(&arena);
}

static void a_copy_is_a_c_text_of_its_own(void **state)
{
	struct arena arena;
	char original[] = "name";
	(void)state;
	arena_init(&arena, 1024);
	char *copy = arena_copy(&arena, span_of(original));
	original[0] = 'X';
	assert_string_equal(copy, "name");
	assert_string_equal(arena_copy(&arena, (struct span){0}), "");
	assert_string_equal(arena_copy(&arena, (struct span){"cut here", 3}), "cut");
	arena_done(&arena);
}

static void a_reset_keeps_the_first_block(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 1 << 20);
	const void *first = arena_alloc(&arena, 100);
	assert_non_null(arena_alloc(&arena, 300000));
	arena_reset(&arena);
	assert_ptr_equal(arena_alloc(&arena, 100), first);
	arena_done(&arena);
	arena_done(&arena); /* and once more does nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
		cmocka_unit_test(a_block_larger_than_usual_is_given),
		cmocka_unit_test(the_maximum_is_exact_and_overflow_is_remembered_until_the_reset),
		cmocka_unit_test(a_size_near_the_end_of_numbers_is_refused),
		cmocka_unit_test(a_copy_is_a_c_text_of_its_own),
		cmocka_unit_test(a_reset_keeps_the_first_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
