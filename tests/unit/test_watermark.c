/* Goal: the offset to commit is always the end of the finished prefix, in whatever order messages finish. Method: a naive
 * model (a plain list) beside the ring, over many seeded random histories with gaps, repeats and strangers. */
#include "unit.h"

#include "common/watermark.h"

static struct watermark watermark;

struct model {
	struct {
		int64_t offset;
		bool finished;
	} entries[LIMIT_PENDING];
	size_t count;
};

static int64_t model_finish(struct model *model, int64_t offset)
{
	size_t done = 0;
	int64_t commit = -1;
	for (size_t i = 0; i < model->count; i++) {
		if (model->entries[i].offset == offset)
			model->entries[i].finished = true;
	}
	while (done < model->count && model->entries[done].finished)
		commit = model->entries[done++].offset + 1;
	model->count -= done;
	memmove(model->entries, model->entries + done, model->count * sizeof model->entries[0]);
	return commit;
}

static void messages_that_finish_in_order_are_committed_one_by_one(void **state)
{
	(void)state;
	watermark_reset(&watermark);
	for (int64_t offset = 0; offset < 3 * LIMIT_PENDING; offset++) {
		watermark_begin(&watermark, offset);
		assert_int_equal(watermark_finish(&watermark, offset), offset + 1);
		assert_int_equal(watermark_pending(&watermark), 0);
	}
}

static void an_unfinished_message_holds_back_all_behind_it(void **state)
{
	(void)state;
	watermark_reset(&watermark);
	for (int64_t offset = 10; offset < 15; offset++)
		watermark_begin(&watermark, offset);
	for (int64_t offset = 14; offset > 10; offset--)
		assert_int_equal(watermark_finish(&watermark, offset), -1);
	assert_int_equal(watermark_pending(&watermark), 5);
	assert_int_equal(watermark_finish(&watermark, 10), 15);
	assert_int_equal(watermark_pending(&watermark), 0);
}

static void a_full_ring_says_so_and_takes_more_when_its_head_is_finished(void **state)
{
	(void)state;
	watermark_reset(&watermark);
	for (int64_t offset = 0; offset < LIMIT_PENDING; offset++) {
		assert_false(watermark_full(&watermark));
		watermark_begin(&watermark, offset);
	}
	assert_true(watermark_full(&watermark));
	assert_int_equal(watermark_finish(&watermark, 1), -1);
	assert_true(watermark_full(&watermark));
	assert_int_equal(watermark_finish(&watermark, 0), 2);
	assert_int_equal(watermark_pending(&watermark), LIMIT_PENDING - 2);
}

static void strangers_and_repeats_change_nothing(void **state)
{
	(void)state;
	watermark_reset(&watermark);
	assert_int_equal(watermark_finish(&watermark, 5), -1);
	watermark_begin(&watermark, 5);
	watermark_begin(&watermark, 9);
	assert_int_equal(watermark_finish(&watermark, 9), -1);
	assert_int_equal(watermark_finish(&watermark, 9), -1);
	assert_int_equal(watermark_finish(&watermark, 7), -1);
	assert_int_equal(watermark_finish(&watermark, 4), -1);
	assert_int_equal(watermark_finish(&watermark, 100), -1);
	assert_int_equal(watermark_finish(&watermark, 5), 10);
	assert_int_equal(watermark_finish(&watermark, 5), -1);
}

static void a_new_assignment_forgets_what_was_pending(void **state)
{
	(void)state;
	watermark_reset(&watermark);
	watermark_begin(&watermark, 100);
	watermark_reset(&watermark);
	assert_int_equal(watermark_pending(&watermark), 0);
	watermark_begin(&watermark, 3); /* an earlier offset than before */
	assert_int_equal(watermark_finish(&watermark, 100), -1);
	assert_int_equal(watermark_finish(&watermark, 3), 4);
}

static void random_histories_agree_with_the_model(void **state)
{
	static struct model model;
	uint64_t seed = 42;
	(void)state;
	for (int history = 0; history < 40; history++) {
		int64_t next = (int64_t)random_below(&seed, 1000000);
		size_t eagerness = 1 + random_below(&seed, 9);
		watermark_reset(&watermark);
		model.count = 0;
		for (int step = 0; step < 4000; step++) {
			if (!watermark_full(&watermark) && (model.count == 0 || random_below(&seed, 10) >= eagerness)) {
				next += 1 + (random_below(&seed, 10) == 0 ? (int64_t)random_below(&seed, 50) : 0);
				watermark_begin(&watermark, next);
				model.entries[model.count].offset = next;
				model.entries[model.count++].finished = false;
				continue;
			}
			int64_t which = model.count ? model.entries[random_below(&seed, model.count)].offset : next;
			if (random_below(&seed, 20) == 0)
				which += (int64_t)random_below(&seed, 3) - 1; /* a neighbour, perhaps in a gap */
			assert_int_equal(watermark_finish(&watermark, which), model_finish(&model, which));
			assert_int_equal(watermark_pending(&watermark), model.count);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_that_finish_in_order_are_committed_one_by_one),
		cmocka_unit_test(an_unfinished_message_holds_back_all_behind_it),
		cmocka_unit_test(a_full_ring_says_so_and_takes_more_when_its_head_is_finished),
		cmocka_unit_test(strangers_and_repeats_change_nothing),
		cmocka_unit_test(a_new_assignment_forgets_what_was_pending),
		cmocka_unit_test(random_histories_agree_with_the_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
