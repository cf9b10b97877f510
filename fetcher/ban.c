/* Two statements. */
#include "fetcher/ban.h"

#include <stdio.h>

#include "common/sql.h"
#include "fetcher/throttle.h"

int ban_keep(struct pg *pg, const char *credential, int64_t wait_ms, struct err *err)
{
	char wait[24];
	const char *values[] = {credential, wait};
	snprintf(wait, sizeof wait, "%lld", (long long)wait_ms);
	return pg_run(pg, sql_text("q_ban_keep"), COUNT_OF(values), values, NULL, err);
}

int ban_recall(struct pg *pg, struct redis *redis, const struct settings *settings, const char *credential,
               struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg, sql_text("q_ban_left"), 1, &credential, &row, err))
		return -1;
	return throttle_know(redis, settings, credential, PQntuples(row) ? pg_int(row, 0, "left_ms") : 0, err);
}
