/* Goal: a reject is known by its message, not by its place alone: where a topic was made anew its places begin again, and what
 * stood there before is kept beside, told as gone. Method: as test_writer_apply; a negative offset is a place that is gone. */
#include "writer_support.h"

#include <stdio.h>
#include <string.h>

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

/* ---- what is kept of them ---- */

/* Rejects number `first` and on, so many days old; account and category as SQL. */
static void keep(struct bench *bench, int first, int count, const char *account, const char *category, int days,
                 bool replayed)
{
	char sql[400];
	snprintf(sql, sizeof sql,
	         "WITH r AS (INSERT INTO sync_reject (topic, kafka_partition, kafka_offset, position, account_id, category, kind, "
	         "reason, detail, original, at, replayed_at) SELECT 't', 0, n, 0, %s, '%s', 'artist', 'x', 'x', 'x', "
	         "now() - interval '%d days', %s FROM generate_series(%d, %d) n RETURNING 1) SELECT count(*) FROM r",
	         account, category, days, replayed ? "now()" : "NULL", first, first + count - 1);
	look(bench, sql);
}

static void what_is_not_open_or_cannot_be_closed_is_kept_while_kafka_has_its_message(void **state)
{
	struct bench *bench = *state;
	static const struct {
		const char *account, *category;
		int days;
		bool replayed, stays;
	} rows[] = {
		{"1", "artists", 15, true, false},     {"1", "artists", 13, true, true}, {"1", "artists", 15, false, true},
		{"2", "artists", 15, true, true},      {"1", "albums", 15, true, true},  {"1", "", 15, false, false},
		{"NULL", "artists", 15, false, false}, {"NULL", "", 15, false, false},   {"NULL", "", 13, false, true},
	};
	char want[100] = "";
	open_other(bench);
	for (int i = 0; i < (int)COUNT_OF(rows); i++) {
		keep(bench, i, 1, rows[i].account, rows[i].category, rows[i].days, rows[i].replayed);
		if (rows[i].stays)
			snprintf(want + strlen(want), sizeof want - strlen(want), "%s%d", *want ? " " : "", i);
	}
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	assert_look(bench, "SELECT kafka_offset FROM sync_reject ORDER BY 1", want);
}

static void many_that_are_history_go_little_by_little(void **state)
{
	struct bench *bench = *state;
	const struct end unchanged = {.unchanged = true};
	const struct at at = {.sync = SYNC_B, .category = "artists", .epoch = 2};
	keep(bench, 0, LIMIT_PRUNED_REJECTS + 10, "1", "artists", 15, true);
	walk_artists(bench, SYNC_A, 1, "a=A", 1, NULL);
	assert_look(bench, "SELECT count(*) FROM sync_reject", "10");
	add_started(bench, SYNC_B, 2, "artists", "artists");
	add_end(bench, &at, 0, 0, &unchanged);
	run(bench);
	assert_look(bench, "SELECT count(*) FROM sync_reject", "0");
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
		REJECTS_TEST(what_is_not_open_or_cannot_be_closed_is_kept_while_kafka_has_its_message),
		REJECTS_TEST(many_that_are_history_go_little_by_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
