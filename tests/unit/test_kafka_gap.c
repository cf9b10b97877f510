/* Goal: a group begins where it was, or at the beginning, and what is gone in between is counted. Method: rows of offsets. */
#include "common/kafka_gap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void what_is_gone_is_counted_and_never_more(void **state)
{
	static const struct row {
		const char *name;
		struct kafka_reach reach;
		int64_t start, from, lost;
		enum kafka_gap_cause cause;
	} rows[] = {
		/* committed, known, finished, refused, begin, end, anew */
		{"a new group reads everything", {-1, -1, -1, -1, 0, 10, false}, 0, 0, 0, 0},
		{"a new group reads what retention left, and the rest is gone for it",
	     {-1, -1, -1, -1, 7, 10, false},
	     7,
	     0,
	     7,
	     KAFKA_GAP_DELETED},
		{"a group goes on where it was", {5, -1, -1, -1, 0, 10, false}, 5, 0, 0, 0},
		{"a group that has read everything", {10, 10, -1, -1, 0, 10, false}, 10, 0, 0, 0},
		{"what was finished is not read again, though it is not committed", {5, 5, 8, -1, 0, 10, false}, 8, 0, 0, 0},
		{"nor is it counted as lost", {5, 5, 8, 8, 9, 10, false}, 9, 8, 1, KAFKA_GAP_DELETED},
		{"nothing is lost as long as the next one is here", {7, -1, -1, -1, 7, 10, false}, 7, 0, 0, 0},
		{"retention took what was not read", {5, -1, -1, -1, 7, 10, false}, 7, 5, 2, KAFKA_GAP_DELETED},
		{"retention took everything", {5, 5, -1, 5, 10, 10, false}, 10, 5, 5, KAFKA_GAP_DELETED},
		{"another topic, which is shorter", {50, -1, -1, -1, 0, 10, false}, 0, 50, -1, KAFKA_GAP_ANEW},
		{"another topic, and Kafka has forgotten the group with the old one",
	     {-1, 50, -1, -1, 0, 10, false},
	     0,
	     50,
	     -1,
	     KAFKA_GAP_ANEW},
		{"another topic that has grown past the old offset, for that was refused",
	     {5, 5, 5, 5, 0, 9, false},
	     0,
	     5,
	     -1,
	     KAFKA_GAP_ANEW},
		{"another topic that has grown past what was committed in it by mistake",
	     {5, 5, 5, -1, 0, 9, true},
	     0,
	     5,
	     -1,
	     KAFKA_GAP_ANEW},
		{"another topic, and what was finished of the old one was not committed",
	     {-1, -1, 8, -1, 0, 20, true},
	     0,
	     8,
	     -1,
	     KAFKA_GAP_ANEW},
		{"a partition of another topic of which nothing was ever read", {-1, -1, -1, -1, 0, 9, true}, 0, 0, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		struct kafka_gap gap = {0};
		int64_t start = kafka_gap_judge(&row->reach, &gap);
		if (start != row->start || gap.count != row->lost || gap.from != row->from || gap.cause != row->cause)
			fail_msg("%s: start %lld, lost %lld from %lld", row->name, (long long)start, (long long)gap.count,
			         (long long)gap.from);
	}
}

static void a_gap_is_told_with_topic_partition_and_number(void **state)
{
	static struct settings settings = {.kafka_prefix = "x."};
	const struct kafka_gap
		retention = {.topic = TOPIC_PAGES, .partition = 3, .from = 500, .count = 127},
		anew = {.topic = TOPIC_ITEMS, .partition = 0, .from = 7, .count = -1, .cause = KAFKA_GAP_ANEW},
		hole = {.topic = TOPIC_PAGES, .partition = 1, .from = 4, .count = 2, .cause = KAFKA_GAP_HOLE};
	char text[KAFKA_GAP_TEXT];
	(void)state;
	assert_string_equal(
		kafka_gap_text(&settings, &retention, text),
		"Kafka lost 127 messages of x.sync.pages [3] from offset 500 on: they were deleted before they were read");
	assert_string_equal(
		kafka_gap_text(&settings, &anew, text),
		"Kafka lost an unknown number of messages of x.sync.items [0] from offset 7 on: the topic was deleted and made anew");
	assert_string_equal(kafka_gap_text(&settings, &hole, text),
	                    "Kafka lost 2 messages of x.sync.pages [1] from offset 4 on: it goes on behind them, also when it is "
	                    "asked for them again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_gone_is_counted_and_never_more),
		cmocka_unit_test(a_gap_is_told_with_topic_partition_and_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
