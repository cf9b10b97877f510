/* libpq with classified errors. */
#include "common/pg.h"

#include <assert.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/conninfo.h"
#include "common/sql.h"
#include "common/stop.h"

struct pg {
	PGconn *conn;
	char *conninfo, application[64], sqlstate[6];
	bool fresh;
	int64_t answer_ms; /* for a statement; 0: without end */
	int64_t until_ms;  /* of the one under way */
	int64_t drain_ms;  /* for stop_level; -1: whoever waits does not stop */
	char lost[300];    /* why the connection was given up, when there is none */
};

enum { CONNECT_MS = 5000 };

static enum stop_level level_of(const struct pg *pg)
{
	return pg->drain_ms < 0 ? STOP_RUN : stop_level(pg->drain_ms);
}

enum err_class pg_classify(const char *sqlstate)
{
	/* First match wins: exact codes before their class. Codes: Postgres documentation, appendix A. */
	static const struct {
		const char *prefix;
		enum err_class class;
	} table[] = {
		{"08", ERR_RETRY},     /* connection */
		{"40", ERR_RETRY},     /* deadlock, serialization */
		{"23505", ERR_RETRY},  /* unique: another writer was here at the same time; the next try sees its row */
		{"22", ERR_REJECT},    /* data exception */
		{"23", ERR_REJECT},    /* integrity */
		{"54", ERR_REJECT},    /* program limit: index row too large */
		{"25006", ERR_RETRY},  /* read-only: a standby during failover */
		{"53", ERR_RETRY},     /* disk full, memory, connections */
		{"55", ERR_RETRY},     /* lock not available, object in use */
		{"57", ERR_RETRY},     /* shut down, cancelled */
		{"58", ERR_RETRY},     /* system error: I/O */
		{"28", ERR_CONFIG},    /* password */
		{"3D000", ERR_CONFIG}, /* no such database */
		{"42501", ERR_CONFIG}, /* permission */
		{"42P01", ERR_CONFIG}, /* no such table: not migrated */
	};
	if (!sqlstate || !*sqlstate)
		return ERR_RETRY;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (strncmp(sqlstate, table[i].prefix, strlen(table[i].prefix)) == 0)
			return table[i].class;
	}
	return ERR_FATAL;
}

/* libpq ends its messages with newlines and adds lines of detail; one line is enough here. */
static void one_line(const char *message, char *to, size_t size)
{
	size_t used = 0;
	for (const char *c = message ? message : ""; *c && used < size - 1; c++)
		to[used++] = *c == '\n' || *c == '\t' ? ' ' : *c;
	while (used && to[used - 1] == ' ')
		used--;
	to[used] = '\0';
}

enum err_class pg_classify_refusal(const char *text)
{
	/* Texts: PostgreSQL's auth.c, hba.c, postinit.c, libpq's fe-auth.c and fe-connect.c; PgBouncer's. */
	static const char *const lasting[] = {
		"authentication failed",      "pg_hba.conf",          "\" does not exist",
		"is not permitted to log in", "permission denied",    "no such user",
		"no password supplied",       "does not support SSL", "no such database",
	};
	for (size_t i = 0; i < COUNT_OF(lasting); i++) {
		if (strstr(text, lasting[i]))
			return ERR_CONFIG;
	}
	return ERR_RETRY;
}

static int connection_error(struct pg *pg, struct err *err)
{
	char text[300];
	one_line(PQerrorMessage(pg->conn), text, sizeof text);
	pg->sqlstate[0] = '\0';
	return err_set(err, pg_classify_refusal(text), 0, "Postgres: %s", *text ? text : "not reachable");
}

/* Libraries do not write to the standard error; what matters comes as an error. */
static void ignore_notice(void *context, const PGresult *notice)
{
	(void)context;
	(void)notice;
}

/* The password may stand in the string, so it is parsed and never printed. */
static int connect_now(struct pg *pg, struct err *err)
{
	const char *keys[] =
		{"dbname", "application_name", "connect_timeout", "client_encoding", "keepalives_idle", "tcp_user_timeout",
	     NULL};
	enum stop_level stop = level_of(pg);
	const char *patience_s = stop == STOP_RUN ? "5" : "2"; /* the least that libpq knows */
	const char *values[] = {pg->conninfo, pg->application, patience_s, "UTF8", "10", "15000", NULL};
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->sqlstate[0] = '\0';
	if (stop == STOP_NOW)
		return err_set(err, ERR_RETRY, 0, "Postgres: not connected, and it is time to stop");
	pg->conn = PQconnectdbParams(keys, values, 1);
	if (!pg->conn || PQstatus(pg->conn) != CONNECTION_OK)
		return connection_error(pg, err);
	pg->fresh = true;
	PQsetnonblocking(pg->conn, 1); /* so that sending has an end, too */
	PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
	int64_t answer_ms = pg->answer_ms;
	pg->answer_ms = answer_ms ? answer_ms : CONNECT_MS; /* it belongs to connecting, which never waits without end */
	int result = pg_exec(pg, "SET client_min_messages = warning; SET timezone = 'UTC'; SET intervalstyle = 'postgres'",
	                     err);
	pg->answer_ms = answer_ms;
	return result;
}

int pg_open(const char *conninfo, const char *application, struct pg **ret, struct err *err)
{
	struct pg *pg = calloc(1, sizeof *pg);
	if (pg)
		pg->conninfo = strdup(conninfo);
	if (!pg || !pg->conninfo) {
		free(pg);
		return err_set(err, ERR_FATAL, 0, "no memory for a connection to Postgres");
	}
	snprintf(pg->application, sizeof pg->application, "%s", application);
	pg->drain_ms = -1;
	if (conninfo_check(conninfo, err) || connect_now(pg, err)) {
		pg_close(&pg);
		return -1;
	}
	*ret = pg;
	return 0;
}

void pg_limit(struct pg *pg, int64_t answer_ms)
{
	pg->answer_ms = answer_ms;
}

void pg_heed_stop(struct pg *pg, int64_t drain_ms)
{
	pg->drain_ms = drain_ms;
}

void pg_close(struct pg **pg)
{
	if (!*pg)
		return;
	PQfinish((*pg)->conn);
	free((*pg)->conninfo);
	free(*pg);
	*pg = NULL;
}

int pg_ensure(struct pg *pg, bool *fresh, struct err *err)
{
	if (PQstatus(pg->conn) != CONNECTION_OK && connect_now(pg, err))
		return -1;
	*fresh = pg->fresh;
	pg->fresh = false;
	return 0;
}

/* The connection is of no use any more, or in the middle of something that nobody will end: the next statement gets another one. */
static void give_up(struct pg *pg, const char *why)
{
	one_line(why, pg->lost, sizeof pg->lost);
	PQfinish(pg->conn);
	pg->conn = NULL;
}

static int result_error(struct pg *pg, const PGresult *result, struct err *err)
{
	char text[400];
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	snprintf(pg->sqlstate, sizeof pg->sqlstate, "%s", state ? state : "");
	if (!pg->conn)
		return err_set(err, ERR_RETRY, 0, "Postgres: %s; the connection is given up", pg->lost);
	const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	one_line(primary ? primary : PQerrorMessage(pg->conn), text, sizeof text);
	/* Read-only: the primary of before, which now follows another. Its address may lead to that one by now. */
	if (strcmp(pg->sqlstate, "25006") == 0)
		give_up(pg, text);
	return err_set(err, pg_classify(pg->sqlstate), 0, "Postgres%s%s: %s", *pg->sqlstate ? " " : "", pg->sqlstate, text);
}

static int ready(struct pg *pg, struct err *err)
{
	return PQstatus(pg->conn) == CONNECTION_OK ? 0 : connect_now(pg, err);
}

bool pg_connected(const struct pg *pg)
{
	return PQstatus(pg->conn) == CONNECTION_OK;
}

/* A server that ends a connection says so and then closes it, and one call of libpq reads only the first of the two. */
static void read_to_the_end(struct pg *pg)
{
	enum { READS = 8 }; /* to a connection that stands not much is said unasked */
	for (int i = 0; i < READS && pg_connected(pg); i++) {
		struct pollfd fd = {.fd = PQsocket(pg->conn), .events = POLLIN};
		if (poll(&fd, 1, 0) <= 0)
			return;
		IGNORE(!PQconsumeInput(pg->conn)); /* seen in the status */
	}
}

int pg_check(struct pg *pg, struct err *err)
{
	read_to_the_end(pg);
	return ready(pg, err);
}

/* ---- one statement: sent and answered before until_ms ---- */

static void begin(struct pg *pg)
{
	pg->until_ms = pg->answer_ms ? clock_ms() + pg->answer_ms : INT64_MAX;
}

/* Of a record of TLS that was larger than the room of libpq the rest waits inside OpenSSL, and the descriptor says nothing of it.
 * Its own waiting looks there (pqSocketCheck); who polls must, too. Postgres sends 8 KiB at a time, poolers send more. */
static bool waits_inside_tls(const struct pg *pg)
{
	SSL *ssl = PQsslStruct(pg->conn, "OpenSSL");
	return ssl && SSL_pending(ssl) > 0;
}

/* Waits until something can be read, or written if that is wanted. false: it is too late, and the connection is gone. */
static bool wait_for(struct pg *pg, bool to_write)
{
	/* A request to stop is read when it comes: its time counts from then on. */
	struct pollfd fds[] = {{.fd = PQsocket(pg->conn), .events = (short)(POLLIN | (to_write ? POLLOUT : 0))},
	                       {.fd = pg->drain_ms < 0 ? -1 : stop_fd(), .events = POLLIN}};
	int64_t left_ms = pg->until_ms - clock_ms();
	char why[64];
	enum { LOOK_MS = 1000 };
	if (waits_inside_tls(pg))
		return true;
	snprintf(why, sizeof why, "no answer within %lld ms", (long long)pg->answer_ms);
	while (left_ms > 0) {
		if (poll(fds, COUNT_OF(fds), left_ms < LOOK_MS ? (int)left_ms : LOOK_MS) > 0 && fds[0].revents)
			return true;
		if (level_of(pg) == STOP_NOW) {
			snprintf(why, sizeof why, "no answer, and it is time to stop");
			break;
		}
		left_ms = pg->until_ms - clock_ms();
	}
	give_up(pg, why);
	return false;
}

/* All that waits to be sent. What comes meanwhile is taken in, or both sides might wait for each other. */
static bool flush(struct pg *pg)
{
	int left;
	while ((left = PQflush(pg->conn)) > 0) {
		if (!wait_for(pg, true) || !PQconsumeInput(pg->conn))
			return false;
	}
	return left == 0;
}

/* NULL: there is no more, or the connection is gone. */
static PGresult *next_result(struct pg *pg)
{
	while (PQisBusy(pg->conn)) {
		if (!wait_for(pg, false))
			return NULL;
		if (!PQconsumeInput(pg->conn))
			break; /* the result says why */
	}
	return PQgetResult(pg->conn);
}

/* The last result, as PQexec gives it: of several statements that of the last, or of the one that failed. */
static PGresult *answer(struct pg *pg, bool sent)
{
	PGresult *last = NULL, *next;
	if (!sent || !flush(pg)) {
		if (pg->conn)
			give_up(pg, PQerrorMessage(pg->conn));
		return NULL;
	}
	while (pg->conn && (next = next_result(pg))) {
		PQclear(last);
		last = next;
		if (PQresultStatus(last) == PGRES_COPY_IN || PQstatus(pg->conn) != CONNECTION_OK)
			return last;
	}
	if (!pg->conn) {
		PQclear(last);
		return NULL;
	}
	return last;
}

int pg_exec(struct pg *pg, const char *sql, struct err *err)
{
	if (ready(pg, err))
		return -1;
	begin(pg);
	PG_RESULT *result = answer(pg, PQsendQuery(pg->conn, sql));
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		return result_error(pg, result, err);
	return 0;
}

static int query_once(struct pg *pg, const char *sql, int count, const char *const *values, PGresult **ret,
                      struct err *err)
{
	PGresult *result = answer(pg, PQsendQueryParams(pg->conn, sql, count, NULL, values, NULL, NULL, 0));
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		result_error(pg, result, err);
		PQclear(result);
		return -1;
	}
	*ret = result;
	return 0;
}

int pg_query(struct pg *pg, const char *sql, int count, const char *const *values, PGresult **ret, struct err *err)
{
	enum { TRIES = 3, PAUSE_MS = 50 }; /* in which the other one takes what it was waiting for */
	if (ready(pg, err))
		return -1;
	bool alone = PQtransactionStatus(pg->conn) == PQTRANS_IDLE;
	begin(pg);
	for (int tries = 1; query_once(pg, sql, count, values, ret, err); tries++) {
		if (!alone || tries == TRIES || !pg_deadlocked(pg))
			return -1;
		poll(NULL, 0, PAUSE_MS);
	}
	return 0;
}

int pg_run(struct pg *pg, const char *sql, int count, const char *const *values, int64_t *rows, struct err *err)
{
	PG_RESULT *result = NULL;
	if (pg_query(pg, sql, count, values, &result, err))
		return -1;
	if (rows)
		*rows = strtoll(PQcmdTuples(result), NULL, 10);
	return 0;
}

int pg_copy(struct pg *pg, const char *sql, struct span data, struct err *err)
{
	if (ready(pg, err))
		return -1;
	begin(pg);
	PG_RESULT *opened = answer(pg, PQsendQuery(pg->conn, sql));
	if (PQresultStatus(opened) != PGRES_COPY_IN)
		return result_error(pg, opened, err);
	/* libpq copies what it is given: in slices, so that a batch is not held twice. */
	enum { SLICE = 256 * 1024 };
	bool sent = true;
	for (size_t at = 0; sent && at < data.len; at += SLICE) {
		size_t len = data.len - at < SLICE ? data.len - at : SLICE;
		sent = PQputCopyData(pg->conn, data.at + at, (int)len) == 1 && flush(pg);
	}
	if (!sent) {
		if (pg->conn)
			give_up(pg, PQerrorMessage(pg->conn));
		return result_error(pg, NULL, err);
	}
	PG_RESULT *end = answer(pg, PQputCopyEnd(pg->conn, NULL) == 1);
	return PQresultStatus(end) == PGRES_COMMAND_OK ? 0 : result_error(pg, end, err);
}

bool pg_deadlocked(const struct pg *pg)
{
	return strcmp(pg->sqlstate, "40P01") == 0;
}

const char *pg_sqlstate(const struct pg *pg)
{
	return pg->sqlstate;
}

int pg_check_schema(struct pg *pg, struct err *err)
{
	PG_RESULT *result = NULL;
	if (pg_query(pg, "SELECT coalesce(max(number), 0) AS number FROM syncline_migration", 0, NULL, &result, err)) {
		if (strcmp(pg->sqlstate, "42P01") != 0)
			return -1;
		return err_set(err, ERR_CONFIG, 0, "the database has no Syncline tables yet; run: syncline migrate");
	}
	int64_t found = pg_int(result, 0, "number"), known = sql_schema_version();
	if (found < known)
		return err_set(err, ERR_CONFIG, 0,
		               "the database is at schema %lld, this program needs %lld; run: syncline migrate",
		               (long long)found, (long long)known);
	if (found > known)
		return err_set(err, ERR_CONFIG, 0,
		               "the database is at schema %lld, newer than this program (%lld); update the program",
		               (long long)found, (long long)known);
	return 0;
}

static int column_of(const PGresult *result, const char *column)
{
	int number = PQfnumber(result, column);
	assert(number >= 0);
	return number;
}

const char *pg_text(const PGresult *result, int row, const char *column)
{
	return PQgetvalue(result, row, column_of(result, column));
}

int64_t pg_int(const PGresult *result, int row, const char *column)
{
	return strtoll(pg_text(result, row, column), NULL, 10);
}

bool pg_bool(const PGresult *result, int row, const char *column)
{
	return *pg_text(result, row, column) == 't';
}

bool pg_null(const PGresult *result, int row, const char *column)
{
	return PQgetisnull(result, row, column_of(result, column)) == 1;
}
