/* A small table under a lock. */
#include "console/authorizations.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/vault.h"

struct entry {
	int64_t until_ms; /* 0: free */
	struct authorization authorization;
};

struct authorizations {
	pthread_mutex_t lock;
	struct entry entries[AUTHORIZATIONS];
};

struct authorizations *authorizations_open(void)
{
	struct authorizations *authorizations = calloc(1, sizeof *authorizations);
	if (authorizations)
		pthread_mutex_init(&authorizations->lock, NULL);
	return authorizations;
}

void authorizations_close(struct authorizations **authorizations)
{
	if (!*authorizations)
		return;
	vault_wipe((*authorizations)->entries, sizeof(*authorizations)->entries);
	pthread_mutex_destroy(&(*authorizations)->lock);
	free(*authorizations);
	*authorizations = NULL;
}

/* What has waited too long goes, whoever comes. */
static void drop_late(struct authorizations *authorizations, int64_t now_ms)
{
	for (size_t i = 0; i < AUTHORIZATIONS; i++) {
		struct entry *entry = &authorizations->entries[i];
		if (entry->until_ms && entry->until_ms <= now_ms)
			vault_wipe(entry, sizeof *entry);
	}
}

void authorizations_put(struct authorizations *authorizations, const struct authorization *authorization,
                        int64_t now_ms)
{
	pthread_mutex_lock(&authorizations->lock);
	drop_late(authorizations, now_ms);
	struct entry *to = &authorizations->entries[0];
	for (size_t i = 1; i < AUTHORIZATIONS; i++) {
		if (authorizations->entries[i].until_ms < to->until_ms)
			to = &authorizations->entries[i]; /* free, or else the oldest */
	}
	*to = (struct entry){now_ms + AUTHORIZATION_MS, *authorization};
	pthread_mutex_unlock(&authorizations->lock);
}

static bool same(const char *a, const char *b)
{
	size_t len = strlen(a);
	return len && len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

bool authorizations_take(struct authorizations *authorizations, const char *session, const char *state, int64_t now_ms,
                         struct authorization *ret)
{
	bool found = false;
	pthread_mutex_lock(&authorizations->lock);
	drop_late(authorizations, now_ms);
	for (size_t i = 0; i < AUTHORIZATIONS && !found; i++) {
		struct entry *entry = &authorizations->entries[i];
		found = entry->until_ms && same(entry->authorization.authorize.state, state) &&
		        same(entry->authorization.session, session);
		if (found) {
			*ret = entry->authorization;
			vault_wipe(entry, sizeof *entry);
		}
	}
	pthread_mutex_unlock(&authorizations->lock);
	return found;
}
