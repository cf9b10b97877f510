/* Cron expressions: five fields (minute, hour, day of month, month, day of week), lists, ranges, steps, names, and @hourly,
 * @daily, @weekly, @monthly, @yearly. Semantics of POSIX crontab: when both days are restricted, either may match. Pure: knows
 * local calendars only; what a local time is in UTC is the database's to tell (it knows time zones). */
#ifndef SYNCLINE_CONSOLE_CRON_H
#define SYNCLINE_CONSOLE_CRON_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

struct cron {
	uint64_t minutes, hours, days, months, weekdays; /* a bit for each value that matches; Sunday is 0 */
	bool any_day, any_weekday;
};

/* A minute of a local calendar. */
struct cron_time {
	int year, month, day, hour, minute; /* month and day from 1 */
};

/* CONFIG names the field and what may stand there. */
int cron_parse(const char *text, struct cron *cron, struct err *err) MUST_USE;

/* The first match behind `after`. false: none within eight years (the 30th of February). */
bool cron_next(const struct cron *cron, const struct cron_time *after, struct cron_time *next);

#endif
