/* Messages that a group has not read and that Kafka does not give (any more): because retention passed the group's offset, because
 * the topic was deleted and made anew, or because a hole is where they should be. They are never skipped silently: whoever reads
 * finds the gap (kafka_starts.h), tells of it and goes on behind it. */
#ifndef SYNCLINE_KAFKA_GAP_H
#define SYNCLINE_KAFKA_GAP_H

#include "common/kafka_out.h"
#include "common/msg.h"

enum kafka_gap_cause {
	KAFKA_GAP_DELETED,
	KAFKA_GAP_ANEW, /* the topic is another one, or has lost its end */
	KAFKA_GAP_HOLE, /* messages go on behind it, also when asked for it again */
};

struct kafka_gap {
	enum topic topic;
	enum kafka_gap_cause cause;
	int32_t partition, partitions; /* partitions: how many the topic has; 0: not asked yet */
	int64_t from;                  /* the first offset that is gone */
	int64_t count;                 /* how many are; -1: nobody knows, the topic is another one */
};

/* "Kafka lost 127 messages of sync.pages [3] from offset 500 on: ..." Returns text. */
enum { KAFKA_GAP_TEXT = 400 };
const char *kafka_gap_text(const struct settings *settings, const struct kafka_gap *gap, char text[KAFKA_GAP_TEXT]);

/* As a reject, whose texts are put into topic[TOPIC_NAME_MAX] and text. */
void kafka_gap_reject(const struct settings *settings, const struct kafka_gap *gap, char topic[TOPIC_NAME_MAX],
                      char text[KAFKA_GAP_TEXT], struct reject *reject);

/* Sends it as a reject; the token of its delivery is NULL. */
int kafka_gap_report(const struct settings *settings, const struct kafka_gap *gap, struct kafka_out *out,
                     struct err *err) MUST_USE;

/* The word by which its reject is known. */
#define KAFKA_GAP_REASON "kafka_gap"

/* What is known of a partition when its reading begins; -1: nothing. */
struct kafka_reach {
	int64_t committed;  /* by the group, as Kafka says */
	int64_t known;      /* the newest that this process has committed */
	int64_t finished;   /* by this process, committed or not */
	int64_t refused;    /* where Kafka refused to go on */
	int64_t begin, end; /* the oldest offset kept, and the one behind the newest */
	bool anew;          /* the topic is another one, as another of its partitions shows */
};
/* Has Kafka forgotten a group that was here? It does so only together with the topic. */
bool kafka_reach_forgotten(const struct kafka_reach *reach);
/* Where to begin, by numbers alone. Returns the offset; fills cause, from and count of *gap, which is 0 where nothing is lost. */
int64_t kafka_gap_judge(const struct kafka_reach *reach, struct kafka_gap *gap);

#endif
