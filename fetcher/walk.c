/* The walk: one category, page after page, until the provider itself has shown the end.
 *
 * A page of an offset-paged list is asked for one item early, so that it begins with the last item of the page before.
 * Three things follow: an insert or a removal behind the cursor is seen at once; the end is an answer with that item and
 * nothing else; and an empty answer in the middle is a contradiction, not an end. Servers that filter a page after
 * cutting it could still leave just that item in the middle: so one more request, behind it, must find nothing. */
#include <assert.h>
#include <stdio.h>

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
	sync->page_entries = 0;
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
	sync->probing_end = false;
	forget_children(sync);
}

static void start_over(struct sync *sync)
{
	/* The plan stays: it is a fact about the server. */
	sync->cursor = (struct cursor){.walk = sync->cursor.walk + 1, .plan = sync->cursor.plan};
	sync->first_hash = 0;
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
		return plan->child;
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

static uint64_t hash_id(const char *id)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3ULL;
	return hash;
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
	if (hash_id(facts->first_id) == sync->first_hash) {
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
	if (answer->total >= 0) {
		sync->totals[sync->category] = answer->total;
		sync->totals_exact[sync->category] = true;
	}
	if (request->paging == PAGING_NONE && !current_plan(sync)->child) {
		sync->totals[sync->category] = facts->entries;
		sync->totals_exact[sync->category] = true;
	}
	if (!request->count || sync->totals_exact[request->counted])
		return;
	/* Counted from a first page on, so that neither a takeover nor a repeated walk counts twice. */
	if (sync->cursor.page == 0 && sync->cursor.offset == 0) {
		bool lists_itself = request->counted == sync->category && current_plan(sync)->list_is_published;
		sync->totals[request->counted] = lists_itself ? facts->entries : 0;
		sync->counting = true;
	}
	if (sync->counting)
		sync->totals[request->counted] += facts->counted;
}

static bool load_children(struct sync *sync, const struct request *request, yyjson_val *root, int64_t skip)
{
	struct err err;
	forget_children(sync);
	if (page_ids(request, root, skip, &sync->children_arena, &sync->children, &sync->children_count, &err)) {
		fail_page(sync, OUTCOME_OPERATOR, err.text);
		return false;
	}
	sync->children_loaded = true;
	return true;
}

/* The list page is behind: the next one begins after it. */
static void pass_list_page(struct sync *sync)
{
	sync->cursor.offset += sync->page_entries;
	sync->cursor.child = 0;
	if (sync->page_entries)
		snprintf(sync->cursor.last_id, sizeof sync->cursor.last_id, "%s", sync->page_last_id);
	sync->page_entries = 0;
}

/* After a takeover in the middle of the children their list is asked for again, and must still agree with the cursor. */
static void take_reloaded_list(struct sync *sync, const struct request *request, yyjson_val *root, int64_t skip)
{
	if (!load_children(sync, request, root, skip))
		return;
	size_t behind = (size_t)sync->cursor.child;
	bool agrees = behind <= sync->children_count;
	if (agrees && behind && request->paging == PAGING_NONE)
		agrees = strcmp(sync->children[behind - 1], sync->cursor.last_id) == 0;
	if (!agrees && sync->cursor.walk + 1 >= LIMIT_WALKS)
		sync->cursor.child = 0; /* reads some children twice rather than none */
	if (!agrees)
		walk_moved(sync);
}

/* Was this list page taken before, and only its children are missing? */
static bool is_reload(const struct sync *sync)
{
	const struct plan *plan = current_plan(sync);
	if (!plan->child || sync->children_loaded)
		return false;
	return sync->cursor.child > 0 || (plan->list->paging == PAGING_NONE && sync->cursor.offset > 0);
}

/* The answer's list, once it is known to join the page before. */
static void take_list_page(struct sync *sync, const struct answer *answer, yyjson_val *root,
                           const struct page_facts *facts, int64_t skip, bool overlaps)
{
	const struct plan *plan = current_plan(sync);
	int64_t fresh = facts->entries - skip;
	char before[CURSOR_TEXT];
	learn_totals(sync, plan->list, facts, answer);
	cursor_text(&sync->cursor, before);
	if (facts->entries)
		sync->first_hash = hash_id(facts->first_id);
	if (plan->child && !load_children(sync, plan->list, root, skip))
		return;
	/* Positions of the server's list: the page began one early if there was something before it. */
	sync->page_entries = facts->entries - overlaps;
	snprintf(sync->page_last_id, sizeof sync->page_last_id, "%s", facts->last_id);
	/* With children to come the end is theirs to mark. */
	sync->cursor.ended = (plan->list->paging == PAGING_NONE || fresh == 0) && sync->children_count == 0;
	/* A page that only tells the ids of its children is behind when they are, so that a takeover finds it again. */
	if (plan->list_is_published || sync->cursor.ended)
		pass_list_page(sync);
	if (plan->list_is_published || sync->cursor.ended)
		publish_page(sync, answer, "", fresh, skip, before);
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

static void take_list(struct sync *sync, const struct answer *answer, yyjson_val *root)
{
	const struct request *request = current_plan(sync)->list;
	struct page_facts facts;
	struct err err;
	int64_t skip = 0;
	bool overlaps = request->paging == PAGING_OFFSET && sync->cursor.offset > 0 && !sync->probing_end;
	if (page_read(request, root, &facts, &err)) {
		fail_page(sync, OUTCOME_RETRY, err.text);
		return;
	}
	if (overlaps && (skip = check_overlap(sync, &facts)) < 0)
		return;
	if (facts.entries == 0 && sync->cursor.offset == 0 && next_plan(sync)) {
		/* "Nothing" at the very beginning may be a server that does not know an empty search. */
		sync->cursor.plan++;
		return;
	}
	if (needs_probe(sync, &facts, skip))
		return;
	sync->probing_end = false;
	if (is_reload(sync))
		take_reloaded_list(sync, request, root, skip);
	else
		take_list_page(sync, answer, root, &facts, skip, overlaps);
}

static void take_child(struct sync *sync, const char *id, const struct answer *answer, yyjson_val *root)
{
	const struct plan *plan = current_plan(sync);
	struct page_facts facts;
	struct err err;
	char before[CURSOR_TEXT];
	if (page_read(plan->child, root, &facts, &err)) {
		fail_page(sync, OUTCOME_RETRY, err.text);
		return;
	}
	if (facts.entries == 0 && facts.announced > 0) {
		fail_page(sync, OUTCOME_CONTRADICTION,
		          "the server gave an empty list, although it says that there are items in it");
		return;
	}
	cursor_text(&sync->cursor, before);
	walk_pass_child(sync, id);
	publish_page(sync, answer, id, facts.entries, 0, before);
}

void walk_pass_child(struct sync *sync, const char *id)
{
	const struct plan *plan = current_plan(sync);
	sync->cursor.child++;
	bool last = (size_t)sync->cursor.child == sync->children_count;
	/* A paged list needs the field for its own overlap. */
	if (plan->list->paging == PAGING_NONE) {
		snprintf(sync->cursor.last_id, sizeof sync->cursor.last_id, "%s", id);
		sync->cursor.ended = last;
	} else if (last) {
		pass_list_page(sync);
		forget_children(sync);
	}
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
