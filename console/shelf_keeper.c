/* The thread. */
#include "console/shelf_keeper.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/log.h"
#include "console/shelf.h"

/* Between two looks: soon enough for who waits for a first sync, and one short query. After a failure it is longer. */
enum { LOOK_SECONDS = 2, FAILED_SECONDS = 30 };

struct shelf_keeper {
	struct pg_pool *pool;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	atomic_bool stop;
};

static int look(struct shelf_keeper *keeper, struct err *err)
{
	struct pg *pg = NULL;
	if (pg_pool_take(keeper->pool, &pg, err))
		return -1;
	int result = shelf_keep(pg, &keeper->stop, err);
	pg_pool_give(keeper->pool, pg);
	return result;
}

static void wait_for_stop(struct shelf_keeper *keeper, int seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&keeper->lock);
	while (!keeper->stop && pthread_cond_timedwait(&keeper->stopped, &keeper->lock, &until) == 0)
		continue;
	pthread_mutex_unlock(&keeper->lock);
}

static void *run(void *context)
{
	struct shelf_keeper *keeper = context;
	while (!keeper->stop) {
		struct err err;
		bool failed = look(keeper, &err) != 0;
		if (failed)
			log_warn("shelf", "%s; looked at again in %d s", err.text, FAILED_SECONDS);
		wait_for_stop(keeper, failed ? FAILED_SECONDS : LOOK_SECONDS);
	}
	return NULL;
}

int shelf_keeper_start(struct pg_pool *pool, struct shelf_keeper **ret, struct err *err)
{
	struct shelf_keeper *keeper = calloc(1, sizeof *keeper);
	if (!keeper)
		return err_set(err, ERR_FATAL, 0, "no memory for the shelf's thread");
	keeper->pool = pool;
	pthread_mutex_init(&keeper->lock, NULL);
	pthread_cond_init(&keeper->stopped, NULL);
	if (pthread_create(&keeper->thread, NULL, run, keeper)) {
		free(keeper);
		return err_set(err, ERR_FATAL, 0, "the shelf's thread could not be started");
	}
	*ret = keeper;
	return 0;
}

void shelf_keeper_stop(struct shelf_keeper **ptr)
{
	struct shelf_keeper *keeper = *ptr;
	if (!keeper)
		return;
	pthread_mutex_lock(&keeper->lock);
	keeper->stop = true;
	pthread_cond_signal(&keeper->stopped);
	pthread_mutex_unlock(&keeper->lock);
	pthread_join(keeper->thread, NULL);
	pthread_cond_destroy(&keeper->stopped);
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
	*ptr = NULL;
}
