/* The thread. */
#include "console/ticker.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "console/condition.h"

struct ticker {
	const char *name;
	int64_t every_ms;
	ticker_turn *turn;
	void *context;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t closing_changed;
	bool closing, troubled;
};

static void do_turn(struct ticker *ticker)
{
	struct err err;
	bool failed = ticker->turn(ticker->context, &err) != 0;
	if (failed && !ticker->troubled)
		log_warn(ticker->name, "%s; trying on", err.text);
	else if (!failed && ticker->troubled)
		log_info(ticker->name, "going on");
	ticker->troubled = failed;
}

static void *run(void *context)
{
	struct ticker *ticker = context;
	pthread_mutex_lock(&ticker->lock);
	while (!ticker->closing) {
		pthread_mutex_unlock(&ticker->lock);
		do_turn(ticker);
		pthread_mutex_lock(&ticker->lock);
		struct timespec until = condition_deadline(ticker->every_ms);
		int result = 0;
		while (result == 0 && !ticker->closing)
			result = pthread_cond_timedwait(&ticker->closing_changed, &ticker->lock, &until);
	}
	pthread_mutex_unlock(&ticker->lock);
	return NULL;
}

int ticker_open(const char *name, int64_t every_ms, ticker_turn *turn, void *context, struct ticker **ret,
                struct err *err)
{
	struct ticker *ticker = calloc(1, sizeof *ticker);
	if (!ticker)
		return err_set(err, ERR_FATAL, 0, "no memory for a thread: %s", name);
	*ticker = (struct ticker){.name = name, .every_ms = every_ms, .turn = turn, .context = context};
	pthread_mutex_init(&ticker->lock, NULL);
	condition_init(&ticker->closing_changed);
	int code = pthread_create(&ticker->thread, NULL, run, ticker);
	if (code) {
		free(ticker);
		return err_set(err, ERR_FATAL, code, "no thread for %s: %s", name, strerror(code));
	}
	*ret = ticker;
	return 0;
}

void ticker_close(struct ticker **ptr)
{
	struct ticker *ticker = *ptr;
	if (!ticker)
		return;
	pthread_mutex_lock(&ticker->lock);
	ticker->closing = true;
	pthread_cond_broadcast(&ticker->closing_changed);
	pthread_mutex_unlock(&ticker->lock);
	pthread_join(ticker->thread, NULL);
	pthread_mutex_destroy(&ticker->lock);
	pthread_cond_destroy(&ticker->closing_changed);
	free(ticker);
	*ptr = NULL;
}
