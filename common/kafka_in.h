/* A consumer whose offsets are stored only when its messages are finished.
 *
 * open -> (poll -> ... -> finish)* -> close. A polled message stays pending until kafka_in_finish; the committed offset
 * is the end of the contiguous finished prefix of its partition (watermark). Messages of a partition that was taken
 * away are forgotten: finishing them does nothing, and they come again to its new owner.
 *
 * One thread; callbacks run inside poll and close. Ownership: a message belongs to the caller until kafka_in_release.
 * Bounded: at most LIMIT_CONSUMER_QUEUE_KB prefetched, LIMIT_PENDING pending per partition. */
#ifndef SYNCLINE_KAFKA_IN_H
#define SYNCLINE_KAFKA_IN_H

#include <librdkafka/rdkafka.h>

#include "common/err.h"
#include "common/kafka_gap.h"
#include "common/kafka_share.h"
#include "common/settings.h"
#include "common/span.h"
#include "common/topics.h"

struct kafka_in;

struct kafka_message {
	struct kafka_place place;
	struct span key, value; /* valid until released */
	int64_t time_ms;        /* Kafka's timestamp, ms since 1970 */
	rd_kafka_message_t *raw;
};

/* topics: a bit per enum topic. on_revoke(context) runs before partitions are given up: finish or drop what is in hand.
 * It may be NULL. Partitions with no committed offset are read from their start; behind an offset that Kafka no
 * longer has they are read on where it has something again, and that is a gap to be told (kafka_in_tell_gap). Where offsets are
 * left out between two messages Kafka is asked for them once more; what does not come then is a gap, too, but in the topics of
 * jobs. */
struct kafka_in_options {
	const struct settings *settings;
	const char *group;
	unsigned topics;
	void (*on_revoke)(void *context);
	void *context;
};
int kafka_in_open(const struct kafka_in_options *options, struct kafka_in **in, struct err *err) MUST_USE;
/* Stores, commits and leaves the group. When no broker answers within a second the client is left to the end of the process:
 * for workers that stop. */
void kafka_in_close(struct kafka_in **in);

/* 1: *message is filled. 0: none within timeout_ms. -1: err (RETRY, also for a topic that is not there (yet): keep
 * polling). */
int kafka_in_poll(struct kafka_in *in, int timeout_ms, struct kafka_message *message, struct err *err) MUST_USE;
/* Messages that this group should have read and that are gone; the reading has gone on behind them. Sends the reject of the oldest
 * such gap, from which the writer makes a row and a note at the syncs concerned (its token is NULL), and waits half a second for
 * what out has on its way. true: Kafka has it, *gap is filled, to be logged. false: there is none, or it has to wait: call again in
 * the next turn. Until then no offset is committed, so that a worker that dies finds the gap again. */
bool kafka_in_tell_gap(struct kafka_in *in, struct kafka_out *out, struct kafka_gap *gap);
void kafka_in_release(struct kafka_message *message);

/* The effect of the message is durable. Any order. */
void kafka_in_finish(struct kafka_in *in, const struct kafka_place *place);

/* Stops and restarts fetching of all assigned partitions; membership is kept by going on polling. Idempotent. */
void kafka_in_pause(struct kafka_in *in, bool paused);

/* Commits what is stored now and waits for it; failure is only a later redelivery. Not while a gap is untold. */
void kafka_in_commit(struct kafka_in *in);

/* Forgets everything pending and goes back to the stored offsets: the messages will be polled again. */
int kafka_in_rewind(struct kafka_in *in, struct err *err) MUST_USE;

/* Does no broker answer? Costs nothing while all is well; while they are away it asks once a second, and waits 100 ms for
 * the answer, in the end 400 ms. */
bool kafka_in_away(struct kafka_in *in);

/* Why there is nothing to poll for this member, in words: Kafka is away, has no such topic, or no partition for it. NULL: all is
 * well. Valid until the next call. */
const char *kafka_in_obstacle(struct kafka_in *in);

/* A descriptor that becomes readable when there is something to poll, for a loop that waits elsewhere (not owned). */
int kafka_in_fd(struct kafka_in *in, struct err *err);

#endif
