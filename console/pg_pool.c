/* The pool. */
#include "console/pg_pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { POOL_MAX = 64 };

/* A page that takes longer is no page; and a lock that a migration holds must not hold all threads. */
static const char limits[] = "SET statement_timeout = '10s'; SET lock_timeout = '3s'; SET jit = off";

struct pg_pool {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	const char *conninfo;
	struct pg *free[POOL_MAX];
	size_t free_count, left; /* left: may still be opened */
	size_t size;
	/* Postgres is away: one connection tries, the others are told what it met, so that an address that answers nothing costs one
	 * thread its time and not all of them theirs. */
	bool trying;
	struct err trouble; /* ERR_NONE: there is none */
};

int pg_pool_open(const char *conninfo, size_t size, struct pg_pool **ret, struct err *err)
{
	assert(size > 0 && size <= POOL_MAX);
	struct pg_pool *pool = calloc(1, sizeof *pool);
	if (!pool)
		return err_set(err, ERR_FATAL, 0, "no memory for the pool of connections");
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->freed, NULL);
	pool->conninfo = conninfo;
	pool->left = pool->size = size;
	*ret = pool;
	return 0;
}

void pg_pool_close(struct pg_pool **ptr)
{
	struct pg_pool *pool = *ptr;
	if (!pool)
		return;
	assert(pool->free_count + pool->left == pool->size);
	while (pool->free_count)
		pg_close(&pool->free[--pool->free_count]);
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->freed);
	free(pool);
	*ptr = NULL;
}

static void put_back(struct pg_pool *pool, struct pg *pg)
{
	pthread_mutex_lock(&pool->lock);
	if (pg)
		pool->free[pool->free_count++] = pg;
	else
		pool->left++;
	pthread_cond_signal(&pool->freed);
	pthread_mutex_unlock(&pool->lock);
}

/* Connected, with its limits set: a server that went away meanwhile is noticed here, not in the midst of a page. */
static int make_ready(struct pg *pg, struct err *err)
{
	bool fresh = false;
	if (pg_check(pg, err) || pg_ensure(pg, &fresh, err))
		return -1;
	return fresh ? pg_exec(pg, limits, err) : 0;
}

/* A connection, or NULL with the right to open one. False: another one tries already, and *err is what it met last. */
static bool reserve(struct pg_pool *pool, struct pg **pg, struct err *err)
{
	pthread_mutex_lock(&pool->lock);
	while (pool->free_count == 0 && pool->left == 0)
		pthread_cond_wait(&pool->freed, &pool->lock);
	bool may = !pool->trying;
	if (!may)
		*err = pool->trouble;
	else if (pool->free_count)
		*pg = pool->free[--pool->free_count];
	else
		pool->left--;
	if (may)
		pool->trying = pool->trouble.class != ERR_NONE;
	pthread_mutex_unlock(&pool->lock);
	return may;
}

static void note(struct pg_pool *pool, const struct err *trouble)
{
	pthread_mutex_lock(&pool->lock);
	pool->trouble = *trouble;
	pool->trying = false;
	pthread_mutex_unlock(&pool->lock);
}

int pg_pool_take(struct pg_pool *pool, struct pg **ret, struct err *err)
{
	static const struct err none = {.class = ERR_NONE};
	struct pg *pg = NULL;
	if (!reserve(pool, &pg, err))
		return -1;
	if ((!pg && pg_open(pool->conninfo, "syncline serve", &pg, err)) || make_ready(pg, err)) {
		note(pool, err);
		put_back(pool, pg);
		return -1;
	}
	note(pool, &none);
	*ret = pg;
	return 0;
}

void pg_pool_give(struct pg_pool *pool, struct pg *pg)
{
	put_back(pool, pg);
}
