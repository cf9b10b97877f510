/* The lease of an account, its epoch, and the cursors of a sync: all of the fleet's coordination, in Redis.
 *
 * Keys, each with the kafka_prefix in front: lease:ACCOUNT (hash: sync, epoch, owner, mode, categories; halt, once it is to
 * be given back (common/halt.h); raised, once a person waits for it; expires),
 * epoch:ACCOUNT, cursor:SYNC (hash: category -> cursor; a week), done:SYNC (an hour). Every write names the epoch and is
 * refused when the lease has gone to another. Losing all of Redis loses time, never data: epochs start from the clock
 * and from Postgres, cursors are rebuilt from the ledger. */
#ifndef SYNCLINE_FETCHER_LEASE_H
#define SYNCLINE_FETCHER_LEASE_H

#include "common/category.h"
#include "common/redis.h"
#include "common/settings.h"
#include "common/uuid.h"

enum lease_result {
	LEASE_GRANTED, /* epoch is set */
	LEASE_BUSY,    /* holder is set: another sync of this account runs */
	LEASE_SAME,    /* this very sync runs already */
	LEASE_DONE,    /* this sync was finished a short time ago */
	LEASE_LOST,    /* renew, save: not ours any more */
	LEASE_HELD,    /* renew, save: still ours */
	LEASE_HALT,   /* renew, save: still ours, and to be given back: somebody cancelled the sync or paused its account */
	LEASE_RAISED, /* renew, save: still ours, and a person waits for it by now */
};

/* Pages come from Kafka, not from the provider: all that make the rows, or those with rejects. */
enum replay_kind { REPLAY_NONE, REPLAY_ALL, REPLAY_REJECTS };

struct lease {
	char account[LIMIT_ACCOUNT + 1], sync[UUID_TEXT];
	bool full, background;
	enum replay_kind replay;
	category_set categories;
	int64_t epoch;
};

struct lease_holder {
	char sync[UUID_TEXT];
	bool full, replays, halted;
	category_set categories;
};

/* The mode as jobs and marks name it. */
const char *lease_mode(const struct lease *lease);
/* Sets full and replay; empty: incremental. false: there is no such mode. */
bool lease_set_mode(struct lease *lease, struct span mode);

/* Tries to take it; lease->epoch is the result's. epoch_floor: the highest epoch Postgres knows for the account. A request
 * that is not of the background and would join the holder raises it. */
int lease_claim(struct redis *redis, const struct settings *settings, struct lease *lease, int64_t epoch_floor,
                enum lease_result *result, struct lease_holder *holder, struct err *err) MUST_USE;

/* Prolongs it by lease_ms. */
int lease_renew(struct redis *redis, const struct settings *settings, const struct lease *lease,
                enum lease_result *result, struct err *err) MUST_USE;

/* Saves a category's cursor and prolongs the lease. */
int lease_save(struct redis *redis, const struct settings *settings, const struct lease *lease, enum category category,
               const char *cursor, enum lease_result *result, struct err *err) MUST_USE;

/* A category's cursor into text[LIMIT_CURSOR]; "" when none is saved, "end" when the category is through. */
int lease_cursor(struct redis *redis, const struct settings *settings, const struct lease *lease,
                 enum category category, char *text, struct err *err) MUST_USE;

/* Gives it back if it is still ours. done: the sync needs no more work of a fetcher. */
int lease_release(struct redis *redis, const struct settings *settings, const struct lease *lease, bool done,
                  struct err *err) MUST_USE;

#endif
