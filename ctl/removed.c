/* Rows that were never deleted. */
#include "ctl/removed.h"

#include <stdio.h>
#include <string.h>

#include "common/limits.h"
#include "common/sql.h"

#define LOCK_NOT_AVAILABLE "55P03" /* SQLSTATE, when lock_timeout has passed */

int removed_find(struct ctl *ctl, const struct removed_wish *wish, int64_t most, PGresult **found, struct err *err)
{
	char limit[24];
	const char *values[] = {wish->account_id, wish->sync, wish->items, wish->kind, limit};
	snprintf(limit, sizeof limit, "%lld", (long long)most);
	return pg_query(ctl->pg, sql_text("q_ctl_removed"), COUNT_OF(values), values, found, err);
}

/* The same locks in the same order as a writer's batch: what it has begun is finished first. */
static int lock(struct ctl *ctl, const struct removed_wish *wish, struct err *err)
{
	char name[LIMIT_ACCOUNT + 8], ids[5 * ID_TEXT];
	const char *id = wish->account_id, *accounts[] = {name};
	const char *values[] = {ids, "{artists,albums,tracks,playlists}"};
	snprintf(name, sizeof name, "{%s}", wish->account);
	snprintf(ids, sizeof ids, "{%s,%s,%s,%s}", id, id, id, id);
	if (pg_exec(ctl->pg, "BEGIN; SET LOCAL lock_timeout = '15s'; " CTL_PATIENT, err) ||
	    pg_run(ctl->pg, sql_text("q_write_accounts"), 1, accounts, NULL, err) ||
	    pg_run(ctl->pg, sql_text("q_write_library_lock"), COUNT_OF(values), values, NULL, err))
		return strcmp(pg_sqlstate(ctl->pg), LOCK_NOT_AVAILABLE) == 0
		           ? err_wrap(err, "a writer is at work on this library, try again: ")
		           : -1;
	return 0;
}

int removed_restore(struct ctl *ctl, const struct removed_wish *wish, const char *person, PGresult **counts,
                    struct err *err)
{
	struct err ignored;
	const char *values[] = {wish->account_id, wish->sync, wish->items, wish->kind, person};
	if (lock(ctl, wish, err) == 0 &&
	    pg_query(ctl->pg, sql_text("q_restore"), COUNT_OF(values), values, counts, err) == 0 &&
	    pg_exec(ctl->pg, "COMMIT", err) == 0)
		return 0;
	IGNORE(pg_exec(ctl->pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
	return -1;
}
