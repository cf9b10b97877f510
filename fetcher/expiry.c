/* The ends that providers set. */
#include "fetcher/expiry.h"

#include <string.h>

#include "fetcher/apple_token.h"

#define DAY_MS (24LL * 3600 * 1000)

/* Spotify: six months after the user agreed, whatever is refreshed since (its blog of 2026-06-18); the shortest six months
 * are 181 days. Apple tells no life of a user token; 180 days are what is seen. */
#define SPOTIFY_DAYS 181
#define APPLE_USER_DAYS 180

static void add(struct expiry *ret, const char *what, int64_t at_ms, bool about)
{
	if (ret->at_ms == 0 || at_ms < ret->at_ms)
		*ret = (struct expiry){at_ms, what, about};
}

bool expiry_find(const char *provider, const struct credentials *credentials, struct expiry *ret)
{
	struct expiry first = {0};
	int64_t at_ms = 0;
	if (strcmp(provider, "spotify") == 0 && credentials->authorized_at)
		add(&first, "the sign-in at Spotify", credentials->authorized_at + SPOTIFY_DAYS * DAY_MS, false);
	if (credentials->user_token_at)
		add(&first, "Apple's user token", credentials->user_token_at + APPLE_USER_DAYS * DAY_MS, true);
	if (*credentials->developer_token && apple_token_expiry(credentials->developer_token, &at_ms) && at_ms)
		add(&first, "Apple's developer token", at_ms, false);
	if (!first.at_ms)
		return false;
	*ret = first;
	return true;
}
