/* Where in the shelf's order a list went on: players (and our own fetcher) copy a library page after page by offset, and a database
 * can only count its way to an offset. So the place behind each page is remembered, and the next page begins there.
 *
 * In memory of one process, ANCHORS of them, the oldest forgotten first; without one an offset is counted as ever. A reader who
 * goes on at a place misses and repeats nothing, also when items came or went before it. Any thread. */
#ifndef SYNCLINE_CONSOLE_SUBSONIC_ANCHOR_H
#define SYNCLINE_CONSOLE_SUBSONIC_ANCHOR_H

#include "common/limits.h"
#include "console/shelf.h"

enum { ANCHORS = 256 };

struct anchor_place {
	char letter[8], sort_key[SHELF_SORT_KEY + 1], id[LIMIT_ID + 1];
};

/* The known place nearest before an offset. Returns the offset of what stands behind it: 0, and an empty place, at the worst. */
int anchor_find(const char *account_id, const struct shelf_kind *kind, int offset, struct anchor_place *place);
/* What stands at offset is the item behind this place. */
void anchor_keep(const char *account_id, const struct shelf_kind *kind, int offset, const struct anchor_place *place);

#endif
