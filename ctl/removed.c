/* Rows that were never deleted. */
#include "ctl/removed.h"

#include <stdio.h>

#include "common/limits.h"
#include "common/sql.h"
#include "ctl/change.h"

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
	return pg_run(ctl->pg, sql_text("q_write_accounts"), 1, accounts, NULL, err) ||
	               pg_run(ctl->pg, sql_text("q_write_library_lock"), COUNT_OF(values), values, NULL, err)
	           ? -1
	           : 0;
}

struct wanted {
	const struct removed_wish *wish;
	const char *person;
	PGresult **counts;
};

static int restore(struct ctl *ctl, void *context, struct err *err)
{
	const struct wanted *wanted = context;
	const struct removed_wish *wish = wanted->wish;
	const char *values[] = {wish->account_id, wish->sync, wish->items, wish->kind, wanted->person};
	PQclear(*wanted->counts); /* of a try that was undone */
	*wanted->counts = NULL;
	if (lock(ctl, wish, err) ||
	    pg_query(ctl->pg, sql_text("q_restore"), COUNT_OF(values), values, wanted->counts, err) ||
	    (PQntuples(*wanted->counts) && change_note(ctl, "removals undone", wish->sync, err)))
		return -1;
	return 0;
}

int removed_restore(struct ctl *ctl, const struct removed_wish *wish, const char *person, PGresult **counts,
                    struct err *err)
{
	struct wanted wanted = {wish, person, counts};
	return change_run(ctl, NULL, restore, &wanted, err);
}
