/* A page of a category's list: does it join the page before, where does the list go on, is it the end?
 *
 * A page of an offset-paged list is asked for one item early, so that it begins with the last item of the page before.
 * Three things follow: an insert or a removal behind the cursor is seen at once; the end is an answer with that item and
 * nothing else; and an empty answer in the middle is a contradiction, not an end. Servers that filter a page after
 * cutting it could still leave just that item in the middle: so one more request, behind it, must find nothing. */
#include <stdio.h>

#include "common/hash.h"
#include "common/log.h"
#include "fetcher/fetcher_internal.h"

/* An answer, its list, and what of it is new. */
struct list_page {
	const struct request *request;
	const struct answer *answer;
	yyjson_val *root;
	const struct page_facts *facts;
	bool overlaps; /* it was asked for one item early */
	int64_t early; /* items at its head that stand before the place where the list goes on */
	int64_t skip;  /* those of them that are behind already */
};

void list_pass_page(struct sync *sync)
{
	sync->cursor.offset = sync->behind.offset;
	sync->cursor.child = sync->cursor.in_child = 0;
	sync->cursor.listed = false;
	sync->cursor.size = 0;
	sync->cursor.digest = 0;
	sync->looked_again = 0;
	snprintf(sync->cursor.last_id, sizeof sync->cursor.last_id, "%s", sync->behind.last_id);
	sync->cursor.ended |= sync->behind.is_last;
}

/* ---- joining the page before ---- */

/* On the last permitted walk the page is taken all the same. */
static bool begins_again(struct sync *sync)
{
	bool again = sync->cursor.walk + 1 < LIMIT_WALKS;
	walk_moved(sync);
	return again;
}

/* Each place of each walk is doubted on its own. */
enum { PLACE_TEXT = 64 };
static const char *place_of(const struct sync *sync, char text[PLACE_TEXT])
{
	snprintf(text, PLACE_TEXT, "%d %lld", sync->cursor.walk, (long long)sync->cursor.offset);
	return text;
}

static const char same_page[] = "the server gives the same page whatever offset is asked for";

/* Sets skip, or early. false: the page was dealt with (asked for again, failed, walk started over). */
static bool check_overlap(struct sync *sync, struct list_page *page)
{
	const char *first_id = page->facts->first_id;
	char cause[300], place[PLACE_TEXT];
	if (page->facts->entries == 0) {
		snprintf(cause, sizeof cause,
		         "the server gave an empty page at item %lld, although it had just listed items there",
		         (long long)sync->cursor.offset);
		walk_fail_page(sync, OUTCOME_CONTRADICTION, cause);
		return false;
	}
	if (strcmp(first_id, sync->cursor.last_id) == 0) {
		page->skip = 1;
		return true;
	}
	/* The library has moved, or the server has slipped. */
	if (walk_doubts(sync, place_of(sync, place)))
		return false;
	/* As many new items in front as a page holds look the same: so not before the last walk. */
	bool same = sync->before.count && hash_of(span_of(first_id)) == sync->before.hashes[0];
	if (same && sync->cursor.walk + 1 >= LIMIT_WALKS) {
		walk_fail_page(sync, OUTCOME_OPERATOR, same_page);
		return false;
	}
	if (begins_again(sync))
		return false;
	/* All of it is taken, for what stands in front may be new, and the list goes on behind as many as stand there behind the item
	 * that was the last one: so a slip leaves nothing out. With too few of them it would crawl. */
	int64_t behind = page_place(page->request, page->root, sync->cursor.last_id);
	if (behind && behind <= page->facts->entries / 2)
		page->early = behind;
	return true;
}

/* All of it: no song is saved twice a whole page long. */
static bool is_the_page_before(const struct sync *sync, const struct page_facts *facts)
{
	return facts->entries > 1 && facts->entries == (int64_t)sync->before.count &&
	       hash_of(span_of(facts->first_id)) == sync->before.hashes[0] && page_held(&sync->before, facts->last_id);
}

/* A page without an overlap that begins with an item of the page before: something was added in front meanwhile, or the server
 * has slipped, so it is asked for again. What it insists on is believed where the fence tells every move (a song that is saved
 * twice), else the library has moved, or the server knows no offsets. false: the page was dealt with. */
static bool check_repetition(struct sync *sync, const struct list_page *page)
{
	if (!page_held(&sync->before, page->facts->first_id)) {
		sync->asked_again = 0;
		return true;
	}
	if (sync->asked_again < sync->fetcher->settings->retries) {
		log_info("page repeats", "account=%s %s page %d begins with an item of the page before; asking again",
		         sync->account.name, page->request->name, sync->cursor.page);
		sync_ask_again(sync, sync->asked_again++);
		return false;
	}
	sync->asked_again = 0;
	bool same = is_the_page_before(sync, page->facts);
	if (same && sync->cursor.walk + 1 >= LIMIT_WALKS) {
		walk_fail_page(sync, OUTCOME_OPERATOR, same_page);
		return false;
	}
	return (!same && *sync->cursor.fence == '!') || !begins_again(sync);
}

bool list_is_reloaded(const struct sync *sync)
{
	return sync->cursor.size > 0 && walk_plan(sync)->child && !sync->children_loaded;
}

void list_look_again(struct sync *sync)
{
	children_forget(sync);
	sync->session.trying_instead = false;
	sync->before.count = 0; /* it is that page */
}

/* It shows fewer items than stand at its place, by its `next` or by the list's length. Lengths count what is not shown, so that
 * is believed when it is said again, and then of each page of the walk: some hide an item on every page. */
static bool doubts_short(struct sync *sync, const struct list_page *page)
{
	const struct page_facts *facts = page->facts;
	int64_t total = facts->total >= 0 ? facts->total : sync->cursor.told;
	int64_t next = !facts->goes_on ? total : page->request->paging == PAGING_NEXT ? facts->next_offset : -1;
	int64_t hidden = next - sync->cursor.offset - facts->entries;
	char place[PLACE_TEXT];
	if (hidden <= 2 * sync->hides) /* they vary */
		return false;
	if (walk_doubts_short(sync, place_of(sync, place), hidden))
		return true;
	sync->hides = sync->short_by;
	return false;
}

static bool joins(struct sync *sync, struct list_page *page)
{
	if (page->overlaps)
		return check_overlap(sync, page);
	if (!request_promises(page->request))
		return true;
	const struct promised promised = {sync->cursor.offset, walk_page_size(sync), sync->cursor.told,
	                                  sync->cursor.last_id};
	enum promise promise = promise_check(page->request, &promised, page->facts);
	if (!walk_keeps_promise(sync, promise))
		return false;
	if ((promise == PROMISE_CHANGED || promise == PROMISE_BEHIND) && begins_again(sync))
		return false;
	if (!check_repetition(sync, page) || (promise == PROMISE_KEPT && doubts_short(sync, page)))
		return false;
	if (page->facts->total > 0 && walk_plan(sync)->list_is_published)
		sync->cursor.told = page->facts->total;
	return true;
}

/* ---- taking it ---- */

static void learn_totals(struct sync *sync, const struct list_page *page)
{
	const struct request *request = page->request;
	const struct page_facts *facts = page->facts;
	int64_t total = facts->total >= 0 ? facts->total : page->answer->total;
	if (total >= 0 && !walk_plan(sync)->child) {
		sync->totals[sync->category] = total;
		sync->totals_exact[sync->category] = !request_promises(
			request); /* such totals have been seen to count what is not listed */
	}
	if (request->paging == PAGING_NONE && !walk_plan(sync)->child) {
		sync->totals[sync->category] = facts->entries;
		sync->totals_exact[sync->category] = true;
	}
	if (!request->count[0] || sync->totals_exact[request->counted])
		return;
	/* Counted from a first page on, so that neither a takeover nor a repeated walk counts twice. */
	if (sync->cursor.page == 0 && sync->cursor.offset == 0) {
		bool lists_itself = request->counted == sync->category && walk_plan(sync)->list_is_published;
		sync->totals[request->counted] = !lists_itself ? 0 : facts->total > 0 ? facts->total : facts->entries;
		sync->counting = true;
	}
	if (sync->counting)
		sync->totals[request->counted] += facts->counted;
}

/* Where the list goes on behind this page. */
static void look_behind(struct sync *sync, const struct list_page *page)
{
	const struct request *request = page->request;
	const struct page_facts *facts = page->facts;
	sync->behind.offset = sync->cursor.offset + facts->entries - page->early; /* positions of the server's list */
	if (request_promises(request) && request->paging != PAGING_AFTER && facts->goes_on)
		sync->behind.offset = promise_next_offset(facts, sync->cursor.offset, walk_page_size(sync));
	bool nothing_new = facts->entries == page->skip;
	sync->behind.is_last = request->paging == PAGING_NONE ||
	                       (request_promises(request) ? !facts->goes_on : nothing_new);
	const char *place = request->paging == PAGING_AFTER ? facts->after
	                    : facts->entries                ? facts->last_id
	                                                    : sync->cursor.last_id;
	snprintf(sync->behind.last_id, sizeof sync->behind.last_id, "%s", place);
}

static void take_new(struct sync *sync, const struct list_page *page)
{
	const struct plan *plan = walk_plan(sync);
	char before[CURSOR_TEXT];
	int size = walk_page_size(sync);
	learn_totals(sync, page);
	cursor_text(&sync->cursor, before);
	/* A page that begins at a wrong place shows some items once more, and others, as many, never. */
	if (plan->list_is_published)
		sync->cursor.shown += page->facts->entries - page->skip -
		                      page_repeats(page->request, page->root, page->skip, &sync->before);
	page_remember(page->request, page->root, &sync->before);
	if (plan->child && !children_load(sync, plan->list, page->root, page->skip))
		return;
	/* With children to come the page is behind when they are, so that a takeover finds it again, and the end is theirs. */
	if (sync->children_count == 0) {
		list_pass_page(sync);
	} else {
		sync->cursor.listed = plan->list_is_published;
		sync->cursor.size = size;
		sync->cursor.digest = page_digest(page->request, page->root);
	}
	const struct publishing publishing = {.cursor_before = before,
	                                      .count = page->facts->entries - page->skip,
	                                      .skip = page->skip};
	if (plan->list_is_published || sync->cursor.ended)
		publish_page(sync, page->answer, &publishing);
	if (sync->children_count == 0)
		children_forget(sync);
}

/* After a takeover in the middle of the children their list is asked for again, and must be what it was: children are found by
 * their place in it, and what it shows now for the first time was never published. */
static void take_reloaded(struct sync *sync, const struct list_page *page)
{
	if (page_digest(page->request, page->root) != sync->cursor.digest) {
		bool last = sync->cursor.walk + 1 >= LIMIT_WALKS;
		walk_moved(sync);
		sync->cursor.child = sync->cursor.in_child = 0; /* reads some children twice rather than none */
		if (last)
			take_new(sync, page);
		return;
	}
	page_remember(page->request, page->root, &sync->before);
	if (!children_load(sync, page->request, page->root, page->skip))
		return;
	size_t behind = (size_t)sync->cursor.child;
	bool agrees = behind < sync->children_count;
	if (agrees && behind && page->request->paging != PAGING_OFFSET)
		agrees = strcmp(sync->children[behind - 1], sync->cursor.last_id) == 0;
	if (agrees)
		return;
	if (sync->cursor.walk + 1 >= LIMIT_WALKS)
		sync->cursor.child = sync->cursor.in_child = 0;
	walk_moved(sync);
}

/* The overlap alone came back: the end, if the place behind it is empty too. */
static bool needs_probe(struct sync *sync, const struct list_page *page)
{
	bool told = sync->totals_exact[sync->category] && sync->totals[sync->category] == sync->cursor.offset;
	if (sync->probing_end || told || page->skip == 0 || page->facts->entries > page->skip)
		return false;
	sync->probing_end = true;
	return true;
}

/* How many items more than it has shown a list that is paged by offsets tells of at its end. */
static int64_t missing_at_end(const struct sync *sync, const struct list_page *page)
{
	int64_t total = page->facts->total >= 0 ? page->facts->total : page->answer->total;
	bool is_end = page->request->paging == PAGING_OFFSET && sync->cursor.offset > 0 &&
	              page->facts->entries == page->skip;
	return is_end && total > sync->cursor.offset ? total - sync->cursor.offset : 0;
}

/* As those of lists with a `next`: asked for again, then believed and told. false: asked for again. */
static bool accept_end(struct sync *sync, const struct list_page *page)
{
	int64_t missing = missing_at_end(sync, page);
	if (!missing)
		return true;
	if (!walk_ends_early(sync))
		return false;
	if (sync->cursor.told < sync->cursor.shown)
		sync->cursor.told = sync->cursor.shown;
	sync->cursor.told += missing;
	return true;
}

const char *list_denies_nothing(const struct sync *sync)
{
	const struct request *list = walk_plan(sync)->list;
	enum fence_shows shown = fence_shows(&sync->fence, list->name);
	/* What an earlier sync has stored, or albums have counted, may be gone, and then it is told so often. */
	int64_t more = sync->totals[sync->category] > 0 ? sync->fetcher->settings->retries : shown == SHOWS_UNKNOWN;
	if (shown == SHOWS_ITEMS)
		return "the server says that there is nothing, although it has just shown a part of this list";
	if (sync->retries < more && sync->retries < sync->fetcher->settings->retries)
		return "the server says that there is nothing; it is asked once more";
	return NULL;
}

/* "Nothing" at the very beginning is looked into. false: there is nothing. */
static bool finds_more(struct sync *sync)
{
	if (walk_next_plan(sync)) /* a server that does not know an empty search */
		return true;
	const char *cause = list_denies_nothing(sync);
	if (cause)
		walk_fail_page(sync, OUTCOME_CONTRADICTION, cause);
	return cause != NULL;
}

void list_take(struct sync *sync, const struct answer *answer, yyjson_val *root, const struct page_facts *facts)
{
	const struct request *request = walk_plan(sync)->list;
	struct list_page page = {
		.request = request,
		.answer = answer,
		.root = root,
		.facts = facts,
		.overlaps = request->paging == PAGING_OFFSET && sync->cursor.offset > 0 && !sync->probing_end,
	};
	page.early = page.overlaps;
	/* Behind the end it shows the last item, as servers do that know no offsets, or none beyond the list. */
	if (sync->probing_end)
		page.early = page.skip = page_place(request, root, sync->cursor.last_id);
	if (!joins(sync, &page))
		return;
	if (facts->entries == 0 && sync->cursor.offset == 0 && finds_more(sync))
		return;
	if (needs_probe(sync, &page))
		return;
	if (!accept_end(sync, &page))
		return;
	sync->probing_end = false;
	look_behind(sync, &page);
	if (list_is_reloaded(sync))
		take_reloaded(sync, &page);
	else
		take_new(sync, &page);
}
