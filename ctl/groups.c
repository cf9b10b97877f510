/* Groups by admin calls. */
#include "ctl/groups.h"

#include <stdio.h>
#include <string.h>

#include "common/kafka.h"

enum { ANSWER_MS = 5000 };

const struct worker_group worker_groups[GROUPS] = {
	{"fetcher", "", GROUP_FETCHER, 1u << TOPIC_JOBS},
	{"fetcher", " for background work", GROUP_BACKGROUND, 1u << TOPIC_BACKGROUND},
	{"parser", "", GROUP_PARSER, 1u << TOPIC_PAGES},
	{"writer", "", GROUP_WRITER, 1u << TOPIC_ITEMS | 1u << TOPIC_REJECTS},
};

const char *groups_name(const struct settings *settings, unsigned group, char text[GROUP_NAME])
{
	snprintf(text, GROUP_NAME, "%.100s%s", settings->kafka_prefix, worker_groups[group].group);
	return text;
}

/* librdkafka writes connection failures to standard error by itself; they are told by the call that fails instead. */
static void no_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	(void)client;
	(void)level;
	(void)facility;
	(void)text;
}

int groups_client(const struct settings *settings, rd_kafka_t **ret, struct err *err)
{
	rd_kafka_conf_t *conf;
	char text[256];
	const struct rd_kafka_metadata *metadata = NULL;
	if (kafka_conf(settings, &conf, err, "group.id", "syncline-ctl", "enable.auto.commit", "false",
	               "enable.auto.offset.store", "false", "auto.offset.reset", "earliest", "queued.min.messages", "1",
	               "queued.max.messages.kbytes", "1024", "fetch.message.max.bytes", "65536", "allow.auto.create.topics",
	               "false", NULL))
		return -1;
	rd_kafka_conf_set_log_cb(conf, no_log);
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	if (!client) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_CONFIG, 0, "Kafka client: %s", text);
	}
	rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, NULL, &metadata, ANSWER_MS);
	if (code) {
		kafka_destroy(client);
		return err_set(err, ERR_RETRY, code, "Kafka at %s does not answer: %s", settings->kafka_brokers,
		               rd_kafka_err2str(code));
	}
	rd_kafka_metadata_destroy(metadata);
	*ret = client;
	return 0;
}

static void read_state(const rd_kafka_ConsumerGroupDescription_t *description, struct group_state *state)
{
	rd_kafka_consumer_group_state_t known = rd_kafka_ConsumerGroupDescription_state(description);
	state->members = (int)rd_kafka_ConsumerGroupDescription_member_count(description);
	/* A group that was never there is "Dead" to Kafka, which frightens people. */
	snprintf(state->state, sizeof state->state, "%s",
	         known == RD_KAFKA_CONSUMER_GROUP_STATE_DEAD ? "none" : rd_kafka_consumer_group_state_name(known));
}

static int read_states(rd_kafka_event_t *event, struct group_state states[GROUPS], struct err *err)
{
	size_t count = 0;
	if (!event || rd_kafka_event_error(event))
		return err_set(err, ERR_RETRY, 0, "Kafka does not describe the consumer groups: %s",
		               event ? rd_kafka_event_error_string(event) : "no answer");
	const rd_kafka_ConsumerGroupDescription_t **descriptions =
		rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event), &count);
	for (size_t i = 0; i < count && i < GROUPS; i++) {
		const rd_kafka_error_t *error = rd_kafka_ConsumerGroupDescription_error(descriptions[i]);
		if (!error)
			read_state(descriptions[i], &states[i]);
		else if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND)
			return err_set(err, kafka_classify(rd_kafka_error_code(error)), 0, "Kafka group %s: %s",
			               rd_kafka_ConsumerGroupDescription_group_id(descriptions[i]), rd_kafka_error_string(error));
	}
	return 0;
}

int groups_describe(const struct settings *settings, rd_kafka_t *client, struct group_state states[GROUPS],
                    struct err *err)
{
	char names[GROUPS][GROUP_NAME];
	const char *list[GROUPS];
	for (unsigned i = 0; i < GROUPS; i++) {
		list[i] = groups_name(settings, i, names[i]);
		states[i] = (struct group_state){.state = "none"};
	}
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_DescribeConsumerGroups(client, list, GROUPS, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ANSWER_MS);
	int result = read_states(event, states, err);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	return result;
}
