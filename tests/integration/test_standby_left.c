/* Goal: a server that has become a standby (it still answers, and refuses to write) is not held on to: what is asked next goes
 * over a new connection, which its address may lead elsewhere by then. Method: real servers that say so for one session. */
#include "pg_support.h"

#include <stdlib.h>

#include "common/redis.h"

static void a_redis_that_is_read_only_is_left(void **state)
{
	struct redis *redis = NULL;
	REDIS_REPLY *none = NULL, *pong = NULL;
	struct err err;
	const char *url = getenv("SYNCLINE_TEST_REDIS");
	(void)state;
	if (!url)
		fail_msg("SYNCLINE_TEST_REDIS is not set");
	must(redis_open(url, &redis, &err), &err);
	assert_int_equal(redis_command(redis, &none, &err, "EVAL %s 0", "return redis.error_reply('WRONGTYPE of a value')"),
	                 -1);
	assert_int_equal(redis_connects(redis), 1);
	assert_int_equal(redis_command(redis, &none, &err, "EVAL %s 0", "return redis.error_reply('READONLY a replica')"),
	                 -1);
	assert_int_equal(err.class, ERR_RETRY);
	must(redis_command(redis, &pong, &err, "PING"), &err);
	assert_int_equal(redis_connects(redis), 2);
	redis_close(&redis);
}

static void a_postgres_that_is_read_only_is_left(void **state)
{
	struct pg *pg = connect_to("test_standby");
	struct err err;
	(void)state;
	must(pg_exec(pg, "CREATE TABLE IF NOT EXISTS here (n integer)", &err), &err);
	must(pg_exec(pg, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", &err), &err);
	assert_int_equal(pg_exec(pg, "INSERT INTO test_standby.here VALUES (1)", &err), -1);
	assert_int_equal(err.class, ERR_RETRY);
	assert_non_null(strstr(err.text, "read-only"));
	must(pg_exec(pg, "INSERT INTO test_standby.here VALUES (1)", &err), &err);
	drop_schema(pg, "test_standby");
	pg_close(&pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_redis_that_is_read_only_is_left),
		cmocka_unit_test(a_postgres_that_is_read_only_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
