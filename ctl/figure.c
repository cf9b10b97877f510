/* Numbers and times for people. */
#include "ctl/figure.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

const char *figure_count(int64_t number, char text[FIGURE_TEXT])
{
	char digits[FIGURE_TEXT];
	uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	int count = snprintf(digits, sizeof digits, "%" PRIu64, size), used = 0;
	if (number < 0)
		text[used++] = '-';
	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return text;
}

const char *figure_many(int64_t number, const char *word, char text[FIGURE_TEXT])
{
	char count[FIGURE_TEXT];
	snprintf(text, FIGURE_TEXT, "%.26s %.18s%s", figure_count(number, count), word, number == 1 ? "" : "s");
	return text;
}

const char *figure_span(int64_t ms, char text[FIGURE_TEXT])
{
	ms = ms < 0 ? 0 : ms;
	if (ms < 10 * SECOND)
		snprintf(text, FIGURE_TEXT, "%" PRId64 ".%" PRId64 " s", ms / SECOND, ms % SECOND / 100);
	else if (ms < MINUTE)
		snprintf(text, FIGURE_TEXT, "%" PRId64 " s", ms / SECOND);
	else if (ms < HOUR)
		snprintf(text, FIGURE_TEXT, "%" PRId64 " min %" PRId64 " s", ms / MINUTE, ms % MINUTE / SECOND);
	else if (ms < 2 * (int64_t)DAY)
		snprintf(text, FIGURE_TEXT, "%" PRId64 " h %" PRId64 " min", ms / HOUR, ms % HOUR / MINUTE);
	else
		snprintf(text, FIGURE_TEXT, "%" PRId64 " days", ms / DAY);
	return text;
}

const char *figure_clock(int64_t ms, char text[FIGURE_TEXT])
{
	int64_t seconds = ms < 0 ? 0 : (ms + SECOND - 1) / SECOND;
	if (seconds < 3600)
		snprintf(text, FIGURE_TEXT, "%" PRId64 ":%02" PRId64, seconds / 60, seconds % 60);
	else
		snprintf(text, FIGURE_TEXT, "%" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60,
		         seconds % 60);
	return text;
}

const char *figure_ago(int64_t ms, char text[FIGURE_TEXT])
{
	static const struct {
		int64_t below, unit;
		const char *word, *words;
	} steps[] = {{MINUTE, SECOND, "s", "s"},
	             {HOUR, MINUTE, "min", "min"},
	             {2 * (int64_t)DAY, HOUR, "h", "h"},
	             {INT64_MAX, DAY, "day", "days"}};
	int64_t size = ms < 0 ? -ms : ms;
	if (size < SECOND) {
		snprintf(text, FIGURE_TEXT, "%s", ms < 0 ? "just now" : "now");
		return text;
	}
	int step = 0;
	while (size >= steps[step].below)
		step++;
	int64_t number = size / steps[step].unit;
	snprintf(text, FIGURE_TEXT, "%s%" PRId64 " %s%s", ms > 0 ? "in " : "", number,
	         number == 1 ? steps[step].word : steps[step].words, ms < 0 ? " ago" : "");
	return text;
}
