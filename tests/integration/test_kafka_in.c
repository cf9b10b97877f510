/* Goal: a consumer passes over no message unseen, whatever its client does, and an offset of a topic that is gone is never one of
 * the topic that took its name. Method: a real Kafka with topics of the test's own; what a client may do wrong is done to it by
 * the rd_kafka_consumer_poll of this program, which stands in front of the library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka.h"
#include "common/kafka_in.h"
#include "common/stats.h"

enum { WAIT_MS = 30000 };

static struct settings settings;
static struct kafka_out *out;
static int64_t passed_over = -1; /* a message of this offset is swallowed once */

rd_kafka_message_t *rd_kafka_consumer_poll(rd_kafka_t *client, int timeout_ms)
{
	static rd_kafka_message_t *(*library)(rd_kafka_t *, int);
	if (!library)
		*(void **)&library = dlsym(RTLD_NEXT, "rd_kafka_consumer_poll");
	rd_kafka_message_t *raw = library(client, timeout_ms);
	if (!raw || raw->err || raw->offset != passed_over)
		return raw;
	passed_over = -1;
	rd_kafka_message_destroy(raw);
	return NULL;
}

/* How often the coordinator refuses to tell where a group is. */
static int refusals;

rd_kafka_resp_err_t rd_kafka_committed(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list, int timeout_ms)
{
	static rd_kafka_resp_err_t (*library)(rd_kafka_t *, rd_kafka_topic_partition_list_t *, int);
	if (!library)
		*(void **)&library = dlsym(RTLD_NEXT, "rd_kafka_committed");
	return refusals > 0 && refusals-- ? RD_KAFKA_RESP_ERR_NOT_COORDINATOR : library(client, list, timeout_ms);
}

/* Of a partition of this number nobody tells the offsets; -1: of none is that so. */
static int without_leader = -1;
/* So many questions for the first and last offsets find no leader yet; how often partitions were assigned meanwhile. */
static int leaderless, assigned;

rd_kafka_resp_err_t rd_kafka_offsets_for_times(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list,
                                               int timeout_ms)
{
	static rd_kafka_resp_err_t (*library)(rd_kafka_t *, rd_kafka_topic_partition_list_t *, int);
	if (!library)
		*(void **)&library = dlsym(RTLD_NEXT, "rd_kafka_offsets_for_times");
	if (leaderless > 0 && leaderless--)
		return RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
	rd_kafka_resp_err_t result = library(client, list, timeout_ms);
	for (int i = 0; i < list->cnt; i++) {
		if (list->elems[i].partition == without_leader)
			list->elems[i].err = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
	}
	return result;
}

rd_kafka_resp_err_t rd_kafka_assign(rd_kafka_t *client, const rd_kafka_topic_partition_list_t *list)
{
	static rd_kafka_resp_err_t (*library)(rd_kafka_t *, const rd_kafka_topic_partition_list_t *);
	if (!library)
		*(void **)&library = dlsym(RTLD_NEXT, "rd_kafka_assign");
	assigned++;
	return library(client, list);
}

static void must(int result, const struct err *err)
{
	if (result)
		fail_msg("%s", err->text);
}

/* Topics that nobody else has. */
static int begin(void **state)
{
	static int number;
	struct err err;
	int made;
	(void)state;
	if (!getenv("SYNCLINE_TEST_KAFKA"))
		fail_msg("set SYNCLINE_TEST_KAFKA to a broker on which this test may make topics");
	settings = (struct settings){.kafka_session_ms = 6000};
	snprintf(settings.kafka_brokers, sizeof settings.kafka_brokers, "%s", getenv("SYNCLINE_TEST_KAFKA"));
	snprintf(settings.kafka_prefix, sizeof settings.kafka_prefix, "in%d.%d.", (int)getpid(), number++);
	passed_over = without_leader = -1;
	must(kafka_create_topics(&settings, &made, &err), &err);
	must(kafka_out_open(&settings, NULL, NULL, &out, &err), &err);
	return 0;
}

static rd_kafka_t *plain_producer(const char *transaction)
{
	rd_kafka_conf_t *conf;
	char text[256];
	struct err err;
	if (transaction)
		must(kafka_conf(&settings, &conf, &err, "transactional.id", transaction, NULL), &err);
	else
		must(kafka_conf(&settings, &conf, &err, NULL), &err);
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	assert_non_null(client);
	return client;
}

static void delete_topic(enum topic topic)
{
	rd_kafka_t *client = plain_producer(NULL);
	char name[TOPIC_NAME_MAX];
	rd_kafka_DeleteTopic_t *request = rd_kafka_DeleteTopic_new(topic_name(settings.kafka_prefix, topic, name));
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_DeleteTopics(client, &request, 1, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
	assert_non_null(event);
	rd_kafka_event_destroy(event);
	rd_kafka_DeleteTopic_destroy(request);
	rd_kafka_queue_destroy(queue);
	rd_kafka_destroy(client);
}

static int end(void **state)
{
	(void)state;
	kafka_out_close(&out);
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		delete_topic((enum topic)i);
	return 0;
}

/* All under one key, so in one partition. */
static void put(enum topic topic, const char *words)
{
	struct err err;
	for (const char *word = words; *word; word++) {
		struct buf value;
		buf_init(&value, 100);
		buf_add(&value, word, 1);
		must(kafka_out_send(out, topic, span_of("home"), &value, NULL, &err), &err);
		buf_done(&value);
	}
	must(kafka_out_flush(out, WAIT_MS, &err), &err);
}

static struct kafka_in *open_in(enum topic topic)
{
	const struct kafka_in_options options = {.settings = &settings, .group = "group", .topics = 1u << topic};
	struct kafka_in *in;
	struct err err;
	must(kafka_in_open(&options, &in, &err), &err);
	return in;
}

/* Reads on until `count` messages have come; they are finished. Errors of class RETRY pass. */
static const char *read_on(struct kafka_in *in, size_t count)
{
	static char text[200];
	struct kafka_message message;
	struct err err;
	int64_t deadline_ms = clock_ms() + WAIT_MS;
	size_t used = 0;
	while (used < count) {
		int got = kafka_in_poll(in, 100, &message, &err);
		assert_true(got >= 0 || err.class == ERR_RETRY);
		if (clock_ms() > deadline_ms)
			fail_msg("only '%.*s' came", (int)used, text);
		if (got < 1)
			continue;
		text[used++] = *message.value.at;
		kafka_in_finish(in, &message.place);
		kafka_in_release(&message);
	}
	text[used] = '\0';
	return text;
}

/* The gap that is told within the time, in words; the topic without its prefix. */
static const char *told(struct kafka_in *in)
{
	static char text[KAFKA_GAP_TEXT];
	struct settings plain = {0};
	struct kafka_gap gap;
	int64_t deadline_ms = clock_ms() + WAIT_MS;
	while (!kafka_in_tell_gap(in, out, &gap)) {
		struct kafka_message message;
		struct err err;
		if (clock_ms() > deadline_ms)
			fail_msg("no gap is told");
		assert_true(kafka_in_poll(in, 100, &message, &err) < 1);
	}
	assert_int_equal(gap.partitions, topic_specs[gap.topic].partitions);
	return kafka_gap_text(&plain, &gap, text);
}

/* Leaves the marks of a transaction, and with `abort` a message that nobody gets. */
static void assert_told(struct kafka_in *in, const char *words)
{
	const char *text = told(in);
	if (!strstr(text, words))
		fail_msg("told: %s", text);
}

static void transact(enum topic topic, bool aborts)
{
	rd_kafka_t *client = plain_producer("test");
	char name[TOPIC_NAME_MAX];
	assert_null(rd_kafka_init_transactions(client, WAIT_MS));
	assert_null(rd_kafka_begin_transaction(client));
	assert_int_equal(rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic_name(settings.kafka_prefix, topic, name)),
	                                   RD_KAFKA_V_KEY("home", 4), RD_KAFKA_V_VALUE("t", 1), RD_KAFKA_V_END),
	                 0);
	assert_int_equal(rd_kafka_flush(client, WAIT_MS), 0); /* an abort drops what is not sent yet */
	assert_null(aborts ? rd_kafka_abort_transaction(client, WAIT_MS) : rd_kafka_commit_transaction(client, WAIT_MS));
	rd_kafka_destroy(client);
}

static void a_message_that_the_client_passes_over_is_read_after_all(void **state)
{
	int64_t asked = stats_get(STAT_kafka_asked_again_total);
	(void)state;
	for (passed_over = 0; passed_over < 3;) {
		int64_t offset = passed_over;
		struct kafka_gap gap;
		begin(state);
		passed_over = offset;
		struct kafka_in *in = open_in(TOPIC_PAGES);
		put(TOPIC_PAGES, "abcde");
		assert_string_equal(read_on(in, 5), "abcde");
		assert_false(kafka_in_tell_gap(in, out, &gap));
		assert_int_equal(passed_over, -1);
		kafka_in_close(&in);
		end(state);
		passed_over = offset + 1;
	}
	assert_int_equal(stats_get(STAT_kafka_asked_again_total) - asked, 3);
}

static void what_is_missing_among_pages_is_told(void **state)
{
	struct kafka_in *in = open_in(TOPIC_PAGES);
	(void)state;
	put(TOPIC_PAGES, "ab");
	transact(TOPIC_PAGES, true);
	put(TOPIC_PAGES, "c");
	assert_string_equal(read_on(in, 3), "abc");
	assert_told(in, "messages of sync.pages [4] from offset 2 on: it goes on behind them");
	kafka_in_close(&in);
}

static void the_marks_of_transactions_among_jobs_are_no_gap(void **state)
{
	struct kafka_in *in = open_in(TOPIC_JOBS);
	struct kafka_gap gap;
	(void)state;
	transact(TOPIC_JOBS, false);
	transact(TOPIC_JOBS, true);
	put(TOPIC_JOBS, "a");
	assert_string_equal(read_on(in, 2), "ta");
	assert_false(kafka_in_tell_gap(in, out, &gap));
	kafka_in_close(&in);
}

static void a_partition_that_rests_before_its_first_message_is_read_from_it(void **state)
{
	struct kafka_in *in = open_in(TOPIC_PAGES);
	struct kafka_message message;
	struct err err;
	(void)state;
	put(TOPIC_ITEMS, "x"); /* the cluster is warm */
	while (kafka_in_obstacle(in))
		assert_true(kafka_in_poll(in, 100, &message, &err) != 1); /* -1: the topic is too new */
	put(TOPIC_PAGES, "abc");
	for (int i = 0; i < 20; i++) {
		/* Fetched by the client by then, or not: both happen. */
		poll(NULL, 0, i * 10);
		kafka_in_pause(in, true);
		assert_int_equal(kafka_in_poll(in, 0, &message, &err), 0);
		kafka_in_pause(in, false);
	}
	assert_string_equal(read_on(in, 3), "abc");
	assert_int_equal(stats_get(STAT_kafka_asked_again_total), 0);
	kafka_in_close(&in);
}

static void a_gap_that_was_not_told_is_found_again(void **state)
{
	struct kafka_in *in = open_in(TOPIC_PAGES);
	(void)state;
	put(TOPIC_PAGES, "a");
	assert_string_equal(read_on(in, 1), "a");
	kafka_in_commit(in);
	transact(TOPIC_PAGES, true);
	put(TOPIC_PAGES, "b");
	assert_string_equal(read_on(in, 1), "b");
	kafka_in_close(&in); /* before it is told */
	in = open_in(TOPIC_PAGES);
	assert_string_equal(read_on(in, 1), "b");
	assert_told(in, "messages of sync.pages [4] from offset 1 on: it goes on behind them");
	kafka_in_close(&in);
	in = open_in(TOPIC_PAGES);
	put(TOPIC_PAGES, "c");
	assert_string_equal(read_on(in, 1), "c");
	kafka_in_close(&in);
}

static void a_group_whose_place_is_not_told_at_first_goes_on_there_when_it_is(void **state)
{
	struct kafka_in *in = open_in(TOPIC_PAGES);
	struct kafka_message message;
	struct err err;
	const char *obstacle = NULL;
	(void)state;
	put(TOPIC_PAGES, "abc");
	assert_string_equal(read_on(in, 3), "abc");
	kafka_in_commit(in);
	kafka_in_close(&in);
	put(TOPIC_PAGES, "de");
	refusals = 2;
	in = open_in(TOPIC_PAGES);
	for (int64_t deadline_ms = clock_ms() + WAIT_MS; !obstacle || !strstr(obstacle, "where to read on");) {
		assert_true(clock_ms() < deadline_ms);
		if (kafka_in_poll(in, 10, &message, &err) == 1)
			kafka_in_release(&message); /* not finished: it comes again */
		obstacle = kafka_in_obstacle(in);
	}
	for (int64_t deadline_ms = clock_ms() + WAIT_MS; refusals || kafka_in_obstacle(in);) {
		assert_true(clock_ms() < deadline_ms);
		if (kafka_in_poll(in, 10, &message, &err) == 1)
			kafka_in_release(&message);
	}
	assert_int_equal(kafka_in_rewind(in, &err), 0);
	assert_string_equal(read_on(in, 2), "de");
	kafka_in_close(&in);
}

/* Were each of its twelve partitions answered when it complains, it would be assigned hundreds of times. */
static void a_topic_without_leaders_yet_is_read_as_soon_as_it_has_some(void **state)
{
	(void)state;
	put(TOPIC_PAGES, "abc");
	leaderless = 10;
	struct kafka_in *in = open_in(TOPIC_PAGES);
	assigned = 0;
	assert_string_equal(read_on(in, 3), "abc");
	assert_in_range(assigned, 1, 3);
	assert_null(kafka_in_obstacle(in));
	kafka_in_close(&in);
}

static void what_is_gone_from_the_very_beginning_is_told_also_when_leaders_come_late(void **state)
{
	(void)state;
	transact(TOPIC_PAGES, true);
	put(TOPIC_PAGES, "b");
	leaderless = 2;
	struct kafka_in *in = open_in(TOPIC_PAGES);
	assert_string_equal(read_on(in, 1), "b");
	assert_told(in, "messages of sync.pages [4] from offset 0 on"); /* the mark of the abort may come behind b */
	kafka_in_close(&in);
}

/* What is before this offset is deleted, as retention does it. */
static void delete_before(enum topic topic, int32_t partition, int64_t offset)
{
	rd_kafka_t *client = plain_producer(NULL);
	char name[TOPIC_NAME_MAX];
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic_name(settings.kafka_prefix, topic, name), partition)->offset = offset;
	rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(list);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_DeleteRecords(client, &request, 1, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
	assert_non_null(event);
	assert_int_equal(rd_kafka_event_error(event), 0);
	rd_kafka_event_destroy(event);
	rd_kafka_DeleteRecords_destroy(request);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_queue_destroy(queue);
	rd_kafka_destroy(client);
}

static void one_partition_without_a_leader_hides_no_gap_of_another(void **state)
{
	(void)state;
	put(TOPIC_PAGES, "abc");
	delete_before(TOPIC_PAGES, 4, 2);
	without_leader = 0;
	struct kafka_in *in = open_in(TOPIC_PAGES);
	assigned = 0;
	assert_string_equal(read_on(in, 1), "c");
	assert_told(in,
	            "Kafka lost 2 messages of sync.pages [4] from offset 0 on: they were deleted before they were read");
	assert_in_range(assigned, 0, 3); /* nothing was begun blindly and refused */
	kafka_in_close(&in);
}

static void news_of_a_gap_that_kafka_refused_is_told_again(void **state)
{
	struct kafka_in *in = open_in(TOPIC_PAGES);
	struct kafka_gap gap;
	struct err err;
	int made;
	(void)state;
	put(TOPIC_REJECTS, "x"); /* the producer knows the topic */
	transact(TOPIC_PAGES, true);
	put(TOPIC_PAGES, "b");
	assert_string_equal(read_on(in, 1), "b");
	delete_topic(TOPIC_REJECTS);
	for (int64_t deadline_ms = clock_ms() + 6000, failed = kafka_out_failed(out);
	     clock_ms() < deadline_ms && kafka_out_failed(out) == failed; poll(NULL, 0, 50)) {
		assert_false(kafka_in_tell_gap(in, out, &gap));
	}
	assert_false(kafka_in_tell_gap(in, out, &gap));
	must(kafka_create_topics(&settings, &made, &err), &err);
	assert_int_equal(made, 1);
	assert_told(in, "messages of sync.pages [4] from offset 0 on");
	kafka_in_close(&in);
}

static void a_topic_that_was_made_anew_is_read_from_its_beginning(void **state)
{
	struct kafka_in *in = open_in(TOPIC_ITEMS);
	struct kafka_message message;
	struct err err;
	int made;
	(void)state;
	put(TOPIC_ITEMS, "abc");
	assert_string_equal(read_on(in, 3), "abc");
	kafka_in_commit(in);
	delete_topic(TOPIC_ITEMS);
	/* Kafka, too, forgets the group only by and by. */
	for (int64_t deadline_ms = clock_ms() + WAIT_MS; kafka_in_poll(in, 100, &message, &err) == 0;)
		assert_true(clock_ms() < deadline_ms);
	assert_int_equal(err.class, ERR_RETRY);
	assert_non_null(strstr(err.text, "Kafka has no topic"));
	must(kafka_create_topics(&settings, &made, &err), &err);
	assert_int_equal(made, 1);
	kafka_out_close(&out);
	must(kafka_out_open(&settings, NULL, NULL, &out, &err), &err);
	put(TOPIC_ITEMS, "123456789"); /* past the old offset */
	assert_string_equal(read_on(in, 9), "123456789");
	assert_string_equal(told(in),
	                    "Kafka lost an unknown number of messages of sync.items [4] from offset 3 on: the topic was deleted "
	                    "and made anew");
	kafka_in_close(&in);
}

/* librdkafka 2.0 to 2.3 waits for ever for references that it has lost itself (librdkafka#4674); one that is held does the same. */
static void a_client_that_does_not_end_keeps_no_worker_from_its_end(void **state)
{
	struct kafka_in *in = open_in(TOPIC_ITEMS);
	struct kafka_message message = {0};
	struct err err;
	(void)state;
	put(TOPIC_ITEMS, "a");
	for (int64_t deadline_ms = clock_ms() + WAIT_MS; kafka_in_poll(in, 100, &message, &err) != 1;)
		assert_true(clock_ms() < deadline_ms);
	kafka_in_finish(in, &message.place);
	kafka_in_close(&in);
	kafka_in_release(&message);
	in = open_in(TOPIC_ITEMS);
	put(TOPIC_ITEMS, "b");
	assert_string_equal(read_on(in, 1), "b"); /* it has left the group in order, its offset committed */
	kafka_in_close(&in);
}

#define KAFKA_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KAFKA_TEST(a_partition_that_rests_before_its_first_message_is_read_from_it),
		cmocka_unit_test(a_message_that_the_client_passes_over_is_read_after_all),
		KAFKA_TEST(what_is_missing_among_pages_is_told),
		KAFKA_TEST(the_marks_of_transactions_among_jobs_are_no_gap),
		KAFKA_TEST(a_gap_that_was_not_told_is_found_again),
		KAFKA_TEST(a_group_whose_place_is_not_told_at_first_goes_on_there_when_it_is),
		KAFKA_TEST(a_topic_without_leaders_yet_is_read_as_soon_as_it_has_some),
		KAFKA_TEST(what_is_gone_from_the_very_beginning_is_told_also_when_leaders_come_late),
		KAFKA_TEST(one_partition_without_a_leader_hides_no_gap_of_another),
		KAFKA_TEST(news_of_a_gap_that_kafka_refused_is_told_again),
		KAFKA_TEST(a_topic_that_was_made_anew_is_read_from_its_beginning),
		KAFKA_TEST(a_client_that_does_not_end_keeps_no_worker_from_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
