/* One key of Redis, and one sentence. */
#include "ctl/slow.h"

#include <stdio.h>

#include "common/clock.h"
#include "ctl/figure.h"
#include "fetcher/throttle.h"

enum { ASK_AGAIN_MS = 5000 };

int64_t slow_until(struct slow *slow, const struct settings *settings, const char *account)
{
	struct err err;
	int64_t until_ms = 0;
	if (!*account || clock_ms() < slow->ask_again_ms)
		return 0;
	if ((!slow->redis && redis_open(settings->redis, &slow->redis, &err)) ||
	    throttle_slow_until(slow->redis, settings, account, &until_ms, &err)) {
		slow->ask_again_ms = clock_ms() + ASK_AGAIN_MS;
		return 0;
	}
	return until_ms;
}

void slow_close(struct slow *slow)
{
	redis_close(&slow->redis);
}

const char *slow_words(const char *until, int64_t wait_ms, char text[SLOW_TEXT])
{
	char ago[FIGURE_TEXT];
	const char *time = strchr(until, 'T');
	text[0] = '\0';
	if (time)
		snprintf(text, SLOW_TEXT, "Syncing slower due to API limits, goes on at %.8s UTC (%s)", time + 1,
		         figure_ago(wait_ms, ago));
	return text;
}

const char *slow_sentence(const PGresult *row, int i, char text[SLOW_TEXT])
{
	return slow_words(pg_text(row, i, "slow_until"), pg_int(row, i, "slow_ms"), text);
}
