/* The turns. */
#include "console/scheduler.h"

#include "common/log.h"
#include "console/schedule.h"

/* Between two turns: rules are told by the minute. */
enum { TURN_MS = 5000 };

static int turn(void *context, struct err *err)
{
	struct pg_pool *pool = context;
	struct pg *pg = NULL;
	int started = 0;
	if (pg_pool_take(pool, &pg, err))
		return -1;
	int result = schedule_turn(pg, &started, err);
	pg_pool_give(pool, pg);
	if (started)
		log_info("schedule", "syncs started: %d", started);
	return result;
}

int scheduler_open(struct pg_pool *pool, struct ticker **ticker, struct err *err)
{
	return ticker_open("schedule", TURN_MS, turn, pool, ticker, err);
}
