/* Failures by address and name. */
#include "console/guard.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_FIRST_MS = 2000, FORGET_MS = 60 * 60 * 1000, MINUTE_MS = 60 * 1000 };

struct entry {
	char address[48]; /* "": free */
	char name[64];    /* as it was tried, cut */
	int failures;
	int64_t last_ms;
};

struct guard {
	pthread_mutex_t lock;
	struct entry entries[GUARD_ENTRIES];
	int64_t minute_ms; /* when the running minute began */
	int tries;         /* in it, of all addresses */
};

struct guard *guard_open(void)
{
	struct guard *guard = calloc(1, sizeof *guard);
	if (guard)
		pthread_mutex_init(&guard->lock, NULL);
	return guard;
}

void guard_close(struct guard **guard)
{
	if (*guard)
		pthread_mutex_destroy(&(*guard)->lock);
	free(*guard);
	*guard = NULL;
}

/* The entry of a name at an address, or the one to use for it. */
static struct entry *entry_of(struct guard *guard, const char *address, const char *name)
{
	struct entry *oldest = &guard->entries[0];
	char cut[sizeof oldest->name];
	snprintf(cut, sizeof cut, "%s", name);
	for (int i = 0; i < GUARD_ENTRIES; i++) {
		struct entry *entry = &guard->entries[i];
		if (strcmp(entry->address, address) == 0 && strcmp(entry->name, cut) == 0)
			return entry;
		if (!*entry->address || (*oldest->address && entry->last_ms < oldest->last_ms))
			oldest = entry;
	}
	*oldest = (struct entry){0};
	snprintf(oldest->address, sizeof oldest->address, "%s", address);
	snprintf(oldest->name, sizeof oldest->name, "%s", cut);
	return oldest;
}

/* All names of an address together, without what is to be forgotten. */
static struct entry sum_of(struct guard *guard, const char *address, int64_t now_ms)
{
	struct entry sum = {0};
	for (int i = 0; i < GUARD_ENTRIES; i++) {
		struct entry *entry = &guard->entries[i];
		if (strcmp(entry->address, address) != 0)
			continue;
		if (now_ms - entry->last_ms > FORGET_MS)
			entry->failures = 0;
		sum.failures += entry->failures;
		sum.last_ms = entry->last_ms > sum.last_ms ? entry->last_ms : sum.last_ms;
	}
	return sum;
}

static int64_t wait_after(int failures)
{
	int64_t wait_ms = WAIT_FIRST_MS;
	if (failures < GUARD_FREE_TRIES)
		return 0;
	for (int i = GUARD_FREE_TRIES; i < failures && wait_ms < GUARD_WAIT_MAX_MS; i++)
		wait_ms *= 2;
	return wait_ms < GUARD_WAIT_MAX_MS ? wait_ms : GUARD_WAIT_MAX_MS;
}

/* Of all addresses: ms until the next minute, when this one's tries are used up. */
static int64_t wait_of_all(struct guard *guard, int64_t now_ms)
{
	if (now_ms - guard->minute_ms >= MINUTE_MS) {
		guard->minute_ms = now_ms;
		guard->tries = 0;
	}
	return guard->tries < GUARD_TRIES_A_MINUTE ? 0 : guard->minute_ms + MINUTE_MS - now_ms;
}

int64_t guard_try(struct guard *guard, const char *address, const char *name, int64_t now_ms)
{
	pthread_mutex_lock(&guard->lock);
	struct entry sum = sum_of(guard, address, now_ms);
	int64_t wait_ms = sum.last_ms + wait_after(sum.failures) - now_ms;
	if (wait_ms <= 0 || sum.failures == 0)
		wait_ms = wait_of_all(guard, now_ms);
	if (wait_ms <= 0) {
		struct entry *entry = entry_of(guard, address, name);
		wait_ms = 0;
		entry->failures++;
		entry->last_ms = now_ms;
		guard->tries++;
	}
	pthread_mutex_unlock(&guard->lock);
	return wait_ms;
}

void guard_take_back(struct guard *guard, const char *address, const char *name)
{
	pthread_mutex_lock(&guard->lock);
	struct entry *entry = entry_of(guard, address, name);
	entry->failures -= entry->failures > 0;
	guard->tries -= guard->tries > 0;
	pthread_mutex_unlock(&guard->lock);
}

void guard_forgive(struct guard *guard, const char *address, const char *name)
{
	pthread_mutex_lock(&guard->lock);
	*entry_of(guard, address, name) = (struct entry){0};
	pthread_mutex_unlock(&guard->lock);
}
