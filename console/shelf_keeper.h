/* A thread that keeps the shelf (console/shelf.h) behind the library, for as long as the console runs. */
#ifndef SYNCLINE_CONSOLE_SHELF_KEEPER_H
#define SYNCLINE_CONSOLE_SHELF_KEEPER_H

#include "common/err.h"
#include "console/pg_pool.h"

struct shelf_keeper;

/* The pool must have a connection to spare for it. Failures of the database go to the log, and are tried again. */
int shelf_keeper_start(struct pg_pool *pool, struct shelf_keeper **keeper, struct err *err) MUST_USE;
/* Within one statement's time. NULL-safe. */
void shelf_keeper_stop(struct shelf_keeper **keeper);

#endif
