/* What tests against a real Postgres share: a schema of the test's own, with all tables. */
#ifndef SYNCLINE_TESTS_PG_SUPPORT_H
#define SYNCLINE_TESTS_PG_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/pg.h"

/* Fails the test with the error's text. */
void must(int result, const struct err *err);

/* A connection to SYNCLINE_TEST_POSTGRES whose path is this schema, which it makes if it is not there. */
struct pg *connect_to(const char *schema);
/* All migrations. */
void make_tables(struct pg *pg);
void drop_schema(struct pg *pg, const char *schema);

#endif
