/* Samples of a picture, reading by reading. */
#include "console/lag_metrics.h"

#include <stdio.h>

#include "common/stats.h"

/* What is told of each topic that a group reads. */
typedef void per_topic(const struct backlog *backlog, const char *const *names, enum reading reading, struct buf *out);

static void each_topic(const struct settings *settings, const struct lag_picture *picture, enum reading reading,
                       per_topic *tell, struct buf *out)
{
	char group[GROUP_NAME], topic[TOPIC_NAME_MAX];
	stats_begin(reading, out);
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned t = 0; t < TOPIC_COUNT; t++) {
			const char *names[] = {groups_name(settings, g, group),
			                       topic_name(settings->kafka_prefix, (enum topic)t, topic)};
			if (picture->backlogs.of[g][t].count)
				tell(&picture->backlogs.of[g][t], names, reading, out);
		}
	}
}

static double partition_figure(const struct backlog *backlog, size_t i, enum reading reading)
{
	const struct lag_partition *partition = &backlog->partitions[i];
	switch (reading) {
	case READING_kafka_consumergroup_lag:
		return (double)partition->messages;
	case READING_kafka_consumergroup_lag_seconds:
		return (double)backlog->age_ms[i] / 1000;
	default:
		return (double)(partition->committed < 0 ? partition->begin : partition->committed);
	}
}

static void of_partitions(const struct backlog *backlog, const char *const *names, enum reading reading,
                          struct buf *out)
{
	char number[24];
	const char *values[] = {names[0], names[1], number};
	for (size_t i = 0; i < backlog->count; i++) {
		if (reading == READING_kafka_consumergroup_lag_seconds && backlog->age_ms[i] < 0)
			continue;
		snprintf(number, sizeof number, "%zu", i);
		stats_sample(reading, values, partition_figure(backlog, i, reading), out);
	}
}

static void of_topic(const struct backlog *backlog, const char *const *names, enum reading reading, struct buf *out)
{
	bool lag = reading == READING_kafka_consumergroup_lag_sum;
	stats_sample(reading, names, lag ? (double)backlog->messages : (double)backlog->oldest_ms / 1000, out);
}

static void of_groups(const struct settings *settings, const struct lag_picture *picture, enum reading reading,
                      struct buf *out)
{
	char group[GROUP_NAME];
	bool members = reading == READING_kafka_consumergroup_members;
	stats_begin(reading, out);
	for (unsigned g = 0; g < GROUPS; g++) {
		const char *name = groups_name(settings, g, group);
		stats_sample(reading, &name,
		             members ? picture->backlogs.states[g].members : (double)picture->point.oldest_ms[g] / 1000, out);
	}
}

/* Of a topic that several groups read, that of the first: they see the same. NULL: nobody reads it. */
static const struct backlog *topic_of(const struct lag_picture *picture, unsigned topic)
{
	for (unsigned g = 0; g < GROUPS; g++) {
		if (picture->backlogs.of[g][topic].count)
			return &picture->backlogs.of[g][topic];
	}
	return NULL;
}

static void of_offsets(const struct settings *settings, const struct lag_picture *picture, enum reading reading,
                       struct buf *out)
{
	char topic[TOPIC_NAME_MAX], number[24];
	const char *values[] = {topic, number};
	bool end = reading == READING_kafka_topic_partition_current_offset;
	stats_begin(reading, out);
	for (unsigned t = 0; t < TOPIC_COUNT; t++) {
		const struct backlog *backlog = topic_of(picture, t);
		topic_name(settings->kafka_prefix, (enum topic)t, topic);
		for (size_t i = 0; backlog && i < backlog->count; i++) {
			snprintf(number, sizeof number, "%zu", i);
			stats_sample(reading, values, (double)(end ? backlog->partitions[i].end : backlog->partitions[i].begin),
			             out);
		}
	}
}

static void of_topics(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	char topic[TOPIC_NAME_MAX];
	stats_begin(READING_kafka_topic_partitions, out);
	for (unsigned t = 0; t < TOPIC_COUNT; t++) {
		const struct backlog *backlog = topic_of(picture, t);
		const char *name = topic_name(settings->kafka_prefix, (enum topic)t, topic);
		if (backlog)
			stats_sample(READING_kafka_topic_partitions, &name, (double)backlog->count, out);
	}
}

void lag_metrics(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	stats_begin(READING_syncline_kafka_up, out);
	stats_sample(READING_syncline_kafka_up, NULL, picture->point.reached, out);
	if (!picture->point.reached)
		return;
	each_topic(settings, picture, READING_kafka_consumergroup_lag, of_partitions, out);
	each_topic(settings, picture, READING_kafka_consumergroup_lag_seconds, of_partitions, out);
	each_topic(settings, picture, READING_kafka_consumergroup_current_offset, of_partitions, out);
	each_topic(settings, picture, READING_kafka_consumergroup_lag_sum, of_topic, out);
	each_topic(settings, picture, READING_kafka_consumergroup_group_lag_seconds, of_topic, out);
	of_groups(settings, picture, READING_kafka_consumergroup_group_max_lag_seconds, out);
	of_groups(settings, picture, READING_kafka_consumergroup_members, out);
	of_topics(settings, picture, out);
	of_offsets(settings, picture, READING_kafka_topic_partition_current_offset, out);
	of_offsets(settings, picture, READING_kafka_topic_partition_oldest_offset, out);
}
