/* One sync: its stages, its lease, its end. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/fetcher_internal.h"
#include "fetcher/ban.h"
#include "fetcher/query.h"
#include "fetcher/throttle.h"

/* Ids of the playlists of an account, or of one page of albums. */
enum { CHILDREN_BYTES = 8 * 1024 * 1024 };

/* ---- life ---- */

static int read_credentials(struct sync *sync, struct err *err)
{
	sync->rate = sync->session.provider->rate;
	if (throttle_rate_read(sync->fetcher->settings, sync->account.provider, &sync->rate, err))
		return -1;
	snprintf(sync->credential, sizeof sync->credential, "%.*s", (int)sizeof sync->credential - 1, sync->account.url);
	if (!credentials_used(sync->account.provider))
		return 0;
	sync->session.credentials = calloc(1, sizeof *sync->session.credentials);
	if (!sync->session.credentials)
		return err_set(err, ERR_RETRY, 0, "no memory for credentials");
	if (credentials_parse(sync->account.provider, sync->account.secret, sync->session.credentials, err))
		return -1;
	credentials_throttle_key(sync->account.provider, sync->session.credentials, sync->credential);
	if (!sync->session.provider->uses_oauth)
		return 0;
	sync->token = calloc(1, sizeof *sync->token);
	return sync->token ? 0 : err_set(err, ERR_RETRY, 0, "no memory for a token");
}

struct sync *sync_open(struct fetcher *fetcher, const struct lease *lease, const struct account *account,
                       struct err *err)
{
	struct sync *sync = calloc(1, sizeof *sync);
	if (!sync) {
		IGNORE(err_set(err, ERR_RETRY, 0, "no memory for another sync")); /* fills only */
		return NULL;
	}
	sync->fetcher = fetcher;
	sync->lease = *lease;
	sync->account = *account;
	sync->left = lease->categories;
	sync->page_size = (int)fetcher->settings->page_size;
	sync->lease_until_ms = clock_ms() + fetcher->settings->lease_ms;
	sync->renew_at_ms = clock_ms() + fetcher->settings->lease_ms / 3;
	sync->session = (struct session){.provider = provider_find(account->provider), .account = &sync->account};
	assert(sync->session.provider);
	sync->session.sign_mode = provider_first_sign_mode(sync->session.provider, &sync->account);
	arena_init(&sync->children_arena, CHILDREN_BYTES);
	bool asks = lease->replay == REPLAY_NONE;
	if (asks ? read_credentials(sync, err) || transfer_open(fetcher->transfers, sync, &sync->transfer, err)
	         : replay_open(sync, err)) {
		sync_close(&sync);
		return NULL;
	}
	return sync;
}

void sync_close(struct sync **ptr)
{
	struct sync *sync = *ptr;
	if (!sync)
		return;
	assert(sync->inflight == 0);
	transfer_close(&sync->transfer);
	replay_close(&sync->replay);
	arena_done(&sync->children_arena);
	versions_free(&sync->versions);
	account_wipe(&sync->account);
	if (sync->session.credentials)
		credentials_wipe(sync->session.credentials);
	free(sync->session.credentials);
	free(sync->token);
	free(sync);
	*ptr = NULL;
}

static void stop_asking(struct sync *sync)
{
	sync->abandoned = true;
	if (sync->refresh == REFRESH_ASKED)
		return; /* its answer may be the only one that knows the new token */
	transfer_close(&sync->transfer);
	sync->requesting = false;
}

void sync_abandon(struct sync *sync, const char *why)
{
	if (sync->abandoned)
		return;
	log_warn("sync given up", "account=%s sync=%s: %s; it goes on at its last saved page", sync->account.name,
	         sync->lease.sync, why);
	stop_asking(sync);
}

void sync_halt(struct sync *sync)
{
	if (sync->abandoned)
		return;
	log_info("halted", "account=%s sync=%s: cancelled, or its account paused or removed; what has arrived is kept",
	         sync->account.name, sync->lease.sync);
	stop_asking(sync);
}

/* ---- categories ---- */

/* The fence is known: the walk begins, or is not needed. One that is repeated is: the one before has begun something. */
static void open_walk(struct sync *sync, const char *fence)
{
	snprintf(sync->cursor.fence, sizeof sync->cursor.fence, "%s", fence);
	sync->stage = STAGE_PAGES;
	if (!sync->lease.full && sync->cursor.walk == 0 && fence_unchanged(sync->known_fence[sync->category], fence)) {
		publish_walk_end(sync, sync->cursor.fence, false, true);
		log_info("nothing changed", "account=%s %s: the server's fence is that of the last complete walk",
		         sync->account.name, category_name(sync->category));
		sync_next_category(sync);
	}
}

static bool begin_category(struct sync *sync, enum category category)
{
	struct err err;
	char cursor[LIMIT_CURSOR];
	snprintf(cursor, sizeof cursor, "%s", sync->saved[category]);
	if (!*cursor && lease_cursor(sync->fetcher->redis, sync->fetcher->settings, &sync->lease, category, cursor, &err)) {
		sync_abandon(sync, err.text);
		return true;
	}
	sync->left &= ~(1u << category);
	if (strcmp(cursor, "end") == 0)
		return false;
	sync->category = category;
	if (sync->replay) {
		replay_begin(sync, cursor);
		return true;
	}
	walk_begin(sync, cursor);
	bool resumed = sync->cursor.page > 0 || *sync->cursor.fence;
	if (resumed)
		log_info("walk resumed", "account=%s %s: at page %d, %lld items are behind", sync->account.name,
		         category_name(category), sync->cursor.page, (long long)sync->cursor.received);
	sync->stage = resumed ? STAGE_PAGES : STAGE_FENCE_BEFORE;
	/* The fence that closed the walk before opens this one, if it is made of the same parts. */
	const struct fence_part *const *fences = sync->session.provider->fences;
	if (!resumed && *sync->closing_fence && category > 0 && fences[category] == fences[category - 1])
		open_walk(sync, sync->closing_fence);
	else
		fence_begin(&sync->fence, sync->session.provider, category, true);
	return true;
}

void sync_next_category(struct sync *sync)
{
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		if ((sync->left & (1u << i)) && begin_category(sync, (enum category)i))
			return;
	}
	sync->stage = STAGE_ENDING;
}

void sync_fail_category(struct sync *sync, const struct verdict *verdict)
{
	char step[OUTCOME_STEP];
	struct mark mark = {.event = "category_failed",
	                    .category = category_name(sync->category),
	                    .cause = verdict->cause,
	                    .next_step = verdict->next_step,
	                    .needs_auth = verdict->outcome == OUTCOME_NEEDS_AUTH};
	log_warn("category failed", "account=%s %s page %d: %s; %s", sync->account.name, category_name(sync->category),
	         sync->cursor.page, verdict->cause, outcome_step_of(verdict->next_step, sync->account.name, step));
	publish_mark(sync, sync->category, &mark);
	sync_next_category(sync);
}

/* ---- asking ---- */

/* Where in its list the request begins. */
static int64_t offset_now(const struct sync *sync, const char *id)
{
	if (sync->stage != STAGE_PAGES)
		return sync->fence.offset;
	return id ? sync->cursor.in_child : sync->cursor.offset;
}

static void send_request(struct sync *sync, const struct request *request, const char *id)
{
	struct query_args args = {.size = walk_page_size(sync),
	                          .offset = offset_now(sync, id),
	                          .after = sync->cursor.last_id,
	                          .id = id,
	                          .exactly = sync->probing_end};
	struct err err;
	sync->request = request;
	if (query_send(&sync->session, request, &args, sync->transfer, &err)) {
		sync_handle_unsent(sync, &err);
		return;
	}
	sync->requesting = true;
	sync->requests++;
	stats_add(STAT_requests_total, 1);
}

static void finish_fence_after(struct sync *sync)
{
	char after[LIMIT_FENCE];
	fence_text(&sync->fence, after);
	bool same = fence_same_library(sync->cursor.fence, after);
	bool again = !same && sync->cursor.walk + 1 < LIMIT_WALKS;
	snprintf(sync->closing_fence, sizeof sync->closing_fence, "%s", same ? sync->cursor.fence : "");
	sync->cursor.moved |= !same;
	publish_walk_end(sync, same ? sync->cursor.fence : after, again, false);
	if (again) {
		walk_moved(sync);
		return;
	}
	log_info("walk done", "account=%s %s: %lld items in %d pages%s", sync->account.name, category_name(sync->category),
	         (long long)sync->cursor.received, sync->cursor.page,
	         sync->cursor.moved ? "; the library moved meanwhile" : "");
	sync_next_category(sync);
}

static void finish_fence_before(struct sync *sync)
{
	char text[LIMIT_FENCE];
	open_walk(sync, fence_text(&sync->fence, text));
}

/* The request of the current stage. NULL: the stage has just ended, another one may have begun. */
static const struct request *next_request(struct sync *sync, const char **id)
{
	const struct provider *provider = sync->session.provider;
	const struct request *request;
	*id = NULL;
	switch (sync->stage) {
	case STAGE_HELLO:
		return provider->hello;
	case STAGE_EXTRAS:
		if (provider->extras)
			return provider->extras;
		sync_next_category(sync);
		return NULL;
	case STAGE_FENCE_BEFORE:
		request = fence_request(&sync->fence, &sync->session);
		if (!request)
			finish_fence_before(sync);
		return request;
	case STAGE_PAGES:
		request = walk_request(sync, id);
		if (!request) {
			sync->stage = STAGE_FENCE_AFTER;
			fence_begin(&sync->fence, provider, sync->category, false);
		}
		return request;
	case STAGE_FENCE_AFTER:
		request = fence_request(&sync->fence, &sync->session);
		if (!request)
			finish_fence_after(sync);
		return request;
	case STAGE_REPLAY:
	case STAGE_ENDING:
		return NULL;
	}
	assert(false && "stage");
	return NULL;
}

/* Redis may have lost a pause of the provider: when this sync begins, and after each connection, it is told what is left. */
static int recall_ban(struct sync *sync, struct err *err)
{
	const struct fetcher *fetcher = sync->fetcher;
	if (ban_recall(fetcher->pg, fetcher->redis, fetcher->settings, sync->credential, err))
		return -1;
	sync->ban_recalled = redis_connects(fetcher->redis);
	return 0;
}

static int ask_throttle(struct sync *sync, const struct throttle_rate *rate, int64_t *wait_ms, struct err *err)
{
	const struct fetcher *fetcher = sync->fetcher;
	const struct throttle_asker asker = {sync->account.name, sync->lease.background};
	*wait_ms = THROTTLE_UNKNOWN;
	for (int tries = 0; *wait_ms == THROTTLE_UNKNOWN && tries < 2; tries++) {
		bool may_be_lost = tries > 0 || sync->ban_recalled != redis_connects(fetcher->redis);
		if ((may_be_lost && recall_ban(sync, err)) ||
		    throttle_take(fetcher->redis, fetcher->settings, sync->credential, &asker, rate, wait_ms, err))
			return -1;
	}
	return *wait_ms == THROTTLE_UNKNOWN ? err_set(err, ERR_RETRY, 0, "Redis forgets what it is told") : 0;
}

static bool must_wait(struct sync *sync, const struct throttle_rate *rate)
{
	struct err err;
	int64_t wait_ms = 0;
	if (ask_throttle(sync, rate, &wait_ms, &err)) {
		sync->wake_ms = clock_ms() + 500; /* nobody knows: not now */
		return true;
	}
	sync->wake_ms = clock_ms() + wait_ms;
	/* Turns are told in small steps: a long wait is a pause that some other sync was asked for. */
	sync_park(sync, wait_ms, "the server asks for fewer requests with these credentials");
	return wait_ms > 0;
}

/* May this server be asked now? Another fetcher may have been told to wait. */
static bool is_throttled(struct sync *sync)
{
	return must_wait(sync, &sync->rate);
}

bool sync_paused(struct sync *sync)
{
	static const struct throttle_rate no_rate = {0}; /* of the pause alone */
	return must_wait(sync, &no_rate);
}

void sync_step(struct sync *sync)
{
	const char *id = NULL;
	const struct request *request = NULL;
	if (sync->abandoned || sync->requesting || sync->failed_delivery || clock_ms() < sync->wake_ms ||
	    clock_ms() > sync->lease_until_ms || !kafka_out_room(sync->fetcher->out))
		return;
	if (sync->replay) {
		replay_step(sync);
		return;
	}
	while (!request && sync->stage != STAGE_ENDING && !sync->abandoned)
		request = next_request(sync, &id);
	if (!request || sync->abandoned)
		return;
	sync->request = request;
	if (refresh_ready(sync) && !is_throttled(sync))
		send_request(sync, request, id);
}

/* ---- answers ---- */

/* A page that was understood can still contradict the one before: then its failure has counted a retry. */
static void take_page(struct sync *sync, const struct answer *answer, yyjson_val *root)
{
	int retries = sync->retries;
	walk_take(sync, answer, root);
	if (sync->retries == retries)
		sync->retries = sync->said_early = 0;
}

static void take_answer(struct sync *sync, const struct answer *answer, yyjson_val *root)
{
	if (sync->stage != STAGE_PAGES)
		sync->retries = 0;
	switch (sync->stage) {
	case STAGE_HELLO:
		provider_learn(sync->request, root, &sync->session);
		log_info("signed in", "account=%s sync=%s: %s", sync->account.name, sync->lease.sync, sync->session.server);
		sync->stage = STAGE_EXTRAS;
		return;
	case STAGE_EXTRAS:
		provider_learn(sync->request, root, &sync->session);
		sync_next_category(sync);
		return;
	case STAGE_FENCE_BEFORE:
	case STAGE_FENCE_AFTER:
		fence_take(&sync->fence, &sync->session, root);
		return;
	case STAGE_PAGES:
		take_page(sync, answer, root);
		return;
	case STAGE_REPLAY:
	case STAGE_ENDING:
		return;
	}
	assert(false && "stage");
}

static void judge_answer(struct sync *sync, const struct answer *answer)
{
	struct verdict verdict;
	yyjson_doc *doc;
	stats_add(STAT_bytes_fetched_total, (int64_t)answer->body.len);
	outcome_judge(&sync->session, sync->request, answer, &sync->fetcher->scratch, &verdict, &doc);
	if (verdict.outcome == OUTCOME_OK) {
		sync->token_new = sync->token_ended = false;
		take_answer(sync, answer, yyjson_doc_get_root(doc));
	} else {
		sync_handle_failure(sync, &verdict);
	}
	yyjson_doc_free(doc);
}

void sync_answer(struct sync *sync, const struct answer *answer)
{
	sync->requesting = false;
	if (sync->refresh == REFRESH_ASKED)
		refresh_answer(sync, answer);
	else if (!sync->abandoned)
		judge_answer(sync, answer);
}

/* ---- the tick ---- */

/* What the lease has told, when it was asked at asked_ms. */
static void follow_lease(struct sync *sync, int64_t asked_ms, enum lease_result result)
{
	if (result == LEASE_LOST) {
		stats_add(STAT_leases_lost_total, 1);
		sync_abandon(sync, "its lease went to another fetcher");
		return;
	}
	sync->lease_until_ms = asked_ms + sync->fetcher->settings->lease_ms;
	if (result == LEASE_HALT)
		sync_halt(sync);
	else if (result == LEASE_RAISED)
		sync->lease.background = false;
}

static void save_cursors(struct sync *sync)
{
	for (unsigned i = 0; i < CATEGORY_COUNT && sync->unsaved; i++) {
		struct err err;
		enum lease_result result = LEASE_HELD;
		int64_t now_ms = clock_ms();
		if (!(sync->unsaved & (1u << i)))
			continue;
		if (lease_save(sync->fetcher->redis, sync->fetcher->settings, &sync->lease, (enum category)i, sync->saved[i],
		               &result, &err)) {
			sync->renew_at_ms = clock_ms() + 500; /* Redis is away: tried again with the renewal */
			return;
		}
		CRASH_POINT("fetcher: after a cursor is saved");
		sync->unsaved &= ~(1u << i);
		if (result == LEASE_LOST)
			sync->unsaved = 0;
		follow_lease(sync, now_ms, result);
	}
}

static void renew(struct sync *sync)
{
	struct err err;
	enum lease_result result;
	int64_t now_ms = clock_ms();
	if (now_ms < sync->renew_at_ms || sync->abandoned)
		return;
	sync->renew_at_ms = now_ms + sync->fetcher->settings->lease_ms / 3;
	if (lease_renew(sync->fetcher->redis, sync->fetcher->settings, &sync->lease, &result, &err)) {
		sync->renew_at_ms = now_ms + 500;
		if (now_ms > sync->lease_until_ms)
			sync_abandon(sync, err.text);
	} else {
		follow_lease(sync, now_ms, result);
	}
}

static void log_progress(struct sync *sync)
{
	if (clock_ms() - sync->last_log_ms < sync->fetcher->settings->log_progress_ms || sync->stage == STAGE_ENDING)
		return;
	char total[32] = "";
	const char *name = category_name(sync->category);
	if (sync->totals[sync->category])
		snprintf(total, sizeof total, " of %s%lld", sync->replay || sync->totals_exact[sync->category] ? "" : "~",
		         (long long)sync->totals[sync->category]);
	if (sync->last_log_ms)
		log_info("progress", "account=%s: Syncing %s, %lld%s %s", sync->account.name, name,
		         (long long)sync->cursor.received, total, name);
	sync->last_log_ms = clock_ms();
}

bool sync_tick(struct sync *sync)
{
	struct err err;
	if (sync->unsaved && clock_ms() < sync->lease_until_ms)
		save_cursors(sync);
	renew(sync);
	if (sync->failed_delivery)
		sync_abandon(sync, "Kafka did not take a message");
	if (!sync->abandoned)
		log_progress(sync);
	bool through = sync->stage == STAGE_ENDING && sync->unsaved == 0;
	if (!refresh_save(sync) || sync->inflight || (!sync->abandoned && !through))
		return false;
	CRASH_POINT("fetcher: all delivered, lease not given back");
	/* Not done: whoever takes it over begins at the saved cursors. */
	if (lease_release(sync->fetcher->redis, sync->fetcher->settings, &sync->lease, !sync->abandoned, &err))
		log_warn("lease not given back", "account=%s: %s; it ends by itself", sync->account.name, err.text);
	if (!sync->abandoned)
		log_info("fetched", "account=%s sync=%s: %lld items in %lld pages", sync->account.name, sync->lease.sync,
		         (long long)sync->items, (long long)sync->pages);
	return true;
}
