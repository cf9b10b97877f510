/* Goal: a look at an idle connection tells whether it still stands, whatever the server said before it closed it. */
#include "pg_support.h"

#include <stdio.h>
#include <time.h>

struct two {
	struct pg *idle, *other;
};

static int connect_both(void **state)
{
	static struct two two;
	two.idle = connect_to("syncline_test_check");
	two.other = connect_to("syncline_test_check");
	*state = &two;
	return 0;
}

static int close_both(void **state)
{
	struct two *two = *state;
	drop_schema(two->other, "syncline_test_check");
	pg_close(&two->idle);
	pg_close(&two->other);
	return 0;
}

static int backend_of(struct pg *pg)
{
	struct err err;
	PG_RESULT *self = NULL;
	must(pg_query(pg, "SELECT pg_backend_pid() AS pid", 0, NULL, &self, &err), &err);
	return (int)pg_int(self, 0, "pid");
}

static void end_backend(struct pg *pg, int backend)
{
	char sql[120];
	struct err err;
	int64_t left;
	snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 10000)", backend); /* returns when it has ended */
	must(pg_run(pg, sql, 0, NULL, &left, &err), &err);
}

/* A server that is stopped says so (57P01) and closes: what it said is input, too, and must not pass for life. */
static void one_that_the_server_ended_is_replaced_before_anything_is_asked(void **state)
{
	struct two *two = *state;
	struct err err;
	int before = backend_of(two->idle);
	end_backend(two->other, before);
	must(pg_check(two->idle, &err), &err);
	assert_int_not_equal(backend_of(two->idle), before);
}

static void one_to_which_something_was_said_is_kept(void **state)
{
	struct two *two = *state;
	struct err err;
	int before = backend_of(two->idle);
	must(pg_exec(two->idle, "LISTEN syncline_test_check", &err), &err);
	must(pg_exec(two->other, "NOTIFY syncline_test_check", &err), &err);
	nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
	must(pg_check(two->idle, &err), &err);
	assert_int_equal(backend_of(two->idle), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_that_the_server_ended_is_replaced_before_anything_is_asked, connect_both,
	                                    close_both),
		cmocka_unit_test_setup_teardown(one_to_which_something_was_said_is_kept, connect_both, close_both),
	};
	return cmocka_run_group_tests_name("pg_check", tests, NULL, NULL);
}
