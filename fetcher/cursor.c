/* Cursor text: "5 walk page plan offset child in_child received requests needed shown told size digest flags fence last_id". */
#include "fetcher/cursor.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOVED = 1, ENDED = 2, LISTED = 4, EARLY = 8 };

_Static_assert(LIMIT_FENCE + LIMIT_ID + 240 < LIMIT_CURSOR, "a cursor must fit its own text");

const char *cursor_text(const struct cursor *cursor, char text[CURSOR_TEXT])
{
	snprintf(text, CURSOR_TEXT, "5 %d %d %d %lld %lld %lld %lld %lld %lld %lld %lld %d %lld %d %s %s", cursor->walk,
	         cursor->page, cursor->plan, (long long)cursor->offset, (long long)cursor->child,
	         (long long)cursor->in_child, (long long)cursor->received, (long long)cursor->requests,
	         (long long)cursor->needed, (long long)cursor->shown, (long long)cursor->told, cursor->size,
	         (long long)cursor->digest,
	         (cursor->moved ? MOVED : 0) | (cursor->ended ? ENDED : 0) | (cursor->listed ? LISTED : 0) |
	             (cursor->early ? EARLY : 0),
	         *cursor->fence ? cursor->fence : "-", cursor->last_id);
	return text;
}

/* A number and the space behind it. */
static bool take_number(const char **at, int64_t max, int64_t *number)
{
	char *end;
	errno = 0;
	long long taken = strtoll(*at, &end, 10);
	if (errno || end == *at || *end != ' ' || taken < 0 || taken > max)
		return false;
	*at = end + 1;
	*number = taken;
	return true;
}

bool cursor_parse(struct span span, struct cursor *ret)
{
	char text[CURSOR_TEXT];
	const char *at = text + 2;
	struct cursor cursor = {0};
	int64_t walk, page, plan, size, flags;
	if (!span_copy(span, text, sizeof text) || strncmp(text, "5 ", 2) != 0 || !take_number(&at, INT_MAX, &walk) ||
	    !take_number(&at, INT_MAX, &page) || !take_number(&at, INT_MAX, &plan) ||
	    !take_number(&at, INT64_MAX, &cursor.offset) || !take_number(&at, INT64_MAX, &cursor.child) ||
	    !take_number(&at, INT64_MAX, &cursor.in_child) || !take_number(&at, INT64_MAX, &cursor.received) ||
	    !take_number(&at, INT64_MAX, &cursor.requests) || !take_number(&at, INT64_MAX, &cursor.needed) ||
	    !take_number(&at, INT64_MAX, &cursor.shown) || !take_number(&at, INT64_MAX, &cursor.told) ||
	    !take_number(&at, INT_MAX, &size) || !take_number(&at, INT64_MAX, &cursor.digest) ||
	    !take_number(&at, MOVED | ENDED | LISTED | EARLY, &flags))
		return false;
	/* The id of the last item stands behind exactly one space: it may begin with one itself. */
	size_t fence = strcspn(at, " ");
	if (at[fence] != ' ' || !span_copy((struct span){at, fence}, cursor.fence, sizeof cursor.fence) ||
	    !span_copy(span_of(at + fence + 1), cursor.last_id, sizeof cursor.last_id))
		return false;
	if (strcmp(cursor.fence, "-") == 0)
		cursor.fence[0] = '\0';
	cursor.walk = (int)walk;
	cursor.page = (int)page;
	cursor.plan = (int)plan;
	cursor.size = (int)size;
	cursor.moved = (flags & MOVED) != 0;
	cursor.ended = (flags & ENDED) != 0;
	cursor.listed = (flags & LISTED) != 0;
	cursor.early = (flags & EARLY) != 0;
	*ret = cursor;
	return true;
}
