/* A producer that tells, for each message, whether Kafka has it: idempotent, acks=all.
 *
 * open -> (send -> ... -> poll)* -> flush -> close. Delivery is reported once per message, by the callback, inside
 * kafka_out_poll or kafka_out_flush, in order per partition. Bounded by bytes in flight: ask kafka_out_room before
 * taking more work in. One thread. */
#ifndef SYNCLINE_KAFKA_OUT_H
#define SYNCLINE_KAFKA_OUT_H

#include <librdkafka/rdkafka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/settings.h"
#include "common/topics.h"

struct kafka_out;

/* token: what was given to send. err: NULL when delivered: Kafka has told its offset. */
typedef void kafka_out_delivered(void *context, void *token, const struct err *err);

/* on_delivered may be NULL. */
int kafka_out_open(const struct settings *settings, kafka_out_delivered *on_delivered, void *context,
                   struct kafka_out **out, struct err *err) MUST_USE;
/* Drops what is not delivered yet: flush first. */
void kafka_out_close(struct kafka_out **out);

/* Queues a message. Takes the bytes out of value (which is empty afterwards, also on failure). RETRY: the queue is full;
 * nothing was queued. FATAL: the producer is broken, open a new one. */
int kafka_out_send(struct kafka_out *out, enum topic topic, struct span key, struct buf *value, void *token,
                   struct err *err) MUST_USE;

/* Serves delivery reports, waiting at most timeout_ms for the first. Returns how many messages are still in flight. */
int kafka_out_poll(struct kafka_out *out, int timeout_ms);

/* -1: the producer is broken, nothing that is sent arrives any more: err is FATAL, and the process should end to begin anew (an
 * idempotent producer meets a broker that has lost what it had acknowledged, or forgotten the producer). */
int kafka_out_check(const struct kafka_out *out, struct err *err) MUST_USE;

/* Waits until everything is delivered or failed; RETRY when timeout_ms was not enough. */
int kafka_out_flush(struct kafka_out *out, int timeout_ms, struct err *err) MUST_USE;

/* How many messages Kafka did not take since the producer was opened. */
int64_t kafka_out_failed(const struct kafka_out *out);

/* Bytes queued and not yet reported. */
size_t kafka_out_inflight_bytes(const struct kafka_out *out);
/* Room for another message of a usual size. */
bool kafka_out_room(const struct kafka_out *out);

/* As kafka_in_fd. */
int kafka_out_fd(struct kafka_out *out, struct err *err);

#endif
