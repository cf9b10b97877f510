/* The thread. */
#include "console/shelf_keeper.h"

#include <stdlib.h>

#include "console/shelf.h"
#include "console/ticker.h"

/* Between two looks: soon enough for who waits for a first sync, and one short query. */
enum { LOOK_MS = 2000 };

struct shelf_keeper {
	struct pg_pool *pool;
	struct ticker *ticker;
	atomic_bool stop; /* a pass over a million items takes a minute: the ticker alone would wait for its end */
};

static int look(void *context, struct err *err)
{
	struct shelf_keeper *keeper = context;
	struct pg *pg = NULL;
	if (pg_pool_take(keeper->pool, &pg, err))
		return -1;
	int result = shelf_keep(pg, &keeper->stop, err);
	pg_pool_give(keeper->pool, pg);
	return result;
}

int shelf_keeper_start(struct pg_pool *pool, struct shelf_keeper **ret, struct err *err)
{
	struct shelf_keeper *keeper = calloc(1, sizeof *keeper);
	if (!keeper)
		return err_set(err, ERR_FATAL, 0, "no memory for the shelf's thread");
	keeper->pool = pool;
	if (ticker_open("shelf", LOOK_MS, look, keeper, &keeper->ticker, err)) {
		free(keeper);
		return -1;
	}
	*ret = keeper;
	return 0;
}

void shelf_keeper_stop(struct shelf_keeper **keeper)
{
	if (!*keeper)
		return;
	(*keeper)->stop = true;
	ticker_close(&(*keeper)->ticker);
	free(*keeper);
	*keeper = NULL;
}
