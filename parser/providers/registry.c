/* The providers whose answers are understood. */
#include "common/attributes.h"
#include "parser/mapping.h"

extern const struct provider_mappings mappings_opensubsonic, mappings_spotify, mappings_applemusic, mappings_jellyfin;

static const struct provider_mappings *const providers[] = {&mappings_opensubsonic, &mappings_spotify,
                                                            &mappings_applemusic, &mappings_jellyfin};

const struct provider_mappings *mappings_at(size_t i)
{
	return i < COUNT_OF(providers) ? providers[i] : NULL;
}

const struct provider_mappings *mappings_find(struct span provider)
{
	for (size_t i = 0; i < COUNT_OF(providers); i++) {
		if (span_is(provider, providers[i]->name))
			return providers[i];
	}
	return NULL;
}

const struct mapping *mapping_find(const struct provider_mappings *provider, struct span request)
{
	for (size_t i = 0; i < provider->count; i++) {
		if (span_is(request, provider->mappings[i].request))
			return &provider->mappings[i];
	}
	return NULL;
}
