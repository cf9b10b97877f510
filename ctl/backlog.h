/* What the workers' groups have not read yet, and how old that is. */
#ifndef SYNCLINE_CTL_BACKLOG_H
#define SYNCLINE_CTL_BACKLOG_H

#include "common/buf.h"
#include "common/lag.h"
#include "ctl/groups.h"

struct backlog {
	struct lag_partition partitions[LIMIT_PARTITIONS];
	int64_t age_ms[LIMIT_PARTITIONS]; /* of the oldest unread message; 0: none; -1: it could not be read in time */
	size_t count;
	int64_t messages, oldest_ms; /* sum and maximum */
};

/* Of all groups, with who reads. Large: not for the stack. */
struct backlogs {
	struct group_state states[GROUPS];
	struct backlog of[GROUPS][TOPIC_COUNT];      /* of topics a group does not read: count 0 */
	int64_t messages[GROUPS], oldest_ms[GROUPS]; /* sum and maximum */
};

/* Overwrites all of it. client must be one of groups_client. */
int backlogs_read(const struct settings *settings, rd_kafka_t *client, struct backlogs *backlogs, struct err *err)
	MUST_USE;

/* Appends [{"group": ..., "state": ..., "members": ..., "lag": ..., "lag_seconds": ...}, ...]. */
void backlogs_json(const struct settings *settings, const struct backlogs *backlogs, struct buf *out);

#endif
