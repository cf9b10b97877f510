/* The walk: one category, page after page, until the provider itself has shown the end. What a page means is in
 * walk_list.c and walk_children.c. */
#include <assert.h>
#include <stdio.h>

#include "common/hash.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/fetcher_internal.h"

const struct plan *walk_plan(const struct sync *sync)
{
	assert(sync->cursor.plan < PLANS_MAX);
	return &sync->session.provider->plans[sync->category][sync->cursor.plan];
}

bool walk_is_snapshot(const struct sync *sync)
{
	return walk_plan(sync)->list->paging == PAGING_NONE;
}

void walk_count_requests(struct sync *sync)
{
	sync->cursor.requests += sync->requests;
	sync->requests = 0;
}

int walk_page_size(const struct sync *sync)
{
	int max = sync->session.provider->page_size_max;
	int size = sync->stage == STAGE_PAGES && list_is_reloaded(sync) ? sync->cursor.size : sync->page_size;
	return size < max ? size : max;
}

int64_t walk_pages_of(const struct sync *sync, const struct request *request, int64_t items)
{
	int max = sync->session.provider->page_size_max;
	return request->paging == PAGING_NONE || items < max ? 1 : (items + max - 1) / max;
}

static void begin_at(struct sync *sync, const struct cursor *cursor)
{
	sync->cursor = *cursor;
	sync->before.count = 0;
	sync->asked_again = 0;
	sync->probing_end = false;
	sync->said_early = 0;
	sync->unreadable = sync->unreadable_in_all = 0;
	sync->looked_again = 0;
	sync->hides = 0;
	sync->session.trying_instead = false;
	children_forget(sync);
}

void walk_begin(struct sync *sync, const char *text)
{
	struct cursor cursor = {0};
	if (*text && !cursor_parse(span_of(text), &cursor))
		log_warn("cursor not understood", "account=%s %s: starting the category over", sync->account.name,
		         category_name(sync->category));
	bool known = sync->session.provider->plans[sync->category][cursor.plan % PLANS_MAX].list != NULL;
	if (!known || cursor.plan >= PLANS_MAX)
		cursor = (struct cursor){0};
	begin_at(sync, &cursor);
	sync->doubted_hash = 0;
	sync->page_size = (int)sync->fetcher->settings->page_size;
	sync->retries = 0;
}

void walk_moved(struct sync *sync)
{
	if (sync->cursor.walk + 1 >= LIMIT_WALKS) {
		sync->cursor.moved = true;
		return;
	}
	log_info("library moved", "account=%s %s: the library changed while it was read, walking it again",
	         sync->account.name, category_name(sync->category));
	/* The plan stays: it is a fact about the server. */
	const struct cursor again = {.walk = sync->cursor.walk + 1,
	                             .plan = sync->cursor.plan,
	                             .requests = sync->cursor.requests};
	begin_at(sync, &again);
	stats_add(STAT_walks_repeated_total, 1);
	sync->stage = STAGE_FENCE_BEFORE;
	fence_begin(&sync->fence, sync->session.provider, sync->category, true);
}

bool walk_next_plan(struct sync *sync)
{
	if (sync->stage != STAGE_PAGES || sync->cursor.page > 0 || sync->cursor.plan + 1 >= PLANS_MAX ||
	    !walk_plan(sync)[1].list)
		return false;
	sync->cursor.plan++;
	return true;
}

const struct request *walk_request(struct sync *sync, const char **id)
{
	const struct plan *plan = walk_plan(sync);
	children_pass_unnamed(sync);
	*id = children_current(sync);
	if (!*id)
		return sync->cursor.ended ? NULL : plan->list;
	bool instead = sync->session.way == WAY_INSTEAD || sync->session.trying_instead;
	return instead && plan->child->instead ? plan->child->instead : plan->child;
}

void walk_fail_page(struct sync *sync, enum outcome outcome, const char *cause)
{
	struct verdict verdict = {.outcome = outcome,
	                          .status = 200, /* it was answered; what was said makes no sense */
	                          .retry_after_ms = -1,
	                          .next_step = "look into the server's log, then: syncline sync NAME"};
	snprintf(verdict.cause, sizeof verdict.cause, "%.390s", cause);
	sync_handle_failure(sync, &verdict);
}

bool walk_doubts(struct sync *sync, const char *what)
{
	uint64_t hash = hash_of(span_of(what));
	bool first = sync->doubted_hash != hash;
	sync->doubted_hash = hash;
	if (first)
		sync->short_by = sync->asked_short = 0;
	return first;
}

bool walk_doubts_short(struct sync *sync, const char *what, int64_t lacks)
{
	bool first = walk_doubts(sync, what);
	if (first || lacks < sync->short_by)
		sync->short_by = lacks;
	return first || (lacks > sync->short_by && sync->asked_short++ < sync->fetcher->settings->retries);
}

bool walk_ends_early(struct sync *sync)
{
	if (sync->said_early < sync->fetcher->settings->retries) {
		sync->said_early++;
		walk_fail_page(sync, OUTCOME_CONTRADICTION, "the server's list ends before the length that it tells");
		return false;
	}
	sync->cursor.early = true;
	return true;
}

bool walk_keeps_promise(struct sync *sync, enum promise promise)
{
	if (promise == PROMISE_EARLY)
		return walk_ends_early(sync);
	if (promise == PROMISE_EMPTY)
		walk_fail_page(sync, OUTCOME_CONTRADICTION, "the server gave an empty page in the middle of its list");
	else if (promise == PROMISE_BACK)
		walk_fail_page(sync, OUTCOME_OPERATOR,
		               "the server's list leads back to where it was, or past what it has shown");
	return promise != PROMISE_EMPTY && promise != PROMISE_BACK;
}

static void take(struct sync *sync, const char *child, const struct answer *answer, yyjson_val *root,
                 struct page_facts *facts)
{
	int64_t offset = child ? sync->cursor.in_child : sync->cursor.offset;
	page_goes_on(sync->request, offset, walk_page_size(sync), facts);
	if (child)
		children_take(sync, child, answer, root, facts);
	else
		list_take(sync, answer, root, facts);
}

void walk_take(struct sync *sync, const struct answer *answer, yyjson_val *root)
{
	const char *id;
	struct page_facts facts;
	struct err err;
	const struct request *request = walk_request(sync, &id);
	assert(request);
	if (sync->cursor.page >= LIMIT_WALK_PAGES)
		walk_fail_page(sync, OUTCOME_OPERATOR, "the server's list does not come to an end");
	else if (page_read(request, root, &facts, &err))
		walk_fail_page(sync, OUTCOME_RETRY, err.text);
	else
		take(sync, id, answer, root, &facts);
}
