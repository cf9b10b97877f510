/* A fixed window counter. */
#include "limit.h"

bool limit_refuses(struct limit *limit, int64_t now_ms, int64_t *retry_after_s)
{
	if (!limit->requests)
		return false;
	if (now_ms - limit->window_from_ms >= limit->window_ms) {
		limit->window_from_ms = now_ms;
		limit->used = 0;
	}
	if (limit->used < limit->requests) {
		limit->used++;
		return false;
	}
	limit->refused++;
	*retry_after_s = (limit->window_from_ms + limit->window_ms - now_ms + 999) / 1000;
	return true;
}
