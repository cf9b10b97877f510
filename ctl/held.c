/* Held by the ledger, removed by one statement. */
#include "ctl/held.h"

#include "common/sql.h"
#include "ctl/change.h"

int held_read(struct ctl *ctl, const char *account_id, const char *category, PGresult **held, struct err *err)
{
	const char *values[] = {account_id, category};
	return pg_query(ctl->pg, sql_text("q_ctl_held"), COUNT_OF(values), values, held, err);
}

int held_names(struct ctl *ctl, const char *account_id, const PGresult *held, int i, PGresult **names, struct err *err)
{
	const char *values[] = {account_id, pg_text(held, i, "category"), pg_text(held, i, "since")};
	return pg_query(ctl->pg, sql_text("q_ctl_held_names"), COUNT_OF(values), values, names, err);
}

struct wanted {
	const char *account_id, *category, *sync;
	int64_t removed;
	enum held_end end;
};

/* Those who confirm come one after the other, and before or behind those who cancel or remove: all lock the account first. Writers
 * do not wait for it. */
static int lock(struct ctl *ctl, const struct wanted *wanted, struct err *err)
{
	return pg_run(ctl->pg, "SELECT 1 FROM account WHERE account_id = $1::int FOR NO KEY UPDATE", 1, &wanted->account_id,
	              NULL, err);
}

/* Only a person's consent leaves a category of an ended sync without what it held. */
static int is_settled(struct ctl *ctl, const struct wanted *wanted, bool *settled, struct err *err)
{
	PG_RESULT *row = NULL;
	const char *values[] = {wanted->sync, wanted->category};
	if (pg_query(ctl->pg, "SELECT 1 FROM sync_category WHERE sync_id = $1::uuid AND category = $2 AND held = 0", 2,
	             values, &row, err))
		return -1;
	*settled = PQntuples(row) == 1;
	return 0;
}

static int remove_all(struct ctl *ctl, void *context, struct err *err)
{
	struct wanted *wanted = context;
	const char *values[] = {wanted->account_id, wanted->category, wanted->sync};
	PG_RESULT *row = NULL;
	bool settled = false;
	if (lock(ctl, wanted, err) || is_settled(ctl, wanted, &settled, err))
		return -1;
	wanted->end = HELD_SETTLED_BEFORE;
	if (settled)
		return 0;
	if (pg_query(ctl->pg, sql_text("q_confirm_removals"), COUNT_OF(values), values, &row, err) ||
	    is_settled(ctl, wanted, &settled, err))
		return -1;
	wanted->removed = pg_int(row, 0, "removed");
	wanted->end = wanted->removed ? HELD_REMOVED : HELD_LISTED_AGAIN;
	if (!settled)
		return err_set(err, ERR_CONFIG, 0,
		               "a newer sync or a replay has read the %s since: nothing was removed; sync, then look again at what is "
		               "held",
		               wanted->category);
	return change_note(ctl, "removals confirmed", wanted->sync, err);
}

int held_remove(struct ctl *ctl, const char *account_id, const PGresult *held, int i, int64_t *removed,
                enum held_end *end, struct err *err)
{
	struct wanted wanted = {account_id, pg_text(held, i, "category"), pg_text(held, i, "sync"), 0, HELD_REMOVED};
	/* A whole library is compared with what was seen: by hashes, also where the planner believes both to be small. */
	if (change_run(ctl, "SET LOCAL enable_nestloop = off", remove_all, &wanted, err))
		return -1;
	*removed = wanted.removed;
	*end = wanted.end;
	return 0;
}
