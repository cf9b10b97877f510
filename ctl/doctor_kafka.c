/* Kafka's part of `syncline doctor`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/kafka.h"
#include "ctl/doctor.h"
#include "ctl/groups.h"

enum { ANSWER_MS = 5000 };

static const struct rd_kafka_metadata_topic *find_topic(const struct rd_kafka_metadata *metadata, const char *name)
{
	for (int i = 0; i < metadata->topic_cnt; i++) {
		if (strcmp(metadata->topics[i].topic, name) == 0)
			return &metadata->topics[i];
	}
	return NULL;
}

/* Fewer partitions only mean fewer workers at once. */
static bool check_topic(struct doctor *doctor, const struct rd_kafka_metadata *metadata, enum topic topic)
{
	char name[TOPIC_NAME_MAX];
	const struct rd_kafka_metadata_topic *found = find_topic(metadata, topic_name(doctor->ctl->settings.kafka_prefix,
	                                                                              topic, name));
	if (!found || found->err) {
		doctor_say(doctor, FINDING_FAIL, "syncline migrate", "Kafka topic %s %s", name,
		           found ? rd_kafka_err2str(found->err) : "is not there");
		return false;
	}
	if (found->partition_cnt < topic_specs[topic].partitions)
		doctor_say(doctor, FINDING_WARN, "more workers than partitions stand idle",
		           "Kafka topic %s has %d partitions, migrate makes %d", name, found->partition_cnt,
		           topic_specs[topic].partitions);
	return true;
}

static long config_number(const rd_kafka_ConfigResource_t *resource, const char *name)
{
	size_t count = 0;
	const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0 && rd_kafka_ConfigEntry_value(entries[i]))
			return strtol(rd_kafka_ConfigEntry_value(entries[i]), NULL, 10);
	}
	return -1;
}

static void check_sizes(struct doctor *doctor, rd_kafka_event_t *event)
{
	size_t count = 0;
	if (!event || rd_kafka_event_error(event)) {
		doctor_say(doctor, FINDING_WARN, "allow DescribeConfigs, or check max.message.bytes by hand",
		           "Kafka does not tell the topics' settings: %s",
		           event ? rd_kafka_event_error_string(event) : "no answer");
		return;
	}
	const rd_kafka_ConfigResource_t **topics =
		rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
	for (size_t i = 0; i < count; i++) {
		long bytes = config_number(topics[i], "max.message.bytes");
		if (bytes >= 0 && bytes < LIMIT_MESSAGE_BYTES)
			doctor_say(doctor, FINDING_FAIL,
			           "kafka-configs --alter --entity-type topics --add-config max.message.bytes=9437184",
			           "Kafka topic %s takes messages of %ld bytes only", rd_kafka_ConfigResource_name(topics[i]),
			           bytes);
	}
}

static void check_configs(struct doctor *doctor, rd_kafka_t *client)
{
	char name[TOPIC_NAME_MAX];
	rd_kafka_ConfigResource_t *topics[TOPIC_COUNT];
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		topics[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC,
		                                        topic_name(doctor->ctl->settings.kafka_prefix, (enum topic)i, name));
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_DescribeConfigs(client, topics, TOPIC_COUNT, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ANSWER_MS);
	check_sizes(doctor, event);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	rd_kafka_ConfigResource_destroy_array(topics, TOPIC_COUNT);
}

static void check_topics(struct doctor *doctor, rd_kafka_t *client)
{
	const struct rd_kafka_metadata *metadata = NULL;
	rd_kafka_resp_err_t code = rd_kafka_metadata(client, 1, NULL, &metadata, ANSWER_MS);
	if (code) {
		doctor_say(doctor, FINDING_FAIL, "", "Kafka does not list its topics: %s", rd_kafka_err2str(code));
		return;
	}
	bool all = true;
	doctor_say(doctor, FINDING_OK, "", "Kafka at %s, %d broker%s", doctor->ctl->settings.kafka_brokers,
	           metadata->broker_cnt, metadata->broker_cnt == 1 ? "" : "s");
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		all &= check_topic(doctor, metadata, (enum topic)i);
	rd_kafka_metadata_destroy(metadata);
	if (all) {
		doctor_say(doctor, FINDING_OK, "", "Kafka topics: all %d", (int)TOPIC_COUNT);
		check_configs(doctor, client);
	}
}

static void check_workers(struct doctor *doctor, rd_kafka_t *client)
{
	struct group_state states[GROUPS];
	struct err err;
	if (groups_describe(&doctor->ctl->settings, client, states, &err)) {
		doctor_say(doctor, FINDING_FAIL, "", "%s", err.text);
		return;
	}
	for (unsigned i = 0; i < GROUPS; i++) {
		char mend[96];
		snprintf(mend, sizeof mend, "start syncline-%s; without it syncs stand still", worker_groups[i].program);
		if (states[i].members == 0)
			doctor_say(doctor, FINDING_FAIL, mend, "no %s is running%s", worker_groups[i].program,
			           worker_groups[i].work);
		else
			doctor_say(doctor, FINDING_OK, "", "%s%s: %d running (%s)", worker_groups[i].program, worker_groups[i].work,
			           states[i].members, states[i].state);
	}
}

void doctor_check_kafka(struct doctor *doctor)
{
	rd_kafka_t *client = NULL;
	struct err err;
	if (groups_client(&doctor->ctl->settings, &client, &err)) {
		const char *mend = kafka_mend((rd_kafka_resp_err_t)err.code);
		doctor_say(doctor, FINDING_FAIL, *mend ? mend : "start it, or correct the setting kafka_brokers", "%s",
		           err.text);
		return;
	}
	check_topics(doctor, client);
	check_workers(doctor, client);
	kafka_destroy(client);
}
