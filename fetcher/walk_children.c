/* What is asked for each element of a list page: the entries of a playlist, the tracks of an album, in one answer or in
 * several pages. */
#include <stdio.h>

#include "common/log.h"
#include "fetcher/fetcher_internal.h"

/* What its pages have told. */
static void forget_pages(struct sync *sync)
{
	sync->child_total = 0;
	sync->child_before.count = 0;
	sync->child_lacks = 0;
	sync->child_repeats = false;
}

static void forget_child(struct sync *sync)
{
	forget_pages(sync);
	sync->child_restarts = 0;
}

static void begin_child(struct sync *sync)
{
	sync->cursor.in_child = 0;
	forget_child(sync);
}

void children_forget(struct sync *sync)
{
	arena_reset(&sync->children_arena);
	sync->children = NULL;
	sync->children_count = 0;
	sync->children_loaded = false;
	forget_child(sync);
	/* Whether a page of such a list shows some of the one before once more is known only to who has seen that. */
	const struct request *child = walk_plan(sync)->child;
	if (child && child->paging == PAGING_TOTAL)
		sync->cursor.in_child = 0;
}

/* Those of a list that is published are told there. */
static size_t drop_unnamed(const char **ids, size_t count)
{
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		if (*ids[i])
			ids[used++] = ids[i];
	}
	return used;
}

bool children_load(struct sync *sync, const struct request *request, yyjson_val *root, int64_t skip)
{
	struct err err;
	children_forget(sync);
	if (page_ids(request, root, skip, sync->versions, &sync->children_arena, &sync->children, &sync->children_count,
	             &err)) {
		walk_fail_page(sync, OUTCOME_OPERATOR, err.text);
		return false;
	}
	if (walk_plan(sync)->list_is_published)
		sync->children_count = drop_unnamed(sync->children, sync->children_count);
	sync->children_loaded = true;
	return true;
}

const char *children_current(const struct sync *sync)
{
	bool there = sync->children_loaded && (size_t)sync->cursor.child < sync->children_count;
	return there ? sync->children[sync->cursor.child] : NULL;
}

/* id may be one of sync->children, which the last one forgets. */
static void pass(struct sync *sync, const char *id, int64_t entries)
{
	sync->cursor.needed += walk_pages_of(sync, sync->request, entries);
	sync->cursor.child++;
	begin_child(sync);
	/* A list with overlaps needs the field for them. */
	if (walk_plan(sync)->list->paging != PAGING_OFFSET)
		snprintf(sync->cursor.last_id, sizeof sync->cursor.last_id, "%s", id);
	if ((size_t)sync->cursor.child < sync->children_count)
		return;
	list_pass_page(sync);
	children_forget(sync);
}

/* Changed in length while it was read: from its beginning again, and the last time as it comes. */
static void restart(struct sync *sync)
{
	if (++sync->child_restarts >= LIMIT_WALKS)
		sync->cursor.moved = true;
	sync->cursor.in_child = 0;
	forget_pages(sync);
}

/* 0: it is the last page. */
static int64_t next_of(const struct sync *sync, const struct page_facts *facts)
{
	return facts->goes_on ? promise_next_offset(facts, sync->cursor.in_child, walk_page_size(sync)) : 0;
}

bool children_doubts(struct sync *sync, int64_t lacks)
{
	char place[LIMIT_ID + 32];
	const char *child = children_current(sync);
	snprintf(place, sizeof place, "%s %lld", child, (long long)sync->cursor.in_child);
	const char *what = sync->cursor.in_child ? place : child;
	return lacks ? walk_doubts_short(sync, what, lacks) : walk_doubts(sync, what);
}

/* As many as an answer can show, and nothing that tells whether they are all. */
static bool is_cut(const struct request *request, const struct page_facts *facts)
{
	return request->most && facts->entries >= request->most && !facts->goes_on && facts->total < 0;
}

/* Not read, or not to its end: what is stored of it stays. */
static void refuse(struct sync *sync, const char *cause)
{
	struct verdict refused = {.outcome = OUTCOME_MISSING, .status = 200, .retry_after_ms = -1, .next_step = "nothing"};
	const char *child = *children_current(sync) ? children_current(sync) : "?";
	snprintf(refused.cause, sizeof refused.cause, "%s", cause);
	log_info("list not readable", "account=%s %s %s: %s", sync->account.name, sync->request->name, child,
	         refused.cause);
	children_take_nothing(sync, child, &refused);
}

void children_pass_unnamed(struct sync *sync)
{
	while (!sync->abandoned && children_current(sync) && !*children_current(sync)) {
		sync->request = walk_plan(sync)->child;
		sync->cursor.needed -= walk_pages_of(sync, sync->request, 0); /* nothing is asked for */
		refuse(sync, "the server lists it without an id that can be used");
	}
}

static void refuse_cut(struct sync *sync)
{
	char cause[100];
	snprintf(cause, sizeof cause, "the server shows only the first %d items of this list", sync->request->most);
	refuse(sync, cause);
}

/* Also when it was asked for again: the list ends long before its length. That of a library is believed then, for nothing is
 * removed because of it; entries have no such proof, unless their list is cut before any are taken out. */
static bool takes_early_end(struct sync *sync)
{
	if (sync->said_early < sync->fetcher->settings->retries)
		return walk_ends_early(sync);
	if (sync->request->paging == PAGING_TOTAL)
		return true;
	refuse(sync, "the server's list ends before the length that it tells");
	return false;
}

static bool joins(struct sync *sync, const struct page_facts *facts)
{
	if (is_cut(sync->request, facts)) {
		refuse_cut(sync);
		return false;
	}
	if (facts->entries == 0 && facts->announced > 0) {
		walk_fail_page(sync, OUTCOME_CONTRADICTION,
		               "the server gave an empty list, although it says that there are items in it");
		return false;
	}
	/* Some servers count what they do not show: so once more, and then it is believed. */
	if (facts->announced > facts->entries && children_doubts(sync, facts->announced - facts->entries))
		return false;
	/* An album is there because of its tracks, whatever it says. */
	bool untold = facts->entries == 0 && sync->cursor.in_child == 0 && facts->total < 0 &&
	              (facts->announced < 0 || !walk_plan(sync)->list_is_published);
	if (untold && children_doubts(sync, 0))
		return false;
	if (!request_promises(sync->request))
		return true;
	const struct promised promised = {sync->cursor.in_child, walk_page_size(sync), sync->child_total, ""};
	enum promise promise = promise_check(sync->request, &promised, facts);
	if (promise == PROMISE_EARLY ? !takes_early_end(sync) : !walk_keeps_promise(sync, promise))
		return false;
	/* Places and lengths count what is not shown, too, so it is believed when it is said again. */
	int64_t total = facts->total >= 0 ? facts->total : sync->child_total;
	int64_t lacks = (facts->goes_on ? next_of(sync, facts) : total) - sync->cursor.in_child - facts->entries;
	if (promise == PROMISE_KEPT && lacks > 0 && children_doubts(sync, lacks))
		return false;
	sync->child_total = total;
	if (promise != PROMISE_CHANGED && promise != PROMISE_BEHIND)
		return true;
	if (sync->child_restarts < LIMIT_WALKS) {
		restart(sync);
		return false;
	}
	/* As it comes; but what stands elsewhere is not listed here once more: then what came before is all. */
	if (promise == PROMISE_BEHIND)
		children_take_nothing(sync, children_current(sync), NULL);
	return promise != PROMISE_BEHIND;
}

/* It begins with entries that the page before ended with: a playlist may repeat, but a server may also have begun too early, and
 * then as many are never shown. It is asked for again as often as any other page; what it insists on is believed, there and in
 * the rest of the playlist. Behind a page that was short, as many as it lacked are the same ones: Jellyfin cut pages before it took
 * out what the user may not see until 10.10.2. false: it is asked for again. */
static bool check_overlap(struct sync *sync, yyjson_val *root, int64_t *skip)
{
	int64_t overlap = page_overlap(sync->request, root, &sync->child_before, INT64_MAX);
	*skip = page_overlap(sync->request, root, &sync->child_before, sync->child_lacks);
	if (overlap && !sync->child_repeats && sync->asked_again < sync->fetcher->settings->retries) {
		log_info("page repeats", "account=%s %s from entry %lld on begins with %lld of the page before; asking again",
		         sync->account.name, sync->request->name, (long long)sync->cursor.in_child, (long long)overlap);
		sync_ask_again(sync, sync->asked_again++);
		return false;
	}
	sync->child_repeats |= overlap > 0;
	sync->asked_again = 0;
	return true;
}

static void go_on(struct sync *sync, yyjson_val *root, const struct page_facts *facts, int64_t next)
{
	page_remember(sync->request, root, &sync->child_before);
	sync->child_lacks = sync->request->paging == PAGING_TOTAL ? walk_page_size(sync) - facts->entries : 0;
	sync->cursor.in_child = next;
}

/* Some servers count what they do not show, and insist on it: that is believed, and told at the walk's end, for what is missing
 * could be among it. A playlist stands for itself. */
static void count_items(struct sync *sync, const struct page_facts *facts)
{
	if (walk_plan(sync)->list_is_published)
		return;
	bool is_whole = sync->cursor.in_child == 0 && !facts->goes_on;
	int64_t announced = facts->announced < LIMIT_ANNOUNCED ? facts->announced : LIMIT_ANNOUNCED;
	int64_t hidden = !is_whole ? 0 : announced > facts->entries ? announced - facts->entries : facts->entries == 0;
	sync->cursor.shown += facts->entries;
	sync->cursor.told += facts->entries + hidden;
	sync->cursor.early |= hidden > 0;
}

void children_take(struct sync *sync, const char *child, const struct answer *answer, yyjson_val *root,
                   const struct page_facts *facts)
{
	char before[CURSOR_TEXT], id[LIMIT_ID + 1];
	const struct request *child_request = walk_plan(sync)->child;
	int64_t skip, next = next_of(sync, facts);
	if (!joins(sync, facts) || !check_overlap(sync, root, &skip))
		return;
	const struct publishing publishing = {.cursor_before = before,
	                                      .parent = id,
	                                      .count = facts->entries - skip,
	                                      .skip = skip,
	                                      .first = sync->cursor.in_child,
	                                      .next = next};
	snprintf(id, sizeof id, "%s", child);
	cursor_text(&sync->cursor, before);
	count_items(sync, facts);
	if (next) {
		go_on(sync, root, facts, next);
	} else {
		pass(sync, id, sync->cursor.in_child + facts->entries);
		sync->unreadable = 0;
	}
	if ((sync->request->instead || sync->session.trying_instead) && !child_request->instead_each)
		sync->session.way = sync->session.trying_instead ? WAY_INSTEAD : WAY_FIRST;
	sync->session.trying_instead = false;
	publish_page(sync, answer, &publishing);
}

void children_take_nothing(struct sync *sync, const char *child, const struct verdict *refused)
{
	const struct answer nothing = {.status = refused ? refused->status : 200, .body = span_of("{}"), .total = -1};
	char before[CURSOR_TEXT], id[LIMIT_ID + 1];
	const struct publishing publishing = {.cursor_before = before,
	                                      .parent = id,
	                                      .refused = refused ? refused->cause : NULL,
	                                      .first = sync->cursor.in_child};
	snprintf(id, sizeof id, "%s", child);
	cursor_text(&sync->cursor, before);
	if (!refused)
		count_items(sync, &(struct page_facts){.announced = -1});
	pass(sync, id, 0);
	sync->session.trying_instead = false;
	publish_page(sync, &nothing, &publishing);
}
