/* Cursor text: "1 walk page plan offset child received flags fence last_id". */
#include "fetcher/cursor.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOVED = 1, ENDED = 2 };

_Static_assert(LIMIT_FENCE + LIMIT_ID + 160 < LIMIT_CURSOR, "a cursor must fit its own text");

const char *cursor_text(const struct cursor *cursor, char text[CURSOR_TEXT])
{
	snprintf(text, CURSOR_TEXT, "1 %d %d %d %lld %lld %lld %d %s %s", cursor->walk, cursor->page, cursor->plan,
	         (long long)cursor->offset, (long long)cursor->child, (long long)cursor->received,
	         (cursor->moved ? MOVED : 0) | (cursor->ended ? ENDED : 0), *cursor->fence ? cursor->fence : "-",
	         cursor->last_id);
	return text;
}

bool cursor_parse(struct span span, struct cursor *ret)
{
	char text[CURSOR_TEXT], fence[LIMIT_FENCE];
	struct cursor cursor = {0};
	long long offset, child, received;
	int flags, used = 0;
	/* The id of the last item stands behind exactly one space: it may begin with one itself. */
	if (!span_copy(span, text, sizeof text) || strncmp(text, "1 ", 2) != 0 ||
	    sscanf(text, "1 %d %d %d %lld %lld %lld %d %511s%n", &cursor.walk, &cursor.page, &cursor.plan, &offset, &child,
	           &received, &flags, fence, &used) != 8 ||
	    text[used++] != ' ')
		return false;
	cursor.offset = offset;
	cursor.child = child;
	cursor.received = received;
	cursor.moved = (flags & MOVED) != 0;
	cursor.ended = (flags & ENDED) != 0;
	if (strcmp(fence, "-") != 0)
		snprintf(cursor.fence, sizeof cursor.fence, "%s", fence);
	if (cursor.walk < 0 || cursor.page < 0 || cursor.plan < 0 || offset < 0 || child < 0 || received < 0 ||
	    !span_copy(span_of(text + used), cursor.last_id, sizeof cursor.last_id))
		return false;
	*ret = cursor;
	return true;
}
