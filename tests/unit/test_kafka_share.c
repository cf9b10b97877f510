/* Goal: no offset is passed over unseen, none is begun twice, and what may be committed is what is finished. Method: rows of
 * offsets as they come, and the steps they are. */
#include "unit.h"

#include "common/kafka_share.h"

static struct kafka_share share;

static struct kafka_part *part_from(int64_t next)
{
	kafka_share_empty(&share);
	kafka_share_add(&share, TOPIC_PAGES, 3, next);
	return kafka_share_find(&share, TOPIC_PAGES, 3);
}

static void each_message_is_the_next_one_or_doubted(void **state)
{
	static const struct row {
		const char *name;
		int64_t begin, offsets[6];
		const char *steps; /* n: next, s: seen, d: doubt, h: hole */
	} rows[] = {
		{"one after the other", 5, {5, 6, 7}, "nnn"},
		{"nobody knows where it begins", -1, {5, 6}, "nn"},
		{"a fetch that comes twice", 5, {5, 6, 5, 6, 7}, "nnssn"},
		{"one is passed over, and comes when it is asked for", 5, {5, 7, 6, 7, 8}, "ndnnn"},
		{"the very first is passed over", 0, {1, 0, 1}, "dnn"},
		{"it is not there", 5, {5, 8, 8, 9}, "ndhn"},
		{"it is not there, and a part of it is", 5, {5, 9, 7, 9, 9}, "ndhdh"},
		{"whatever comes when it is asked for is behind the hole", 5, {5, 8, 9}, "ndh"},
		{"two holes, each asked for by itself", 5, {6, 6, 8, 8}, "dhdh"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct kafka_part *part = part_from(rows[i].begin);
		for (size_t k = 0; k < strlen(rows[i].steps); k++) {
			char step = "nsdh"[kafka_share_begin(part, rows[i].offsets[k])];
			if (step != rows[i].steps[k])
				fail_msg("%s: message %zu is %c", rows[i].name, k, step);
		}
	}
	kafka_share_empty(&share);
}

static void what_is_finished_may_be_committed_and_a_stranger_changes_nothing(void **state)
{
	struct kafka_part *part = part_from(5);
	struct kafka_place place = {TOPIC_PAGES, 3, 6, share.generation};
	(void)state;
	assert_int_equal(kafka_share_begin(part, 5), KAFKA_NEXT);
	assert_int_equal(kafka_share_begin(part, 6), KAFKA_NEXT);
	assert_null(kafka_share_finish(&share, &place)); /* 5 is not */
	place.offset = 5;
	place.generation--;
	assert_null(kafka_share_finish(&share, &place));
	place.generation++;
	assert_ptr_equal(kafka_share_finish(&share, &place), part);
	assert_int_equal(part->stored, 7);
	part_from(0);
	assert_null(kafka_share_finish(&share, &place));
	kafka_share_empty(&share);
}

static void what_is_not_finished_is_read_again_and_nothing_else(void **state)
{
	struct kafka_part *part = part_from(5);
	const struct kafka_place place = {TOPIC_PAGES, 3, 5, share.generation};
	(void)state;
	assert_false(kafka_share_rewind(part));
	assert_int_equal(part->next, 5);
	for (int64_t offset = 5; offset < 8; offset++)
		assert_int_equal(kafka_share_begin(part, offset), KAFKA_NEXT);
	assert_non_null(kafka_share_finish(&share, &place));
	assert_true(kafka_share_rewind(part));
	assert_int_equal(part->next, 6);
	assert_int_equal(kafka_share_begin(part, 6), KAFKA_NEXT);
	kafka_share_empty(&share);
}

static void what_was_doubted_and_came_is_doubted_anew_when_it_is_read_again(void **state)
{
	struct kafka_part *part = part_from(5);
	(void)state;
	assert_int_equal(kafka_share_begin(part, 6), KAFKA_DOUBT);
	assert_int_equal(kafka_share_begin(part, 5), KAFKA_NEXT);
	assert_true(kafka_share_rewind(part));
	assert_int_equal(kafka_share_begin(part, 6), KAFKA_DOUBT);
	assert_int_equal(kafka_share_begin(part, 5), KAFKA_NEXT);
	kafka_share_empty(&share);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_is_the_next_one_or_doubted),
		cmocka_unit_test(what_is_finished_may_be_committed_and_a_stranger_changes_nothing),
		cmocka_unit_test(what_is_not_finished_is_read_again_and_nothing_else),
		cmocka_unit_test(what_was_doubted_and_came_is_doubted_anew_when_it_is_read_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
