/* A connection to Postgres that reconnects, with errors classified by SQLSTATE.
 *
 * open -> (exec | query | copy)* -> close. One thread. A failed call leaves the handle usable: the next call connects
 * again if the connection is gone. Results are owned by the caller (PG_RESULT frees at the end of the scope). */
#ifndef SYNCLINE_PG_H
#define SYNCLINE_PG_H

#include <libpq-fe.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/span.h"

struct pg;

/* Connects, at most 5 s for each address that the host has. application shows in pg_stat_activity. The connection string is never
 * in an error text. CONFIG: refused for a reason a person must mend (no such database, password, a string that cannot be read);
 * RETRY: not reachable. */
int pg_open(const char *conninfo, const char *application, struct pg **pg, struct err *err) MUST_USE;
void pg_close(struct pg **pg);

/* From now on no statement is waited for longer than this (0, as it begins: without end): then the connection is given up, and
 * the call fails (RETRY). What became of the statement is not known, as when a connection is lost. */
void pg_limit(struct pg *pg, int64_t answer_ms);

/* From now on a statement is also given up when this process must stop now (stop_level with drain_ms): within a second of that,
 * unless it is answered; and no new connection is made then. Who stops with a deadline must not wait for a server that stands
 * still. Main thread only. */
void pg_heed_stop(struct pg *pg, int64_t drain_ms);

/* Reconnects if the connection is gone. True in *fresh when it is a new one: temporary tables and settings are lost. */
int pg_ensure(struct pg *pg, bool *fresh, struct err *err) MUST_USE;

/* Looks without asking whether the connection still stands (a server that ends closes it), and if not connects again, at
 * most 5 s. Outside of transactions only. */
int pg_check(struct pg *pg, struct err *err) MUST_USE;

/* As of the last call. */
bool pg_connected(const struct pg *pg);

/* One or more statements without parameters or result. */
int pg_exec(struct pg *pg, const char *sql, struct err *err) MUST_USE;

/* One statement with text parameters (NULL: SQL NULL); *result is never NULL on success. Outside of a transaction one that
 * Postgres has given up for a deadlock had no effect, and is asked again. */
int pg_query(struct pg *pg, const char *sql, int count, const char *const *values, PGresult **result, struct err *err)
	MUST_USE;
/* The same, and no result. Returns the rows affected in *rows unless it is NULL. */
int pg_run(struct pg *pg, const char *sql, int count, const char *const *values, int64_t *rows, struct err *err)
	MUST_USE;

/* COPY ... FROM STDIN in whatever format the statement says, all of data at once (copied by libpq). */
int pg_copy(struct pg *pg, const char *sql, struct span data, struct err *err) MUST_USE;

/* SQLSTATE of the last failure, "" when it had none. Valid until the next call. */
const char *pg_sqlstate(const struct pg *pg);
/* Was the last failure a deadlock, for which Postgres gave this transaction up? It may be tried again at once. */
bool pg_deadlocked(const struct pg *pg);

/* RETRY for lost connections, deadlocks, resources; REJECT for data (22xxx, 23xxx); CONFIG for permissions and missing
 * objects; FATAL for what cannot be. sqlstate may be NULL or "": RETRY. */
enum err_class pg_classify(const char *sqlstate);

/* Of a connection that was not made, by libpq's words, for its blocking connect gives no SQLSTATE: CONFIG for what lasts until a
 * person mends it (a password, a role that is not there). All else passes by itself, RETRY: a start or a stop, no slot left, a
 * pooler without its server, words in another language. */
enum err_class pg_classify_refusal(const char *text);

/* Refuses a database whose migrations are not exactly this program's: CONFIG, with what to do. */
int pg_check_schema(struct pg *pg, struct err *err) MUST_USE;

/* Column values of a result by name; "" for NULL. The name must be a column of it. */
const char *pg_text(const PGresult *result, int row, const char *column);
int64_t pg_int(const PGresult *result, int row, const char *column);
bool pg_bool(const PGresult *result, int row, const char *column);
bool pg_null(const PGresult *result, int row, const char *column);

static inline void pg_result_cleanup(PGresult **result)
{
	PQclear(*result);
}
#define PG_RESULT __attribute__((cleanup(pg_result_cleanup))) PGresult

#endif
