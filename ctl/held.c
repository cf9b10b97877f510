/* Held by the ledger, removed by one statement. */
#include "ctl/held.h"

#include "common/sql.h"

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

/* A whole library is compared with what was seen: by hashes, also where the planner believes both to be small. */
static int remove_all(struct ctl *ctl, const char *const values[3], PGresult **row, struct err *err)
{
	if (pg_exec(ctl->pg, "BEGIN; SET LOCAL enable_nestloop = off; " CTL_PATIENT, err) ||
	    pg_query(ctl->pg, sql_text("q_confirm_removals"), 3, values, row, err))
		return -1;
	return pg_exec(ctl->pg, "COMMIT", err);
}

int held_remove(struct ctl *ctl, const char *account_id, const PGresult *held, int i, int64_t *removed, struct err *err)
{
	const char *values[] = {account_id, pg_text(held, i, "category"), pg_text(held, i, "sync")};
	struct err ignored;
	PG_RESULT *row = NULL;
	if (remove_all(ctl, values, &row, err)) {
		IGNORE(pg_exec(ctl->pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
		return -1;
	}
	*removed = pg_int(row, 0, "removed");
	return *removed
	           ? 0
	           : err_set(err, ERR_CONFIG, 0,
	                     "a newer sync or a replay has read the %s since: nothing was removed; sync, then look again at what is "
	                     "held",
	                     pg_text(held, i, "category"));
}
