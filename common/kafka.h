/* What the Kafka consumer, producer and admin calls share: settings to configuration, codes to error classes, and calls that
 * librdkafka 2.0 does not get right. */
#ifndef SYNCLINE_KAFKA_H
#define SYNCLINE_KAFKA_H

#include <librdkafka/rdkafka.h>

#include "common/err.h"
#include "common/settings.h"
#include "common/span.h"

/* RETRY, REJECT (a message that is too large), CONFIG (authorization, no such topic) or FATAL. */
enum err_class kafka_classify(rd_kafka_resp_err_t code);

/* Where librdkafka's own lines go (warnings and worse); NULL, the default: nowhere. Set before the first client is made;
 * called from its threads. */
void kafka_log_to(void (*log)(const char *text));

/* A configuration with brokers, client id and the socket settings all clients share. NULL-terminated pairs of key and
 * value follow. The caller owns *conf until rd_kafka_new took it. */
int kafka_conf(const struct settings *settings, rd_kafka_conf_t **conf, struct err *err, ...) MUST_USE;

/* The same for a member of a group (the prefix is put in front of its name) that reads a set of topics (bits of enum topic). RETRY:
 * a member with a name waits until Kafka knows the topics. */
int kafka_conf_consumer(const struct settings *settings, const char *group, unsigned topics, rd_kafka_conf_t **conf,
                        struct err *err) MUST_USE;

/* Makes the topics of topics.def that are missing. *made counts them. A topic that is there is left as it is. */
int kafka_create_topics(const struct settings *settings, int *made, struct err *err) MUST_USE;

/* The partition of `count` in which our producers put messages of this key: librdkafka's default. */
int32_t kafka_partition_of(struct span key, int32_t count);

/* How many partitions a topic has; 0 when Kafka does not tell within a second. */
int kafka_partitions(rd_kafka_t *client, const char *topic);

/* The same of a set of topics (bits of enum topic), in sum, over a client of its own: some milliseconds. RETRY when Kafka does not
 * tell of one of them, also because it is not there (yet); CONFIG when kafka_brokers names no broker. */
int kafka_count_partitions(const struct settings *settings, unsigned topics, int *count, struct err *err) MUST_USE;

/* What a person can do about a refusal that has one likely cause; "" for all others. Static. */
const char *kafka_mend(rd_kafka_resp_err_t code);

/* Goes on at the list's offsets; waits 5 s at most. Returns NULL or an error that the caller destroys. */
rd_kafka_error_t *kafka_seek(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list);

/* Ends a client that has nothing more to say. librdkafka 2.0 to 2.3 sometimes waits for ever for a reference that it has lost
 * itself, after a topic was deleted or a broker came back (librdkafka#4674, #3954): after two seconds it is left to the end of the
 * process. */
void kafka_destroy(rd_kafka_t *client);

/* A descriptor that becomes readable when something comes into a queue; the caller closes it. -1: err (FATAL). */
int kafka_event_fd(rd_kafka_queue_t *queue, struct err *err);
/* Empties a descriptor of kafka_in_fd or kafka_out_fd after it woke the loop. */
void kafka_drain_fd(int fd);

#endif
