/* Goal: a reject is known by its message, not by its place alone: where a topic was made anew its places begin again, and what
 * stood there before is kept beside, told as gone. Method: as test_writer_apply; a negative offset is a place that is gone. */
#include "writer_support.h"

#include <stdio.h>

#include "common/clock.h"

enum { PARTITIONS = 12 };

static const char *const rejects =
	"SELECT kafka_offset, position, coalesce(name, '-'), coalesce(right(sync_id::text, 1), '-') "
	"FROM sync_reject LEFT JOIN account USING (account_id) WHERE reason <> 'kafka_gap' ORDER BY 1, 2";

static void open_other(struct bench *bench)
{
	struct err err;
	must(pg_exec(bench->eye, "INSERT INTO account (name, provider, url, secret) VALUES ('other', 'x', 'x', 'x')", &err),
	     &err);
}

static void add_gap_made_anew(struct bench *bench, int64_t at_ms)
{
	const struct kafka_gap gap = {.topic = TOPIC_PAGES,
	                              .partitions = PARTITIONS,
	                              .from = 100,
	                              .count = -1,
	                              .cause = KAFKA_GAP_ANEW};
	add_gap_reject(bench, &gap, at_ms);
}

static void another_message_at_the_same_place_puts_the_old_one_aside(void **state)
{
	static const struct row {
		const char *account, *sync;
	} rows[] = {{"other", SYNC_B}, {"home", SYNC_B}, {NULL, NULL}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *bench;
		bench_open(state);
		bench = *state;
		open_other(bench);
		add_reject(bench, SYNC_A, 7, 1, 1000);
		add_reject(bench, SYNC_A, 7, 2, 1000);
		add_reject(bench, SYNC_A, 9, 0, 1000);
		run(bench);
		add_reject_of(bench, rows[i].account, rows[i].sync, 7, 2, 2000, "bytes");
		run_twice(bench);
		char want[100];
		snprintf(want, sizeof want, "-8|1|home|a -8|2|home|a 7|2|%s|%s 9|0|home|a",
		         rows[i].account ? rows[i].account : "-", rows[i].sync ? "b" : "-");
		assert_look(bench, rejects, want);
		bench_close(state);
	}
}

static void messages_of_both_topics_in_one_batch_are_told_apart(void **state)
{
	struct bench *bench = *state;
	open_other(bench);
	add_reject(bench, SYNC_A, 7, 1, 1000);
	add_reject_of(bench, "other", SYNC_B, 7, 1, 2000, "");
	add_reject_of(bench, "other", SYNC_B, 7, 3, 2000, "");
	run_twice(bench);
	assert_look(bench, rejects, "-8|1|home|a 7|1|other|b 7|3|other|b");
}

static void a_message_that_comes_again_is_the_same(void **state)
{
	struct bench *bench = *state;
	add_reject(bench, SYNC_A, 7, 1, 1000);
	add_reject_of(bench, NULL, NULL, 8, -1, 1000, "bytes");
	run(bench);
	add_reject(bench, SYNC_A, 7, 1, 2000);
	add_reject_of(bench, NULL, NULL, 8, -1, 2000, "bytes");
	run_twice(bench);
	assert_look(bench, rejects, "7|1|home|a 8|-1|-|-");
}

static void an_old_message_that_comes_late_moves_nothing(void **state)
{
	struct bench *bench = *state;
	open_other(bench);
	add_reject(bench, SYNC_A, 7, 1, 1000);
	run(bench);
	add_reject_of(bench, "other", SYNC_B, 7, 1, 2000, "");
	run(bench);
	add_reject(bench, SYNC_A, 7, 1, 1000);
	run(bench);
	assert_look(bench, rejects, "-8|1|home|a 7|1|other|b");
}

static void the_rejects_of_a_topic_that_was_made_anew_are_aside_as_soon_as_that_is_told(void **state)
{
	struct bench *bench = *state;
	int64_t now_ms = clock_wall_ms();
	add_reject(bench, SYNC_A, 7, 1, now_ms - 1000);
	add_reject(bench, SYNC_A, 9, 0, now_ms - 1000);
	run(bench);
	add_gap_made_anew(bench, now_ms);
	add_reject(bench, SYNC_B, 3, 0, now_ms + 1);
	run_twice(bench);
	assert_look(bench, rejects, "-10|0|home|a -8|1|home|a 3|0|home|b");
	add_gap_made_anew(bench, now_ms + 10);
	run(bench);
	assert_look(bench, rejects, "-14|0|home|b -10|0|home|a -8|1|home|a");
	assert_look(bench, "SELECT count(*) FROM reject_state WHERE state = 'open' AND reason <> 'kafka_gap'", "3");
}

/* A page was parsed, and deleted before that was committed (chaos 8/13). */
static void the_news_that_a_message_is_gone_puts_nothing_aside_and_hides_nothing(void **state)
{
	struct bench *bench = *state;
	const struct kafka_gap gap = {.topic = TOPIC_PAGES, .partitions = PARTITIONS, .from = 7, .count = 3};
	add_reject(bench, SYNC_A, 7, 1, 1000);
	add_reject(bench, SYNC_A, 7, -1, 1000);
	run(bench);
	add_gap_reject(bench, &gap, 2000);
	run_twice(bench);
	assert_look(bench, rejects, "7|-1|home|a 7|1|home|a");
	assert_look(bench, "SELECT kafka_offset, position FROM sync_reject WHERE reason = 'kafka_gap'", "7|-2");
}

static void a_replayed_page_mends_nothing_of_another_account_and_no_gap(void **state)
{
	struct bench *bench = *state;
	const struct kafka_gap gap = {.topic = TOPIC_PAGES, .partitions = PARTITIONS, .from = 7, .count = 3};
	const struct at copy = {.sync = SYNC_B, .category = "artists", .epoch = 2, .replayed = true, .from = 7};
	open_other(bench);
	add_reject_of(bench, "other", SYNC_A, 7, 1, 1000, "");
	add_gap_reject(bench, &gap, 1000);
	add_replay_started(bench, SYNC_B, 2, "artists");
	add_items(bench, &copy, "a=A");
	run(bench);
	assert_look(bench, "SELECT position, replayed_at IS NULL FROM sync_reject ORDER BY 1", "-2|t 1|t");
}

#define REJECTS_TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_message_at_the_same_place_puts_the_old_one_aside),
		REJECTS_TEST(messages_of_both_topics_in_one_batch_are_told_apart),
		REJECTS_TEST(a_message_that_comes_again_is_the_same),
		REJECTS_TEST(an_old_message_that_comes_late_moves_nothing),
		REJECTS_TEST(the_rejects_of_a_topic_that_was_made_anew_are_aside_as_soon_as_that_is_told),
		REJECTS_TEST(the_news_that_a_message_is_gone_puts_nothing_aside_and_hides_nothing),
		REJECTS_TEST(a_replayed_page_mends_nothing_of_another_account_and_no_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
