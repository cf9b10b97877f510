/* Reads what one partition still holds, from any place on: in no group, committing nothing.
 *
 * open -> bounds | seek -> next* -> close. One thread. A message belongs to the caller until kafka_in_release. Bounded: at
 * most LIMIT_CONSUMER_QUEUE_KB prefetched. Questions to the broker wait at most a second; errors are RETRY, CONFIG when
 * there is no such topic. */
#ifndef SYNCLINE_KAFKA_READ_H
#define SYNCLINE_KAFKA_READ_H

#include "common/kafka_in.h"

struct kafka_read;

int kafka_read_open(const struct settings *settings, enum topic topic, struct kafka_read **read, struct err *err)
	MUST_USE;
/* NULL-safe. */
void kafka_read_close(struct kafka_read **read);

/* The partition in which our producers put messages of this key. */
int kafka_read_partition(struct kafka_read *read, struct span key, int32_t *partition, struct err *err) MUST_USE;

/* The oldest offset that is kept, and the one that the next message will get. */
int kafka_read_bounds(struct kafka_read *read, int32_t partition, int64_t *begin, int64_t *end, struct err *err)
	MUST_USE;

/* The next message will be the first at or behind this offset. */
int kafka_read_seek(struct kafka_read *read, int32_t partition, int64_t offset, struct err *err) MUST_USE;

/* 1: *message is filled. 0: none within timeout_ms; *end tells whether because there is none (yet). */
int kafka_read_next(struct kafka_read *read, int timeout_ms, struct kafka_message *message, bool *end, struct err *err)
	MUST_USE;

#endif
