/* The requests of all providers, chosen by a byte. */
#ifndef SYNCLINE_TESTS_FUZZ_REQUESTS_H
#define SYNCLINE_TESTS_FUZZ_REQUESTS_H

#include <assert.h>

#include "fetcher/provider.h"

static inline const struct provider *requests_provider(unsigned choice)
{
	static const char *const names[] = {"opensubsonic", "spotify", "applemusic", "jellyfin"};
	const struct provider *provider = provider_find(names[choice % COUNT_OF(names)]);
	assert(provider);
	return provider;
}

/* One of a plan's lists and children, or the first request of all. */
static inline const struct request *requests_of(const struct provider *provider, unsigned choice)
{
	const struct request *found[2 * CATEGORY_COUNT * PLANS_MAX + 1] = {provider->hello};
	size_t count = 1;
	for (unsigned category = 0; category < CATEGORY_COUNT; category++) {
		for (size_t i = 0; i < PLANS_MAX && provider->plans[category][i].list; i++) {
			const struct plan *plan = &provider->plans[category][i];
			found[count++] = plan->list;
			if (plan->child)
				found[count++] = plan->child;
		}
	}
	return found[choice % count];
}

#endif
