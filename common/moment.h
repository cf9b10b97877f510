/* Points in time and calendar dates, from the ways that servers write them. Pure. */
#ifndef SYNCLINE_MOMENT_H
#define SYNCLINE_MOMENT_H

#include <stdint.h>

#include "common/span.h"

enum moment {
	MOMENT_TOLD, /* the result is filled */
	MOMENT_NONE, /* a way of saying "not known": "", 0, the zero of Go's and of Unix's clocks */
	MOMENT_BAD,  /* no time, or none that the calendar has */
};

/* RFC 3339 with any number of fraction digits (beyond the sixth cut), "T" or a space, zone missing (UTC); digits alone
 * as moment_of_number. *us: microseconds since 1970. */
enum moment moment_of_text(struct span text, int64_t *us);
/* Seconds since 1970, or milliseconds when the number is too large for that (year 5138). */
enum moment moment_of_number(int64_t number, int64_t *us);

/* month and day are 0 when they are not told. */
struct date {
	int64_t year, month, day;
};
/* YYYY, YYYY-MM, YYYY-MM-DD, the last also with a time behind it, which is dropped. */
enum moment date_of_text(struct span text, struct date *date);
/* Years 1 to 9999; the Gregorian calendar. Parts that are 0 are not told: then those behind them are dropped. */
enum moment date_check(struct date *date);

#endif
