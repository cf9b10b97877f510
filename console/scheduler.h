/* The thread that turns the schedule: in `syncline serve`, and alone in `syncline scheduler`. */
#ifndef SYNCLINE_CONSOLE_SCHEDULER_H
#define SYNCLINE_CONSOLE_SCHEDULER_H

#include "console/pg_pool.h"
#include "console/ticker.h"

/* Takes one connection of the pool at a time. Ended by ticker_close, before the pool is closed. */
int scheduler_open(struct pg_pool *pool, struct ticker **ticker, struct err *err) MUST_USE;

#endif
