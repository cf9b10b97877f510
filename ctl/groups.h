/* The workers' consumer groups, as Kafka knows them. */
#ifndef SYNCLINE_CTL_GROUPS_H
#define SYNCLINE_CTL_GROUPS_H

#include <librdkafka/rdkafka.h>

#include "common/err.h"
#include "common/settings.h"
#include "common/topics.h"

enum { GROUPS = 4, GROUP_NAME = LIMIT_SETTING + 64 };

struct worker_group {
	const char *program; /* "fetcher"; its second group has the same */
	const char *work;    /* for people; "" where a program has one group */
	const char *group;   /* without prefix */
	unsigned topics;     /* a bit per topic it reads */
};

extern const struct worker_group worker_groups[GROUPS];

/* The group's name with its prefix, cut as the workers cut it, into text[GROUP_NAME]; returns text. */
const char *groups_name(const struct settings *settings, unsigned group, char text[GROUP_NAME]);

struct group_state {
	char state[32]; /* "Stable", "Empty", "none" */
	int members;
};

/* A consumer that is in no group and commits nothing: for questions, and to read single messages. Waits until Kafka has
 * answered once. RETRY: it does not. The caller ends it with kafka_destroy. */
int groups_client(const struct settings *settings, rd_kafka_t **client, struct err *err) MUST_USE;

int groups_describe(const struct settings *settings, rd_kafka_t *client, struct group_state states[GROUPS],
                    struct err *err) MUST_USE;

#endif
