/* Goal: what is on its way is known whole or not at all, and in the time that was given. Method: librdkafka's own mock broker, a
 * partition without a leader, and a way to it that is long. */
#include "unit.h"

#include <librdkafka/rdkafka.h>
/* Behind it. */
#include <librdkafka/rdkafka_mock.h>

#include "common/lag.h"

enum { PARTITIONS = 2, MESSAGES = 10, PATIENCE_MS = 20000 };

static rd_kafka_t *producer;
static rd_kafka_mock_cluster_t *cluster;
static struct settings settings;
static rd_kafka_t *client;

/* MESSAGES of pages, as many in each partition, none taken by a parser; no items. */
static int begin(void **state)
{
	char text[256];
	struct err err;
	(void)state;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", text, sizeof text);
	producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	assert_non_null(producer);
	cluster = rd_kafka_handle_mock_cluster(producer);
	assert_int_equal(rd_kafka_mock_topic_create(cluster, topic_specs[TOPIC_PAGES].name, PARTITIONS, 1), 0);
	assert_int_equal(rd_kafka_mock_topic_create(cluster, topic_specs[TOPIC_ITEMS].name, PARTITIONS, 1), 0);
	for (int i = 0; i < MESSAGES; i++)
		assert_int_equal(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic_specs[TOPIC_PAGES].name),
		                                   RD_KAFKA_V_PARTITION(i % PARTITIONS), RD_KAFKA_V_VALUE("x", 1),
		                                   RD_KAFKA_V_END),
		                 0);
	assert_int_equal(rd_kafka_flush(producer, PATIENCE_MS), 0);
	assert_true(span_copy(span_of(rd_kafka_mock_cluster_bootstraps(cluster)), settings.kafka_brokers,
	                      sizeof settings.kafka_brokers));
	return lag_open(&settings, &client, &err);
}

static int end(void **state)
{
	(void)state;
	lag_close(&client);
	rd_kafka_destroy(producer);
	return 0;
}

static void what_nobody_has_taken_is_on_its_way(void **state)
{
	struct err err;
	int64_t messages;
	(void)state;
	if (lag_on_the_way(&settings, client, PATIENCE_MS, &messages, &err))
		fail_msg("%s", err.text);
	assert_int_equal(messages, MESSAGES);
}

static void a_partition_without_a_leader_is_not_an_empty_one(void **state)
{
	struct err err;
	int64_t messages;
	(void)state;
	rd_kafka_mock_partition_set_leader(cluster, topic_specs[TOPIC_PAGES].name, 1, -1);
	assert_int_equal(lag_on_the_way(&settings, client, 2000, &messages, &err), -1);
	assert_err(&err, ERR_RETRY, "Kafka does not tell");
}

/* Each question is answered in time; all of them are not. */
static void the_time_that_is_given_is_for_all_questions_together(void **state)
{
	enum { TRIP_MS = 200, GIVEN_MS = 5 * TRIP_MS };
	struct err err;
	int64_t messages;
	(void)state;
	rd_kafka_mock_broker_set_rtt(cluster, 1, TRIP_MS);
	assert_int_equal(lag_on_the_way(&settings, client, PATIENCE_MS, &messages, &err), 0); /* and it is connected */
	assert_int_equal(lag_on_the_way(&settings, client, GIVEN_MS, &messages, &err), -1);
	assert_int_equal(err.class, ERR_RETRY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_nobody_has_taken_is_on_its_way, begin, end),
		cmocka_unit_test_setup_teardown(a_partition_without_a_leader_is_not_an_empty_one, begin, end),
		cmocka_unit_test_setup_teardown(the_time_that_is_given_is_for_all_questions_together, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
