/* When accounts are synced by themselves. A rule is a cron expression in a time zone ("30 3 * * *"), or an interval
 * ("every 6h"); with a jitter, so that a thousand accounts do not begin in one second.
 *
 * The rules are rows; whoever turns the schedule (schedule_turn) makes rows of syncs that are due, which the reconciler
 * starts. Any number of processes may turn it: an advisory lock lets one do it at a time. */
#ifndef SYNCLINE_CONSOLE_SCHEDULE_H
#define SYNCLINE_CONSOLE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/pg.h"

enum { SCHEDULE_RULE = 100, SCHEDULE_ZONE = 64, SCHEDULE_EVERY_LEAST_S = 300, SCHEDULE_EVERY_MOST_S = 366 * 86400 };

struct schedule {
	char rule[SCHEDULE_RULE], zone[SCHEDULE_ZONE], mode[16];
	int64_t jitter_s;
	bool catch_up, paused; /* catch_up: a run that was missed is done once, late */
};

enum { SCHEDULE_LOCAL = 20 };
/* A moment (ms since 1970) as the clocks of a zone show it: "2026-11-30 03:30". CONFIG: no such zone. */
int schedule_local(struct pg *pg, const char *zone, int64_t ms, char text[SCHEDULE_LOCAL], struct err *err) MUST_USE;

/* When it is due next, behind after_ms (ms since 1970), without jitter. CONFIG: a rule or zone that cannot be understood, or
 * that never comes. */
int schedule_next(struct pg *pg, const struct schedule *schedule, int64_t after_ms, int64_t *next_ms, struct err *err)
	MUST_USE;

/* What a person gives for a rule, as text; jitter in minutes. */
struct schedule_wish {
	const char *rule, *zone, *mode;
	int64_t jitter_min;
	bool skip_missed;
};
enum { SCHEDULE_JITTER_MOST_MIN = 1440 };
/* Judges it, and makes the schedule of it. CONFIG: *field ("rule", "zone", "mode" or "jitter") is no good. RETRY: Postgres, which
 * knows the zones, is away. */
int schedule_read(struct pg *pg, const struct schedule_wish *wish, struct schedule *schedule, const char **field,
                  struct err *err) MUST_USE;
enum { SCHEDULE_RUNS = 3 }; /* that are shown before a rule is stored */
/* Its next runs from now on, as the clocks of its zone show them, without jitter. */
int schedule_runs(struct pg *pg, const struct schedule *schedule, char (*runs)[SCHEDULE_LOCAL], int count,
                  struct err *err) MUST_USE;

/* Stores the rule of an account; its next time is reckoned from now. CONFIG as above. */
int schedule_store(struct pg *pg, const char *account_id, const struct schedule *schedule, struct err *err) MUST_USE;
/* Resumed, its next time is reckoned from now: what lay in the pause is not caught up on. REJECT: it has none. */
int schedule_pause(struct pg *pg, const char *account_id, bool paused, struct err *err) MUST_USE;
/* REJECT: it has none. */
int schedule_remove(struct pg *pg, const char *account_id, struct err *err) MUST_USE;

/* Makes the syncs that are due, in one transaction. *started: how many. Does nothing while another process does. An account
 * whose last scheduled sync has not ended, or that missed its time and does not catch up, is left out until its next time. A
 * rule that cannot be followed is logged and put off; RETRY: Postgres is away, nothing was started. */
int schedule_turn(struct pg *pg, int *started, struct err *err) MUST_USE;

#endif
