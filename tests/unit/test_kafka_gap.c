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
		int64_t committed, known, begin, end, start, lost;
	} rows[] = {
		{"a new group reads everything", -1, -1, 0, 10, 0, 0},
		{"a new group reads what retention left, and the rest is gone for it", -1, -1, 7, 10, 7, 7},
		{"a group goes on where it was", 5, -1, 0, 10, 5, 0},
		{"a group that has read everything", 10, 10, 0, 10, 10, 0},
		{"nothing is lost as long as the next one is here", 7, -1, 7, 10, 7, 0},
		{"retention took what was not read", 5, -1, 7, 10, 7, 2},
		{"retention took everything", 5, 5, 10, 10, 10, 5},
		{"another topic, which is shorter", 50, -1, 0, 10, 0, -1},
		{"another topic, and Kafka has forgotten the group with the old one", -1, 50, 0, 10, 0, -1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		int64_t lost = 99;
		int64_t start = kafka_gap_judge(row->committed, row->known, row->begin, row->end, &lost);
		if (start != row->start || lost != row->lost)
			fail_msg("%s: start %lld, lost %lld", row->name, (long long)start, (long long)lost);
	}
}

static void a_gap_is_told_with_topic_partition_and_number(void **state)
{
	static struct settings settings = {.kafka_prefix = "x."};
	const struct kafka_gap retention = {.topic = TOPIC_PAGES, .partition = 3, .from = 500, .count = 127},
						   anew = {.topic = TOPIC_ITEMS, .partition = 0, .from = 7, .count = -1};
	char text[KAFKA_GAP_TEXT];
	(void)state;
	assert_string_equal(
		kafka_gap_text(&settings, &retention, text),
		"Kafka lost 127 messages of x.sync.pages [3] from offset 500 on: they were deleted before they were read");
	assert_string_equal(
		kafka_gap_text(&settings, &anew, text),
		"Kafka lost an unknown number of messages of x.sync.items [0] from offset 7 on: the topic was deleted and made anew");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_gone_is_counted_and_never_more),
		cmocka_unit_test(a_gap_is_told_with_topic_partition_and_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
