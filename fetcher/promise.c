/* The rules for lists with a `next`. */
#include "fetcher/promise.h"

#include <string.h>

/* Servers were seen to promise one page too many; then what they counted is here. */
static bool is_all_here(const struct promised *promised, const struct page_facts *facts)
{
	return !facts->goes_on && facts->total >= 0 && facts->total == promised->offset;
}

/* Or past items that it has not shown. */
static bool leads_back(const struct request *request, const struct promised *promised, const struct page_facts *facts)
{
	if (request->paging == PAGING_AFTER)
		return !*facts->after || strcmp(facts->after, promised->after) == 0;
	int64_t step = facts->entries > promised->size ? facts->entries : promised->size;
	return facts->next_offset >= 0 &&
	       (facts->next_offset <= promised->offset || facts->next_offset - promised->offset > step);
}

/* Lengths have been seen to count items that are not shown, so a page may hold fewer than its place in the list has. What
 * stands behind that place is another matter, and so is a page that shows nothing of a list that is not empty. */
static bool ends_early(const struct promised *promised, const struct page_facts *facts)
{
	int64_t reach = facts->entries == 0 ? 0 : facts->entries > promised->size ? facts->entries : promised->size;
	int64_t total = facts->total >= 0 ? facts->total : promised->total;
	return !facts->goes_on && total > promised->offset + reach;
}

/* Spotify begins at the front again when it is asked for what stands behind the end of a list, which was longer a moment ago. */
static bool is_behind(const struct request *request, const struct promised *promised, const struct page_facts *facts)
{
	return request->paging == PAGING_NEXT && promised->offset > 0 && facts->entries > 0 && facts->total >= 0 &&
	       promised->offset >= facts->total;
}

/* A page that begins too early shows what is behind once more. */
static bool goes_beyond(const struct request *request, const struct promised *promised, const struct page_facts *facts)
{
	return request->paging != PAGING_AFTER && !facts->goes_on && facts->total >= 0 &&
	       promised->offset + facts->entries > facts->total;
}

/* Lengths also count what is not shown (tracks that a market lacks), and a last page may hold nothing else. That is believed only
 * when it is asked for again and again; that what stands behind its place is missing, too, never is. */
static bool hides_its_rest(const struct promised *promised, const struct page_facts *facts)
{
	return !facts->goes_on && facts->total > promised->offset && facts->total <= promised->offset + promised->size;
}

enum promise promise_check(const struct request *request, const struct promised *promised,
                           const struct page_facts *facts)
{
	bool due = facts->goes_on || promised->offset > 0 || facts->total > promised->size;
	if (facts->entries == 0 && due && !is_all_here(promised, facts))
		return hides_its_rest(promised, facts) ? PROMISE_EARLY : PROMISE_EMPTY;
	if (facts->goes_on && leads_back(request, promised, facts))
		return PROMISE_BACK;
	if (is_behind(request, promised, facts))
		return PROMISE_BEHIND;
	if (promised->total > 0 && facts->total >= 0 && facts->total != promised->total)
		return PROMISE_CHANGED;
	if (goes_beyond(request, promised, facts))
		return PROMISE_CHANGED;
	return ends_early(promised, facts) ? PROMISE_EARLY : PROMISE_KEPT;
}

int64_t promise_next_offset(const struct page_facts *facts, int64_t offset, int64_t page_size)
{
	return facts->next_offset >= 0 ? facts->next_offset : offset + page_size;
}
