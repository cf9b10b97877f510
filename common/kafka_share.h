/* The partitions that a member of a group has, and how far it is in each: which offset comes next, which messages are begun and
 * not finished, and up to where it may be committed. Pure: no Kafka is asked. One thread.
 *
 * Offsets that are passed over are found here: a message whose offset is not the one that comes next is asked for once more
 * from there, and only when nothing comes again, it is a hole. */
#ifndef SYNCLINE_KAFKA_SHARE_H
#define SYNCLINE_KAFKA_SHARE_H

#include <stdint.h>

#include "common/attributes.h"
#include "common/limits.h"
#include "common/topics.h"
#include "common/watermark.h"

/* A message's place, to finish it by. Small and copied freely. */
struct kafka_place {
	enum topic topic;
	int32_t partition;
	int64_t offset;
	unsigned generation; /* of the assignment; differs after every rebalance */
};

struct kafka_part {
	enum topic topic;
	int32_t number;
	int64_t next;    /* the offset that comes next; -1: whichever comes */
	int64_t doubted; /* the offset that was asked for once more; -1: none */
	int64_t stored;  /* may be committed; -1: nothing was finished yet */
	int64_t refused; /* where Kafka refused to go on; -1: nowhere */
	struct watermark *watermark;
};

struct kafka_share {
	struct kafka_part parts[LIMIT_PARTITIONS];
	size_t count;
	unsigned generation;
};

/* Everything that was begun is forgotten: finishing it does nothing any more. Afterwards parts can be added. */
void kafka_share_empty(struct kafka_share *share);

/* next: where its reading begins; below 0: nobody knows. Beyond LIMIT_PARTITIONS it is not added. */
void kafka_share_add(struct kafka_share *share, enum topic topic, int32_t number, int64_t next);

/* NULL: it is not ours (any more). */
struct kafka_part *kafka_share_find(struct kafka_share *share, enum topic topic, int32_t number);

enum kafka_step {
	KAFKA_NEXT,  /* it is begun */
	KAFKA_SEEN,  /* it was begun before: drop it */
	KAFKA_DOUBT, /* drop it, and read on at part->next: something was passed over */
	KAFKA_HOLE, /* it is begun, and what stands between part->next, as it was, and it did not come when it was asked for again */
};
/* A message has come. The ring of pending ones must have room. */
enum kafka_step kafka_share_begin(struct kafka_part *part, int64_t offset);

/* The effect of a message is durable. Any order. Returns the part whose `stored` has grown by it, else NULL. */
struct kafka_part *kafka_share_finish(struct kafka_share *share, const struct kafka_place *place);

/* Forgets what is begun and not finished of a part, and reads it again from there. false: there is nothing of the kind. */
bool kafka_share_rewind(struct kafka_part *part);

#endif
