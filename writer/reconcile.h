/* No job is lost: every unfinished sync that shows no sign of life is put back to work. One writer of the fleet does it at
 * a time. Signs of life are a lease of the account in Redis, and the fetcher's note that it has finished, as long as something
 * may still be on its way through Kafka.
 *
 * And no work goes on that nobody wants: fetchers of cancelled syncs and of paused accounts are told, should the command that
 * did it have died before it could, and a cancelled sync that no fetcher works on any more is ended. */
#ifndef SYNCLINE_WRITER_RECONCILE_H
#define SYNCLINE_WRITER_RECONCILE_H

#include "common/kafka_out.h"
#include "common/pg.h"
#include "common/redis.h"
#include "common/settings.h"
#include "common/uuid.h"

struct reconcile {
	const struct settings *settings;
	struct pg *pg;
	struct kafka_out *out;
	struct redis *redis; /* opened when first needed: without Redis the writer still writes */
	int64_t next_ms;
	int64_t lag_ms;         /* when Kafka may be asked what is on its way */
	bool arrived;           /* it was, in this round: nothing is */
	char behind[UUID_TEXT]; /* where the next round begins */
	struct err trouble;     /* of the newest round; ERR_NONE: it went well */
};

void reconcile_init(struct reconcile *reconcile, const struct settings *settings, struct pg *pg, struct kafka_out *out);
void reconcile_done(struct reconcile *reconcile);

/* Does a round when it is time. *requeued: how many were put back. Between transactions only. */
int reconcile_tick(struct reconcile *reconcile, int *requeued, struct err *err) MUST_USE;

#endif
