/* Prometheus' text format. */
#include "console/lag_metrics.h"

#include <stdio.h>

/* One figure of each partition that a group reads. */
static void per_partition(const struct settings *settings, const struct lag_picture *picture, const char *name,
                          int64_t (*figure)(const struct backlog *backlog, size_t i), struct buf *out)
{
	char group[GROUP_NAME], topic[TOPIC_NAME_MAX];
	buf_printf(out, "# TYPE %s gauge\n", name);
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			const struct backlog *backlog = &picture->backlogs.of[g][t];
			topic_name(settings->kafka_prefix, (enum topic)t, topic);
			for (size_t i = 0; i < backlog->count; i++)
				buf_printf(out, "%s{consumergroup=\"%s\",topic=\"%s\",partition=\"%zu\"} %lld\n", name,
				           groups_name(settings, g, group), topic, i, (long long)figure(backlog, i));
		}
	}
}

static int64_t messages(const struct backlog *backlog, size_t i)
{
	return backlog->partitions[i].messages;
}

static int64_t committed(const struct backlog *backlog, size_t i)
{
	return backlog->partitions[i].committed < 0 ? backlog->partitions[i].begin : backlog->partitions[i].committed;
}

static void per_topic(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	char group[GROUP_NAME], topic[TOPIC_NAME_MAX];
	buf_add_text(out, "# TYPE kafka_consumergroup_lag_sum gauge\n");
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			const struct backlog *backlog = &picture->backlogs.of[g][t];
			if (backlog->count)
				buf_printf(out, "kafka_consumergroup_lag_sum{consumergroup=\"%s\",topic=\"%s\"} %lld\n",
				           groups_name(settings, g, group), topic_name(settings->kafka_prefix, (enum topic)t, topic),
				           (long long)backlog->messages);
		}
	}
	buf_add_text(out, "# TYPE kafka_consumergroup_group_lag_seconds gauge\n");
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			const struct backlog *backlog = &picture->backlogs.of[g][t];
			if (backlog->count)
				buf_printf(out, "kafka_consumergroup_group_lag_seconds{consumergroup=\"%s\",topic=\"%s\"} %.3f\n",
				           groups_name(settings, g, group), topic_name(settings->kafka_prefix, (enum topic)t, topic),
				           (double)backlog->oldest_ms / 1000);
		}
	}
}

static void per_group(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	char group[GROUP_NAME];
	buf_add_text(out, "# TYPE kafka_consumergroup_members gauge\n");
	for (unsigned g = 0; g < GROUPS; g++)
		buf_printf(out, "kafka_consumergroup_members{consumergroup=\"%s\"} %d\n", groups_name(settings, g, group),
		           picture->backlogs.states[g].members);
	buf_add_text(out, "# TYPE kafka_consumergroup_group_max_lag_seconds gauge\n");
	for (unsigned g = 0; g < GROUPS; g++)
		buf_printf(out, "kafka_consumergroup_group_max_lag_seconds{consumergroup=\"%s\"} %.3f\n",
		           groups_name(settings, g, group), (double)picture->point.oldest_ms[g] / 1000);
}

/* Topics that several groups read are told once. */
static void per_topic_offsets(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	static const char *const names[] = {"kafka_topic_partition_current_offset", "kafka_topic_partition_oldest_offset"};
	char topic[TOPIC_NAME_MAX];
	for (size_t n = 0; n < COUNT_OF(names); n++) {
		buf_printf(out, "# TYPE %s gauge\n", names[n]);
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			unsigned g = 0;
			while (g < GROUPS && picture->backlogs.of[g][t].count == 0)
				g++;
			for (size_t i = 0; g < GROUPS && i < picture->backlogs.of[g][t].count; i++)
				buf_printf(out, "%s{topic=\"%s\",partition=\"%zu\"} %lld\n", names[n],
				           topic_name(settings->kafka_prefix, (enum topic)t, topic), i,
				           (long long)(n == 0 ? picture->backlogs.of[g][t].partitions[i].end
				                              : picture->backlogs.of[g][t].partitions[i].begin));
		}
	}
}

void lag_metrics(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	buf_printf(out, "# TYPE syncline_kafka_up gauge\nsyncline_kafka_up %d\n", picture->point.reached);
	if (!picture->point.reached)
		return;
	per_partition(settings, picture, "kafka_consumergroup_lag", messages, out);
	per_partition(settings, picture, "kafka_consumergroup_current_offset", committed, out);
	per_topic(settings, picture, out);
	per_group(settings, picture, out);
	per_topic_offsets(settings, picture, out);
}
