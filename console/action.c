/* The commands' steps, with an entry in the audit log. */
#include "console/action.h"

#include <stdio.h>

#include "common/redis.h"
#include "console/audit.h"
#include "ctl/cancelling.h"
#include "ctl/held.h"
#include "ctl/left.h"
#include "ctl/pausing.h"
#include "ctl/removed.h"

/* A sync that is stored begins, also where it is not known yet whether Kafka has its job. */
static int ask(struct visit *visit, const struct wish *wish, const char *action, const char *subject,
               struct enqueued *enqueued, struct err *err)
{
	int result = enqueue_sync(&visit->ctl, wish, enqueued, err);
	if (enqueued->stored)
		audit(visit, action, subject);
	return result;
}

int action_sync(struct visit *visit, struct wish *wish, struct enqueued *enqueued, struct err *err)
{
	wish->by = visit->visitor.name;
	return ask(visit, wish, "sync", wish->account, enqueued, err);
}

int action_retry(struct visit *visit, const struct target *target, struct enqueued *enqueued, struct err *err)
{
	struct left left;
	if (left_read(&visit->ctl, target->account, target->sync, &left, err))
		return -1;
	if (!left.over)
		return err_set(err, ERR_CONFIG, 0, "the sync has not ended yet");
	if (!*left.wish.categories)
		return err_set(err, ERR_CONFIG, 0, "the sync is %s: nothing is missing", left.state);
	left.wish.by = visit->visitor.name;
	return ask(visit, &left.wish, "retry", target->sync, enqueued, err);
}

/* Its fetcher, if it has one, gives it back within seconds. */
static void ask_to_stop(struct visit *visit, const struct target *target)
{
	struct redis *redis = NULL;
	struct err lost, err;
	bool over;
	/* What fails here the reconciler does: from the first step on nothing more of the sync is written. */
	if (redis_open(visit->ctl.settings.redis, &redis, &err) == 0)
		IGNORE(cancelling_end(&visit->ctl, redis, target->account, target->sync, &over, &lost, &err));
	redis_close(&redis);
}

int action_cancel(struct visit *visit, const struct target *target, struct err *err)
{
	PG_RESULT *cancelled = NULL;
	char sync[UUID_TEXT];
	bool before = false;
	if (cancelling_begin(&visit->ctl, target, visit->visitor.name, &cancelled, err))
		return -1;
	if (PQntuples(cancelled)) {
		audit_noted(visit, "cancel", target->sync);
		ask_to_stop(visit, target);
		return 0;
	}
	int result = cancelling_nothing(&visit->ctl, target, &before, sync, err);
	if (result && err->class == ERR_FATAL)
		err->class = ERR_CONFIG; /* for a command it is a failure, for a program that asks a conflict */
	return result;
}

int action_pause(struct visit *visit, const char *account, const char *account_id, int64_t until_ms, struct err *err)
{
	struct pausing pausing; /* whoever could not be asked to stop, a writer asks */
	if (pausing_begin(&visit->ctl, account, account_id, until_ms, &pausing, err))
		return -1;
	audit(visit, "pause", account);
	return 0;
}

int action_resume(struct visit *visit, const char *account, const char *account_id, struct err *err)
{
	bool was;
	int64_t waiting;
	if (pausing_end(&visit->ctl, account_id, &was, &waiting, err))
		return -1;
	if (was)
		audit(visit, "resume", account);
	return 0;
}

int action_confirm(struct visit *visit, const struct target *target, const char *category, int64_t *removed,
                   struct err *err)
{
	PG_RESULT *held = NULL;
	bool any = false;
	*removed = 0;
	if (held_read(&visit->ctl, target->account_id, category, &held, err))
		return -1;
	for (int i = 0; i < PQntuples(held); i++) {
		int64_t gone = 0;
		enum held_end end;
		if (strcmp(pg_text(held, i, "sync"), target->sync) != 0)
			continue; /* nobody has looked at what another sync holds */
		if (held_remove(&visit->ctl, target->account_id, held, i, &gone, &end, err))
			return -1;
		any = true;
		*removed += gone;
		if (end != HELD_SETTLED_BEFORE)
			audit_noted(visit, "removals confirmed", target->sync);
	}
	return any ? 0
	           : err_set(err, ERR_CONFIG, 0,
	                     "this sync holds no removals (any more): they were carried out, or a newer sync has read the "
	                     "library since");
}

int action_replay(struct visit *visit, const char *account, const char *account_id, struct enqueued *enqueued,
                  struct err *err)
{
	struct wish wish = {.account = account, .mode = "replay-rejects", .by = "replay"};
	snprintf(wish.account_id, sizeof wish.account_id, "%s", account_id);
	category_set_text(CATEGORY_ALL, wish.categories);
	return ask(visit, &wish, "rejects replayed", account, enqueued, err);
}

int action_restore(struct visit *visit, const char *account, const char *account_id, const char *sync, struct err *err)
{
	const struct removed_wish wish = {.account = account, .account_id = account_id, .sync = sync};
	PG_RESULT *counts = NULL;
	if (!uuid_valid(span_of(sync)))
		return err_set(err, ERR_REJECT, 0, "a sync's id is a UUID in lower case");
	if (removed_restore(&visit->ctl, &wish, visit->visitor.name, &counts, err))
		return -1;
	if (PQntuples(counts) == 0)
		return err_set(err, ERR_REJECT, 0, "nothing that this sync removed is removed still");
	audit_noted(visit, "removals undone", sync);
	return 0;
}
