/* Messages that Kafka deleted before a group had read them: because retention passed the group's offset, or because the topic
 * was deleted and made anew. They are never skipped silently: whoever reads finds the gap, tells of it and goes on behind it. */
#ifndef SYNCLINE_KAFKA_GAP_H
#define SYNCLINE_KAFKA_GAP_H

#include <librdkafka/rdkafka.h>

#include "common/kafka_out.h"
#include "common/msg.h"

struct kafka_gap {
	enum topic topic;
	int32_t partition, partitions; /* partitions: how many the topic has */
	int64_t from;                  /* the first offset that is gone */
	int64_t count;                 /* how many are; -1: nobody knows, the topic is another one */
};

/* "Kafka lost 127 messages of sync.pages [3] from offset 500 on, before ..." Returns text. */
enum { KAFKA_GAP_TEXT = 400 };
const char *kafka_gap_text(const struct settings *settings, const struct kafka_gap *gap, char text[KAFKA_GAP_TEXT]);

/* As a reject, whose texts are put into topic[TOPIC_NAME_MAX] and text. */
void kafka_gap_reject(const struct settings *settings, const struct kafka_gap *gap, char topic[TOPIC_NAME_MAX],
                      char text[KAFKA_GAP_TEXT], struct reject *reject);

/* Sends it as a reject, from which the writer makes a row and a note at the syncs concerned. The token of its delivery is
 * NULL. */
int kafka_gap_report(const struct settings *settings, const struct kafka_gap *gap, struct kafka_out *out,
                     struct err *err) MUST_USE;

/* The word by which its reject is known. */
#define KAFKA_GAP_REASON "kafka_gap"

/* What one group's member remembers: the newest offsets it has committed, of any assignment (Kafka forgets a group's with the
 * topic), and the gaps it has not told of yet. */
struct kafka_starts {
	int64_t committed[TOPIC_COUNT][LIMIT_PARTITIONS]; /* -1: none */
	struct kafka_gap gaps[LIMIT_PARTITIONS];
	size_t gap_count;
};
void kafka_starts_init(struct kafka_starts *starts);

/* Offsets that were committed. settings tells the topics' names. */
void kafka_starts_note(struct kafka_starts *starts, const struct settings *settings,
                       const rd_kafka_topic_partition_list_t *list);

/* Fills in where the group begins to read each partition of the list: at its committed offset; at the beginning, if it never
 * had one; behind a gap, which is remembered. When Kafka does not answer the offsets stay as they are. */
void kafka_starts_find(struct kafka_starts *starts, const struct settings *settings, rd_kafka_t *client,
                       rd_kafka_topic_partition_list_t *list);

/* Where to begin, by numbers alone: committed (-1: never), known (as above), the oldest offset kept and the end. Returns the
 * offset; *lost is 0, or how many are gone, or -1. */
int64_t kafka_gap_judge(int64_t committed, int64_t known, int64_t begin, int64_t end, int64_t *lost);

#endif
