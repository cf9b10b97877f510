/* Beginnings of partitions. */
#include "common/kafka_starts.h"

#include <string.h>

#include "common/clock.h"
#include "common/limits.h"
#include "common/stats.h"

/* For all questions together: a lease must be renewed meanwhile. */
enum { ASK_MS = 1500 };

void kafka_starts_init(struct kafka_starts *starts)
{
	starts->gap_count = 0;
	starts->telling = false;
	memset(starts->committed, 0xff, sizeof starts->committed); /* -1 */
}

/* false: it is none of ours. */
static bool find_topic(const struct settings *settings, const rd_kafka_topic_partition_t *place, enum topic *topic)
{
	*topic = topic_find(settings->kafka_prefix, place->topic);
	return *topic != TOPIC_COUNT && place->partition < LIMIT_PARTITIONS;
}

void kafka_starts_note(struct kafka_starts *starts, const struct settings *settings,
                       const rd_kafka_topic_partition_list_t *list)
{
	for (int i = 0; i < list->cnt; i++) {
		const rd_kafka_topic_partition_t *place = &list->elems[i];
		enum topic topic;
		if (!place->err && place->offset >= 0 && find_topic(settings, place, &topic))
			starts->committed[topic][place->partition] = place->offset;
	}
}

/* Found once more, before it was told, perhaps longer by now. */
static bool is_same(const struct kafka_gap *a, const struct kafka_gap *b)
{
	return a->topic == b->topic && a->partition == b->partition && a->from == b->from;
}

void kafka_starts_add_gap(struct kafka_starts *starts, const struct kafka_gap *gap)
{
	size_t i = starts->telling; /* what is on its way stays as it was sent */
	stats_add(STAT_kafka_lost_total, gap->count > 0 ? gap->count : 1);
	while (i < starts->gap_count && !is_same(&starts->gaps[i], gap))
		i++;
	if (i == LIMIT_PARTITIONS)
		return;
	starts->gaps[i] = *gap;
	starts->gap_count += i == starts->gap_count;
}

/* Where people and other programs write, transactions leave their marks, which take offsets and are no messages, and compaction
 * may be wanted. The topics between workers have neither: there a message is missing. */
static bool may_have_holes(enum topic topic)
{
	return topic == TOPIC_JOBS || topic == TOPIC_BACKGROUND;
}

void kafka_starts_add_hole(struct kafka_starts *starts, const struct kafka_part *part, int64_t from, int64_t to)
{
	const struct kafka_gap gap = {.topic = part->topic,
	                              .partition = part->number,
	                              .cause = KAFKA_GAP_HOLE,
	                              .from = from,
	                              .count = to - from};
	if (!may_have_holes(part->topic))
		kafka_starts_add_gap(starts, &gap);
}

void kafka_starts_drop_gap(struct kafka_starts *starts)
{
	memmove(starts->gaps, starts->gaps + 1, --starts->gap_count * sizeof starts->gaps[0]);
	starts->telling = false;
}

/* ---- where to begin ---- */

/* time: -1 end, -2 begin. Offsets below 0: not told, as of a partition that has no leader. */
static rd_kafka_topic_partition_list_t *ask(rd_kafka_t *client, const rd_kafka_topic_partition_list_t *list,
                                            int64_t time, int64_t deadline_ms)
{
	int64_t left_ms = deadline_ms - clock_ms();
	rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_copy(list);
	for (int i = 0; i < asked->cnt; i++)
		asked->elems[i].offset = time;
	bool told = left_ms > 0 && !rd_kafka_offsets_for_times(client, asked, (int)left_ms);
	for (int i = 0; i < asked->cnt; i++) {
		if (!told || asked->elems[i].err)
			asked->elems[i].offset = -1;
	}
	return asked;
}

struct finding {
	const struct settings *settings;
	rd_kafka_t *client;
	struct kafka_share *before;
	rd_kafka_topic_partition_list_t *list;
};

/* What is known of the partition at i of the list, but for begin, end and anew. false: it cannot be judged. */
static bool fill_reach(const struct kafka_starts *starts, const struct finding *finding, int i,
                       struct kafka_reach *reach, enum topic *topic)
{
	const rd_kafka_topic_partition_t *place = &finding->list->elems[i];
	if (place->err || !find_topic(finding->settings, place, topic))
		return false;
	const struct kafka_part *part = kafka_share_find(finding->before, *topic, place->partition);
	*reach = (struct kafka_reach){.committed = place->offset >= 0 ? place->offset : -1,
	                              .known = starts->committed[*topic][place->partition],
	                              .finished = part ? part->stored : -1,
	                              .refused = part ? part->refused : -1};
	return true;
}

/* Without begin and end. librdkafka waits for a leader itself, when it need not ask for what the group has committed. */
static int64_t judge_blindly(const struct kafka_reach *reach, struct kafka_gap *gap)
{
	if (!kafka_reach_forgotten(reach) && !reach->anew)
		return reach->committed >= 0 ? reach->committed : RD_KAFKA_OFFSET_BEGINNING;
	gap->cause = KAFKA_GAP_ANEW;
	gap->from = reach->committed >= 0 ? reach->committed : reach->known;
	gap->count = gap->from >= 0 ? -1 : 0;
	return RD_KAFKA_OFFSET_BEGINNING;
}

/* begins, ends: of the partitions of list. */
static void find_all(struct kafka_starts *starts, const struct finding *finding,
                     const rd_kafka_topic_partition_list_t *begins, const rd_kafka_topic_partition_list_t *ends)
{
	rd_kafka_topic_partition_list_t *list = finding->list, *finished = rd_kafka_topic_partition_list_new(list->cnt);
	struct kafka_reach reach;
	enum topic topic;
	bool anew[TOPIC_COUNT] = {0};
	for (int i = 0; i < list->cnt; i++) {
		if (fill_reach(starts, finding, i, &reach, &topic))
			anew[topic] |= kafka_reach_forgotten(&reach);
	}
	for (int i = 0; i < list->cnt; i++) {
		rd_kafka_topic_partition_t *place = &list->elems[i];
		struct kafka_gap gap = {.partition = place->partition};
		if (!fill_reach(starts, finding, i, &reach, &gap.topic))
			continue;
		reach.begin = begins->elems[i].offset;
		reach.end = ends->elems[i].offset;
		reach.anew = anew[gap.topic];
		bool sighted = reach.begin >= 0 && reach.end >= 0;
		place->offset = sighted ? kafka_gap_judge(&reach, &gap) : judge_blindly(&reach, &gap);
		if (gap.count) {
			starts->committed[gap.topic][place->partition] = -1; /* it is found once */
			kafka_starts_add_gap(starts, &gap);
		} else if (sighted && reach.finished > reach.committed) {
			rd_kafka_topic_partition_list_add(finished, place->topic, place->partition)->offset = place->offset;
		}
	}
	/* It is known by now to be of the same topic. */
	if (finished->cnt && starts->gap_count == 0)
		IGNORE(rd_kafka_commit(finding->client, finished, 1));
	rd_kafka_topic_partition_list_destroy(finished);
}

bool kafka_starts_find(struct kafka_starts *starts, const struct settings *settings, rd_kafka_t *client,
                       struct kafka_share *before, rd_kafka_topic_partition_list_t *list)
{
	const struct finding finding = {settings, client, before, list};
	int64_t deadline_ms = clock_ms() + ASK_MS;
	if (list->cnt == 0)
		return true;
	if (rd_kafka_committed(client, list, ASK_MS))
		return false;
	kafka_starts_note(starts, settings, list);
	rd_kafka_topic_partition_list_t *begins = ask(client, list, -2, deadline_ms),
									*ends = ask(client, list, -1, deadline_ms);
	find_all(starts, &finding, begins, ends);
	rd_kafka_topic_partition_list_destroy(begins);
	rd_kafka_topic_partition_list_destroy(ends);
	return true;
}
