/* How far a consumer group is behind in a topic, in messages, asked of the broker: works for groups of other
 * processes and for groups without members. */
#ifndef SYNCLINE_LAG_H
#define SYNCLINE_LAG_H

#include <librdkafka/rdkafka.h>

#include "common/err.h"
#include "common/settings.h"
#include "common/topics.h"

/* A client to ask with, which works for no group. With a producer librdkafka crashes when a coordinator is just moving
 * (librdkafka#5040), and at a consumer that reads each question waits until its fetch is answered. */
int lag_open(const struct settings *settings, rd_kafka_t **client, struct err *err) MUST_USE;
/* NULL-safe. */
void lag_close(rd_kafka_t **client);

struct lag_options {
	const struct settings *settings;
	rd_kafka_t *client; /* of lag_open, or any other consumer */
	const char *group;  /* without prefix */
	enum topic topic;
	int64_t deadline_ms; /* by clock_ms(): for the four questions that are asked, together */
};

struct lag_partition {
	int64_t committed; /* -1: the group has never committed here */
	int64_t begin, end;
	int64_t messages; /* never negative; without a commit everything kept counts, for reading starts at the beginning */
};

/* Fills partitions[LIMIT_PARTITIONS] and *count. RETRY when Kafka has not answered by the deadline, or not of all partitions: one
 * without a leader has messages that nobody counts. */
int lag_read(const struct lag_options *options, struct lag_partition *partitions, size_t *count, struct err *err)
	MUST_USE;

/* Sum over the partitions. */
int lag_total(const struct lag_options *options, int64_t *messages, struct err *err) MUST_USE;

/* Messages that are on their way from fetchers to Postgres: those that parsers have not taken, and then those that writers have
 * not. In that order: 0 means that whatever Kafka had before has arrived. timeout_ms: for all of it. */
int lag_on_the_way(const struct settings *settings, rd_kafka_t *client, int timeout_ms, int64_t *messages,
                   struct err *err) MUST_USE;

#endif
