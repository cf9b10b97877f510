/* The end of a cancelled sync, which comes in two steps. First, in one transaction, Postgres says so (q_cancel_begin): from
 * then on writers drop whatever still comes of it, so that nothing is written and nothing is removed. Then its fetcher, if
 * there is one, is asked to stop (common/halt.h), and when it has, or has died, this ends it. The command that cancels does
 * both, and the reconciler what the command did not get to: any number of them may try, one does it. */
#ifndef SYNCLINE_CANCEL_H
#define SYNCLINE_CANCEL_H

#include "common/pg.h"

/* Ends the sync if it is being cancelled, and appends the sync_event to be sent to event; does nothing to any other sync. To
 * be called only when no fetcher works on it. */
int cancel_end(struct pg *pg, const char *sync, struct buf *event, struct err *err) MUST_USE;

#endif
