/* Goal: a deadlock costs a statement of its own nothing but time; inside a transaction it is told, for all of that is undone.
 * Method: a statement that locks two rows slowly, and another connection that locks them the other way round. Who waits last finds
 * the deadlock and is given up, and that is the statement. */
#include "pg_support.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>

static const char schema[] = "deadlock";
static struct pg *pg, *other;

static int begin(void **state)
{
	struct err err;
	(void)state;
	pg = connect_to(schema);
	other = connect_to(schema);
	must(pg_exec(pg,
	             "CREATE TABLE pair (id integer PRIMARY KEY, n integer NOT NULL); INSERT INTO pair VALUES (1, 0), (2, 0);"
	             "CREATE FUNCTION climb() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN"
	             " UPDATE pair SET n = n + 1 WHERE id = 1; PERFORM pg_sleep(1.6);"
	             " UPDATE pair SET n = n + 1 WHERE id = 2; RETURN 7; END $$",
	             &err),
	     &err);
	return 0;
}

static int end(void **state)
{
	(void)state;
	drop_schema(pg, schema);
	pg_close(&pg);
	pg_close(&other);
	return 0;
}

static void *cross(void *context)
{
	struct err err;
	(void)context;
	poll(NULL, 0, 300); /* the first row is taken */
	must(pg_exec(other,
	             "BEGIN; UPDATE pair SET n = n + 10 WHERE id = 2; UPDATE pair SET n = n + 10 WHERE id = 1; COMMIT",
	             &err),
	     &err);
	return NULL;
}

static int climb(PGresult **rows, struct err *err)
{
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, cross, NULL), 0);
	int result = pg_query(pg, "SELECT climb()", 0, NULL, rows, err);
	pthread_join(thread, NULL);
	return result;
}

static void assert_rows(const char *expected)
{
	PG_RESULT *rows = NULL;
	struct err err;
	must(pg_query(pg, "SELECT string_agg(n::text, ' ' ORDER BY id) AS n FROM pair", 0, NULL, &rows, &err), &err);
	assert_string_equal(pg_text(rows, 0, "n"), expected);
}

static void a_statement_of_its_own_is_asked_again_and_takes_effect_once(void **state)
{
	PG_RESULT *rows = NULL;
	struct err err;
	(void)state;
	must(climb(&rows, &err), &err);
	assert_int_equal(pg_int(rows, 0, "climb"), 7);
	assert_rows("11 11");
}

static void inside_a_transaction_it_is_told(void **state)
{
	PG_RESULT *rows = NULL;
	struct err err = {0};
	(void)state;
	must(pg_exec(pg, "UPDATE pair SET n = 0", &err), &err);
	must(pg_exec(pg, "BEGIN", &err), &err);
	assert_int_equal(climb(&rows, &err), -1);
	assert_int_equal(err.class, ERR_RETRY);
	assert_string_equal(pg_sqlstate(pg), "40P01");
	must(pg_exec(pg, "ROLLBACK", &err), &err);
	assert_rows("10 10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_of_its_own_is_asked_again_and_takes_effect_once),
		cmocka_unit_test(inside_a_transaction_it_is_told),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
