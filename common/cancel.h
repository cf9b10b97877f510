/* The end of a cancelled sync, which comes in two steps. First, in one transaction, Postgres says so (q_cancel_begin): from
 * then on writers drop whatever still comes of it, so that nothing is written and nothing is removed. Then its fetcher, if
 * there is one, is asked to stop (common/halt.h), and when it has, or has died, this ends it. The command that cancels does
 * both, and the reconciler what the command did not get to: any number of them may try, one does it. */
#ifndef SYNCLINE_CANCEL_H
#define SYNCLINE_CANCEL_H

#include "common/pg.h"

/* Ends the sync if it is being cancelled, and tells those that joined it; does nothing to any other sync. *news, which the caller
 * clears: a row for each event to be sent; none when this call has not ended it. Two statements: in a transaction, or a death
 * between them leaves those that joined without a word. To be called only when no fetcher works on it. */
int cancel_end(struct pg *pg, const char *sync, PGresult **news, struct err *err) MUST_USE;
/* The sync_event of a row, appended to event. */
void cancel_event(const PGresult *news, int row, struct buf *event);

#endif
