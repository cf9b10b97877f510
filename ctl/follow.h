/* Following a sync until it ends: a live picture on a terminal, plain lines elsewhere, JSON lines with --json. Reads
 * only Postgres, and from Redis whether the sync waits for its provider's limit. Ctrl-C ends the following, never the sync. */
#ifndef SYNCLINE_CTL_FOLLOW_H
#define SYNCLINE_CTL_FOLLOW_H

#include "ctl/ctl.h"

/* Returns the exit code of the sync's result. stop_open must have been called. */
int follow_sync(struct ctl *ctl, const char *sync_id);

#endif
