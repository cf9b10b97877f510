/* Items that syncs marked removed: found, and brought back. */
#ifndef SYNCLINE_CTL_REMOVED_H
#define SYNCLINE_CTL_REMOVED_H

#include "ctl/ctl.h"

/* Which: all must hold. */
struct removed_wish {
	const char *account, *account_id;
	const char *sync;  /* removed by it; NULL: by whichever */
	const char *items; /* a JSON array of ids; NULL: all */
	const char *kind;  /* artist, album, track or playlist; NULL: each */
};

/* A row for each, at most `most` of a kind: "kind", "id", "label", "sync", "removed_at", "age_ms", and "of_kind", how many there
 * are. RETRY: Postgres is away. */
int removed_find(struct ctl *ctl, const struct removed_wish *wish, int64_t most, PGresult **found, struct err *err)
	MUST_USE;

/* Makes them items of the library again, in one transaction under the writers' own locks, and notes who wanted it, so that later
 * syncs hold them instead of removing them. *counts, NULL before: "kind" and "items" for each kind of which any came back.
 * RETRY: as change_run; nothing has changed then. */
int removed_restore(struct ctl *ctl, const struct removed_wish *wish, const char *person, PGresult **counts,
                    struct err *err) MUST_USE;

#endif
