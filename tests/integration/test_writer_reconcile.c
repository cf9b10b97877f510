/* Goal: a sync that gets on is put back to work soon, however often its workers die; one that gets nowhere waits longer each time.
 * Method: as test_writer_apply; times are made by changing when the sync was last put back. */
#include "writer_support.h"

#include <stdio.h>

#include "common/sql.h"

/* Would the reconciler come to it, so many seconds after it last did? */
static bool is_found(struct bench *bench, int seconds)
{
	static const char *const values[] = {"10", "00000000-0000-0000-0000-000000000000"};
	char ago[100];
	PG_RESULT *rows = NULL;
	struct err err;
	snprintf(ago, sizeof ago, "UPDATE sync SET requeued_at = now() - interval '%d seconds'", seconds);
	must(pg_exec(bench->eye, ago, &err), &err);
	must(pg_query(bench->eye, sql_text("q_reconcile_find"), COUNT_OF(values), values, &rows, &err), &err);
	return PQntuples(rows) == 1;
}

static void put_back(struct bench *bench)
{
	static const char *const values[] = {SYNC_A};
	struct err err;
	must(pg_run(bench->eye, sql_text("q_reconcile_requeued"), 1, values, NULL, &err), &err);
}

static void claim(struct bench *bench, int64_t epoch, bool gets_on)
{
	const struct at at = {.sync = SYNC_A, .category = "artists", .epoch = epoch};
	add_started(bench, SYNC_A, epoch, "artists", "artists");
	if (gets_on)
		add_items(bench, &at, "a=A");
	run(bench);
}

static void a_sync_that_gets_on_is_put_back_soon_however_often_its_workers_die(void **state)
{
	struct bench *bench = *state;
	for (int64_t epoch = 1; epoch <= 8; epoch++) {
		claim(bench, epoch, true);
		assert_false(is_found(bench, 9));
		assert_true(is_found(bench, 11));
		put_back(bench);
	}
}

static void a_sync_that_gets_nowhere_four_times_waits_longer_each_time_until_it_gets_on(void **state)
{
	static const int waits[] = {10, 10, 10, 20, 40, 80, 160, 300, 300};
	struct bench *bench = *state;
	claim(bench, 1, false);
	for (size_t i = 0; i < COUNT_OF(waits); i++) {
		put_back(bench);
		claim(bench, 2 + (int64_t)i, false);
		assert_false(is_found(bench, waits[i] - 1));
		assert_true(is_found(bench, waits[i] + 1));
	}
	claim(bench, 20, true);
	assert_true(is_found(bench, 11));
}

static void a_category_that_ends_without_a_page_counts_as_getting_on(void **state)
{
	struct bench *bench = *state;
	struct err err;
	claim(bench, 1, false);
	for (int i = 0; i < 6; i++)
		put_back(bench);
	claim(bench, 2, false);
	assert_false(is_found(bench, 79));
	must(pg_exec(bench->eye, "UPDATE sync_category SET state = 'failed', ended_at = now() - interval '5 seconds'",
	             &err),
	     &err);
	assert_false(is_found(bench, 4)); /* it had ended before */
	assert_true(is_found(bench, 11));
}

static void what_waits_for_an_account_is_put_back_as_soon_as_that_is_free(void **state)
{
	static const char *const all[] = {"10", "00000000-0000-0000-0000-000000000000"};
	struct bench *bench = *state;
	struct err err;
	PG_RESULT *rows = NULL;
	claim(bench, 1, true);
	must(pg_exec(bench->eye,
	             "INSERT INTO sync (sync_id, account_id, mode, categories, cause, requeues, requeued_at) SELECT '" SYNC_B
	             "', account_id, 'full', 'artists', 'waits', 5, now() FROM sync",
	             &err),
	     &err);
	assert_false(is_found(bench, 9));
	must(pg_exec(bench->eye, "UPDATE sync SET ended_at = now(), state = 'complete' WHERE sync_id = '" SYNC_A "'", &err),
	     &err);
	must(pg_query(bench->eye, sql_text("q_reconcile_find"), COUNT_OF(all), all, &rows, &err), &err);
	assert_int_equal(PQntuples(rows), 1);
	assert_string_equal(pg_text(rows, 0, "sync"), SYNC_B);
}

#define RECONCILE_TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECONCILE_TEST(a_sync_that_gets_on_is_put_back_soon_however_often_its_workers_die),
		RECONCILE_TEST(a_sync_that_gets_nowhere_four_times_waits_longer_each_time_until_it_gets_on),
		RECONCILE_TEST(a_category_that_ends_without_a_page_counts_as_getting_on),
		RECONCILE_TEST(what_waits_for_an_account_is_put_back_as_soon_as_that_is_free),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
