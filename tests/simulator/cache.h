/* Rendered bodies by request text, bounded in bytes, oldest out first. Entries of another library generation are dropped.
 *
 * cache_init → find, keep → cache_done. One thread. */
#ifndef SIMULATOR_CACHE_H
#define SIMULATOR_CACHE_H

#include "body.h"

enum { CACHE_BUCKETS = 4096 };

struct cache_entry;

struct cache {
	struct cache_entry *buckets[CACHE_BUCKETS];
	struct cache_entry *oldest, *newest;
	size_t bytes, bytes_max;
	uint64_t generation, hits, misses;
};

void cache_init(struct cache *cache, size_t bytes_max);
void cache_done(struct cache *cache);
/* A new reference, the caller's; NULL when it is not kept. */
struct body *cache_find(struct cache *cache, uint64_t generation, const char *key, size_t key_len);
/* Keeps a reference of its own, unless the body alone is more than a quarter of the room. */
void cache_keep(struct cache *cache, uint64_t generation, const char *key, size_t key_len, struct body *body);

#endif
