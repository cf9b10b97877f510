/* Lag through admin calls. End offsets come from offsets_for_times with the special times -1 (end) and -2 (begin): the
 * watermark call of librdkafka 2.0 ignores its timeout and sticks to an old leader. */
#include "common/lag.h"

#include <assert.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/kafka.h"

int lag_open(const struct settings *settings, rd_kafka_t **client, struct err *err)
{
	rd_kafka_conf_t *conf;
	char text[256];
	if (kafka_conf(settings, &conf, err, "group.id", "syncline-lag", NULL))
		return -1;
	*client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	if (*client)
		return 0;
	rd_kafka_conf_destroy(conf);
	return err_set(err, ERR_CONFIG, 0, "Kafka client: %s", text);
}

void lag_close(rd_kafka_t **client)
{
	if (*client)
		kafka_destroy(*client);
	*client = NULL;
}

/* Each partition may have an error of its own in an answer that is none: most of all one without a leader. */
static int check_partition(const struct lag_options *options, const rd_kafka_topic_partition_t *partition,
                           struct err *err)
{
	if (!partition->err)
		return 0;
	return err_set(err, ERR_RETRY, partition->err, "Kafka does not tell the offsets of %s, partition %d: %s",
	               topic_specs[options->topic].name, (int)partition->partition, rd_kafka_err2str(partition->err));
}

/* A partition that the group's broker does not know has no commit. */
static int take_committed(const struct lag_options *options, const rd_kafka_topic_partition_list_t *list,
                          struct lag_partition *partitions, struct err *err)
{
	for (int i = 0; i < list->cnt; i++) {
		const rd_kafka_topic_partition_t *at = &list->elems[i];
		if (at->err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART && check_partition(options, at, err))
			return -1;
		partitions[at->partition].committed = at->offset < 0 ? -1 : at->offset;
	}
	return 0;
}

/* For the next question; never negative, which would be for ever. */
static int left_ms(const struct lag_options *options)
{
	int64_t left = options->deadline_ms - clock_ms();
	return left > 0 ? (int)left : 0;
}

static int read_committed(const struct lag_options *options, rd_kafka_topic_partition_list_t *wanted,
                          struct lag_partition *partitions, struct err *err)
{
	char group[LIMIT_SETTING + 64];
	snprintf(group, sizeof group, "%.100s%s", options->settings->kafka_prefix, options->group);
	rd_kafka_ListConsumerGroupOffsets_t *request = rd_kafka_ListConsumerGroupOffsets_new(group, wanted);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(options->client);
	rd_kafka_ListConsumerGroupOffsets(options->client, &request, 1, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, left_ms(options));
	int result = 0;
	size_t groups = 0;
	const rd_kafka_group_result_t **answer = NULL;
	if (!event || rd_kafka_event_error(event))
		result = err_set(err, ERR_RETRY, 0, "Kafka does not tell the offsets of group %s: %s", group,
		                 event ? rd_kafka_event_error_string(event) : "no answer");
	else
		answer = rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(event),
		                                                         &groups);
	const rd_kafka_topic_partition_list_t *list = groups ? rd_kafka_group_result_partitions(answer[0]) : NULL;
	if (list)
		result = take_committed(options, list, partitions, err);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	rd_kafka_ListConsumerGroupOffsets_destroy(request);
	return result;
}

/* time: -1 end, -2 begin. */
static int read_offsets(const struct lag_options *options, rd_kafka_topic_partition_list_t *list, int64_t time,
                        struct err *err)
{
	for (int i = 0; i < list->cnt; i++)
		list->elems[i].offset = time;
	rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(options->client, list, left_ms(options));
	if (code)
		return err_set(err, ERR_RETRY, code, "Kafka does not tell the offsets of %s: %s",
		               topic_specs[options->topic].name, rd_kafka_err2str(code));
	int result = 0;
	for (int i = 0; result == 0 && i < list->cnt; i++)
		result = check_partition(options, &list->elems[i], err);
	return result;
}

static int count_partitions(const struct lag_options *options, const char *name, size_t *count, struct err *err)
{
	const struct rd_kafka_metadata *metadata = NULL;
	rd_kafka_topic_t *topic = rd_kafka_topic_new(options->client, name, NULL);
	rd_kafka_resp_err_t code = topic ? rd_kafka_metadata(options->client, 0, topic, &metadata, left_ms(options))
	                                 : rd_kafka_last_error();
	if (code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata && metadata->topic_cnt == 1)
		code = metadata->topics[0].err;
	size_t found = code || !metadata ? 0 : (size_t)metadata->topics[0].partition_cnt;
	if (metadata)
		rd_kafka_metadata_destroy(metadata);
	if (topic)
		rd_kafka_topic_destroy(topic);
	if (code)
		return err_set(err, kafka_classify(code), code, "Kafka topic %s: %s", name, rd_kafka_err2str(code));
	*count = found < LIMIT_PARTITIONS ? found : LIMIT_PARTITIONS;
	return 0;
}

int lag_read(const struct lag_options *options, struct lag_partition *partitions, size_t *count, struct err *err)
{
	char name[TOPIC_NAME_MAX];
	topic_name(options->settings->kafka_prefix, options->topic, name);
	size_t found = 0;
	assert(rd_kafka_type(options->client) == RD_KAFKA_CONSUMER);
	if (count_partitions(options, name, &found, err))
		return -1;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)found);
	for (size_t i = 0; i < found; i++) {
		partitions[i] = (struct lag_partition){.committed = -1};
		rd_kafka_topic_partition_list_add(list, name, (int32_t)i);
	}
	int result = read_committed(options, list, partitions, err);
	if (result == 0)
		result = read_offsets(options, list, -1, err);
	for (int i = 0; result == 0 && i < list->cnt; i++)
		partitions[list->elems[i].partition].end = list->elems[i].offset;
	if (result == 0)
		result = read_offsets(options, list, -2, err);
	for (int i = 0; result == 0 && i < list->cnt; i++) {
		struct lag_partition *partition = &partitions[list->elems[i].partition];
		partition->begin = list->elems[i].offset;
		int64_t from = partition->committed > partition->begin ? partition->committed : partition->begin;
		partition->messages = partition->end > from ? partition->end - from : 0;
	}
	rd_kafka_topic_partition_list_destroy(list);
	if (result == 0)
		*count = found;
	return result;
}

int lag_total(const struct lag_options *options, int64_t *messages, struct err *err)
{
	struct lag_partition partitions[LIMIT_PARTITIONS];
	size_t count;
	if (lag_read(options, partitions, &count, err))
		return -1;
	*messages = 0;
	for (size_t i = 0; i < count; i++)
		*messages += partitions[i].messages;
	return 0;
}

int lag_on_the_way(const struct settings *settings, rd_kafka_t *client, int timeout_ms, int64_t *messages,
                   struct err *err)
{
	int64_t pages, items;
	struct lag_options options = {settings, client, GROUP_PARSER, TOPIC_PAGES, clock_ms() + timeout_ms};
	if (lag_total(&options, &pages, err))
		return -1;
	options.group = GROUP_WRITER;
	options.topic = TOPIC_ITEMS;
	if (lag_total(&options, &items, err))
		return -1;
	*messages = pages + items;
	return 0;
}
