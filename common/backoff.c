/* Exponential backoff with jitter. */
#include "common/backoff.h"

#include <assert.h>

int64_t backoff_next_ms(const struct backoff *policy, int retry, uint32_t random)
{
	assert(policy->base_ms > 0 && policy->max_ms >= policy->base_ms && retry >= 0);
	if (policy->tries_max && retry >= policy->tries_max)
		return -1;
	int64_t wait_ms = policy->base_ms;
	for (int i = 0; i < retry && wait_ms < policy->max_ms; i++)
		wait_ms *= 2;
	if (wait_ms > policy->max_ms)
		wait_ms = policy->max_ms;
	return wait_ms - wait_ms / 4 + (int64_t)(random % 1000) * (wait_ms / 2) / 1000;
}
