/* What the walk has to know of an answer: how many items, which is first and last. Nothing else is looked at here; the
 * parser does the rest. */
#ifndef SYNCLINE_FETCHER_PAGE_H
#define SYNCLINE_FETCHER_PAGE_H

#include "common/arena.h"
#include "common/json.h"
#include "fetcher/provider.h"
#include "fetcher/versions.h"

struct page_facts {
	int64_t entries;
	char first_id[LIMIT_ID + 1], last_id[LIMIT_ID + 1]; /* "" when there is none, or an entry without an id */
	int64_t counted;                                    /* sum of request->count over the items */
	int64_t announced;                                  /* items the answer says it has; -1: it does not say */
	int64_t total;                                      /* items of the whole list; -1: not told */
	bool goes_on;                                       /* there is a `next`; TOTAL: see page_goes_on */
	int64_t next_offset;                                /* the offset in it; -1: none can be read */
	char after[LIMIT_ID + 1];                           /* PAGING_AFTER: where to go on; "" when there is none */
};

/* What a page held, to know its items again on the next one, by their ids, or as they stand there where they have none. More than
 * there is room for are left out. */
struct page_items {
	uint64_t hashes[LIMIT_PAGE_ITEMS];
	size_t count;
};

void page_remember(const struct request *request, yyjson_val *root, struct page_items *items);
/* false: not seen, or it has no id. */
bool page_held(const struct page_items *items, const char *id);

/* How many of its items behind the first `skip` were on the page before. */
int64_t page_repeats(const struct request *request, yyjson_val *root, int64_t skip, const struct page_items *before);

/* With how many of the items that the page before ended with does this one begin, in the same order? At most so many; 0: with
 * none. */
int64_t page_overlap(const struct request *request, yyjson_val *root, const struct page_items *before, int64_t most);

/* How many items stand up to the one with this id, itself included; 0: it is not there. */
int64_t page_place(const struct request *request, yyjson_val *root, const char *id);

/* REJECT: the place where the list must be is not there, or the total that tells its end (PAGING_TOTAL). An absent or empty
 * list inside an object of its own is 0 entries; one at the top of an answer is never left out. */
int page_read(const struct request *request, yyjson_val *root, struct page_facts *facts, struct err *err) MUST_USE;

/* Completes the facts of a page of a PAGING_TOTAL list of which `size` items from `offset` on were asked for: does the list go
 * on, and where? Nothing is no end, but where the page's place reaches the list's. Other lists' facts stay as they are. */
void page_goes_on(const struct request *request, int64_t offset, int64_t size, struct page_facts *facts);

/* Of all its ids in their order: two pages that list the same have the same. Not negative. */
int64_t page_digest(const struct request *request, yyjson_val *root);

/* The ids of the items behind the first `skip`, copied into the arena, "" where there is none that can be used; left out are
 * those whose version is known (known may be NULL). REJECT: more than LIMIT_CHILDREN. */
int page_ids(const struct request *request, yyjson_val *root, int64_t skip, const struct versions *known,
             struct arena *arena, const char ***ids, size_t *count, struct err *err) MUST_USE;

#endif
