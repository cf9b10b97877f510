/* Gaps: found by comparing offsets, told as rejects. */
#include "common/kafka_gap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/kafka.h"
#include "common/limits.h"
#include "common/stats.h"

enum { ASK_MS = 5000 };

const char *kafka_gap_text(const struct settings *settings, const struct kafka_gap *gap, char text[KAFKA_GAP_TEXT])
{
	char name[TOPIC_NAME_MAX];
	topic_name(settings->kafka_prefix, gap->topic, name);
	if (gap->count >= 0)
		snprintf(text, KAFKA_GAP_TEXT,
		         "Kafka lost %" PRId64 " messages of %.200s [%" PRId32 "] from offset %" PRId64
		         " on: they were deleted before they were read",
		         gap->count, name, gap->partition, gap->from);
	else
		snprintf(text, KAFKA_GAP_TEXT,
		         "Kafka lost an unknown number of messages of %.200s [%" PRId32 "] from offset %" PRId64
		         " on: the topic was deleted and made anew",
		         name, gap->partition, gap->from);
	return text;
}

void kafka_gap_reject(const struct settings *settings, const struct kafka_gap *gap, char topic[TOPIC_NAME_MAX],
                      char text[KAFKA_GAP_TEXT], struct reject *reject)
{
	*reject = (struct reject){
		.reason = span_of(KAFKA_GAP_REASON),
		.text = span_of(kafka_gap_text(settings, gap, text)),
		.topic = span_of(topic_name(settings->kafka_prefix, gap->topic, topic)),
		.partition = gap->partition,
		.offset = gap->from,
		.position = -1,
		.partitions = gap->partitions,
		.anew = gap->count < 0,
		.at = clock_wall_ms(),
	};
}

int kafka_gap_report(const struct settings *settings, const struct kafka_gap *gap, struct kafka_out *out,
                     struct err *err)
{
	char text[KAFKA_GAP_TEXT], topic[TOPIC_NAME_MAX];
	struct reject reject;
	struct buf bytes;
	kafka_gap_reject(settings, gap, topic, text, &reject);
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_reject, &reject, &bytes);
	int result = kafka_out_send(out, TOPIC_REJECTS, span_of(KAFKA_GAP_REASON), &bytes, NULL, err);
	buf_done(&bytes);
	return result;
}

int64_t kafka_gap_judge(int64_t committed, int64_t known, int64_t begin, int64_t end, int64_t *lost)
{
	bool forgotten = committed < 0 && known >= 0; /* Kafka forgets a group's offsets with the topic */
	*lost = 0;
	if (forgotten || committed > end) {
		*lost = -1;
		return begin;
	}
	if (committed >= begin)
		return committed;
	/* A group that was never here has read nothing: what is gone from the very beginning is gone for it, too. */
	*lost = begin - (committed < 0 ? 0 : committed);
	return begin;
}

/* time: -1 end, -2 begin. */
static bool ask(rd_kafka_t *client, const rd_kafka_topic_partition_list_t *list, int64_t time,
                rd_kafka_topic_partition_list_t **ret)
{
	rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_copy(list);
	for (int i = 0; i < asked->cnt; i++)
		asked->elems[i].offset = time;
	bool good = !rd_kafka_offsets_for_times(client, asked, ASK_MS);
	for (int i = 0; i < asked->cnt; i++)
		good &= !asked->elems[i].err && asked->elems[i].offset >= 0;
	*ret = asked;
	return good;
}

void kafka_starts_init(struct kafka_starts *starts)
{
	starts->gap_count = 0;
	memset(starts->committed, 0xff, sizeof starts->committed); /* -1 */
}

/* NULL: it is no topic of ours. */
static int64_t *known(struct kafka_starts *starts, const struct settings *settings,
                      const rd_kafka_topic_partition_t *place, enum topic *topic)
{
	char name[TOPIC_NAME_MAX];
	for (unsigned i = 0; i < TOPIC_COUNT && place->partition < LIMIT_PARTITIONS; i++) {
		*topic = (enum topic)i;
		if (strcmp(place->topic, topic_name(settings->kafka_prefix, *topic, name)) == 0)
			return &starts->committed[i][place->partition];
	}
	return NULL;
}

void kafka_starts_note(struct kafka_starts *starts, const struct settings *settings,
                       const rd_kafka_topic_partition_list_t *list)
{
	for (int i = 0; i < list->cnt; i++) {
		enum topic topic;
		int64_t *committed = known(starts, settings, &list->elems[i], &topic);
		if (committed && !list->elems[i].err && list->elems[i].offset >= 0)
			*committed = list->elems[i].offset;
	}
}

static void remember(struct kafka_starts *starts, const struct kafka_gap *gap)
{
	stats_add(STAT_kafka_lost_total, gap->count > 0 ? gap->count : 1);
	if (starts->gap_count < LIMIT_PARTITIONS)
		starts->gaps[starts->gap_count++] = *gap;
}

static void find_start(struct kafka_starts *starts, const struct settings *settings, rd_kafka_t *client,
                       rd_kafka_topic_partition_t *place, int64_t begin, int64_t end)
{
	struct kafka_gap gap = {.partition = place->partition};
	int64_t *newest = known(starts, settings, place, &gap.topic);
	int64_t committed = place->offset >= 0 ? place->offset : -1;
	if (!newest || place->err)
		return;
	place->offset = kafka_gap_judge(committed, *newest, begin, end, &gap.count);
	if (gap.count == 0)
		return;
	gap.from = committed >= 0 ? committed : *newest >= 0 ? *newest : 0;
	gap.partitions = kafka_partitions(client, place->topic);
	*newest = -1; /* told once */
	remember(starts, &gap);
}

void kafka_starts_find(struct kafka_starts *starts, const struct settings *settings, rd_kafka_t *client,
                       rd_kafka_topic_partition_list_t *list)
{
	rd_kafka_topic_partition_list_t *begins = NULL, *ends = NULL;
	if (list->cnt == 0 || rd_kafka_committed(client, list, ASK_MS))
		return;
	bool good = ask(client, list, -2, &begins) && ask(client, list, -1, &ends);
	for (int i = 0; good && i < list->cnt; i++)
		find_start(starts, settings, client, &list->elems[i], begins->elems[i].offset, ends->elems[i].offset);
	rd_kafka_topic_partition_list_destroy(begins);
	if (ends)
		rd_kafka_topic_partition_list_destroy(ends);
}
