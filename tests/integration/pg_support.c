/* The database that the environment names. */
#include "pg_support.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/sql.h"

void must(int result, const struct err *err)
{
	if (result)
		fail_msg("%s: %s", err_class_name(err->class), err->text);
}

struct pg *connect_to(const char *schema)
{
	const char *conninfo = getenv("SYNCLINE_TEST_POSTGRES");
	struct pg *pg = NULL;
	struct err err;
	char sql[160];
	if (!conninfo)
		fail_msg(
			"set SYNCLINE_TEST_POSTGRES to the connection string of a database in which this test may make a schema");
	must(pg_open(conninfo, "syncline-test", &pg, &err), &err);
	snprintf(sql, sizeof sql, "CREATE SCHEMA IF NOT EXISTS %s; SET search_path = %s", schema, schema);
	must(pg_exec(pg, sql, &err), &err);
	return pg;
}

void make_tables(struct pg *pg)
{
	struct err err;
	for (const struct sql_file *file = sql_files; file->name; file++) {
		if (file->name[0] >= '0' && file->name[0] <= '9')
			must(pg_exec(pg, file->text, &err), &err);
	}
}

void drop_schema(struct pg *pg, const char *schema)
{
	struct err err;
	char sql[96];
	snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", schema);
	must(pg_exec(pg, sql, &err), &err);
}
