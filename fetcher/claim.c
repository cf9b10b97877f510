/* A job becomes a running sync, joins one, waits, or is refused. Its offset is committed only when what became of it is
 * durable in Kafka. */
#include <stdio.h>
#include <stdlib.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "common/sql.h"
#include "common/stats.h"
#include "common/text.h"
#include "fetcher/fetcher_internal.h"

/* What Postgres knows before a sync starts. */
struct background {
	int64_t epoch_floor;
	int64_t sync_epoch; /* of this sync's last claim; 0: it is new */
	bool ended;
	int64_t epochs[CATEGORY_COUNT]; /* newest applied to each category, by whatever sync */
	char fences[CATEGORY_COUNT][LIMIT_FENCE];
	int64_t items[CATEGORY_COUNT], ages_s[CATEGORY_COUNT]; /* since the last complete walk */
};

static int read_library(struct pg *pg, const struct account *account, struct background *background, struct err *err)
{
	char id[24];
	const char *values[] = {id};
	PG_RESULT *rows = NULL;
	snprintf(id, sizeof id, "%lld", (long long)account->id);
	if (pg_query(pg, sql_text("q_claim_library"), 1, values, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++) {
		enum category category;
		if (!category_find(span_of(pg_text(rows, i, "category")), &category))
			continue;
		if (!span_copy(span_of(pg_text(rows, i, "fence")), background->fences[category], LIMIT_FENCE))
			background->fences[category][0] = '\0';
		background->items[category] = pg_int(rows, i, "items");
		background->ages_s[category] = pg_int(rows, i, "age_s");
		background->epochs[category] = pg_int(rows, i, "epoch");
		if (background->epochs[category] > background->epoch_floor)
			background->epoch_floor = background->epochs[category];
	}
	return 0;
}

static int read_background(struct pg *pg, const struct account *account, const char *sync_id,
                           struct background *background, struct err *err)
{
	PG_RESULT *row = NULL;
	*background = (struct background){0};
	if (read_library(pg, account, background, err) ||
	    pg_query(pg, "SELECT epoch, ended_at IS NOT NULL AS ended FROM sync WHERE sync_id = $1::uuid", 1, &sync_id,
	             &row, err))
		return -1;
	if (PQntuples(row)) {
		background->ended = pg_bool(row, 0, "ended");
		background->sync_epoch = pg_int(row, 0, "epoch");
		if (background->sync_epoch > background->epoch_floor)
			background->epoch_floor = background->sync_epoch;
	}
	return 0;
}

/* Another sync has worked on the category since: what this one saw before is not one picture with what it would see
 * now. It walks it anew. */
static void start_anew(struct sync *sync, enum category category, const char *text)
{
	struct cursor cursor = {0};
	if (strcmp(text, "end") == 0 || !cursor_parse(span_of(text), &cursor))
		return;
	struct cursor anew = {.walk = cursor.walk + 1, .plan = cursor.plan};
	cursor_text(&anew, sync->saved[category]);
}

/* Where a sync goes on that was claimed before: at its cursors in Redis, or, if Redis has lost them, behind the newest
 * page of the ledger. */
static int resume(struct fetcher *fetcher, struct sync *sync, const struct background *background, struct err *err)
{
	const char *values[] = {sync->lease.sync};
	PG_RESULT *rows = NULL;
	if (pg_query(fetcher->pg, sql_text("q_claim_cursors"), 1, values, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++) {
		char cursor[LIMIT_CURSOR];
		enum category category;
		if (!category_find(span_of(pg_text(rows, i, "category")), &category))
			continue;
		if (lease_cursor(fetcher->redis, fetcher->settings, &sync->lease, category, cursor, err))
			return -1;
		if (!*cursor && !span_copy(span_of(pg_text(rows, i, "next_cursor")), cursor, sizeof cursor))
			cursor[0] = '\0';
		memcpy(sync->saved[category], cursor, sizeof cursor);
		if (background->epochs[category] > background->sync_epoch)
			start_anew(sync, category, cursor);
	}
	return 0;
}

/* A fence that does not tell all stands for the library as long as its walk is not too old. */
static void know_library(const struct fetcher *fetcher, const struct background *background, struct sync *sync)
{
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		bool too_old = background->ages_s[i] >= fetcher->settings->reread_hours * 3600;
		sync->totals[i] = background->items[i];
		if (*background->fences[i] != '?' || !too_old)
			memcpy(sync->known_fence[i], background->fences[i], LIMIT_FENCE);
	}
}

static int start(struct fetcher *fetcher, const struct lease *lease, const struct account *account,
                 const struct background *background, const char *requested_by, const struct kafka_place *job,
                 struct err *err)
{
	struct sync *sync = sync_open(fetcher, lease, account, err);
	if (!sync)
		return -1;
	CRASH_POINT("fetcher: leased, no mark sent");
	know_library(fetcher, background, sync);
	bool has_versions = sync->session.provider->plans[CATEGORY_PLAYLISTS][0].list->version.tells_all;
	if ((background->sync_epoch && resume(fetcher, sync, background, err)) ||
	    (has_versions && !lease->full && versions_load(fetcher->pg, account->id, &sync->versions, err))) {
		sync_close(&sync);
		return -1;
	}
	publish_started(sync, requested_by, job);
	fetcher->syncs[fetcher->sync_count++] = sync;
	stats_add(STAT_jobs_claimed_total, 1);
	log_info("claimed", "account=%s sync=%s epoch=%lld%s", lease->account, lease->sync, (long long)lease->epoch,
	         background->sync_epoch ? ": goes on where it was" : "");
	return 0;
}

static void join_or_defer(struct fetcher *fetcher, const struct lease *lease, const struct lease_holder *holder,
                          const char *requested_by, const struct kafka_place *job)
{
	bool covered = (lease->categories & ~holder->categories) == 0 && (holder->full || !lease->full);
	struct mark mark = {.event = covered ? "joined" : "deferred",
	                    .into = covered ? holder->sync : NULL,
	                    .cause = covered ? "a running sync of the account does the same"
	                                     : "waits for another sync of the account"};
	publish_job_mark(fetcher, lease, requested_by, &mark, job);
	stats_add(covered ? STAT_jobs_joined_total : STAT_jobs_deferred_total, 1);
	log_info(mark.event, "account=%s sync=%s: %s (%s)", lease->account, lease->sync, mark.cause, holder->sync);
}

static int claim(struct fetcher *fetcher, struct lease *lease, const struct account *account, const char *requested_by,
                 const struct kafka_place *job, struct err *err)
{
	struct background background;
	struct lease_holder holder = {0};
	enum lease_result result;
	if (read_background(fetcher->pg, account, lease->sync, &background, err))
		return -1;
	if (background.ended) {
		kafka_in_finish(fetcher->jobs, job); /* a late repeat of a job that is through */
		return 0;
	}
	if (lease_claim(fetcher->redis, fetcher->settings, lease, background.epoch_floor, &result, &holder, err))
		return -1;
	if (result == LEASE_GRANTED && start(fetcher, lease, account, &background, requested_by, job, err)) {
		struct err ignored;
		IGNORE(lease_release(fetcher->redis, fetcher->settings, lease, false, &ignored)); /* it ends by itself */
		return -1;
	}
	if (result == LEASE_DONE)
		kafka_in_finish(fetcher->jobs, job);
	if (result == LEASE_BUSY)
		join_or_defer(fetcher, lease, &holder, requested_by, job);
	if (result == LEASE_SAME) {
		/* Redelivered while its first claim is alive, or that claim's fetcher has just died: a durable row either way,
		 * from which the reconciler finds it. */
		struct mark mark = {.event = "deferred", .cause = "waits for its fetcher"};
		publish_job_mark(fetcher, lease, requested_by, &mark, job);
	}
	return 0;
}

/* Checks what the schema cannot: mode, categories, the id's form. */
static int read_job(const struct sync_job *job, const struct kafka_message *message, struct lease *lease,
                    struct err *err)
{
	*lease = (struct lease){0};
	if (!span_copy(job->account, lease->account, sizeof lease->account) || job->account.len == 0)
		return err_set(err, ERR_REJECT, 0, "sync_job: field 'account' is empty");
	if (job->mode.len && !span_is(job->mode, "full") && !span_is(job->mode, "incremental"))
		return err_set(err, ERR_REJECT, 0, "sync_job: mode must be full or incremental, not '%.20s'", job->mode.at);
	lease->full = span_is(job->mode, "full");
	if (category_set_parse(job->categories, &lease->categories, err)) {
		err->class = ERR_REJECT;
		return err_wrap(err, "sync_job: ");
	}
	if (job->sync.len && !uuid_valid(job->sync))
		return err_set(err, ERR_REJECT, 0, "sync_job: field 'sync' must be a lower-case UUID; leave it out to get one");
	if (job->sync.len)
		IGNORE(!span_copy(job->sync, lease->sync, sizeof lease->sync)); /* 36 characters fit */
	else
		uuid_derive(message->time_ms, (uint64_t)message->place.partition << 48 ^ (uint64_t)message->place.offset,
		            lease->sync);
	return 0;
}

static int take_job(struct fetcher *fetcher, const struct kafka_message *message, struct err *err)
{
	struct sync_job job;
	struct lease lease;
	struct account account;
	char requested_by[65];
	msgpack_zone zone;
	msgpack_zone_init(&zone, 4096);
	arena_reset(&fetcher->job_arena);
	int result = msg_decode_job(message->value, &zone, &fetcher->job_arena, &job, err);
	if (result == 0)
		result = read_job(&job, message, &lease, err);
	if (result == 0)
		result = account_load(fetcher->pg, fetcher->vault, lease.account, &account, err);
	if (result == 0 && !provider_find(account.provider))
		result = err_set(err, ERR_REJECT, 0,
		                 "account '%s' has provider '%s', which this fetcher does not know; there is %s", account.name,
		                 account.provider, provider_names());
	if (result == 0) {
		IGNORE(!span_copy(job.requested_by, requested_by, sizeof requested_by)); /* checked by the schema */
		result = claim(fetcher, &lease, &account, requested_by, &message->place, err);
		account_wipe(&account);
	}
	msgpack_zone_destroy(&zone);
	return result;
}

/* The job is settled in one way or another, or kept in hand for a later try. */
static void handle_job(struct fetcher *fetcher, struct kafka_message *message)
{
	struct err err;
	if (take_job(fetcher, message, &err) == 0) {
		fetcher->job_retries = 0;
		kafka_in_release(message);
		return;
	}
	if (err.class == ERR_REJECT || err.class == ERR_CONFIG) {
		text_mend(err.text, LIMIT_CAUSE); /* it may quote the job, and is sent on */
		const char *reason = err.class == ERR_CONFIG ? "cannot_start" : "bad_job";
		log_warn("job rejected", "%s; see: syncline rejects --all", err.text);
		publish_job_reject(fetcher, message, reason, err.text);
		stats_add(STAT_jobs_rejected_total, 1);
		kafka_in_release(message);
		return;
	}
	struct backoff policy = {200, 10000, 0};
	int64_t wait_ms = backoff_next_ms(&policy, fetcher->job_retries++, (uint32_t)rand());
	if (fetcher->job_retries % 10 == 1)
		log_warn("job waits", "%s; trying again in %lld ms", err.text, (long long)wait_ms);
	fetcher->held_job = *message;
	fetcher->has_held_job = true;
	fetcher->retry_job_ms = clock_ms() + wait_ms;
}

static bool has_room(const struct fetcher *fetcher)
{
	return !fetcher->draining && fetcher->sync_count < (size_t)fetcher->settings->slots && kafka_out_room(fetcher->out);
}

void claim_next_job(struct fetcher *fetcher)
{
	struct kafka_message message;
	struct err err;
	if (fetcher->has_held_job) {
		kafka_in_pause(fetcher->jobs, true);
		if (clock_ms() >= fetcher->retry_job_ms && has_room(fetcher)) {
			fetcher->has_held_job = false;
			message = fetcher->held_job;
			handle_job(fetcher, &message);
			return;
		}
	} else {
		kafka_in_pause(fetcher->jobs, !has_room(fetcher));
	}
	/* Polled also when paused: that keeps the membership, and gives no message. */
	int got = kafka_in_poll(fetcher->jobs, 0, &message, &err);
	if (got < 0 && err.class == ERR_FATAL)
		fetcher->fatal = err;
	if (got == 1 && (fetcher->has_held_job || !has_room(fetcher))) {
		/* Fetched before the pause: read again later. */
		kafka_in_release(&message);
		fetcher->rewind_jobs = true;
	} else if (got == 1) {
		handle_job(fetcher, &message);
	}
}
