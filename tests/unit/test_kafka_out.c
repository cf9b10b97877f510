/* Goal: what the producer calls delivered is in Kafka. Method: librdkafka's own mock broker, which refuses what it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>
/* Behind it. */
#include <librdkafka/rdkafka_mock.h>
#include <string.h>

#include "common/clock.h"
#include "common/kafka_out.h"

enum { PRODUCE = 0, WAIT_MS = 20000, ANSWER_MS = 300 };

struct bench {
	rd_kafka_t *mock;
	rd_kafka_mock_cluster_t *cluster;
	struct kafka_out *out;
};

/* Token of a message: what was reported of it. */
struct report {
	int count;
	enum err_class class; /* ERR_NONE: delivered */
};

static void on_delivered(void *context, void *token, const struct err *err)
{
	struct report *report = token;
	(void)context;
	report->count++;
	report->class = err ? err->class : ERR_NONE;
}

static int begin(void **state)
{
	static struct bench bench;
	static struct settings settings;
	char text[256];
	struct err err;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "log_level", "3", NULL, 0);
	bench.mock = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	assert_non_null(bench.mock);
	bench.cluster = rd_kafka_mock_cluster_new(bench.mock, 1);
	assert_int_equal(rd_kafka_mock_topic_create(bench.cluster, topic_specs[TOPIC_ITEMS].name, 1, 1), 0);
	settings = (struct settings){.retries = 3};
	assert_true(span_copy(span_of(rd_kafka_mock_cluster_bootstraps(bench.cluster)), settings.kafka_brokers,
	                      sizeof settings.kafka_brokers));
	assert_int_equal(kafka_out_open(&settings, on_delivered, NULL, &bench.out, &err), 0);
	*state = &bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;
	kafka_out_close(&bench->out);
	rd_kafka_mock_cluster_destroy(bench->cluster);
	rd_kafka_destroy(bench->mock);
	return 0;
}

static void send_one(struct bench *bench, struct report *report)
{
	struct buf value;
	struct err err;
	buf_init(&value, 100);
	buf_add(&value, "x", 1);
	assert_int_equal(kafka_out_send(bench->out, TOPIC_ITEMS, span_of("key"), &value, report, &err), 0);
	buf_done(&value);
}

static void await(struct bench *bench, const struct report *report)
{
	int64_t deadline_ms = clock_ms() + WAIT_MS;
	while (report->count == 0 && clock_ms() < deadline_ms)
		kafka_out_poll(bench->out, 10);
	assert_int_equal(report->count, 1);
}

static void what_kafka_has_is_delivered(void **state)
{
	struct report report = {0};
	send_one(*state, &report);
	await(*state, &report);
	assert_int_equal(report.class, ERR_NONE);
}

static void a_message_that_is_refused_for_a_moment_is_not_overtaken(void **state)
{
	struct bench *bench = *state;
	struct report first = {0}, second = {0}, third = {0};
	send_one(bench, &first);
	await(bench, &first);
	/* The other one is there to be sent when it is refused, because its partition had no leader a moment ago. */
	rd_kafka_mock_broker_push_request_error_rtts(bench->cluster, 1, PRODUCE, (size_t)2,
	                                             RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, ANSWER_MS,
	                                             RD_KAFKA_RESP_ERR_NO_ERROR, ANSWER_MS);
	send_one(bench, &second);
	for (int64_t until_ms = clock_ms() + ANSWER_MS / 3; clock_ms() < until_ms;)
		kafka_out_poll(bench->out, 10);
	send_one(bench, &third);
	await(bench, &second);
	await(bench, &third);
	assert_int_equal(third.class, ERR_NONE);
	assert_int_equal(second.class, ERR_NONE);
	assert_int_equal(kafka_out_failed(bench->out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_kafka_has_is_delivered, begin, end),
		cmocka_unit_test_setup_teardown(a_message_that_is_refused_for_a_moment_is_not_overtaken, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
