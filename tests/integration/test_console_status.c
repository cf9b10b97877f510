/* Goal: what an overview asks of an account, twice a second while somebody looks, costs the same after a year of syncs. Method: a
 * year of them in a real Postgres, and the pages of the database that the statement reads. */
#include "console_support.h"

#include <stdlib.h>
#include <string.h>

#include "common/sql.h"

/* Pages of the database that the question for the status of all accounts reads; what it says of one why it must sign in into
 * cause. */
static long ask(struct bench *bench, char cause[80])
{
	static const char *const kinds[] = {"\"Shared Hit Blocks\": ", "\"Shared Read Blocks\": "};
	const char *values[] = {NULL, "[]", "{}"};
	struct err err;
	struct buf sql;
	PG_RESULT *plan = NULL, *rows = NULL;
	long sum = 0;
	must(pg_query(bench->pg, sql_text("q_ctl_status"), COUNT_OF(values), values, &rows, &err), &err);
	snprintf(cause, 80, "%s", pg_text(rows, 0, "needs_auth_cause"));
	buf_init(&sql, 64 * 1024);
	buf_printf(&sql, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)\n%s", sql_text("q_ctl_status"));
	must(pg_query(bench->pg, buf_text(&sql), COUNT_OF(values), values, &plan, &err), &err);
	buf_done(&sql);
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const char *at = strstr(PQgetvalue(plan, 0, 0), kinds[i]); /* the first is of the whole */
		assert_non_null(at);
		sum += strtol(at + strlen(kinds[i]), NULL, 10);
	}
	return sum;
}

static void the_newest_sync_and_why_an_account_must_sign_in_are_found_without_reading_all_syncs(void **state)
{
	struct bench *bench = *state;
	char cause[80];
	execute(bench,
	        "INSERT INTO sync (sync_id, account_id, mode, categories, state, epoch, ended_at) "
	        "SELECT gen_random_uuid(), 1, 'incremental', 'artists,albums,tracks', 'complete', n, now() "
	        "FROM generate_series(1, 9000) n;"
	        "INSERT INTO sync_category (sync_id, category, state, epoch, ended_at, cause) "
	        "SELECT sync_id, c, CASE WHEN epoch % 20 = 0 THEN 'failed' ELSE 'complete' END, epoch, now(), 'cause ' || epoch "
	        "FROM sync, unnest('{artists,albums,tracks}'::text[]) c;"
	        "UPDATE account SET needs_auth_epoch = 8000; ANALYZE sync; ANALYZE sync_category");
	long pages = ask(bench, cause);
	assert_string_equal(cause, "cause 8000");
	if (pages > 100)
		fail_msg("%ld pages are read", pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_newest_sync_and_why_an_account_must_sign_in_are_found_without_reading_all_syncs,
	                                    bench_open, bench_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
