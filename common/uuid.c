/* UUIDv7. */
#include "common/uuid.h"

#include <assert.h>
#include <stdio.h>
#include <sys/random.h>

#include "common/clock.h"

static void render(int64_t wall_ms, uint64_t a, uint64_t b, char text[UUID_TEXT])
{
	uint64_t time = (uint64_t)wall_ms & 0xffffffffffffULL;
	/* Version 7 in the third group, variant 10 in the fourth. */
	snprintf(text, UUID_TEXT, "%08x-%04x-7%03x-%04x-%012llx", (unsigned)(time >> 16), (unsigned)(time & 0xffff),
	         (unsigned)(a & 0xfff), (unsigned)(0x8000 | ((a >> 12) & 0x3fff)),
	         (unsigned long long)(b & 0xffffffffffffULL));
}

void uuid_new(char text[UUID_TEXT])
{
	uint64_t random[2];
	ssize_t got = getrandom(random, sizeof random, 0);
	assert(got == sizeof random);
	render(clock_wall_ms(), random[0], random[1], text);
}

/* splitmix64: spreads small seeds over all bits. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

void uuid_derive(int64_t wall_ms, uint64_t seed, char text[UUID_TEXT])
{
	render(wall_ms, mix(seed), mix(mix(seed)), text);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool uuid_valid(struct span text)
{
	if (text.len != UUID_TEXT - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text.at[i] != '-' : hex_value(text.at[i]) < 0)
			return false;
	}
	return true;
}

void uuid_bytes(struct span text, unsigned char bytes[UUID_BYTES])
{
	assert(uuid_valid(text));
	size_t filled = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '-')
			continue;
		bytes[filled++] = (unsigned char)(hex_value(text.at[i]) * 16 + hex_value(text.at[i + 1]));
		i++;
	}
}
