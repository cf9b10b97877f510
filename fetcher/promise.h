/* Lists with a `next`: each page promises whether and where the list goes on, and how long it is. Does this page keep what
 * the ones before promised? */
#ifndef SYNCLINE_FETCHER_PROMISE_H
#define SYNCLINE_FETCHER_PROMISE_H

#include "fetcher/page.h"

enum promise {
	PROMISE_KEPT,
	PROMISE_EMPTY,   /* nothing, where there had to be something */
	PROMISE_BACK,    /* goes on at a place that is behind already: it would never end */
	PROMISE_EARLY,   /* the end, they say, long before the length that they tell */
	PROMISE_CHANGED, /* the list's length is not what it was */
	PROMISE_BEHIND,  /* items of a page that begins behind the end: they stand elsewhere in the list */
};

/* What is known before the page. */
struct promised {
	int64_t offset;    /* where the page began: items of the list before it */
	int64_t size;      /* items that were asked for */
	int64_t total;     /* as the pages before told; 0: none has */
	const char *after; /* PAGING_AFTER: the item behind which the page was asked for, "" for the first page */
};

/* request is paged by NEXT or AFTER. */
enum promise promise_check(const struct request *request, const struct promised *promised,
                           const struct page_facts *facts);

/* Where the list goes on behind a page that goes on. page_size: items asked for; a server may give fewer and still count
 * them all (entries that it left out), so what is not told is the size, never the number of entries. */
int64_t promise_next_offset(const struct page_facts *facts, int64_t offset, int64_t page_size);

#endif
