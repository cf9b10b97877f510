/* A server's own rate limit: so many requests a window for everyone together, answered with 429 and Retry-After beyond. */
#ifndef SIMULATOR_LIMIT_H
#define SIMULATOR_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limit {
	int64_t requests, window_ms;  /* requests 0: no limit */
	int64_t window_from_ms, used; /* of the window that runs */
	bool silent;                  /* without Retry-After */
	uint64_t refused;
};

/* Whether this request is over the limit; then *retry_after_s is the whole seconds until the window ends, at least 1. */
bool limit_refuses(struct limit *limit, int64_t now_ms, int64_t *retry_after_s);

#endif
