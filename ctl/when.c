/* Reading them. */
#include "ctl/when.h"

#include <stddef.h>

#include "common/limits.h"
#include "common/moment.h"

static const int64_t AHEAD_MS = (int64_t)LIMIT_AHEAD_DAYS * 24 * 3600 * 1000;

static int64_t unit_ms(char unit)
{
	switch (unit) {
	case 's':
		return 1000;
	case 'm':
		return 60 * 1000;
	case 'h':
		return 3600 * 1000;
	case 'd':
		return 24 * 3600 * 1000;
	default:
		return 0;
	}
}

/* "1h30m"; 0: not understood, or further than AHEAD_MS. */
static int64_t read_span(const char *text)
{
	int64_t sum_ms = 0;
	while (*text) {
		int64_t number = 0;
		const char *digits = text;
		for (; *text >= '0' && *text <= '9' && number <= AHEAD_MS; text++)
			number = number * 10 + (*text - '0');
		int64_t unit = unit_ms(*text);
		if (text == digits || unit == 0 || number > AHEAD_MS / unit)
			return 0;
		sum_ms += number * unit;
		text++;
		if (sum_ms > AHEAD_MS)
			return 0;
	}
	return sum_ms;
}

int when_read(const struct when *when, int64_t now_ms, int64_t *ms, struct err *err)
{
	int64_t us = 0;
	*ms = 0;
	if (when->at && when->in)
		return err_set(err, ERR_CONFIG, 0, "%s and %s say the same: give one of them", when->at_name, when->in_name);
	if (when->at) {
		if (moment_of_text(span_of(when->at), &us) != MOMENT_TOLD)
			return err_set(err, ERR_CONFIG, 0, "%s must be a time such as 2026-11-30T03:00:00Z, not '%s'",
			               when->at_name, when->at);
		if (us / 1000 > now_ms + AHEAD_MS)
			return err_set(err, ERR_CONFIG, 0, "%s %s is more than %d days ahead", when->at_name, when->at,
			               LIMIT_AHEAD_DAYS);
		*ms = us / 1000;
	}
	if (when->in) {
		int64_t span_ms = read_span(when->in);
		if (span_ms == 0)
			return err_set(err, ERR_CONFIG, 0,
			               "%s must be a time such as 90s, 45m, 3h or 2d (%d days at most), not '%s'", when->in_name,
			               LIMIT_AHEAD_DAYS, when->in);
		*ms = now_ms + span_ms;
	}
	return 0;
}
