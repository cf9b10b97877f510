/* Where a walk goes on: opaque text to everybody else, small enough for a Kafka header or a Redis field. */
#ifndef SYNCLINE_FETCHER_CURSOR_H
#define SYNCLINE_FETCHER_CURSOR_H

#include <stdint.h>

#include "common/limits.h"
#include "common/span.h"

struct cursor {
	int walk;         /* which walk of the sync */
	int page;         /* number of the next page */
	int plan;         /* which plan of the category */
	int64_t offset;   /* items of the list already behind */
	int64_t child;    /* children of the current list page already behind */
	int64_t in_child; /* items of the next child already behind, when they come in several pages */
	int64_t received; /* items in all pages of this walk so far */
	int64_t requests; /* sent for the category, in all its walks */
	int64_t needed;   /* of this walk's children, the fewest that could have done */
	/* Items that the pages so far have shown, and how long the list said that it is (0: it did not). Of a list that is read for its
	 * children alone: what those have shown and counted. */
	int64_t shown, told;
	int size;       /* of the list page whose children are read: items that were asked for; 0: there is none */
	int64_t digest; /* of that page's ids: it must be the same when it is asked for again */
	bool moved;     /* the library was seen to move in this walk */
	bool ended;     /* the end marker was reached: no page follows */
	bool listed;    /* the list page at `offset` is behind, its children are not */
	bool early;     /* a list ended before the length that it told, also when it was asked again */
	/* Fence read before the walk, digits and words without white space; "" while none was read. */
	char fence[LIMIT_FENCE];
	/* The place in the list: id of the last item behind, with which the next page must begin (PAGING_OFFSET) or behind which
	 * it is asked for (PAGING_AFTER); of the last child behind otherwise. Last, because it may hold anything. */
	char last_id[LIMIT_ID + 1];
};

enum { CURSOR_TEXT = LIMIT_CURSOR };
/* Returns text. */
const char *cursor_text(const struct cursor *cursor, char text[CURSOR_TEXT]);
/* false: not a cursor (of another version): the walk starts over. */
bool cursor_parse(struct span text, struct cursor *cursor);

#endif
