/* Does a sync wait for its provider's limit? The fetchers tell it in Redis (fetcher/throttle.h), and a parked sync stands in
 * Postgres; what is told to people is one sentence.
 *
 * A zeroed struct is ready; slow_close at the end. Nothing here fails: without Redis nothing is known, and it is asked again
 * some seconds later. One thread. */
#ifndef SYNCLINE_CTL_SLOW_H
#define SYNCLINE_CTL_SLOW_H

#include "common/pg.h"
#include "common/redis.h"
#include "common/settings.h"

struct slow {
	struct redis *redis;
	int64_t ask_again_ms; /* clock_ms; not before, after an error */
};

/* Ms since 1970, 0: it does not wait, or nobody knows. */
int64_t slow_until(struct slow *slow, const struct settings *settings, const char *account);
void slow_close(struct slow *slow);

enum { SLOW_TEXT = 160 };
/* From the columns slow_until and slow_ms of a row: "Syncing slower due to API limits, goes on at 14:03:20 UTC (in 12 s)";
 * "" when it does not wait. Returns text. */
const char *slow_sentence(const PGresult *row, int i, char text[SLOW_TEXT]);
/* The same, pure. until: "2026-11-23T14:03:20Z" or "". */
const char *slow_words(const char *until, int64_t wait_ms, char text[SLOW_TEXT]);

#endif
