/* The reconciler. */
#include "writer/reconcile.h"

#include <stdio.h>

#include "common/cancel.h"
#include "common/clock.h"
#include "common/crash.h"
#include "common/halt.h"
#include "common/lag.h"
#include "common/msg.h"
#include "common/redis_key.h"
#include "common/stats.h"
#include "writer/params.h"

/* The fetcher's note (done:SYNC) lives for an hour from the moment it has finished. For its first ten minutes it says that the rest
 * is on its way, unless Kafka says, some seconds later, that nothing is. */
enum { DONE_MS = 3600 * 1000, DONE_ALIVE_MS = 600 * 1000, DONE_YOUNG_MS = 5000 };
/* A client of its own each time, for it is seldom asked. */
enum { LAG_EVERY_MS = 5000, LAG_ASK_MS = 2000 };

static const char first_uuid[] = "00000000-0000-0000-0000-000000000000";

void reconcile_init(struct reconcile *reconcile, const struct settings *settings, struct pg *pg, struct kafka_out *out)
{
	*reconcile = (struct reconcile){.settings = settings, .pg = pg, .out = out};
	snprintf(reconcile->behind, sizeof reconcile->behind, "%s", first_uuid);
}

void reconcile_done(struct reconcile *reconcile)
{
	redis_close(&reconcile->redis);
}

/* Any lease of the account counts: of this sync, then it runs; of another, then it has to wait. */
static int has_lease(struct reconcile *reconcile, const char *account, bool *alive, struct err *err)
{
	char key[REDIS_KEY];
	REDIS_REPLY *reply = NULL;
	if (redis_command(reconcile->redis, &reply, err, "EXISTS %s",
	                  redis_key(reconcile->settings, "lease", account, key)))
		return -1;
	*alive = reply->integer == 1;
	return 0;
}

/* What is missing is not on its way but lost: it is read on from what has arrived, whatever the fetcher noted. */
static int forget_fetcher(struct reconcile *reconcile, const char *sync, struct err *err)
{
	char done[REDIS_KEY], cursor[REDIS_KEY];
	REDIS_REPLY *deleted = NULL;
	return redis_command(reconcile->redis, &deleted, err, "DEL %s %s",
	                     redis_key(reconcile->settings, "done", sync, done),
	                     redis_key(reconcile->settings, "cursor", sync, cursor));
}

/* Asked once in a round, behind the notes that it is about. Without an answer something may be on its way. */
static bool nothing_on_the_way(struct reconcile *reconcile)
{
	rd_kafka_t *client = NULL;
	struct err ignored;
	int64_t messages;
	if (clock_ms() < reconcile->lag_ms)
		return reconcile->arrived;
	reconcile->lag_ms = clock_ms() + LAG_EVERY_MS;
	reconcile->arrived = lag_open(reconcile->settings, &client, &ignored) == 0 &&
	                     lag_on_the_way(reconcile->settings, client, LAG_ASK_MS, &messages, &ignored) == 0 &&
	                     messages == 0;
	lag_close(&client);
	return reconcile->arrived;
}

/* A note that says nothing any more would make fetchers refuse the job, so it is taken away. */
static int is_just_done(struct reconcile *reconcile, const char *sync, bool *alive, struct err *err)
{
	char key[REDIS_KEY];
	REDIS_REPLY *left = NULL, *deleted = NULL;
	redis_key(reconcile->settings, "done", sync, key);
	if (redis_command(reconcile->redis, &left, err, "PTTL %s", key))
		return -1;
	int64_t age_ms = DONE_MS - left->integer;
	*alive = left->integer >= 0 && age_ms < DONE_ALIVE_MS;
	if (*alive && age_ms > DONE_YOUNG_MS && nothing_on_the_way(reconcile)) {
		*alive = false;
		return forget_fetcher(reconcile, sync, err);
	}
	return !*alive && left->integer >= 0 ? redis_command(reconcile->redis, &deleted, err, "DEL %s", key) : 0;
}

static int publish(struct reconcile *reconcile, const PGresult *found, int i, struct err *err)
{
	struct buf value;
	bool background = strcmp(pg_text(found, i, "priority"), "background") == 0;
	const struct sync_job job = {
		.account = span_of(pg_text(found, i, "account")),
		.sync = span_of(pg_text(found, i, "sync")),
		.mode = span_of(pg_text(found, i, "mode")),
		.categories = span_of(pg_text(found, i, "categories")),
		.requested_by = span_of(pg_text(found, i, "requested_by")),
		.priority = span_of(pg_text(found, i, "priority")),
	};
	buf_init(&value, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_sync_job, &job, &value);
	int result = kafka_out_send(reconcile->out, background ? TOPIC_BACKGROUND : TOPIC_JOBS, job.account, &value, NULL,
	                            err);
	buf_done(&value);
	return result;
}

/* A job that Kafka loses after all is put back again at its next turn. */
static int requeue(struct reconcile *reconcile, const PGresult *found, int i, struct err *err)
{
	struct params params;
	if (publish(reconcile, found, i, err))
		return -1;
	CRASH_POINT("writer: a sync is put back, not yet noted");
	params_init(&params);
	params_text(&params, span_of(pg_text(found, i, "sync")));
	int result = params_run(&params, reconcile->pg, "q_reconcile_requeued", NULL, err);
	params_done(&params);
	return result;
}

/* The first LIMIT_RECONCILE of a kind, behind a sync if it is not NULL. */
static int find(struct reconcile *reconcile, const char *name, const char *behind, PGresult **found, struct err *err)
{
	struct params params;
	params_init(&params);
	params_int(&params, LIMIT_RECONCILE);
	if (behind)
		params_text(&params, span_of(behind));
	int result = params_query(&params, reconcile->pg, name, found, err);
	params_done(&params);
	return result;
}

static int look_through(struct reconcile *reconcile, const PGresult *found, int *requeued, struct err *err)
{
	for (int i = 0; i < PQntuples(found); i++) {
		const char *sync = pg_text(found, i, "sync");
		bool alive = false;
		if (has_lease(reconcile, pg_text(found, i, "account"), &alive, err))
			return -1;
		if (!alive && pg_bool(found, i, "look_again") && forget_fetcher(reconcile, sync, err))
			return -1;
		if (!alive && is_just_done(reconcile, sync, &alive, err))
			return -1;
		if (alive)
			continue;
		if (requeue(reconcile, found, i, err))
			return -1;
		(*requeued)++;
	}
	return 0;
}

static int end_cancelled(struct reconcile *reconcile, const char *sync, struct err *err)
{
	PG_RESULT *news = NULL;
	int result = cancel_end(reconcile->pg, sync, &news, err);
	for (int i = 0; result == 0 && i < PQntuples(news); i++) {
		struct buf event;
		buf_init(&event, LIMIT_MESSAGE_BYTES);
		cancel_event(news, i, &event);
		result = kafka_out_send(reconcile->out, TOPIC_EVENTS, span_of(pg_text(news, i, "sync")), &event, NULL, err);
		buf_done(&event);
	}
	return result;
}

/* Those that nobody may work on: their fetchers are told, and a cancelled sync without one is over. */
static int halt(struct reconcile *reconcile, struct err *err)
{
	PG_RESULT *found = NULL;
	if (find(reconcile, "q_reconcile_halted", NULL, &found, err))
		return -1;
	for (int i = 0; i < PQntuples(found); i++) {
		const char *sync = pg_text(found, i, "sync");
		bool held = false;
		if (halt_ask(reconcile->redis, reconcile->settings, pg_text(found, i, "account"), sync, &held, err))
			return -1;
		if (!held && pg_bool(found, i, "cancelled") && end_cancelled(reconcile, sync, err))
			return -1;
	}
	return 0;
}

static int put_back(struct reconcile *reconcile, int *requeued, struct err *err)
{
	PG_RESULT *due = NULL, *found = NULL;
	if (find(reconcile, "q_reconcile_due", NULL, &due, err) || look_through(reconcile, due, requeued, err) ||
	    find(reconcile, "q_reconcile_find", reconcile->behind, &found, err) ||
	    look_through(reconcile, found, requeued, err))
		return -1;
	int last = PQntuples(found) - 1;
	snprintf(reconcile->behind, sizeof reconcile->behind, "%s",
	         last + 1 < LIMIT_RECONCILE ? first_uuid : pg_text(found, last, "sync"));
	return 0;
}

static int round_of(struct reconcile *reconcile, int *requeued, struct err *err)
{
	PG_RESULT *locked = NULL;
	struct params none = {0};
	if (params_query(&none, reconcile->pg, "q_reconcile_lock", &locked, err))
		return -1;
	if (!pg_bool(locked, 0, "locked"))
		return 0;
	reconcile->arrived = false;
	if (halt(reconcile, err) || put_back(reconcile, requeued, err))
		return -1;
	stats_add(STAT_reconciler_rounds_total, 1);
	return 0;
}

static int transaction(struct reconcile *reconcile, int *requeued, struct err *err)
{
	struct err ignored;
	if (!reconcile->redis && redis_open(reconcile->settings->redis, &reconcile->redis, err))
		return -1;
	if (pg_exec(reconcile->pg, "BEGIN", err))
		return -1;
	if (round_of(reconcile, requeued, err)) {
		/* Jobs that were sent are only sent again: one sync, one lease. */
		if (pg_connected(reconcile->pg))
			IGNORE(pg_exec(reconcile->pg, "ROLLBACK", &ignored));
		return -1;
	}
	stats_add(STAT_syncs_requeued_total, *requeued);
	return pg_exec(reconcile->pg, "COMMIT", err);
}

int reconcile_tick(struct reconcile *reconcile, int *requeued, struct err *err)
{
	*requeued = 0;
	if (clock_ms() < reconcile->next_ms)
		return 0;
	reconcile->next_ms = clock_ms() + reconcile->settings->reconcile_ms;
	int result = transaction(reconcile, requeued, err);
	reconcile->trouble = result ? *err : (struct err){0};
	return result;
}
