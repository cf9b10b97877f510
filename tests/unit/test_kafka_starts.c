/* Goal: what a group's member remembers until it is told loses nothing. Where it begins to read is shown by
 * tests/integration/test_kafka_in.c, against a real Kafka.
 * Method: gaps added, found again, and told. */
#include "common/kafka_starts.h"
#include "unit.h"

static void each_gap_is_told_once_and_none_takes_the_place_of_another(void **state)
{
	static struct kafka_starts starts;
	struct kafka_gap first = {.topic = TOPIC_PAGES, .partition = 1, .from = 4, .count = 2, .cause = KAFKA_GAP_HOLE},
					 second = first;
	(void)state;
	second.from = 9;
	kafka_starts_init(&starts);
	kafka_starts_add_gap(&starts, &first);
	first.count = 3;
	kafka_starts_add_gap(&starts, &first); /* found again, and longer */
	assert_int_equal(starts.gap_count, 1);
	assert_int_equal(starts.gaps[0].count, 3);
	kafka_starts_add_gap(&starts, &second);
	assert_int_equal(starts.gap_count, 2);
	starts.telling = true; /* what is on its way is what it was */
	first.count = 4;
	kafka_starts_add_gap(&starts, &first);
	assert_int_equal(starts.gaps[0].count, 3);
	assert_int_equal(starts.gap_count, 3);
	kafka_starts_drop_gap(&starts);
	assert_false(starts.telling);
	assert_int_equal(starts.gaps[0].from, 9);
	assert_int_equal(starts.gaps[1].count, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gap_is_told_once_and_none_takes_the_place_of_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
