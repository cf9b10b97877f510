/* Goal: a deadlock costs a query of its own nothing but time; inside a transaction it is told, for all of that is undone.
 * Method: a function that takes one row, lets another connection take the other row and wait for the first, and then wants the
 * second. Who has waited for longer than a deadlock takes to be looked for finds none any more: so the function is given up. */
#include "pg_support.h"

#include <pthread.h>
#include <stdio.h>

static const char schema[] = "deadlock";
static struct pg *pg, *other;

static const char tables[] =
	"CREATE TABLE pair (id integer PRIMARY KEY, n integer NOT NULL); INSERT INTO pair VALUES (1, 0), (2, 0);"
	"CREATE TABLE who (pid integer); CREATE SEQUENCE calls;"
	"CREATE FUNCTION climb() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN"
	" UPDATE pair SET n = n + 1 WHERE id = 1;"
	" IF nextval('calls') = 1 THEN"
	"  PERFORM pg_advisory_xact_lock(4711);"
	"  FOR i IN 1..600 LOOP"
	"   EXIT WHEN EXISTS (SELECT FROM pg_locks JOIN who USING (pid)"
	"                     WHERE NOT granted AND"
	"                     clock_timestamp() - waitstart > 1.5 * current_setting('deadlock_timeout')::interval);"
	"   PERFORM pg_sleep(0.05);"
	"  END LOOP;"
	" END IF;"
	" UPDATE pair SET n = n + 1 WHERE id = 2; RETURN 7; END $$;"
	/* Until the first row is taken. */
	"CREATE FUNCTION wait_for_climber() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
	" FOR i IN 1..600 LOOP"
	"  EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND database ="
	"                    (SELECT oid FROM pg_database WHERE datname = current_database()));"
	"  PERFORM pg_sleep(0.05);"
	" END LOOP; END $$;";

static int begin(void **state)
{
	struct err err;
	(void)state;
	pg = connect_to(schema);
	other = connect_to(schema);
	must(pg_exec(pg, tables, &err), &err);
	must(pg_exec(other, "INSERT INTO who SELECT pg_backend_pid()", &err), &err);
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

struct crossing {
	int result;
	struct err err;
};

static void *cross(void *context)
{
	struct crossing *crossing = context;
	crossing->result =
		pg_exec(other, "SELECT wait_for_climber()", &crossing->err) ||
		pg_exec(other,
	            "BEGIN; UPDATE pair SET n = n + 10 WHERE id = 2; UPDATE pair SET n = n + 10 WHERE id = 1; COMMIT",
	            &crossing->err);
	return NULL;
}

static int climb(PGresult **rows, struct err *err)
{
	pthread_t thread;
	struct crossing crossing = {0};
	assert_int_equal(pthread_create(&thread, NULL, cross, &crossing), 0);
	int result = pg_query(pg, "SELECT climb()", 0, NULL, rows, err);
	pthread_join(thread, NULL);
	must(crossing.result, &crossing.err);
	return result;
}

/* A sequence counts also what was undone. */
static void assert_rows(const char *expected, int least, int most)
{
	PG_RESULT *rows = NULL;
	struct err err;
	must(pg_query(pg,
	              "SELECT string_agg(n::text, ' ' ORDER BY id) AS n, (SELECT last_value FROM calls) AS calls FROM pair",
	              0, NULL, &rows, &err),
	     &err);
	assert_string_equal(pg_text(rows, 0, "n"), expected);
	assert_in_range(pg_int(rows, 0, "calls"), least, most);
}

static void a_query_of_its_own_is_asked_again_and_takes_effect_once(void **state)
{
	PG_RESULT *rows = NULL;
	struct err err;
	(void)state;
	must(climb(&rows, &err), &err);
	assert_int_equal(pg_int(rows, 0, "climb"), 7);
	assert_rows("11 11", 2, 3); /* the second call may be quicker than the other's waking up */
}

static void inside_a_transaction_it_is_told(void **state)
{
	PG_RESULT *rows = NULL;
	struct err err = {0};
	(void)state;
	must(pg_exec(pg, "UPDATE pair SET n = 0; ALTER SEQUENCE calls RESTART", &err), &err);
	must(pg_exec(pg, "BEGIN", &err), &err);
	assert_int_equal(climb(&rows, &err), -1);
	assert_int_equal(err.class, ERR_RETRY);
	assert_true(pg_deadlocked(pg));
	must(pg_exec(pg, "ROLLBACK", &err), &err);
	assert_rows("10 10", 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_of_its_own_is_asked_again_and_takes_effect_once),
		cmocka_unit_test(inside_a_transaction_it_is_told),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
