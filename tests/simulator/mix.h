/* The one source of chance: a 64-bit mixing function that can be undone, so that an id gives back its index. */
#ifndef SIMULATOR_MIX_H
#define SIMULATOR_MIX_H

#include <stdint.h>

static inline uint64_t mix64(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* unmix64(mix64(x)) == x. */
static inline uint64_t unmix64(uint64_t x)
{
	x = (x ^ (x >> 31) ^ (x >> 62)) * UINT64_C(0x319642b2d24d8ec3);
	x = (x ^ (x >> 27) ^ (x >> 54)) * UINT64_C(0x96de1b173f119089);
	return x ^ (x >> 30) ^ (x >> 60);
}

/* The index-th of a stream of independent numbers; another stream for another seed or salt. */
static inline uint64_t draw(uint64_t seed, uint32_t salt, uint32_t index)
{
	return mix64(mix64(seed + salt * UINT64_C(0x9e3779b97f4a7c15)) ^ (index * UINT64_C(0xd6e8feb86659fd93)));
}

#endif
