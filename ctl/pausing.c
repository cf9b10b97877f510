/* Marked in Postgres, asked in Redis. */
#include "ctl/pausing.h"

#include <stdio.h>

#include "common/halt.h"
#include "common/sql.h"

/* The row says it, and the reconciler would tell the fetcher; this is only sooner. */
static int ask_to_stop(struct ctl *ctl, const char *account, bool *held, struct err *err)
{
	struct redis *redis = NULL;
	int result = redis_open(ctl->settings.redis, &redis, err) ||
	                     halt_ask(redis, &ctl->settings, account, NULL, held, err)
	                 ? -1
	                 : 0;
	redis_close(&redis);
	return result;
}

int pausing_begin(struct ctl *ctl, const char *account, const char *account_id, int64_t until_ms, struct pausing *ret,
                  struct err *err)
{
	char number[24];
	PG_RESULT *row = NULL;
	struct pausing pausing = {0};
	const char *values[] = {account_id, until_ms ? number : NULL};
	snprintf(number, sizeof number, "%lld", (long long)until_ms);
	if (pg_query(ctl->pg, sql_text("q_ctl_pause"), COUNT_OF(values), values, &row, err))
		return -1;
	snprintf(pausing.until, sizeof pausing.until, "%s", PQntuples(row) ? pg_text(row, 0, "until") : "");
	if (ask_to_stop(ctl, account, &pausing.held, &pausing.lost) == 0)
		pausing.lost = (struct err){.class = ERR_NONE};
	*ret = pausing;
	return 0;
}

int pausing_end(struct ctl *ctl, const char *account_id, bool *was, int64_t *waiting, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(ctl->pg, sql_text("q_ctl_resume"), 1, &account_id, &row, err))
		return -1;
	*was = PQntuples(row) && pg_bool(row, 0, "paused");
	*waiting = PQntuples(row) ? pg_int(row, 0, "waiting") : 0;
	return 0;
}
