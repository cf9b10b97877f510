/* What a client knows of what is not there: no broker at all, or topics of ours. The client's errors tell that something has gone;
 * whether it has come back is asked for now and then, as librdkafka does not tell that. One thread. */
#ifndef SYNCLINE_KAFKA_PRESENCE_H
#define SYNCLINE_KAFKA_PRESENCE_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/topics.h"

/* How often is asked for what was not there. */
enum { KAFKA_PRESENCE_EVERY_MS = 1000 };

struct kafka_presence {
	rd_kafka_t *client; /* not owned */
	const char *prefix; /* of the topics' names; not owned */
	bool away;          /* no broker answers; asked again at ask_ms, for ask_for_ms */
	int64_t ask_ms, ask_for_ms;
	unsigned missing; /* bits of enum topic; asked again at ask_missing_ms */
	int64_t ask_missing_ms;
	char obstacle[300];
};
/* At first all is there. */
void kafka_presence_init(struct kafka_presence *presence, rd_kafka_t *client, const char *prefix);

/* A connection was lost: the cluster counts as away until somebody answers. */
void kafka_presence_lost(struct kafka_presence *presence);
/* Kafka does not know this topic. */
void kafka_presence_missing(struct kafka_presence *presence, enum topic topic);

/* Asks now, and waits so long for an answer. */
bool kafka_presence_answers(const struct kafka_presence *presence, int timeout_ms);
/* Does no broker answer? While they are away it asks now and then, and waits for the answer: 100 ms at
 * first, a bit longer each time, as a network or a broker may be slow, 400 ms in the end. */
bool kafka_presence_away(struct kafka_presence *presence);
/* Is a topic missing? Asks now and then. */
bool kafka_presence_lacks(struct kafka_presence *presence);

#define KAFKA_NO_TOPIC "Kafka has no topic %.200s; syncline migrate makes it"
/* "Kafka has no topic sync.jobs; syncline migrate makes it". NULL: all is there. Valid until the next call. */
const char *kafka_presence_obstacle(struct kafka_presence *presence);

#endif
