/* The walk: one category, page after page, until the provider itself has shown the end.
 *
 * A page of an offset-paged list is asked for one item early, so that it begins with the last item of the page before.
 * Three things follow: an insert or a removal behind the cursor is seen at once; the end is an answer with that item and
 * nothing else; and an empty answer in the middle is a contradiction, not an end. Servers that filter a page after
 * cutting it could still leave just that item in the middle: so one more request, behind it, must find nothing. */
#include <assert.h>
#include <stdio.h>

#include "common/hash.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/fetcher_internal.h"

static const struct plan *current_plan(const struct sync *sync)
{
	assert(sync->cursor.plan < PLANS_MAX);
	return &sync->session.provider->plans[sync->category][sync->cursor.plan];
}

static const struct plan *next_plan(const struct sync *sync)
{
	const struct plan *plan = current_plan(sync) + 1;
	return sync->cursor.plan + 1 < PLANS_MAX && plan->list ? plan : NULL;
}

bool walk_is_snapshot(const struct sync *sync)
{
	return current_plan(sync)->list->paging == PAGING_NONE;
}

static void forget_children(struct sync *sync)
{
	arena_reset(&sync->children_arena);
	sync->children = NULL;
	sync->children_count = 0;
	sync->children_loaded = false;
	sync->child_total = -1;
	sync->child_restarts = 0;
}

void walk_begin(struct sync *sync, const char *text)
{
	struct cursor cursor = {0};
	if (*text && !cursor_parse(span_of(text), &cursor))
		log_warn("cursor not understood", "account=%s %s: starting the category over", sync->account.name,
		         category_name(sync->category));
	bool known = sync->session.provider->plans[sync->category][cursor.plan % PLANS_MAX].list != NULL;
	sync->cursor = known && cursor.plan < PLANS_MAX ? cursor : (struct cursor){0};
	sync->retries = 0;
	sync->first_hash = 0;
	sync->list_total = -1;
	sync->probing_end = false;
	forget_children(sync);
}

static void start_over(struct sync *sync)
{
	/* The plan stays: it is a fact about the server. */
	sync->cursor = (struct cursor){.walk = sync->cursor.walk + 1, .plan = sync->cursor.plan};
	sync->first_hash = 0;
	sync->list_total = -1;
	sync->probing_end = false;
	forget_children(sync);
	stats_add(STAT_walks_repeated_total, 1);
}

void walk_moved(struct sync *sync)
{
	if (sync->cursor.walk + 1 >= LIMIT_WALKS) {
		sync->cursor.moved = true;
		return;
	}
	log_info("library moved", "account=%s %s: the library changed while it was read, walking it again",
	         sync->account.name, category_name(sync->category));
	start_over(sync);
	sync->stage = STAGE_FENCE_BEFORE;
	fence_begin(&sync->fence, sync->session.provider, sync->category, true);
}

const struct request *walk_request(struct sync *sync, const char **id)
{
	const struct plan *plan = current_plan(sync);
	*id = NULL;
	if (plan->child && sync->children_loaded && (size_t)sync->cursor.child < sync->children_count) {
		*id = sync->children[sync->cursor.child];
		bool instead = sync->session.way == WAY_INSTEAD || sync->session.trying_instead;
		return instead && plan->child->instead ? plan->child->instead : plan->child;
	}
	return sync->cursor.ended ? NULL : plan->list;
}

static void fail_page(struct sync *sync, enum outcome outcome, const char *cause)
{
	struct verdict verdict = {.outcome = outcome,
	                          .retry_after_ms = -1,
	                          .next_step =
	                              "look into the server's log, then start the sync again; what has arrived is kept"};
	snprintf(verdict.cause, sizeof verdict.cause, "%.390s", cause);
	sync_handle_failure(sync, &verdict);
}

/* The overlap: the page must begin with the last item of the page before. Returns how many items to skip, or -1 when
 * the page was dealt with (retried, failed, walk started over). */
static int64_t check_overlap(struct sync *sync, const struct page_facts *facts)
{
	char cause[300];
	if (facts->entries == 0) {
		snprintf(cause, sizeof cause,
		         "the server gave an empty page at item %lld, although it had just listed items there",
		         (long long)sync->cursor.offset);
		fail_page(sync, OUTCOME_CONTRADICTION, cause);
		return -1;
	}
	if (strcmp(facts->first_id, sync->cursor.last_id) == 0)
		return 1;
	if (hash_of(span_of(facts->first_id)) == sync->first_hash) {
		fail_page(sync, OUTCOME_OPERATOR, "the server gives the same page whatever offset is asked for");
		return -1;
	}
	bool again = sync->cursor.walk + 1 < LIMIT_WALKS;
	walk_moved(sync);
	return again ? -1 : 0; /* on the last permitted walk: go on, nothing to skip */
}

static void learn_totals(struct sync *sync, const struct request *request, const struct page_facts *facts,
                         const struct answer *answer)
{
	int64_t total = facts->total >= 0 ? facts->total : answer->total;
	if (total >= 0 && !current_plan(sync)->child) {
		sync->totals[sync->category] = total;
		sync->totals_exact[sync->category] = !request->next; /* such totals have been seen to count what is not listed */
	}
	if (request->paging == PAGING_NONE && !current_plan(sync)->child) {
		sync->totals[sync->category] = facts->entries;
		sync->totals_exact[sync->category] = true;
	}
	if (!request->count[0] || sync->totals_exact[request->counted])
		return;
	/* Counted from a first page on, so that neither a takeover nor a repeated walk counts twice. */
	if (sync->cursor.page == 0 && sync->cursor.offset == 0) {
		bool lists_itself = request->counted == sync->category && current_plan(sync)->list_is_published;
		sync->totals[request->counted] = !lists_itself ? 0 : facts->total > 0 ? facts->total : facts->entries;
		sync->counting = true;
	}
	if (sync->counting)
		sync->totals[request->counted] += facts->counted;
}

static bool load_children(struct sync *sync, const struct request *request, yyjson_val *root, int64_t skip)
{
	struct err err;
	forget_children(sync);
	if (page_ids(request, root, skip, sync->versions, &sync->children_arena, &sync->children, &sync->children_count,
	             &err)) {
		fail_page(sync, OUTCOME_OPERATOR, err.text);
		return false;
	}
	sync->children_loaded = true;
	return true;
}

/* The list page is behind, with all its children: the next one begins after it. */
static void pass_list_page(struct sync *sync)
{
	sync->cursor.offset = sync->behind.offset;
	sync->cursor.child = sync->cursor.in_child = 0;
	sync->cursor.listed = false;
	snprintf(sync->cursor.last_id, sizeof sync->cursor.last_id, "%s", sync->behind.last_id);
	sync->cursor.ended |= sync->behind.is_last;
}

/* After a takeover in the middle of the children their list is asked for again, and must still agree with the cursor. */
static void take_reloaded_list(struct sync *sync, const struct request *request, yyjson_val *root, int64_t skip)
{
	if (!load_children(sync, request, root, skip))
		return;
	size_t behind = (size_t)sync->cursor.child;
	bool agrees = behind < sync->children_count;
	if (agrees && behind && request->paging != PAGING_OFFSET)
		agrees = strcmp(sync->children[behind - 1], sync->cursor.last_id) == 0;
	if (agrees)
		return;
	if (sync->cursor.walk + 1 >= LIMIT_WALKS)
		sync->cursor.child = sync->cursor.in_child = 0; /* reads some children twice rather than none */
	walk_moved(sync);
}

/* Was this list page taken before, and only its children are missing? */
static bool is_reload(const struct sync *sync)
{
	return current_plan(sync)->child && !sync->children_loaded && (sync->cursor.listed || sync->cursor.child > 0);
}

/* Where the list goes on behind this page. */
static void look_behind(struct sync *sync, const struct request *request, const struct page_facts *facts, int64_t fresh,
                        bool overlaps)
{
	/* Positions of the server's list: the page began one early if there was something before it. */
	sync->behind.offset = sync->cursor.offset + facts->entries - overlaps;
	if (request->paging == PAGING_NEXT && facts->goes_on)
		sync->behind.offset = facts->next_offset >= 0 ? facts->next_offset : sync->cursor.offset + sync->page_size;
	sync->behind.is_last = request->paging == PAGING_NONE || (request->next ? !facts->goes_on : fresh == 0);
	const char *place = request->paging == PAGING_AFTER ? facts->after
	                    : facts->entries                ? facts->last_id
	                                                    : sync->cursor.last_id;
	snprintf(sync->behind.last_id, sizeof sync->behind.last_id, "%s", place);
}

/* The answer's list, once it is known to join the page before. */
static void take_list_page(struct sync *sync, const struct answer *answer, yyjson_val *root,
                           const struct page_facts *facts, int64_t skip)
{
	const struct plan *plan = current_plan(sync);
	char before[CURSOR_TEXT];
	learn_totals(sync, plan->list, facts, answer);
	cursor_text(&sync->cursor, before);
	if (facts->entries)
		sync->first_hash = hash_of(span_of(facts->first_id));
	if (plan->child && !load_children(sync, plan->list, root, skip))
		return;
	/* With children to come the page is behind when they are, so that a takeover finds it again, and the end is theirs. */
	if (sync->children_count == 0)
		pass_list_page(sync);
	else
		sync->cursor.listed = plan->list_is_published;
	const struct publishing publishing = {.cursor_before = before, .count = facts->entries - skip, .skip = skip};
	if (plan->list_is_published || sync->cursor.ended)
		publish_page(sync, answer, &publishing);
	if (sync->children_count == 0)
		forget_children(sync);
}

/* The overlap alone came back: the end, if the place behind it is empty too. */
static bool needs_probe(struct sync *sync, const struct page_facts *facts, int64_t skip)
{
	bool told = sync->totals_exact[sync->category] && sync->totals[sync->category] == sync->cursor.offset;
	if (sync->probing_end || told || skip == 0 || facts->entries > skip)
		return false;
	sync->probing_end = true;
	return true;
}

enum promise {
	PROMISE_KEPT,
	PROMISE_BROKEN,  /* the page was dealt with as a failure */
	PROMISE_CHANGED, /* the list's length changed while it was read */
};

/* What a list with a `next` promised, and promises anew. offset: where the page began; behind: items before it; *total: as
 * the pages before told, and as this one does afterwards. */
static enum promise check_promises(struct sync *sync, const struct request *request, const struct page_facts *facts,
                                   int64_t offset, int64_t behind, int64_t *total)
{
	/* Servers were seen to promise one page too many; then what they counted is here. */
	bool all_here = !facts->goes_on && facts->total >= 0 && facts->total == behind;
	if (facts->entries == 0 && (facts->goes_on || offset > 0 || behind > 0) && !all_here) {
		fail_page(sync, OUTCOME_CONTRADICTION, "the server gave an empty page in the middle of its list");
		return PROMISE_BROKEN;
	}
	bool stands = request->paging == PAGING_AFTER ? !*facts->after || strcmp(facts->after, sync->cursor.last_id) == 0
	                                              : facts->next_offset >= 0 && facts->next_offset <= offset;
	if (facts->goes_on && stands) {
		fail_page(sync, OUTCOME_OPERATOR, "the server's list leads back to where it was");
		return PROMISE_BROKEN;
	}
	bool moved = *total >= 0 && facts->total >= 0 && facts->total != *total;
	*total = facts->total;
	return moved ? PROMISE_CHANGED : PROMISE_KEPT;
}

/* Changed in length while it was read: from its beginning again, a few times. */
static void restart_child(struct sync *sync)
{
	if (++sync->child_restarts >= LIMIT_WALKS)
		sync->cursor.moved = true;
	sync->cursor.in_child = 0;
	sync->child_total = -1;
}

static bool joins(struct sync *sync, const struct request *request, const struct page_facts *facts, int64_t *skip)
{
	bool overlaps = request->paging == PAGING_OFFSET && sync->cursor.offset > 0 && !sync->probing_end;
	*skip = 0;
	if (overlaps)
		return (*skip = check_overlap(sync, facts)) >= 0;
	if (!request->next || is_reload(sync))
		return true;
	enum promise promise = check_promises(sync, request, facts, sync->cursor.offset, sync->cursor.received,
	                                      &sync->list_total);
	if (promise != PROMISE_CHANGED)
		return promise == PROMISE_KEPT;
	bool again = sync->cursor.walk + 1 < LIMIT_WALKS;
	walk_moved(sync);
	return !again; /* on the last permitted walk: go on */
}

static void take_list(struct sync *sync, const struct answer *answer, yyjson_val *root)
{
	const struct request *request = current_plan(sync)->list;
	struct page_facts facts;
	struct err err;
	int64_t skip;
	bool overlaps = request->paging == PAGING_OFFSET && sync->cursor.offset > 0 && !sync->probing_end;
	if (page_read(request, root, &facts, &err)) {
		fail_page(sync, OUTCOME_RETRY, err.text);
		return;
	}
	if (!joins(sync, request, &facts, &skip))
		return;
	if (facts.entries == 0 && sync->cursor.offset == 0 && next_plan(sync)) {
		/* "Nothing" at the very beginning may be a server that does not know an empty search. */
		sync->cursor.plan++;
		return;
	}
	if (needs_probe(sync, &facts, skip))
		return;
	sync->probing_end = false;
	look_behind(sync, request, &facts, facts.entries - skip, overlaps);
	if (is_reload(sync))
		take_reloaded_list(sync, request, root, skip);
	else
		take_list_page(sync, answer, root, &facts, skip);
}

static void take_child(struct sync *sync, const char *child, const struct answer *answer, yyjson_val *root)
{
	const struct request *request = sync->request;
	struct page_facts facts;
	struct err err;
	char before[CURSOR_TEXT], id[LIMIT_ID + 1];
	if (page_read(request, root, &facts, &err)) {
		fail_page(sync, OUTCOME_RETRY, err.text);
		return;
	}
	if (facts.entries == 0 && facts.announced > 0) {
		fail_page(sync, OUTCOME_CONTRADICTION,
		          "the server gave an empty list, although it says that there are items in it");
		return;
	}
	int64_t first = sync->cursor.in_child;
	enum promise promise = request->next ? check_promises(sync, request, &facts, first, first, &sync->child_total)
	                                     : PROMISE_KEPT;
	if (promise == PROMISE_BROKEN)
		return;
	if (promise == PROMISE_CHANGED && sync->child_restarts < LIMIT_WALKS) {
		restart_child(sync);
		return;
	}
	snprintf(id, sizeof id, "%s", child); /* passing it may forget it */
	cursor_text(&sync->cursor, before);
	if (facts.goes_on)
		sync->cursor.in_child = facts.next_offset >= 0 ? facts.next_offset : first + sync->page_size;
	else
		walk_pass_child(sync, child);
	if (request->instead || sync->session.trying_instead)
		sync->session.way = sync->session.trying_instead ? WAY_INSTEAD : WAY_FIRST;
	sync->session.trying_instead = false;
	const struct publishing publishing = {.cursor_before = before,
	                                      .parent = id,
	                                      .count = facts.entries,
	                                      .first = first,
	                                      .more = facts.goes_on};
	publish_page(sync, answer, &publishing);
}

void walk_pass_child(struct sync *sync, const char *id)
{
	sync->cursor.child++;
	sync->cursor.in_child = 0;
	sync->child_total = -1;
	sync->child_restarts = 0;
	/* A list with overlaps needs the field for them. */
	if (current_plan(sync)->list->paging != PAGING_OFFSET)
		snprintf(sync->cursor.last_id, sizeof sync->cursor.last_id, "%s", id);
	if ((size_t)sync->cursor.child < sync->children_count)
		return;
	pass_list_page(sync);
	forget_children(sync);
}

void walk_take_nothing(struct sync *sync, const char *child, const struct verdict *refused)
{
	const struct answer nothing = {.status = refused ? refused->status : 200, .body = span_of("{}"), .total = -1};
	char before[CURSOR_TEXT], id[LIMIT_ID + 1];
	struct publishing publishing = {.cursor_before = before,
	                                .parent = id,
	                                .refused = refused ? refused->cause : NULL,
	                                .first = sync->cursor.in_child};
	snprintf(id, sizeof id, "%s", child);
	cursor_text(&sync->cursor, before);
	walk_pass_child(sync, child);
	publish_page(sync, &nothing, &publishing);
}

void walk_take(struct sync *sync, const struct answer *answer, yyjson_val *root)
{
	const char *id;
	const struct request *request = walk_request(sync, &id);
	if (request && sync->cursor.page >= LIMIT_WALK_PAGES) {
		fail_page(sync, OUTCOME_OPERATOR, "the server's list does not come to an end");
		return;
	}
	if (id)
		take_child(sync, id, answer, root);
	else
		take_list(sync, answer, root);
}
