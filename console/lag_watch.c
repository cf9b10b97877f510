/* A turn of the ticker asks, and keeps what it was told. */
#include "console/lag_watch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/kafka.h"
#include "console/ticker.h"

struct lag_watch {
	const struct settings *settings;
	struct ticker *ticker;
	rd_kafka_t *client; /* of the ticker's thread alone, as is what it finds */
	struct lag_picture next;
	pthread_mutex_t lock; /* over what follows */
	struct lag_picture picture;
	struct lag_point points[LAG_POINTS];
	size_t count, first;
};

/* ---- a turn ---- */

static void keep(struct lag_watch *watch)
{
	pthread_mutex_lock(&watch->lock);
	watch->picture = watch->next;
	watch->points[(watch->first + watch->count) % LAG_POINTS] = watch->next.point;
	if (watch->count < LAG_POINTS)
		watch->count++;
	else
		watch->first = (watch->first + 1) % LAG_POINTS;
	pthread_mutex_unlock(&watch->lock);
}

static int ask(struct lag_watch *watch, struct lag_picture *picture, struct err *err)
{
	if ((!watch->client && groups_client(watch->settings, &watch->client, err)) ||
	    backlogs_read(watch->settings, watch->client, &picture->backlogs, err))
		return -1;
	memcpy(picture->point.messages, picture->backlogs.messages, sizeof picture->point.messages);
	memcpy(picture->point.oldest_ms, picture->backlogs.oldest_ms, sizeof picture->point.oldest_ms);
	return 0;
}

static int turn(void *context, struct err *err)
{
	struct lag_watch *watch = context;
	struct lag_picture *picture = &watch->next;
	memset(picture, 0, sizeof *picture);
	int result = ask(watch, picture, err);
	picture->point.reached = result == 0;
	picture->point.at_ms = clock_wall_ms();
	if (result)
		snprintf(picture->trouble, sizeof picture->trouble, "%.190s", err->text);
	keep(watch);
	return result;
}

int lag_watch_open(const struct settings *settings, struct lag_watch **ret, struct err *err)
{
	struct lag_watch *watch = calloc(1, sizeof *watch);
	if (!watch)
		return err_set(err, ERR_FATAL, 0, "no memory to watch the lag");
	watch->settings = settings;
	pthread_mutex_init(&watch->lock, NULL);
	if (ticker_open("lag", LAG_EVERY_MS, turn, watch, &watch->ticker, err)) {
		pthread_mutex_destroy(&watch->lock);
		free(watch);
		return -1;
	}
	*ret = watch;
	return 0;
}

void lag_watch_close(struct lag_watch **ptr)
{
	struct lag_watch *watch = *ptr;
	if (!watch)
		return;
	ticker_close(&watch->ticker);
	if (watch->client)
		kafka_destroy(watch->client);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
	*ptr = NULL;
}

/* ---- looking at it ---- */

void lag_watch_picture(struct lag_watch *watch, struct lag_picture *picture)
{
	pthread_mutex_lock(&watch->lock);
	*picture = watch->picture;
	pthread_mutex_unlock(&watch->lock);
}

size_t lag_watch_history(struct lag_watch *watch, struct lag_point *points)
{
	pthread_mutex_lock(&watch->lock);
	size_t count = watch->count;
	for (size_t i = 0; i < count; i++)
		points[i] = watch->points[(watch->first + i) % LAG_POINTS];
	pthread_mutex_unlock(&watch->lock);
	return count;
}
