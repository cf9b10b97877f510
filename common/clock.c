/* The two clocks. */
#include "common/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

const char *clock_text(int64_t wall_ms, char text[CLOCK_TEXT_MAX])
{
	int ms = (int)(wall_ms % 1000);
	time_t seconds = wall_ms / 1000;
	if (ms < 0) { /* before 1970 */
		ms += 1000;
		seconds--;
	}
	struct tm utc;
	char day[24];
	if (!gmtime_r(&seconds, &utc) || strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc) == 0) {
		text[0] = '\0';
		return text;
	}
	snprintf(text, CLOCK_TEXT_MAX, "%s.%03dZ", day, ms);
	return text;
}
