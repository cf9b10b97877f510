/* When a sign-in ends by itself, so that people hear of it before their syncs stop. Pure. */
#ifndef SYNCLINE_FETCHER_EXPIRY_H
#define SYNCLINE_FETCHER_EXPIRY_H

#include "fetcher/credentials.h"

struct expiry {
	int64_t at_ms;    /* since 1970 */
	const char *what; /* "the sign-in at Spotify"; static */
	bool about;       /* as the provider's users report it: it may end sooner or later */
};

/* How long before the end people are told. */
#define EXPIRY_WARN_MS (30LL * 24 * 3600 * 1000)

/* What ends first. false: nothing that is known of (a password, a key that signs its own tokens). */
bool expiry_find(const char *provider, const struct credentials *credentials, struct expiry *ret) MUST_USE;

#endif
