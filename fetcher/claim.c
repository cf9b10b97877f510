/* A job becomes a running sync, joins one, or waits. Its offset is committed only when what became of it is durable in
 * Kafka.
 *
 * Postgres is asked twice: before the lease is taken, and once more after it was. Whoever cancels a sync or pauses an account
 * first writes that to Postgres and then looks for a lease to halt, so one of the two sees the other. */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "common/sql.h"
#include "common/stats.h"
#include "common/text.h"
#include "fetcher/fetcher_internal.h"

/* What Postgres knows before a sync starts. */
struct standing {
	int64_t epoch_floor;
	int64_t sync_epoch;    /* of this sync's last claim; 0: it is new */
	int64_t not_before_ms; /* 0: it need not wait for a time */
	int64_t now_ms;        /* by Postgres' clock, which requests are dated by */
	bool over, paused;     /* ended or cancelled; the account's syncs wait */
	/* A sync that began after this one was asked for, and reads all of it; "": none. */
	char covered_by[UUID_TEXT];
	bool covered_whole;             /* it has ended, complete */
	int64_t epochs[CATEGORY_COUNT]; /* newest applied to each category, by whatever sync */
	char fences[CATEGORY_COUNT][LIMIT_FENCE];
	int64_t items[CATEGORY_COUNT], ages_s[CATEGORY_COUNT]; /* since the last complete walk */
};

static int read_library(struct pg *pg, const struct account *account, struct standing *standing, struct err *err)
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
		if (!span_copy(span_of(pg_text(rows, i, "fence")), standing->fences[category], LIMIT_FENCE))
			standing->fences[category][0] = '\0';
		standing->items[category] = pg_int(rows, i, "items");
		standing->ages_s[category] = pg_int(rows, i, "age_s");
		standing->epochs[category] = pg_int(rows, i, "epoch");
	}
	return 0;
}

static int read_sync(struct pg *pg, const struct account *account, const struct job *job, struct standing *standing,
                     struct err *err)
{
	char id[24], asked[24], set[CATEGORY_SET_TEXT];
	const char *values[] = {id, job->lease.sync, asked, lease_mode(&job->lease),
	                        category_set_text(job->lease.categories, set)};
	PG_RESULT *row = NULL;
	snprintf(id, sizeof id, "%lld", (long long)account->id);
	snprintf(asked, sizeof asked, "%lld", (long long)job->asked_ms);
	if (pg_query(pg, sql_text("q_claim_sync"), COUNT_OF(values), values, &row, err))
		return -1;
	*standing = (struct standing){0};
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "account '%s' has just been removed", account->name);
	standing->over = pg_bool(row, 0, "over");
	standing->paused = pg_bool(row, 0, "paused");
	standing->sync_epoch = standing->epoch_floor = pg_int(row, 0, "epoch");
	standing->now_ms = pg_int(row, 0, "now_ms");
	if (pg_int(row, 0, "library_epoch") > standing->epoch_floor)
		standing->epoch_floor = pg_int(row, 0, "library_epoch");
	if (pg_bool(row, 0, "early"))
		standing->not_before_ms = pg_int(row, 0, "not_before_ms");
	else if (standing->sync_epoch == 0 && job->not_before_ms > standing->now_ms && !pg_int(row, 0, "not_before_ms"))
		standing->not_before_ms = job->not_before_ms;
	standing->covered_whole = pg_bool(row, 0, "covered_whole");
	IGNORE(
		!span_copy(span_of(pg_text(row, 0, "covered_by")), standing->covered_by, UUID_TEXT)); /* a uuid's text fits */
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

/* A category that was sent to its end, and has not come to one, and of which nothing is on its way: Kafka has lost it. Then it
 * is read on behind what has arrived. */
static bool is_lost(struct fetcher *fetcher, const PGresult *rows, int i, const char *cursor)
{
	struct err ignored;
	int64_t messages;
	return strcmp(cursor, "end") == 0 && strcmp(pg_text(rows, i, "next_cursor"), "end") != 0 &&
	       pressure_backlog(fetcher, &messages, &ignored) == 0 && messages == 0;
}

/* Where a sync goes on that was claimed before: at its cursors in Redis, or, if Redis has lost them, behind the newest
 * page of the ledger. */
static int resume(struct fetcher *fetcher, struct sync *sync, const struct standing *standing, struct err *err)
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
		if (is_lost(fetcher, rows, i, cursor))
			cursor[0] = '\0';
		if (!*cursor && !span_copy(span_of(pg_text(rows, i, "next_cursor")), cursor, sizeof cursor))
			cursor[0] = '\0';
		memcpy(sync->saved[category], cursor, sizeof cursor);
		if (standing->epochs[category] > standing->sync_epoch)
			start_anew(sync, category, cursor);
	}
	return 0;
}

/* A fence that does not tell all stands for the library as long as its walk is not too old. */
static void know_library(const struct fetcher *fetcher, const struct standing *standing, struct sync *sync)
{
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		bool too_old = standing->ages_s[i] >= fetcher->settings->reread_hours * 3600;
		sync->totals[i] = standing->items[i];
		if (!fence_is_for_hours(standing->fences[i]) || !too_old)
			memcpy(sync->known_fence[i], standing->fences[i], LIMIT_FENCE);
	}
}

static int start(struct fetcher *fetcher, const struct job *job, const struct lease *lease,
                 const struct account *account, const struct standing *standing, struct err *err)
{
	struct sync *sync = sync_open(fetcher, lease, account, err);
	if (!sync)
		return -1;
	CRASH_POINT("fetcher: leased, no mark sent");
	know_library(fetcher, standing, sync);
	bool asks = lease->replay == REPLAY_NONE;
	bool has_versions = asks && sync->session.provider->plans[CATEGORY_PLAYLISTS][0].list->version.tells_all;
	if ((standing->sync_epoch && resume(fetcher, sync, standing, err)) ||
	    (has_versions && !lease->full &&
	     versions_load(fetcher->pg, fetcher->settings, account->id, lease->sync, &sync->versions, err))) {
		sync_close(&sync);
		return -1;
	}
	publish_started(sync, job, standing->now_ms);
	fetcher->syncs[fetcher->sync_count++] = sync;
	stats_add(STAT_jobs_claimed_total, 1);
	log_info("claimed", "account=%s sync=%s epoch=%lld%s%s", lease->account, lease->sync, (long long)lease->epoch,
	         lease->background ? " background" : "", standing->sync_epoch ? ": goes on where it was" : "");
	return 0;
}

/* ---- jobs that start nothing ---- */

static void finish(struct fetcher *fetcher, const struct job *job)
{
	kafka_in_finish(intake_queue(fetcher, &job->place)->in, &job->place);
}

static void join(struct fetcher *fetcher, const struct job *job, const char *into, const char *cause)
{
	const struct mark mark = {.event = "joined", .into = into, .cause = cause};
	publish_job_mark(fetcher, job, &mark);
	stats_add(STAT_jobs_joined_total, 1);
	log_info("joined", "account=%s sync=%s: %s (%s)", job->lease.account, job->lease.sync, cause, into);
}

/* until_ms: since 1970, 0: not for a time but for its account. */
static void defer(struct fetcher *fetcher, const struct job *job, int64_t until_ms, const char *cause,
                  const char *next_step)
{
	const struct mark mark = {.event = "deferred", .until_wall_ms = until_ms, .cause = cause, .next_step = next_step};
	publish_job_mark(fetcher, job, &mark);
	stats_add(STAT_jobs_deferred_total, 1);
	log_info("deferred", "account=%s sync=%s: %s", job->lease.account, job->lease.sync, cause);
}

/* Its lease may outlive it, where Redis would not let it go: what it has read is then older than the request. */
static bool is_over(struct fetcher *fetcher, const char *sync)
{
	PG_RESULT *row = NULL;
	struct err ignored;
	return pg_query(fetcher->pg, "SELECT 1 FROM sync WHERE sync_id = $1::uuid AND ended_at IS NOT NULL", 1, &sync, &row,
	                &ignored) == 0 &&
	       PQntuples(row) == 1;
}

static void join_or_defer(struct fetcher *fetcher, const struct job *job, const struct lease_holder *holder)
{
	const struct lease *lease = &job->lease;
	/* What is read from Kafka again and what is asked of the provider do not stand for each other. */
	bool replays = lease->replay != REPLAY_NONE || holder->replays;
	bool covered = !replays && (lease->categories & ~holder->categories) == 0 && (holder->full || !lease->full);
	if (holder->halted)
		defer(fetcher, job, 0, "waits until a sync of the account that was told to stop has stopped", NULL);
	else if (covered && is_over(fetcher, holder->sync))
		defer(fetcher, job, 0, "waits until the lease of a sync that is over has ended", NULL);
	else if (covered)
		join(fetcher, job, holder->sync, "a running sync of the account does the same");
	else
		defer(fetcher, job, 0, "waits for another sync of the account", NULL);
}

/* What Postgres alone decides. leased: the account's lease is ours, so whatever runs in Postgres has been read to its end.
 * false: nothing; the job may start. */
static bool settle(struct fetcher *fetcher, const struct job *job, const struct standing *standing, bool leased)
{
	if (standing->over)
		finish(fetcher, job); /* a late repeat of a job that is through, or one that was cancelled */
	else if (standing->not_before_ms)
		defer(fetcher, job, standing->not_before_ms, "waits for its time", NULL);
	else if (standing->paused)
		defer(fetcher, job, 0, "its account is paused", "syncline resume NAME");
	else if (job->lease.background && job->place.topic == TOPIC_JOBS)
		publish_job_moved(fetcher, job);
	else if (standing->covered_whole || (leased && *standing->covered_by))
		join(fetcher, job, standing->covered_by, "a sync that began after this request has read the same");
	else
		return false;
	return true;
}

/* ---- the claim ---- */

/* The lease is ours: it becomes a sync, unless Postgres has something else to say by now. */
static int begin(struct fetcher *fetcher, const struct job *job, const struct lease *lease,
                 const struct account *account, struct standing *standing, struct err *err)
{
	struct err ignored;
	struct standing now;
	int result = read_sync(fetcher->pg, account, job, &now, err);
	bool settled = result == 0 && settle(fetcher, job, &now, true);
	if (result == 0 && !settled)
		result = read_library(fetcher->pg, account, standing, err) || start(fetcher, job, lease, account, standing, err)
		             ? -1
		             : 0;
	if (result || settled)
		IGNORE(lease_release(fetcher->redis, fetcher->settings, lease, false, &ignored)); /* it ends by itself */
	return result;
}

static int claim(struct fetcher *fetcher, const struct job *job, const struct account *account, struct err *err)
{
	struct standing standing;
	struct lease lease = job->lease;
	struct lease_holder holder = {0};
	enum lease_result result;
	if (read_sync(fetcher->pg, account, job, &standing, err))
		return -1;
	if (settle(fetcher, job, &standing, false))
		return 0;
	if (lease_claim(fetcher->redis, fetcher->settings, &lease, standing.epoch_floor, &result, &holder, err))
		return -1;
	if (result == LEASE_GRANTED)
		return begin(fetcher, job, &lease, account, &standing, err);
	if (result == LEASE_DONE)
		finish(fetcher, job);
	else if (result == LEASE_BUSY)
		join_or_defer(fetcher, job, &holder);
	else
		/* Redelivered while its first claim is alive, or that claim's fetcher has just died: a durable row either way,
		 * from which the reconciler finds it. */
		defer(fetcher, job, 0, "waits for its fetcher", NULL);
	return 0;
}

/* What the account says that the job is for cannot be changed by trying again: the sync ends as failed, and says why. */
static void refuse(struct fetcher *fetcher, const struct job *job, const char *cause)
{
	const struct mark mark = {.event = "refused", .cause = cause, .next_step = "mend this"};
	log_warn("job refused", "account=%s sync=%s: %s", job->lease.account, job->lease.sync, cause);
	publish_job_mark(fetcher, job, &mark);
	stats_add(STAT_jobs_rejected_total, 1);
}

int claim_job(struct fetcher *fetcher, const struct job *job, struct err *err)
{
	struct account account = {0};
	int result = account_load(fetcher->pg, fetcher->vault, job->lease.account, &account, err);
	if (result == 0 && !provider_find(account.provider))
		result = err_set(err, ERR_REJECT, 0,
		                 "account '%s' has provider '%s', which this fetcher does not know; there is %s", account.name,
		                 account.provider, provider_names());
	if (result == 0)
		result = claim(fetcher, job, &account, err);
	if (result && account.id && (err->class == ERR_REJECT || err->class == ERR_CONFIG)) {
		text_mend(err->text, LIMIT_CAUSE); /* it is sent on */
		refuse(fetcher, job, err->text);
		result = 0;
	}
	account_wipe(&account);
	return result;
}
