/* The bench. */
#include "console_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void execute(struct bench *bench, const char *sql)
{
	struct err err;
	must(pg_exec(bench->pg, sql, &err), &err);
}

int bench_open(void **state)
{
	static int number;
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	snprintf(bench->schema, sizeof bench->schema, "test_console_%d_%d", (int)getpid(), number++);
	bench->pg = connect_to(bench->schema);
	bench->other = connect_to(bench->schema);
	make_tables(bench->pg);
	execute(bench, "INSERT INTO account (name, provider, url, secret) VALUES ('home', 'x', 'x', 'x')");
	*state = bench;
	return 0;
}

int bench_close(void **state)
{
	struct bench *bench = *state;
	pg_close(&bench->other);
	drop_schema(bench->pg, bench->schema);
	pg_close(&bench->pg);
	free(bench);
	return 0;
}

const char *look(struct bench *bench, const char *sql)
{
	static char text[2000];
	PG_RESULT *rows = NULL;
	struct err err;
	must(pg_query(bench->pg, sql, 0, NULL, &rows, &err), &err);
	assert_int_equal(PQntuples(rows), 1);
	snprintf(text, sizeof text, "%s", PQgetvalue(rows, 0, 0));
	return text;
}

void begin_sync(struct bench *bench, int number, int account, const char *mode)
{
	char sql[400];
	snprintf(sql, sizeof sql,
	         "INSERT INTO sync (sync_id, account_id, mode, categories, state) VALUES (" SYNC_ID
	         "%d', %d, '%s', 'albums,tracks', 'running')",
	         number, account, mode);
	execute(bench, sql);
}

void end_sync(struct bench *bench, int number, const char *state)
{
	char sql[300];
	snprintf(sql, sizeof sql,
	         "UPDATE sync SET state = '%s', cause = 'a cause', next_step = 'a step', ended_at = now() "
	         "WHERE sync_id = " SYNC_ID "%d'",
	         state, number);
	execute(bench, sql);
}

void listen_to(struct bench *bench, const char *account_id)
{
	char sql[300];
	snprintf(sql, sizeof sql,
	         "INSERT INTO webhook (target, sealed, events, account_id, internal) VALUES ('https://x', 'x', "
	         "'{sync.complete,sync.partial,sync.failed,account.needs_auth,removals.held}', %s, false)",
	         account_id);
	execute(bench, sql);
}
