/* Retry policy as data, and the pure function that says how long to wait. */
#ifndef SYNCLINE_BACKOFF_H
#define SYNCLINE_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t base_ms; /* wait before the first retry */
	int64_t max_ms;  /* where the doubling ends; the jitter may add to it */
	int tries_max;   /* retries after the first attempt; 0: for ever */
};

/* The wait before retry number `retry` (0 = first), doubling, with +-25 % jitter from `random` (any 32 bits), so that a
 * fleet that failed together does not come back together. -1 when the policy allows no more. */
int64_t backoff_next_ms(const struct backoff *policy, int retry, uint32_t random);

#endif
