/* Goal: a rule is due when it says, also where clocks change, and what is due is started once: not twice by two schedulers,
 * not while the last run goes on, and after a downtime as the rule wants it. Method: rules as rows in a real Postgres, made due
 * by moving next_at. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/sql.h"
#include "console/schedule.h"
#include "console_support.h"

enum { ACCOUNTS = 40, RUNS_TEXT = 200 };

static struct schedule rule_of(const char *rule, const char *zone)
{
	struct schedule schedule = {.mode = "incremental", .catch_up = true};
	snprintf(schedule.rule, sizeof schedule.rule, "%s", rule);
	snprintf(schedule.zone, sizeof schedule.zone, "%s", zone);
	return schedule;
}

static void store(struct bench *bench, const char *account_id, const struct schedule *schedule)
{
	struct err err;
	must(schedule_store(bench->pg, account_id, schedule, &err), &err);
}

static int turn(struct pg *pg)
{
	struct err err;
	int started = -1;
	must(schedule_turn(pg, &started, &err), &err);
	return started;
}

static const char *const is_ahead = "SELECT next_at > now() FROM schedule WHERE account_id = 1";
static const char *const syncs = "SELECT count(*) FROM sync";

/* ---- when ---- */

static int64_t ms_of(struct bench *bench, const char *utc)
{
	char sql[120];
	snprintf(sql, sizeof sql, "SELECT (extract(epoch FROM '%sZ'::timestamptz) * 1000)::bigint", utc);
	return strtoll(look(bench, sql), NULL, 10);
}

/* As many runs as `want` names, one behind the other, written like it. */
static void list_runs(struct bench *bench, const struct schedule *schedule, const char *after, const char *want,
                      char text[RUNS_TEXT])
{
	int64_t ms = ms_of(bench, after);
	struct err err;
	size_t used = 0;
	for (const char *at = want; at; at = strchr(at + 1, ' ')) {
		char moment[CLOCK_TEXT_MAX];
		must(schedule_next(bench->pg, schedule, ms, &ms, &err), &err);
		used += (size_t)snprintf(text + used, RUNS_TEXT - used, "%s%.16s", used ? " " : "", clock_text(ms, moment));
	}
}

static void runs_are_where_the_clocks_of_the_zone_say(void **state)
{
	static const struct {
		const char *name, *rule, *zone, *after, *want; /* moments in UTC */
	} rows[] = {
		{"each night", "30 3 * * *", "UTC", "2026-11-29T04:00", "2026-11-30T03:30 2026-12-01T03:30"},
		{"winter and summer", "0 12 * * *", "Europe/Berlin", "2026-03-28T00:00", "2026-03-28T11:00 2026-03-29T10:00"},
		{"left out in spring: an hour later, that day only", "30 2 * * *", "Europe/Berlin", "2026-03-28T01:00",
	     "2026-03-28T01:30 2026-03-29T01:30 2026-03-30T00:30"},
		{"left out in spring, and falls upon the next: once", "30 2,3 * * *", "Europe/Berlin", "2026-03-28T02:00",
	     "2026-03-28T02:30 2026-03-29T01:30 2026-03-30T00:30"},
		{"each half hour over the gap", "*/30 * * * *", "Europe/Berlin", "2026-03-29T00:10",
	     "2026-03-29T00:30 2026-03-29T01:00 2026-03-29T01:30"},
		{"twice in autumn: the first time only", "30 2 * * *", "Europe/Berlin", "2026-10-24T00:00",
	     "2026-10-24T00:30 2026-10-25T00:30 2026-10-26T01:30"},
		{"each half hour: the hour that comes again is left out", "*/30 * * * *", "Europe/Berlin", "2026-10-24T23:40",
	     "2026-10-25T00:00 2026-10-25T00:30 2026-10-25T02:00"},
		{"asked in the hour that comes again", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:10", "2026-10-26T01:30"},
		{"clocks that are set back by half an hour", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00",
	     "2026-04-04T14:45 2026-04-05T15:15"},
		{"an interval does not look at clocks", "every 6h", "Europe/Berlin", "2026-03-28T20:00",
	     "2026-03-29T02:00 2026-03-29T08:00"},
		{"minutes", "every 90m", "UTC", "2026-11-29T23:00", "2026-11-30T00:30 2026-11-30T02:00"},
		{"days", "every 2d", "UTC", "2026-12-30T12:00", "2027-01-01T12:00"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct schedule schedule = rule_of(rows[i].rule, rows[i].zone);
		char text[RUNS_TEXT] = "";
		list_runs(*state, &schedule, rows[i].after, rows[i].want, text);
		if (strcmp(text, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, text, rows[i].want);
	}
}

static void a_rule_that_cannot_be_understood_is_told_and_not_stored(void **state)
{
	static const struct {
		const char *rule, *zone, *told;
	} rows[] = {
		{"every 4m", "UTC", "at least 5m"},
		{"every 400d", "UTC", "no interval"},
		{"every day", "UTC", "no interval"},
		{"every 6h30", "UTC", "no interval"},
		{"61 * * * *", "UTC", "minute"},
		{"0 3 * *", "UTC", "0 3 * *"},
		{"0 0 30 2 *", "UTC", "never comes"},
		{"every 6h", "Europe/Berlinn", "no time zone 'Europe/Berlinn'"},
		{"0 3 * * *", "Europe/Berlinn", "no time zone 'Europe/Berlinn'"},
	};
	struct bench *bench = *state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct schedule schedule = rule_of(rows[i].rule, rows[i].zone);
		struct err err;
		if (schedule_store(bench->pg, "1", &schedule, &err) == 0 || err.class != ERR_CONFIG ||
		    !strstr(err.text, rows[i].told))
			fail_msg("%s in %s: %s", rows[i].rule, rows[i].zone, err.text);
	}
	assert_look(bench, "SELECT count(*) FROM schedule", "0");
}

static void jitter_makes_it_later_by_its_length_at_most(void **state)
{
	struct bench *bench = *state;
	struct schedule schedule = rule_of("every 1d", "UTC");
	schedule.jitter_s = 3600;
	execute(bench, "CREATE TABLE seen (at timestamptz)");
	for (int i = 0; i < 20; i++) {
		store(bench, "1", &schedule);
		execute(bench, "INSERT INTO seen SELECT next_at FROM schedule");
	}
	assert_look(
		bench,
		"SELECT bool_and(at BETWEEN now() + interval '23 hours 55 minutes' AND now() + interval '25 hours') FROM seen",
		"t");
	assert_look(bench, "SELECT max(at) - min(at) > interval '1 minute' FROM seen", "t");
}

/* ---- what is due ---- */

static void what_is_due_becomes_a_sync_that_the_reconciler_starts_at_once(void **state)
{
	struct bench *bench = *state;
	struct schedule schedule = rule_of("every 6h", "UTC");
	const char *const values[] = {"10", "00000000-0000-0000-0000-000000000000"};
	struct err err;
	PG_RESULT *found = NULL;
	snprintf(schedule.mode, sizeof schedule.mode, "full");
	store(bench, "1", &schedule);
	assert_int_equal(turn(bench->pg), 0); /* not yet */
	execute(bench, "UPDATE schedule SET next_at = now()");
	assert_int_equal(turn(bench->pg), 1);
	assert_int_equal(turn(bench->pg), 0);
	assert_look(bench, is_ahead, "t");
	assert_look(bench, "SELECT s.last_sync = y.sync_id AND s.last_at IS NOT NULL FROM schedule s, sync y", "t");
	must(pg_query(bench->pg, sql_text("q_reconcile_find"), COUNT_OF(values), values, &found, &err), &err);
	assert_int_equal(PQntuples(found), 1);
	assert_string_equal(pg_text(found, 0, "account"), "home");
	assert_string_equal(pg_text(found, 0, "mode"), "full");
	assert_string_equal(pg_text(found, 0, "requested_by"), "schedule");
	assert_string_equal(pg_text(found, 0, "priority"), "background");
}

static void after_a_downtime_a_rule_catches_up_once_or_not_at_all(void **state)
{
	static const struct {
		const char *name, *late;
		bool catch_up;
		int started;
	} rows[] = {
		{"many were missed: one is done", "3 days", true, 1},
		{"left out", "3 days", false, 0},
		{"just missed", "11 minutes", false, 0},
		{"late, but not missed", "9 minutes", false, 1},
	};
	struct bench *bench = *state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct schedule schedule = rule_of("every 6h", "UTC");
		char sql[100];
		schedule.catch_up = rows[i].catch_up;
		execute(bench, "DELETE FROM sync");
		store(bench, "1", &schedule);
		snprintf(sql, sizeof sql, "UPDATE schedule SET next_at = now() - interval '%s'", rows[i].late);
		execute(bench, sql);
		int started = turn(bench->pg);
		if (started != rows[i].started)
			fail_msg("%s: %d started", rows[i].name, started);
		assert_look(bench, is_ahead, "t");
		assert_int_equal(turn(bench->pg), 0);
	}
}

static void a_paused_rule_is_left_alone_and_catches_up_on_nothing(void **state)
{
	struct bench *bench = *state;
	struct err err;
	const struct schedule schedule = rule_of("every 6h", "UTC");
	store(bench, "1", &schedule);
	must(schedule_pause(bench->pg, "1", true, &err), &err);
	execute(bench, "UPDATE schedule SET next_at = now() - interval '1 day'");
	assert_int_equal(turn(bench->pg), 0);
	assert_look(bench, is_ahead, "f");
	must(schedule_pause(bench->pg, "1", false, &err), &err);
	assert_look(bench, is_ahead, "t");
	assert_look(bench, "SELECT rule || mode || catch_up || paused FROM schedule", "every 6hincrementaltruefalse");
	assert_int_equal(turn(bench->pg), 0);
	must(schedule_remove(bench->pg, "1", &err), &err);
	assert_int_equal(schedule_remove(bench->pg, "1", &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
	assert_int_equal(schedule_pause(bench->pg, "1", true, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
}

struct pauser {
	struct pg *pg;
	int result;
	struct err err;
};

static void *pause_rule(void *context)
{
	struct pauser *pauser = context;
	pauser->result = schedule_pause(pauser->pg, "1", true, &pauser->err);
	return NULL;
}

/* What another has begun to do to the rule, and commits once the pause waits for it. */
static void pause_behind(struct bench *bench, const char *sql, struct pauser *pauser)
{
	struct err err;
	pthread_t thread;
	char waits[80];
	PG_RESULT *pid = NULL;
	const struct schedule schedule = rule_of("every 6h", "UTC");
	store(bench, "1", &schedule);
	*pauser = (struct pauser){.pg = bench->other};
	must(pg_query(bench->other, "SELECT pg_backend_pid() AS pid", 0, NULL, &pid, &err), &err);
	snprintf(waits, sizeof waits, "SELECT cardinality(pg_blocking_pids(%s))", pg_text(pid, 0, "pid"));
	execute(bench, "BEGIN");
	execute(bench, sql);
	assert_int_equal(pthread_create(&thread, NULL, pause_rule, pauser), 0);
	while (strcmp(look(bench, waits), "1") != 0)
		usleep(10000);
	execute(bench, "COMMIT");
	pthread_join(thread, NULL);
}

static void a_rule_that_is_removed_or_replaced_while_it_is_paused_stays_so(void **state)
{
	struct bench *bench = *state;
	struct pauser pauser;
	pause_behind(bench, "DELETE FROM schedule", &pauser);
	assert_int_equal(pauser.result, -1);
	assert_int_equal(pauser.err.class, ERR_REJECT);
	assert_look(bench, "SELECT count(*) FROM schedule", "0");
	pause_behind(bench, "UPDATE schedule SET rule = 'every 1d', mode = 'full'", &pauser);
	assert_int_equal(pauser.result, 0);
	assert_look(bench, "SELECT rule || mode || paused FROM schedule", "every 1dfulltrue");
	assert_look(bench, "SELECT next_at > now() + interval '23 hours' FROM schedule", "t");
}

static void a_run_is_left_out_while_the_last_one_goes_on(void **state)
{
	struct bench *bench = *state;
	const struct schedule schedule = rule_of("every 6h", "UTC");
	store(bench, "1", &schedule);
	execute(bench, "UPDATE schedule SET next_at = now()");
	assert_int_equal(turn(bench->pg), 1);
	execute(bench, "UPDATE sync SET state = 'running'; UPDATE schedule SET next_at = now()");
	assert_int_equal(turn(bench->pg), 0);
	assert_look(bench, is_ahead, "t");
	execute(bench, "UPDATE sync SET state = 'failed', ended_at = now(); UPDATE schedule SET next_at = now()");
	assert_int_equal(turn(bench->pg), 1);
}

static void a_sync_that_a_person_asked_for_does_not_cost_a_run(void **state)
{
	struct bench *bench = *state;
	const struct schedule schedule = rule_of("every 6h", "UTC");
	store(bench, "1", &schedule);
	execute(bench, "INSERT INTO sync (sync_id, account_id, mode, categories, requested_by, state) "
	               "VALUES (gen_random_uuid(), 1, 'incremental', 'artists', 'anna', 'running'); "
	               "UPDATE schedule SET next_at = now()");
	assert_int_equal(turn(bench->pg), 1); /* which waits for the other's end as any */
}

static void a_rule_that_can_no_longer_be_followed_holds_up_no_other(void **state)
{
	struct bench *bench = *state;
	const struct schedule schedule = rule_of("every 6h", "UTC");
	execute(bench, "INSERT INTO account (name, provider, url, secret) VALUES ('away', 'x', 'x', 'x')");
	store(bench, "1", &schedule);
	store(bench, "2", &schedule);
	execute(bench, "UPDATE schedule SET next_at = now() - interval '1 minute' * account_id");
	execute(bench, "UPDATE schedule SET zone = 'Nowhere/Town' WHERE account_id = 2"); /* it comes first */
	assert_int_equal(turn(bench->pg), 1);
	assert_look(bench, "SELECT account_id FROM sync", "1");
	assert_look(bench,
	            "SELECT next_at BETWEEN now() + interval '50 minutes' AND now() + interval '1 hour' FROM schedule "
	            "WHERE account_id = 2",
	            "t");
}

static void a_time_reckoned_by_a_clock_that_was_ahead_is_reckoned_anew(void **state)
{
	struct bench *bench = *state;
	static const char *const next = "SELECT next_at BETWEEN now() + interval '55 minutes' AND now() + interval '1 hour' "
									"FROM schedule";
	const struct schedule schedule = rule_of("every 1h", "UTC"), rare = rule_of("every 7d", "UTC");
	store(bench, "1", &schedule);
	execute(bench,
	        "UPDATE schedule SET reckoned_at = now() + interval '3 days', next_at = next_at + interval '3 days'");
	assert_int_equal(turn(bench->pg), 0); /* it is not due */
	assert_look(bench, next, "t");
	assert_look(bench, "SELECT last_at IS NULL FROM schedule", "t");
	execute(bench, "UPDATE schedule SET next_at = now()");
	assert_int_equal(turn(bench->pg), 1);
	assert_look(bench, next, "t");
	store(bench, "1", &rare);
	assert_int_equal(turn(bench->pg), 0);
	assert_look(bench, "SELECT next_at > now() + interval '6 days 23 hours' FROM schedule",
	            "t"); /* far away as it should be */
}

/* ---- several schedulers ---- */

static void while_one_process_turns_another_does_nothing(void **state)
{
	struct bench *bench = *state;
	struct err err;
	const struct schedule schedule = rule_of("every 6h", "UTC");
	store(bench, "1", &schedule);
	execute(bench, "UPDATE schedule SET next_at = now()");
	must(pg_exec(bench->other, "BEGIN; SELECT pg_advisory_xact_lock(1935894629)", &err), &err);
	assert_int_equal(turn(bench->pg), 0);
	assert_look(bench, is_ahead, "f");
	must(pg_exec(bench->other, "COMMIT", &err), &err);
	assert_int_equal(turn(bench->pg), 1);
}

struct racer {
	struct pg *pg;
	pthread_barrier_t *start;
	int started;
	bool failed;
};

static void *race(void *context)
{
	struct racer *racer = context;
	struct err err;
	int started = 0;
	pthread_barrier_wait(racer->start);
	for (int i = 0; i < 10 && !racer->failed; i++) {
		racer->failed = schedule_turn(racer->pg, &started, &err) != 0;
		racer->started += started;
	}
	return NULL;
}

static void two_processes_that_turn_at_once_start_each_sync_once(void **state)
{
	struct bench *bench = *state;
	const struct schedule schedule = rule_of("every 1d", "UTC");
	pthread_barrier_t start;
	pthread_t thread;
	struct racer racers[] = {{.pg = bench->pg, .start = &start}, {.pg = bench->other, .start = &start}};
	execute(bench, "INSERT INTO account (name, provider, url, secret) "
	               "SELECT 'a' || i, 'x', 'x', 'x' FROM generate_series(2, 40) i");
	for (int i = 1; i <= ACCOUNTS; i++) {
		char id[12];
		snprintf(id, sizeof id, "%d", i);
		store(bench, id, &schedule);
	}
	execute(bench, "UPDATE schedule SET next_at = now() - interval '1 hour'");
	assert_int_equal(pthread_barrier_init(&start, NULL, 2), 0);
	assert_int_equal(pthread_create(&thread, NULL, race, &racers[1]), 0);
	race(&racers[0]);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&start);
	assert_false(racers[0].failed || racers[1].failed);
	assert_int_equal(racers[0].started + racers[1].started, ACCOUNTS);
	assert_look(bench, syncs, "40");
	assert_look(bench, "SELECT count(DISTINCT account_id) FROM sync", "40");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(runs_are_where_the_clocks_of_the_zone_say),
		TEST(a_rule_that_cannot_be_understood_is_told_and_not_stored),
		TEST(jitter_makes_it_later_by_its_length_at_most),
		TEST(what_is_due_becomes_a_sync_that_the_reconciler_starts_at_once),
		TEST(after_a_downtime_a_rule_catches_up_once_or_not_at_all),
		TEST(a_paused_rule_is_left_alone_and_catches_up_on_nothing),
		TEST(a_rule_that_is_removed_or_replaced_while_it_is_paused_stays_so),
		TEST(a_run_is_left_out_while_the_last_one_goes_on),
		TEST(a_sync_that_a_person_asked_for_does_not_cost_a_run),
		TEST(a_rule_that_can_no_longer_be_followed_holds_up_no_other),
		TEST(a_time_reckoned_by_a_clock_that_was_ahead_is_reckoned_anew),
		TEST(while_one_process_turns_another_does_nothing),
		TEST(two_processes_that_turn_at_once_start_each_sync_once),
	};
	log_open("test_console_schedule", false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
