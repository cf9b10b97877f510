/* A few connections to Postgres that the console's threads take turns with. Any thread. */
#ifndef SYNCLINE_CONSOLE_PG_POOL_H
#define SYNCLINE_CONSOLE_PG_POOL_H

#include "common/pg.h"

struct pg_pool;

/* Nothing is connected before it is needed. conninfo must outlive the pool. */
int pg_pool_open(const char *conninfo, size_t size, struct pg_pool **pool, struct err *err) MUST_USE;
/* All must have been given back. NULL-safe. */
void pg_pool_close(struct pg_pool **pool);

/* Waits for a free one, and sees to it that it is connected, with a limit to what a statement may take. RETRY: Postgres is
 * away. */
int pg_pool_take(struct pg_pool *pool, struct pg **pg, struct err *err) MUST_USE;
void pg_pool_give(struct pg_pool *pool, struct pg *pg);

#endif
