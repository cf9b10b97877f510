/* What tests of the console against a real Postgres share: two connections to a schema with an account, and rows of syncs as the
 * writer makes them. */
#ifndef SYNCLINE_TESTS_CONSOLE_SUPPORT_H
#define SYNCLINE_TESTS_CONSOLE_SUPPORT_H

#include "pg_support.h"

struct bench {
	struct pg *pg, *other; /* two processes */
	char schema[64];
};

/* For cmocka's set-up and tear-down; account 1 is "home". */
int bench_open(void **state);
int bench_close(void **state);

/* One or more statements without a result. */
void execute(struct bench *bench, const char *sql);
/* The one value of a query. Valid until the next call. */
const char *look(struct bench *bench, const char *sql);
#define assert_look(bench, sql, want) assert_string_equal(look(bench, sql), want)

/* Syncs are told apart by a last digit, which is also their order. */
#define SYNC_ID "'01900000-0000-7000-8000-00000000000"

void begin_sync(struct bench *bench, int number, int account, const char *mode);
void end_sync(struct bench *bench, int number, const char *state);

/* A webhook for all events, of all accounts ("NULL") or of one. */
void listen_to(struct bench *bench, const char *account_id);

#endif
