/* Cancelling syncs in the two steps of common/cancel.h, as the command and the console do it. What neither gets to, the
 * reconciler does. */
#ifndef SYNCLINE_CTL_CANCELLING_H
#define SYNCLINE_CTL_CANCELLING_H

#include "common/redis.h"
#include "ctl/target.h"

/* The first step: target->sync, or all of the account that have not ended, are marked, and nothing more of them is written.
 * by: who wants it, a name of at most PERSON_TEXT bytes. *cancelled, NULL before: a row for each with "sync" and "joined",
 * how many requests had joined it; no row: there was nothing to cancel. RETRY: as change_run; nothing is marked then. */
int cancelling_begin(struct ctl *ctl, const struct target *target, const char *by, PGresult **cancelled,
                     struct err *err) MUST_USE;

/* The second step for one of them: asks its fetcher to stop, and ends the sync if none works on it (*over); to be called again
 * until then. *lost: of class ERR_NONE, or why the event of its end was not sent; the row is the truth. RETRY: Redis or
 * Postgres is away. */
int cancelling_end(struct ctl *ctl, struct redis *redis, const char *account, const char *sync, bool *over,
                   struct err *lost, struct err *err) MUST_USE;

/* Why there was nothing to cancel, as an error for a person: FATAL, the state of things is against it. *before: the sync was
 * cancelled already, which is no error; sync[UUID_TEXT] becomes its id. */
int cancelling_nothing(struct ctl *ctl, const struct target *target, bool *before, char *sync, struct err *err)
	MUST_USE;

#endif
