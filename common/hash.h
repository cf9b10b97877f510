/* FNV-1a, 64 bits: tells whether something changed or was seen before. Not against people who want a collision. */
#ifndef SYNCLINE_HASH_H
#define SYNCLINE_HASH_H

#include <stdint.h>

#include "common/span.h"

#define HASH_EMPTY 0xcbf29ce484222325ULL

/* Goes on from hash (HASH_EMPTY at first). The length is mixed in behind the bytes, so that it matters where one text ends
 * and the next begins; absent is as empty. */
static inline uint64_t hash_add(uint64_t hash, struct span text)
{
	const uint64_t prime = 0x100000001b3ULL;
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * prime;
	return (hash ^ text.len) * prime;
}

static inline uint64_t hash_of(struct span text)
{
	return hash_add(HASH_EMPTY, text);
}

#endif
