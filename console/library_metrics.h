/* What the database knows and an operator must, for Prometheus: syncs that go on, accounts that need a person, pauses. */
#ifndef SYNCLINE_CONSOLE_LIBRARY_METRICS_H
#define SYNCLINE_CONSOLE_LIBRARY_METRICS_H

#include "common/buf.h"
#include "common/pg.h"
#include "console/limits.h"

/* One question to the database; of accounts only those that have something to tell, LIMIT_METRIC_ACCOUNTS of a kind at most.
 * On failure nothing was appended. */
int library_metrics(struct pg *pg, struct buf *out, struct err *err) MUST_USE;

#endif
