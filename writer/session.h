/* What a connection needs before the first transaction: planner settings, temporary staging tables, and the statements that
 * are made from templates, prepared once. All of it is lost with the connection and made anew on the next. */
#ifndef SYNCLINE_WRITER_SESSION_H
#define SYNCLINE_WRITER_SESSION_H

#include "common/items.h"
#include "common/pg.h"

/* Run before BEGIN. *prepared remembers whether the connection is. */
int session_ensure(struct pg *pg, bool *prepared, struct err *err) MUST_USE;

/* Statements prepared per kind (not for entries, but WRITE): "EXECUTE <name>_<table>" is what runs them. */
#define SESSION_WRITE "write"
#define SESSION_MISSING "missing"
#define SESSION_ACTIVE "active"
#define SESSION_REMOVE "remove"

/* Around what compares all of a library, unlike a batch: by a hash join, whatever the planner believes of the sizes. The
 * cache of plans follows the settings of a statement's first use, so this stands around each. */
#define SESSION_COMPARE_ON \
	"SET LOCAL enable_hashjoin = on; SET LOCAL enable_bitmapscan = on; SET LOCAL enable_nestloop = off"
#define SESSION_COMPARE_OFF \
	"SET LOCAL enable_hashjoin = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_nestloop = on"

/* Puts values in place of {name}s. Pairs of name and value, NULL-terminated; every {name} must be among them. */
void session_fill(const char *template, const char *const *pairs, struct buf *out);

#endif
