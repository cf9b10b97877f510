/* The age is that of one message per partition, read where the group stands. */
#include "ctl/backlog.h"

#include <string.h>

#include "common/clock.h"
#include "common/kafka.h"

enum { ANSWER_MS = 5000, READ_MS = 5000 };

static int64_t next_offset(const struct lag_partition *partition)
{
	return partition->committed > partition->begin ? partition->committed : partition->begin;
}

/* Stops the partition of a message that has been seen: one is enough. */
static void pause_partition(rd_kafka_t *client, const char *topic, int32_t partition)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition);
	rd_kafka_pause_partitions(client, list);
	rd_kafka_topic_partition_list_destroy(list);
}

static void read_ages(rd_kafka_t *client, const char *topic, struct backlog *backlog, int waiting)
{
	int64_t deadline_ms = clock_ms() + READ_MS, now_ms = clock_wall_ms();
	while (waiting > 0 && clock_ms() < deadline_ms) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 100);
		if (!message)
			continue;
		if (!message->err && (size_t)message->partition < backlog->count && backlog->age_ms[message->partition] < 0) {
			int64_t age_ms = now_ms - rd_kafka_message_timestamp(message, NULL);
			backlog->age_ms[message->partition] = age_ms > 0 ? age_ms : 0;
			pause_partition(client, topic, message->partition);
			waiting--;
		}
		rd_kafka_message_destroy(message);
	}
}

static void assign_and_read(const struct lag_options *options, struct backlog *backlog)
{
	char topic[TOPIC_NAME_MAX];
	topic_name(options->settings->kafka_prefix, options->topic, topic);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)backlog->count);
	for (size_t i = 0; i < backlog->count; i++) {
		backlog->age_ms[i] = backlog->partitions[i].messages ? -1 : 0;
		if (backlog->partitions[i].messages)
			rd_kafka_topic_partition_list_add(list, topic, (int32_t)i)->offset = next_offset(&backlog->partitions[i]);
	}
	if (list->cnt && rd_kafka_assign(options->client, list) == RD_KAFKA_RESP_ERR_NO_ERROR)
		read_ages(options->client, topic, backlog, list->cnt);
	rd_kafka_assign(options->client, NULL);
	rd_kafka_topic_partition_list_destroy(list);
}

static int read_topic(const struct lag_options *options, struct backlog *backlog, struct err *err)
{
	if (lag_read(options, backlog->partitions, &backlog->count, err))
		return -1;
	assign_and_read(options, backlog);
	backlog->messages = backlog->oldest_ms = 0;
	for (size_t i = 0; i < backlog->count; i++) {
		backlog->messages += backlog->partitions[i].messages;
		if (backlog->age_ms[i] > backlog->oldest_ms)
			backlog->oldest_ms = backlog->age_ms[i];
	}
	return 0;
}

static int read_group(const struct settings *settings, rd_kafka_t *client, unsigned group, struct backlogs *backlogs,
                      struct err *err)
{
	for (unsigned t = 0; t < TOPIC_COUNT; t++) {
		struct backlog *backlog = &backlogs->of[group][t];
		const char *name = worker_groups[group].group;
		struct lag_options options = {settings, client, name, (enum topic)t, clock_ms() + ANSWER_MS};
		if (!(worker_groups[group].topics & 1u << t))
			continue;
		if (read_topic(&options, backlog, err))
			return -1;
		backlogs->messages[group] += backlog->messages;
		if (backlog->oldest_ms > backlogs->oldest_ms[group])
			backlogs->oldest_ms[group] = backlog->oldest_ms;
	}
	return 0;
}

int backlogs_read(const struct settings *settings, rd_kafka_t *client, struct backlogs *backlogs, struct err *err)
{
	memset(backlogs, 0, sizeof *backlogs);
	if (groups_describe(settings, client, backlogs->states, err))
		return -1;
	for (unsigned g = 0; g < GROUPS; g++) {
		if (read_group(settings, client, g, backlogs, err))
			return -1;
	}
	return 0;
}

void backlogs_json(const struct settings *settings, const struct backlogs *backlogs, struct buf *out)
{
	char name[GROUP_NAME];
	for (unsigned g = 0; g < GROUPS; g++) {
		buf_add_text(out, g ? ",{\"group\":" : "[{\"group\":");
		buf_add_json_text(out, span_of(groups_name(settings, g, name)));
		buf_add_text(out, ",\"state\":");
		buf_add_json_text(out, span_of(backlogs->states[g].state));
		buf_printf(out, ",\"members\":%d,\"lag\":%lld,\"lag_seconds\":%.3f}", backlogs->states[g].members,
		           (long long)backlogs->messages[g], (double)backlogs->oldest_ms[g] / 1000);
	}
	buf_add_byte(out, ']');
}
