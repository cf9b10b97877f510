/* Back-pressure from behind: how many pages and items wait for the parsers and the writers. Provider quota is not spent
 * on work that cannot be stored. */
#include "common/clock.h"
#include "common/lag.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/fetcher_internal.h"

/* Short: meanwhile nothing else happens, and the shortest lease, of a second, is renewed when a third of it is over. Enough for a
 * Kafka that is 40 ms away: both topics together take 14 round trips. */
enum { CHECK_MS = 1000, ASK_MS = 600 };

int pressure_backlog(struct fetcher *fetcher, int64_t *messages, struct err *err)
{
	return lag_on_the_way(fetcher->settings, fetcher->lag, ASK_MS, messages, err);
}

void pressure_check(struct fetcher *fetcher)
{
	struct err err;
	int64_t messages;
	if (fetcher->sync_count == 0 || clock_ms() < fetcher->pressure_at_ms)
		return;
	fetcher->pressure_at_ms = clock_ms() + CHECK_MS;
	rd_kafka_poll(fetcher->lag, 0); /* what it has to say, the others say too */
	/* Without Kafka the producer's own queue stops fetching. */
	if (kafka_in_away(fetcher->queues[QUEUE_PEOPLE].in) || pressure_backlog(fetcher, &messages, &err))
		return;
	/* Stops above the limit, goes on below half of it, so that it does not flutter. */
	int64_t limit = fetcher->settings->pages_lag_max;
	bool pause = messages > (fetcher->paused ? limit / 2 : limit);
	if (pause != fetcher->paused)
		log_info(pause ? "fetching paused" : "fetching goes on",
		         "%lld messages wait for parsers and writers (limit %lld)", (long long)messages, (long long)limit);
	fetcher->paused = pause;
	stats_set(STAT_fetch_paused, pause);
}
