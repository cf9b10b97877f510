/* What a worker's group has not read yet, and how old that is. */
#ifndef SYNCLINE_CTL_BACKLOG_H
#define SYNCLINE_CTL_BACKLOG_H

#include "common/lag.h"

struct backlog {
	struct lag_partition partitions[LIMIT_PARTITIONS];
	int64_t age_ms[LIMIT_PARTITIONS]; /* of the oldest unread message; 0: none; -1: it could not be read in time */
	size_t count;
	int64_t messages, oldest_ms; /* sum and maximum */
};

/* client must be one of groups_client. */
int backlog_read(const struct lag_options *options, struct backlog *backlog, struct err *err) MUST_USE;

#endif
