/* Where a group's member begins to read its partitions: at what was committed, unless that is gone or is another topic's. The gaps
 * this shows are remembered until they are told. */
#ifndef SYNCLINE_KAFKA_STARTS_H
#define SYNCLINE_KAFKA_STARTS_H

#include <librdkafka/rdkafka.h>

#include "common/kafka_gap.h"
#include "common/kafka_share.h"

/* What one group's member remembers: the newest offsets it has committed, of any assignment (Kafka forgets a group's with the
 * topic), and the gaps it has not told of yet, oldest first. */
struct kafka_starts {
	int64_t committed[TOPIC_COUNT][LIMIT_PARTITIONS]; /* -1: none */
	struct kafka_gap gaps[LIMIT_PARTITIONS];
	size_t gap_count;
	bool telling; /* of the oldest: its reject is on its way */
};
void kafka_starts_init(struct kafka_starts *starts);

/* Offsets that were committed. settings tells the topics' names. */
void kafka_starts_note(struct kafka_starts *starts, const struct settings *settings,
                       const rd_kafka_topic_partition_list_t *list);

/* One more gap to tell of, unless it is one that was found before; when there are too many it is only counted. */
void kafka_starts_add_gap(struct kafka_starts *starts, const struct kafka_gap *gap);
/* The same for offsets that hold nothing, from one up to another, unless the topic is one in which that is no loss. */
void kafka_starts_add_hole(struct kafka_starts *starts, const struct kafka_part *part, int64_t from, int64_t to);
/* The oldest has been told. */
void kafka_starts_drop_gap(struct kafka_starts *starts);

/* Fills in where the group begins to read each partition of the list: at its committed offset; at the beginning, if it never
 * had one; behind a gap, which is remembered. before: how far this member has come and where it was refused, where it has the
 * partitions already. Asks for 1.5 s at most. Where Kafka does not tell the first and the last offset (a topic that was just made
 * has no leader yet) a group goes on at its own, and where that is no good Kafka refuses it later; one that has none goes on at
 * RD_KAFKA_OFFSET_BEGINNING, and has to look itself whether that is 0. false: it does not tell how far the group is; the list's
 * offsets mean nothing. */
bool kafka_starts_find(struct kafka_starts *starts, const struct settings *settings, rd_kafka_t *client,
                       struct kafka_share *before, rd_kafka_topic_partition_list_t *list);

#endif
