/* What a failed request means for its sync: wait, change something, start over, or give the category up. */
#include <stdio.h>
#include <stdlib.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/hash.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/ban.h"
#include "fetcher/fetcher_internal.h"
#include "fetcher/throttle.h"

enum {
	/* A pause up to this long is waited for in the slot; a longer one parks the sync, which then holds nothing. */
	PARK_MS = 30 * 1000,
	/* A pause that was asked for without a length. */
	THROTTLE_DEFAULT_MS = 5000,
	/* Playlists or albums whose answers make no sense, one behind the other: some are broken, more are a server that is. */
	UNREADABLE = 3,
	/* ... and in a walk: each has been asked for as often as any page, for a quarter of a minute or more. */
	UNREADABLE_IN_ALL = 50,
	/* Children of one list page that are listed and not there: when it still shows the first ones it will show the others. */
	LOOKS = 3,
};

static void handle_needed(struct sync *sync, const struct verdict *verdict);

/* A failure that concerns the account as a whole: every category that is left fails with it. No person is called for a sign-in
 * that is known to be replaced, or not known to be still the stored one: what is stored is tried first, by another claim. */
static void fail_all(struct sync *sync, const struct verdict *verdict)
{
	bool calls_a_person = verdict->outcome == OUTCOME_NEEDS_AUTH || verdict->outcome == OUTCOME_OPERATOR;
	if (calls_a_person && !account_is_current(sync->fetcher->pg, &sync->account)) {
		sync_abandon(sync, "what it failed with may not be what is stored of the account any more");
		return;
	}
	if (sync->stage == STAGE_HELLO || sync->stage == STAGE_EXTRAS)
		sync_next_category(sync);
	while (sync->stage != STAGE_ENDING && !sync->abandoned)
		sync_fail_category(sync, verdict);
}

static void fail_auth(struct sync *sync, const struct verdict *verdict)
{
	struct verdict dead = *verdict;
	dead.outcome = OUTCOME_NEEDS_AUTH;
	fail_all(sync, &dead);
}

/* The child that was asked for; NULL: it was something else. */
static const char *child_asked(const struct sync *sync)
{
	return sync->stage == STAGE_PAGES ? children_current(sync) : NULL;
}

/* The same child, asked for in the other way. false: there is none, or it is known which way to go. */
static bool try_instead(struct sync *sync)
{
	const struct request *request = sync->request;
	const char *child = child_asked(sync);
	bool settled = request->instead_each ? sync->cursor.in_child > 0 || sync->one_way == hash_of(span_of(child))
	                                     : sync->session.way != WAY_UNKNOWN;
	if (!request->instead || settled)
		return false;
	sync->session.trying_instead = true;
	return true;
}

/* What fails the other way takes nothing back of what the first way has said: that is asked once more, and believed. */
static bool leave_instead(struct sync *sync)
{
	const char *child = child_asked(sync);
	if (!child || !sync->session.trying_instead || !walk_plan(sync)->child->instead_each)
		return false;
	sync->session.trying_instead = false;
	sync->one_way = hash_of(span_of(child));
	sync->retries = 0;
	return true;
}

static bool was_answered(const struct verdict *verdict)
{
	return verdict->status >= 200 && verdict->status < 300;
}

/* It was answered with nonsense, or with a failure that what is stored of it may be the cause of: some playlists have been seen
 * to end in 502 for weeks (watsonbox/exportify#140), and Jellyfin answers 400, 405 or 500 where an entry makes it stumble. */
static bool may_be_its_own(const struct verdict *verdict)
{
	return was_answered(verdict) || verdict->status >= 500 || verdict->status == 400 || verdict->status == 405;
}

/* One playlist or album whose answers make no sense, however often it is asked for, costs that one. */
static bool pass_unreadable_child(struct sync *sync, const struct verdict *verdict)
{
	const char *child = child_asked(sync);
	if (!child || !may_be_its_own(verdict) || sync->unreadable >= UNREADABLE ||
	    sync->unreadable_in_all >= UNREADABLE_IN_ALL)
		return false;
	sync->unreadable++;
	sync->unreadable_in_all++;
	log_warn("list not readable", "account=%s %s %s: %s; going on with the next one", sync->account.name,
	         sync->request->name, child, verdict->cause);
	children_take_nothing(sync, child, verdict);
	return true;
}

/* How long the next try waits; -1: there is none. most 0: without end. */
static int64_t wait_after(const struct sync *sync, int tries, int64_t most)
{
	const struct settings *settings = sync->fetcher->settings;
	struct backoff policy = {settings->retry_base_ms, settings->retry_base_ms * 16 + 1, (int)most};
	return backoff_next_ms(&policy, tries, (uint32_t)rand());
}

void sync_ask_again(struct sync *sync, int tries)
{
	sync->wake_ms = clock_ms() + wait_after(sync, tries, 0);
}

static void retry(struct sync *sync, const struct verdict *verdict)
{
	const struct settings *settings = sync->fetcher->settings;
	if (was_answered(verdict) && leave_instead(sync))
		return; /* it answered, and not what was asked for */
	int64_t wait_ms = settings->retries ? wait_after(sync, sync->retries, settings->retries) : -1;
	if (wait_ms >= 0) {
		sync->retries++;
		sync->wake_ms = clock_ms() + wait_ms;
		log_warn("request failed", "account=%s %s page %d: %s; retry %d of %lld in %lld ms", sync->account.name,
		         sync->request->name, sync->cursor.page, verdict->cause, sync->retries, (long long)settings->retries,
		         (long long)wait_ms);
		return;
	}
	sync->retries = 0;
	if (leave_instead(sync))
		return;
	if (verdict->outcome == OUTCOME_CONTRADICTION && sync->stage == STAGE_PAGES && sync->cursor.walk + 1 < LIMIT_WALKS)
		walk_moved(sync); /* the list may simply have become shorter */
	else if (pass_unreadable_child(sync, verdict))
		return;
	else if (sync->stage == STAGE_HELLO)
		fail_all(sync, verdict);
	else
		sync_fail_category(sync, verdict);
}

bool sync_park(struct sync *sync, int64_t wait_ms, const char *cause)
{
	if (wait_ms <= PARK_MS)
		return false;
	struct mark mark = {.event = "parked",
	                    .until_wall_ms = clock_wall_ms() + wait_ms,
	                    .cause = cause,
	                    .next_step = "nothing: the sync goes on by itself",
	                    .category = category_name(sync->category)};
	publish_mark(sync, sync->category, &mark);
	sync_abandon(sync, "the server asks for a long pause");
	return true;
}

static void wait_throttled(struct sync *sync, const struct verdict *verdict)
{
	struct err err;
	int64_t wait_ms = verdict->retry_after_ms > 0 ? verdict->retry_after_ms : THROTTLE_DEFAULT_MS;
	stats_add(STAT_throttled_total, 1);
	bool shared = throttle_pause(sync->fetcher->redis, sync->fetcher->settings, sync->credential, wait_ms, &err) == 0;
	if (!shared)
		log_warn("pause not shared", "%s; this fetcher keeps it all the same", err.text);
	if (ban_keep(sync->fetcher->pg, sync->credential, wait_ms, &err))
		log_warn("pause not stored", "%s; should Redis lose it as well, it is forgotten", err.text);
	/* Once it is shared the throttle says how long it is, also to people: so it is asked at once. */
	sync->wake_ms = clock_ms() + (shared ? 0 : wait_ms);
	log_info("throttled", "account=%s: %s; going on in %lld s", sync->account.name, verdict->cause,
	         (long long)(wait_ms / 1000));
	sync_park(sync, wait_ms, verdict->cause);
}

/* Where hello was answered, another parameter is missing: older Navidromes say so of an empty query (music-assistant/server#1037),
 * and must not be sent the password instead. */
static void sign_otherwise(struct sync *sync, const struct verdict *verdict)
{
	if (walk_next_plan(sync))
		return;
	int mode = provider_next_sign_mode(sync->session.provider, &sync->account, sync->session.sign_mode);
	if (mode >= 0) {
		sync->session.sign_mode = mode;
		return; /* the same request again at once */
	}
	fail_auth(sync, verdict);
}

/* A part of a fence, or the list of extras, that cannot be had is left out: a fact about the server, not a failure. */
static bool is_optional(const struct sync *sync)
{
	return sync->stage == STAGE_EXTRAS || sync->stage == STAGE_FENCE_BEFORE || sync->stage == STAGE_FENCE_AFTER;
}

static void skip_optional(struct sync *sync)
{
	sync->retries = 0;
	if (sync->stage == STAGE_EXTRAS)
		sync_next_category(sync);
	else
		fence_take(&sync->fence, &sync->session, NULL);
}

/* A way of saying "there is nothing" that is not an empty list: published as the empty page it means, so that the ledger
 * and the parser see what the server said. In the middle of a list it denies what was said before. */
static void take_empty(struct sync *sync, const struct verdict *verdict)
{
	const char *child = child_asked(sync);
	/* Behind entries that it has shown: what is stored of it stays. */
	if (child && sync->cursor.in_child > 0 && sync->retries >= sync->fetcher->settings->retries) {
		sync->retries = 0;
		children_take_nothing(sync, child, verdict);
		return;
	}
	if (child && sync->cursor.in_child == 0) {
		if (children_doubts(sync, 0))
			IGNORE(try_instead(sync)); /* asked for once more in any case */
		else
			children_take_nothing(sync, child, NULL);
		return;
	}
	if (walk_next_plan(sync))
		return;
	const char *why = sync->stage != STAGE_PAGES || sync->cursor.page > 0 ? verdict->cause : list_denies_nothing(sync);
	if (why) {
		struct verdict denied = *verdict;
		denied.outcome = OUTCOME_CONTRADICTION;
		if (why != verdict->cause)
			snprintf(denied.cause, sizeof denied.cause, "%s", why);
		retry(sync, &denied);
		return;
	}
	struct answer nothing = {.status = 200, .body = span_of("{}"), .total = -1};
	char before[CURSOR_TEXT];
	cursor_text(&sync->cursor, before);
	sync->cursor.ended = true;
	const struct publishing publishing = {.cursor_before = before};
	publish_page(sync, &nothing, &publishing);
}

/* A list that may not be read is recorded as such, and the walk goes on. One that is not found may be in a moment. */
static bool pass_refused_child(struct sync *sync, const struct verdict *verdict)
{
	const char *child = child_asked(sync);
	if (!child)
		return false;
	if (try_instead(sync))
		return true;
	if (verdict->status == 404 && children_doubts(sync, 0))
		return true;
	log_info("list not readable", "account=%s %s %s: %s", sync->account.name, sync->request->name, child,
	         verdict->cause);
	children_take_nothing(sync, child, verdict);
	return true;
}

static void child_missing(struct sync *sync, const struct verdict *verdict)
{
	const char *id = child_asked(sync);
	if (!id) {
		retry(sync, verdict);
		return;
	}
	if (try_instead(sync))
		return;
	/* It was listed a moment ago. If it is no more, the library has moved; if it is, it cannot be read, which is no reason to
	 * read the others again. Where no other walk may follow there is nothing to be looked into. */
	if (sync->cursor.walk + 1 >= LIMIT_WALKS) {
		walk_moved(sync);
	} else if (children_doubts(sync, 0)) {
		if (sync->looked_again++ < LOOKS)
			list_look_again(sync);
		return;
	}
	children_take_nothing(sync, id, verdict);
}

/* false: the page is not larger than the least one already. */
static bool ask_for_less(struct sync *sync, int least)
{
	int size = walk_page_size(sync);
	if (size <= least || sync->request->paging == PAGING_NONE)
		return false;
	sync->page_size = size / 2 > least ? size / 2 : least;
	if (list_is_reloaded(sync))
		sync->cursor.size = sync->page_size;
	return true;
}

/* A network that fails now may be there in a moment; a server that says it cannot tell will say so again. */
static bool retry_optional(struct sync *sync, const struct verdict *verdict)
{
	bool again = !verdict->said_by_server || verdict->outcome == OUTCOME_TOO_SLOW;
	if (sync->stage == STAGE_EXTRAS || !again || sync->retries >= sync->fetcher->settings->retries)
		return false;
	retry(sync, verdict);
	return true;
}

/* Nothing but a retry can be done about an optional request: without its answer the sync goes on. */
static void handle_optional(struct sync *sync, const struct verdict *verdict)
{
	bool passing = verdict->outcome == OUTCOME_RETRY || verdict->outcome == OUTCOME_TOO_SLOW ||
	               verdict->outcome == OUTCOME_CONTRADICTION;
	if (passing && retry_optional(sync, verdict))
		return;
	if (verdict->outcome == OUTCOME_EMPTY && sync->stage != STAGE_EXTRAS) {
		sync->retries = 0;
		fence_take_nothing(&sync->fence);
		return;
	}
	skip_optional(sync);
}

static void give_up(struct sync *sync, const struct verdict *verdict)
{
	if (leave_instead(sync))
		return;
	if (sync->stage == STAGE_HELLO)
		fail_all(sync, verdict);
	else if (!pass_unreadable_child(sync, verdict))
		sync_fail_category(sync, verdict);
}

void sync_handle_token_failure(struct sync *sync, const struct verdict *verdict)
{
	stats_add(STAT_request_failures_total, 1);
	if (verdict->outcome == OUTCOME_THROTTLED)
		wait_throttled(sync, verdict);
	else if (verdict->outcome == OUTCOME_RETRY)
		retry(sync, verdict);
	else
		fail_all(sync, verdict);
}

void sync_handle_failure(struct sync *sync, const struct verdict *verdict)
{
	stats_add(STAT_request_failures_total, 1);
	if (verdict->outcome == OUTCOME_TOKEN_EXPIRED && refresh_refused(sync))
		return; /* the same request again with a new one */
	if (verdict->outcome == OUTCOME_THROTTLED)
		wait_throttled(sync, verdict);
	else if (verdict->outcome == OUTCOME_NEEDS_AUTH || verdict->outcome == OUTCOME_TOKEN_EXPIRED)
		fail_auth(sync, verdict);
	else if (is_optional(sync))
		handle_optional(sync, verdict);
	else
		handle_needed(sync, verdict);
}

void sync_handle_unsent(struct sync *sync, const struct err *err)
{
	struct verdict verdict = {.outcome = OUTCOME_OPERATOR, .retry_after_ms = -1, .next_step = "mend this"};
	snprintf(verdict.cause, sizeof verdict.cause, "%.390s", err->text);
	if (err->class == ERR_CONFIG)
		sync_handle_failure(sync, &verdict);
	else
		sync_abandon(sync, err->text);
}

static void handle_needed(struct sync *sync, const struct verdict *verdict)
{
	switch (verdict->outcome) {
	case OUTCOME_RETRY:
	case OUTCOME_CONTRADICTION:
		retry(sync, verdict);
		return;
	case OUTCOME_SIGN_OTHERWISE:
		sign_otherwise(sync, verdict);
		return;
	case OUTCOME_EMPTY:
		take_empty(sync, verdict);
		return;
	case OUTCOME_MISSING:
		child_missing(sync, verdict);
		return;
	case OUTCOME_SMALLER_PAGE:
		/* An answer that is too large costs itself; who finds the question too large (413) finds them all so. */
		if (!ask_for_less(sync, 1) && !(was_answered(verdict) && pass_refused_child(sync, verdict)))
			give_up(sync, verdict);
		return;
	case OUTCOME_TOO_SLOW:
		IGNORE(ask_for_less(sync, LIMIT_PAGE_LEAST)); /* either way it is asked for again */
		retry(sync, verdict);
		return;
	case OUTCOME_FORBIDDEN:
		if (!pass_refused_child(sync, verdict))
			give_up(sync, verdict);
		return;
	case OUTCOME_UNSUPPORTED:
		if (!walk_next_plan(sync))
			give_up(sync, verdict);
		return;
	default:
		give_up(sync, verdict);
	}
}
