/* Rules and what is due. */
#include "console/schedule.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/sql.h"
#include "common/uuid.h"
#include "console/cron.h"
#include "ctl/enqueue.h"

/* A run that is later than this was missed: the scheduler, or all of it, was not running. */
enum { MISSED_MS = 10 * 60 * 1000, DUE_MAX = 500 };

/* ours alone ("sche" in ASCII) */
#define LOCK "SELECT pg_try_advisory_xact_lock(1935894629) AS mine"

/* ---- rules ---- */

/* "every 90m" as seconds; 0: it is no interval, -1: one that is too short, too long or broken. */
static int64_t interval_s(const char *rule)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;
	if (strncmp(rule, "every ", 6) != 0)
		return 0;
	if (!isdigit((unsigned char)rule[6]))
		return -1;
	long number = strtol(rule + 6, &end, 10);
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (*end != units[i].unit || end[1] || number > SCHEDULE_EVERY_MOST_S)
			continue;
		int64_t seconds = number * units[i].seconds;
		return seconds < SCHEDULE_EVERY_LEAST_S || seconds > SCHEDULE_EVERY_MOST_S ? -1 : seconds;
	}
	return -1;
}

static int local_time(struct pg *pg, const char *zone, int64_t ms, struct cron_time *time, struct err *err)
{
	char number[24];
	const char *values[] = {number, zone};
	PG_RESULT *row = NULL;
	snprintf(number, sizeof number, "%lld", (long long)ms);
	if (pg_query(pg, sql_text("q_schedule_local"), 2, values, &row, err))
		return err->class == ERR_REJECT
		           ? err_set(err, ERR_CONFIG, 0, "there is no time zone '%.60s'; one is Europe/Berlin", zone)
		           : -1;
	*time = (struct cron_time){(int)pg_int(row, 0, "year"), (int)pg_int(row, 0, "month"), (int)pg_int(row, 0, "day"),
	                           (int)pg_int(row, 0, "hour"), (int)pg_int(row, 0, "minute")};
	return 0;
}

static int moment(struct pg *pg, const char *zone, const struct cron_time *time, int64_t *ms, struct err *err)
{
	char text[40];
	const char *values[] = {text, zone};
	PG_RESULT *row = NULL;
	snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:00", time->year, time->month, time->day, time->hour,
	         time->minute);
	if (pg_query(pg, sql_text("q_schedule_moment"), 2, values, &row, err))
		return -1;
	*ms = pg_int(row, 0, "ms");
	return 0;
}

/* Clocks that are set back show a time twice: a match that lies behind already is passed over. */
static int next_by_cron(struct pg *pg, const struct schedule *schedule, struct cron_time time, int64_t after_ms,
                        int64_t *next_ms, struct err *err)
{
	struct cron cron;
	if (cron_parse(schedule->rule, &cron, err))
		return -1;
	do {
		if (!cron_next(&cron, &time, &time))
			return err_set(err, ERR_CONFIG, 0, "'%s' never comes", schedule->rule);
		if (moment(pg, schedule->zone, &time, next_ms, err))
			return -1;
	} while (*next_ms <= after_ms);
	return 0;
}

int schedule_next(struct pg *pg, const struct schedule *schedule, int64_t after_ms, int64_t *next_ms, struct err *err)
{
	struct cron_time time;
	int64_t every_s = interval_s(schedule->rule);
	if (local_time(pg, schedule->zone, after_ms, &time, err))
		return -1;
	if (every_s < 0)
		return err_set(err, ERR_CONFIG, 0,
		               "'%s' is no interval: \"every 30m\", \"every 6h\", \"every 1d\", at least 5m", schedule->rule);
	if (every_s == 0)
		return next_by_cron(pg, schedule, time, after_ms, next_ms, err);
	*next_ms = after_ms + every_s * 1000;
	return 0;
}

int schedule_local(struct pg *pg, const char *zone, int64_t ms, char text[SCHEDULE_LOCAL], struct err *err)
{
	struct cron_time time = {0};
	if (local_time(pg, zone, ms, &time, err))
		return -1;
	snprintf(text, SCHEDULE_LOCAL, "%04d-%02d-%02d %02d:%02d", time.year, time.month, time.day, time.hour, time.minute);
	return 0;
}

/* ---- a rule as people give it ---- */

static int read_texts(const struct schedule_wish *wish, struct schedule *schedule, const char **field, struct err *err)
{
	*field = "rule";
	if (!*wish->rule)
		return err_set(err, ERR_CONFIG, 0, "a rule is missing: \"every 6h\", or a cron expression: \"30 3 * * *\"");
	if (!span_copy(span_of(wish->rule), schedule->rule, sizeof schedule->rule))
		return err_set(err, ERR_CONFIG, 0, "the rule is longer than %d characters", SCHEDULE_RULE - 1);
	*field = "zone";
	if (!span_copy(span_of(wish->zone), schedule->zone, sizeof schedule->zone))
		return err_set(err, ERR_CONFIG, 0, "the zone is longer than %d characters; one is Europe/Berlin",
		               SCHEDULE_ZONE - 1);
	*field = "mode";
	snprintf(schedule->mode, sizeof schedule->mode, "%.15s", wish->mode);
	return enqueue_check_mode("the mode", wish->mode, err);
}

int schedule_read(struct pg *pg, const struct schedule_wish *wish, struct schedule *schedule, const char **field,
                  struct err *err)
{
	char local[SCHEDULE_LOCAL];
	int64_t now_ms = clock_wall_ms(), next_ms;
	*schedule = (struct schedule){.catch_up = !wish->skip_missed};
	if (read_texts(wish, schedule, field, err))
		return -1;
	*field = "jitter";
	if (wish->jitter_min < 0 || wish->jitter_min > SCHEDULE_JITTER_MOST_MIN)
		return err_set(err, ERR_CONFIG, 0, "the jitter must be from 0 to %d minutes", SCHEDULE_JITTER_MOST_MIN);
	schedule->jitter_s = wish->jitter_min * 60;
	*field = "zone";
	if (schedule_local(pg, schedule->zone, now_ms, local, err))
		return -1;
	*field = "rule";
	return schedule_next(pg, schedule, now_ms, &next_ms, err);
}

int schedule_runs(struct pg *pg, const struct schedule *schedule, char (*runs)[SCHEDULE_LOCAL], int count,
                  struct err *err)
{
	int64_t ms = clock_wall_ms();
	for (int i = 0; i < count; i++) {
		if (schedule_next(pg, schedule, ms, &ms, err) || schedule_local(pg, schedule->zone, ms, runs[i], err))
			return -1;
	}
	return 0;
}

/* ---- the rule of an account ---- */

/* Not of random(): each `syncline schedule set` is a process, and all would draw the same number. */
static int64_t jitter_ms(int64_t jitter_s)
{
	return jitter_s > 0 ? randombytes_uniform((uint32_t)(jitter_s * 1000)) : 0;
}

/* Its next run, and the time from which it was reckoned, in ms since 1970. */
struct reckoned {
	char next[24], at[24];
};

static int reckon(struct pg *pg, const struct schedule *schedule, struct reckoned *reckoned, struct err *err)
{
	int64_t next_ms = 0, now_ms = clock_wall_ms();
	if (schedule_next(pg, schedule, now_ms, &next_ms, err))
		return -1;
	snprintf(reckoned->next, sizeof reckoned->next, "%lld", (long long)(next_ms + jitter_ms(schedule->jitter_s)));
	snprintf(reckoned->at, sizeof reckoned->at, "%lld", (long long)now_ms);
	return 0;
}

int schedule_store(struct pg *pg, const char *account_id, const struct schedule *schedule, struct err *err)
{
	struct reckoned reckoned;
	char jitter[24];
	if (reckon(pg, schedule, &reckoned, err))
		return -1;
	snprintf(jitter, sizeof jitter, "%lld", (long long)schedule->jitter_s);
	const char *values[] = {account_id,
	                        schedule->rule,
	                        schedule->zone,
	                        jitter,
	                        schedule->mode,
	                        schedule->catch_up ? "true" : "false",
	                        schedule->paused ? "true" : "false",
	                        reckoned.next,
	                        reckoned.at};
	return pg_run(pg,
	              "INSERT INTO schedule (account_id, rule, zone, jitter_s, mode, catch_up, paused, next_at, reckoned_at) "
	              "VALUES ($1::int, $2, $3, $4::int, $5, $6::boolean, $7::boolean, to_timestamp($8::bigint / 1000.0), "
	              "to_timestamp($9::bigint / 1000.0)) "
	              "ON CONFLICT (account_id) DO UPDATE SET rule = excluded.rule, zone = excluded.zone, "
	              "jitter_s = excluded.jitter_s, mode = excluded.mode, catch_up = excluded.catch_up, "
	              "paused = excluded.paused, next_at = excluded.next_at, reckoned_at = excluded.reckoned_at",
	              9, values, NULL, err);
}

static int no_schedule(struct err *err)
{
	return err_set(err, ERR_REJECT, 0, "the account has no schedule; to give it one: syncline schedule set --help");
}

/* A rule's columns of a row. They fit: schedule_store has seen them. */
static struct schedule schedule_of(const PGresult *rows, int i)
{
	struct schedule schedule = {.jitter_s = pg_int(rows, i, "jitter_s"), .catch_up = pg_bool(rows, i, "catch_up")};
	snprintf(schedule.rule, sizeof schedule.rule, "%s", pg_text(rows, i, "rule"));
	snprintf(schedule.zone, sizeof schedule.zone, "%s", pg_text(rows, i, "zone"));
	snprintf(schedule.mode, sizeof schedule.mode, "%s", pg_text(rows, i, "mode"));
	return schedule;
}

/* The row is locked as it is read: a rule that is removed or replaced meanwhile stays so. */
static int set_paused(struct pg *pg, const char *account_id, bool paused, struct err *err)
{
	struct reckoned reckoned;
	const char *values[] = {account_id, paused ? "true" : "false", reckoned.next, reckoned.at};
	PG_RESULT *row = NULL;
	if (pg_query(pg,
	             "SELECT rule, zone, jitter_s, mode, catch_up, paused FROM schedule WHERE account_id = $1::int FOR UPDATE",
	             1, &account_id, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return no_schedule(err);
	if (pg_bool(row, 0, "paused") == paused)
		return 0;
	const struct schedule schedule = schedule_of(row, 0);
	if (reckon(pg, &schedule, &reckoned, err))
		return -1;
	return pg_run(pg,
	              "UPDATE schedule SET paused = $2::boolean, next_at = to_timestamp($3::bigint / 1000.0), "
	              "reckoned_at = to_timestamp($4::bigint / 1000.0) WHERE account_id = $1::int",
	              COUNT_OF(values), values, NULL, err);
}

int schedule_pause(struct pg *pg, const char *account_id, bool paused, struct err *err)
{
	struct err ignored;
	if (pg_exec(pg, "BEGIN", err) == 0 && set_paused(pg, account_id, paused, err) == 0)
		return pg_exec(pg, "COMMIT", err);
	IGNORE(pg_exec(pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
	return -1;
}

int schedule_remove(struct pg *pg, const char *account_id, struct err *err)
{
	int64_t rows = 0;
	if (pg_run(pg, "DELETE FROM schedule WHERE account_id = $1::int", 1, &account_id, &rows, err))
		return -1;
	return rows ? 0 : no_schedule(err);
}

/* ---- what is due ---- */

static int start(struct pg *pg, const PGresult *due, int i, char sync[UUID_TEXT], struct err *err)
{
	const char *values[] = {sync, pg_text(due, i, "account_id"), pg_text(due, i, "mode")};
	uuid_new(sync);
	return pg_run(pg, sql_text("q_schedule_start"), 3, values, NULL, err);
}

/* Time is the database's: it says what is due, so by another clock the same run could be due again. */
static int follow(struct pg *pg, const PGresult *due, int i, int *started, struct err *err)
{
	const struct schedule schedule = schedule_of(due, i);
	char sync[UUID_TEXT], next[24];
	int64_t next_ms = 0;
	bool missed = pg_int(due, i, "late_ms") > MISSED_MS && !schedule.catch_up;
	bool runs = !missed && !pg_bool(due, i, "busy") && !pg_bool(due, i, "misreckoned");
	if (schedule_next(pg, &schedule, pg_int(due, i, "now_ms"), &next_ms, err) || (runs && start(pg, due, i, sync, err)))
		return -1;
	next_ms += jitter_ms(schedule.jitter_s);
	snprintf(next, sizeof next, "%lld", (long long)next_ms);
	const char *values[] = {pg_text(due, i, "account_id"), next, runs ? sync : NULL};
	if (pg_run(pg, sql_text("q_schedule_done"), 3, values, NULL, err))
		return -1;
	*started += runs;
	return 0;
}

/* A rule that cannot be followed any more (a time zone that the database has lost) must not hold up the others. */
static int follow_or_put_off(struct pg *pg, const PGresult *due, int i, int *started, struct err *err)
{
	struct err trouble;
	const char *account_id = pg_text(due, i, "account_id");
	if (pg_exec(pg, "SAVEPOINT rule", err))
		return -1;
	if (follow(pg, due, i, started, &trouble) == 0)
		return pg_exec(pg, "RELEASE rule", err);
	if (trouble.class != ERR_CONFIG && trouble.class != ERR_REJECT) {
		*err = trouble;
		return -1;
	}
	log_warn("schedule", "account %s is not synced: %s; tried again in an hour. To mend it: syncline schedule set %s",
	         pg_text(due, i, "account"), trouble.text, pg_text(due, i, "account"));
	if (pg_exec(pg, "ROLLBACK TO rule", err))
		return -1;
	return pg_run(pg, sql_text("q_schedule_put_off"), 1, &account_id, NULL, err);
}

static int turn(struct pg *pg, int *started, struct err *err)
{
	char most[16];
	const char *values[] = {most};
	PG_RESULT *lock = NULL, *due = NULL;
	snprintf(most, sizeof most, "%d", DUE_MAX);
	if (pg_query(pg, LOCK, 0, NULL, &lock, err))
		return -1;
	if (!pg_bool(lock, 0, "mine"))
		return 0;
	if (pg_query(pg, sql_text("q_schedule_due"), 1, values, &due, err))
		return -1;
	for (int i = 0; i < PQntuples(due); i++) {
		if (follow_or_put_off(pg, due, i, started, err))
			return -1;
	}
	return 0;
}

int schedule_turn(struct pg *pg, int *started, struct err *err)
{
	struct err ignored;
	*started = 0;
	if (pg_exec(pg, "BEGIN", err))
		return -1;
	if (turn(pg, started, err)) {
		IGNORE(pg_exec(pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
		*started = 0;
		return -1;
	}
	return pg_exec(pg, "COMMIT", err);
}
