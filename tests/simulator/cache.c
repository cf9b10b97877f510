/* A hash table whose entries also stand in a queue by age. */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "out.h"

struct cache_entry {
	struct cache_entry *next_in_bucket, *next_by_age;
	struct body *body;
	size_t bucket, key_len;
	char key[];
};

static size_t bucket_of(const char *key, size_t key_len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (size_t i = 0; i < key_len; i++)
		hash = (hash ^ (unsigned char)key[i]) * UINT64_C(0x100000001b3);
	return (hash ^ hash >> 32) % CACHE_BUCKETS;
}

static void drop_oldest(struct cache *cache)
{
	struct cache_entry *entry = cache->oldest, **link = &cache->buckets[entry->bucket];
	while (*link != entry)
		link = &(*link)->next_in_bucket;
	*link = entry->next_in_bucket;
	cache->oldest = entry->next_by_age;
	if (!cache->oldest)
		cache->newest = NULL;
	cache->bytes -= entry->body->len;
	body_unref(&entry->body);
	free(entry);
}

static void enter_generation(struct cache *cache, uint64_t generation)
{
	while (cache->oldest && cache->generation != generation)
		drop_oldest(cache);
	cache->generation = generation;
}

void cache_init(struct cache *cache, size_t bytes_max)
{
	*cache = (struct cache){.bytes_max = bytes_max};
}

void cache_done(struct cache *cache)
{
	while (cache->oldest)
		drop_oldest(cache);
}

struct body *cache_find(struct cache *cache, uint64_t generation, const char *key, size_t key_len)
{
	enter_generation(cache, generation);
	for (struct cache_entry *entry = cache->buckets[bucket_of(key, key_len)]; entry; entry = entry->next_in_bucket) {
		if (entry->key_len == key_len && memcmp(entry->key, key, key_len) == 0) {
			cache->hits++;
			return body_ref(entry->body);
		}
	}
	cache->misses++;
	return NULL;
}

void cache_keep(struct cache *cache, uint64_t generation, const char *key, size_t key_len, struct body *body)
{
	if (body->len > cache->bytes_max / 4)
		return;
	enter_generation(cache, generation);
	while (cache->oldest && cache->bytes + body->len > cache->bytes_max)
		drop_oldest(cache);
	struct cache_entry *entry = must_alloc(1, sizeof *entry + key_len);
	entry->bucket = bucket_of(key, key_len);
	entry->key_len = key_len;
	memcpy(entry->key, key, key_len);
	entry->body = body_ref(body);
	entry->next_in_bucket = cache->buckets[entry->bucket];
	cache->buckets[entry->bucket] = entry;
	if (cache->newest)
		cache->newest->next_by_age = entry;
	else
		cache->oldest = entry;
	cache->newest = entry;
	cache->bytes += body->len;
}
