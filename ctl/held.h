/* Held removals of an account: what complete syncs found missing and did not remove, because a person is to look first. The
 * command and the console show them and carry them out. */
#ifndef SYNCLINE_CTL_HELD_H
#define SYNCLINE_CTL_HELD_H

#include "ctl/ctl.h"

/* A row for each category (or the one) in which something is held: "category", "held" (how many), "sync" (that found it) and
 * "since". RETRY: Postgres is away. */
int held_read(struct ctl *ctl, const char *account_id, const char *category, PGresult **held, struct err *err) MUST_USE;

/* Ten of row i by name: "id" and "label". */
int held_names(struct ctl *ctl, const char *account_id, const PGresult *held, int i, PGresult **names, struct err *err)
	MUST_USE;

enum held_end {
	HELD_REMOVED,
	HELD_SETTLED_BEFORE, /* somebody else has consented since the row was read */
	HELD_LISTED_AGAIN, /* pages that came later list all of it: there was nothing to remove, and nothing is held any more */
};

/* Carries out what row i of `held` holds, in a transaction of its own. *removed: how many items went, 0 but for HELD_REMOVED.
 * CONFIG: a newer sync has read the library since the row was read, so that it may be other items now: nothing is removed.
 * RETRY: Postgres is away. */
int held_remove(struct ctl *ctl, const char *account_id, const PGresult *held, int i, int64_t *removed,
                enum held_end *end, struct err *err) MUST_USE;

#endif
