/* Goal: what Kafka lost is noted at the unfinished syncs whose messages it may be, and at no other. Method: as
 * test_writer_apply; the news of a gap is a reject like any other. */
#include "writer_support.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/kafka.h"

enum { PARTITIONS = 12 };

static void add_gap_from(struct bench *bench, enum topic topic, int32_t partition, int64_t from, int64_t at_ms)
{
	const struct kafka_gap gap = {.topic = topic,
	                              .partition = partition,
	                              .partitions = PARTITIONS,
	                              .from = from,
	                              .count = 3};
	add_gap_reject(bench, &gap, at_ms);
}

static void add_gap(struct bench *bench, enum topic topic, int32_t partition, int64_t at_ms)
{
	add_gap_from(bench, topic, partition, 5, at_ms);
}

static int32_t partition_of(const char *key)
{
	return kafka_partition_of(span_of(key), PARTITIONS);
}

static void start(struct bench *bench, const char *sync, int64_t epoch)
{
	add_started(bench, sync, epoch, "artists", "artists");
	run(bench);
}

static const char *const notes = "SELECT lost <> '', look_again FROM sync ORDER BY sync_id";

static void a_sync_whose_messages_may_be_lost_is_noted_and_the_reconciler_told(void **state)
{
	struct bench *bench = *state;
	start(bench, SYNC_A, 1);
	add_gap(bench, TOPIC_PAGES, partition_of("home/artists"), clock_wall_ms());
	run_twice(bench);
	assert_look(bench, notes, "t|t");
	assert_look(bench, "SELECT count(*), min(reason) FROM sync_reject", "1|kafka_gap");
}

static void a_sync_in_another_partition_or_of_later_is_not(void **state)
{
	struct bench *bench = *state;
	start(bench, SYNC_A, 1);
	add_gap(bench, TOPIC_PAGES, (partition_of("home/artists") + 1) % PARTITIONS, clock_wall_ms());
	add_gap(bench, TOPIC_REJECTS, partition_of("home/artists"), clock_wall_ms());
	add_gap(bench, TOPIC_ITEMS, partition_of("home/artists"), 0); /* it was started at 1 */
	run(bench);
	assert_look(bench, notes, "f|f");
	assert_look(bench, "SELECT count(*) FROM sync_reject", "3");
}

static void a_sync_that_is_over_is_not(void **state)
{
	struct bench *bench = *state;
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	add_gap(bench, TOPIC_ITEMS, partition_of("home/artists"), clock_wall_ms());
	run(bench);
	assert_look(bench, notes, "f|f");
}

static void a_partial_sync_says_what_was_lost(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .page = 1, .last = true};
	start(bench, SYNC_A, 1);
	add_gap(bench, TOPIC_ITEMS, 0, clock_wall_ms());
	add_gap(bench, TOPIC_ITEMS, partition_of("home/artists"), clock_wall_ms());
	run(bench);
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 2, 2, NULL);
	run(bench);
	char want[300], topic[TOPIC_NAME_MAX];
	snprintf(want, sizeof want,
	         "partial|artists: page 0 of 2 was never stored; Kafka lost 3 messages of %s [%d] from offset 5 on: they were "
	         "deleted before they were read",
	         topic_name(bench->settings.kafka_prefix, TOPIC_ITEMS, topic), (int)partition_of("home/artists"));
	assert_look(bench, "SELECT state, cause FROM sync", want);
}

static void a_second_loss_is_noted_and_acted_upon_like_the_first(void **state)
{
	struct bench *bench = *state;
	int32_t partition = partition_of("home/artists");
	struct err err;
	start(bench, SYNC_A, 1);
	add_gap(bench, TOPIC_ITEMS, partition, clock_wall_ms());
	run(bench);
	/* As the reconciler does. */
	must(pg_exec(bench->eye, "UPDATE sync SET look_again = false", &err), &err);
	add_gap(bench, TOPIC_ITEMS, partition, clock_wall_ms());
	run(bench);
	assert_look(bench, notes, "t|f"); /* the same news once more */
	add_gap_from(bench, TOPIC_ITEMS, partition, 50, clock_wall_ms());
	run_twice(bench);
	assert_look(bench, notes, "t|t");
	assert_look(bench,
	            "SELECT strpos(lost, 'offset 5 on') > 0, strpos(lost, 'offset 50 on') > 0, length(lost) < 400 FROM sync",
	            "t|t|t");
}

static void a_complete_sync_says_nothing_of_it(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "artists", .last = true};
	start(bench, SYNC_A, 1);
	add_gap(bench, TOPIC_ITEMS, partition_of("home/artists"), clock_wall_ms());
	run(bench);
	add_items(bench, &at, "a=A");
	add_end(bench, &at, 1, 1, NULL);
	run(bench);
	assert_look(bench, "SELECT state, cause FROM sync", "complete|");
}

#define GAP_TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GAP_TEST(a_sync_whose_messages_may_be_lost_is_noted_and_the_reconciler_told),
		GAP_TEST(a_sync_in_another_partition_or_of_later_is_not),
		GAP_TEST(a_sync_that_is_over_is_not),
		GAP_TEST(a_partial_sync_says_what_was_lost),
		GAP_TEST(a_second_loss_is_noted_and_acted_upon_like_the_first),
		GAP_TEST(a_complete_sync_says_nothing_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
