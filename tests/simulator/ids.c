/* Ids in the shapes servers give them. An opaque id is a mixed number followed by its own check, so that reading one back
 * needs no table. */
#include "ids.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix.h"

static const char base62[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char *const row_prefix[] = {"ar-", "al-", "tr-", "pl-"};
static const uint64_t check_key = UINT64_C(0x5a17c0de5a17c0de);

static uint64_t opaque(uint64_t seed, enum kind kind, uint32_t index)
{
	return mix64(((uint64_t)kind << 32 | index) ^ mix64(seed + 1));
}

static unsigned write_base62(uint64_t number, char *text)
{
	for (unsigned i = 11; i-- > 0; number /= 62)
		text[i] = base62[number % 62];
	return 11;
}

/* Apple's: a letter for what it is, a dot, and fifteen characters. */
static unsigned write_apple(uint64_t number, enum kind kind, char *text)
{
	char check[11];
	text[0] = kind == KIND_ARTIST ? 'r' : kind == KIND_ALBUM ? 'l' : kind == KIND_PLAYLIST ? 'p' : 'i';
	text[1] = '.';
	write_base62(number, text + 2);
	write_base62(mix64(number ^ check_key), check);
	memcpy(text + 13, check + 7, 4);
	text[17] = 0;
	return 17;
}

static unsigned write_uuid(uint64_t high, uint64_t low, char *text)
{
	return (unsigned)snprintf(text, ID_TEXT_MAX, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
	                          (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xffff), (unsigned)(low >> 48),
	                          (unsigned long long)(low & UINT64_C(0xffffffffffff)));
}

/* gonic's playlist id is its file's path in base64. */
static unsigned write_path(uint32_t index, char *text)
{
	char path[30];
	memset(path, 0, sizeof path);
	int len = snprintf(path, sizeof path, "1/a-playlist-%010u.m3u", index); /* 27 bytes: no padding */
	unsigned at = 0;
	for (int i = 0; i < len; i += 3) {
		unsigned three = (unsigned)path[i] << 16 | (unsigned)path[i + 1] << 8 | (unsigned)path[i + 2];
		for (int shift = 18; shift >= 0; shift -= 6)
			text[at++] = base64[three >> shift & 63];
	}
	text[at] = 0;
	return at;
}

unsigned id_write(enum id_scheme scheme, uint64_t seed, enum kind kind, uint32_t index, char text[ID_TEXT_MAX])
{
	uint64_t number = opaque(seed, kind, index);
	switch (scheme) {
	case ID_BASE62:
		write_base62(number, text);
		write_base62(mix64(number ^ check_key), text + 11);
		text[22] = 0;
		return 22;
	case ID_UUID:
		return write_uuid(number, mix64(number ^ check_key), text);
	case ID_ROW:
		if (kind == KIND_PLAYLIST)
			return write_path(index, text);
		return (unsigned)snprintf(text, ID_TEXT_MAX, "%s%u", row_prefix[kind], index + 1);
	case ID_HEX:
		return (unsigned)snprintf(text, ID_TEXT_MAX, "%016llx%016llx", (unsigned long long)number,
		                          (unsigned long long)mix64(number ^ check_key));
	case ID_APPLE:
		return write_apple(number, kind, text);
	case ID_NUMBER:
		return (unsigned)snprintf(text, ID_TEXT_MAX, "%llu", (unsigned long long)index * 4 + (unsigned)kind + 1);
	}
	abort();
}

bool id_shaped(enum id_scheme scheme, const char *text)
{
	if (scheme != ID_UUID)
		return *text != 0;
	for (unsigned i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return text[36] == 0;
}

static bool read_base62(const char *text, uint64_t *number)
{
	*number = 0;
	for (unsigned i = 0; i < 11; i++) {
		const char *digit = text[i] ? strchr(base62, text[i]) : NULL;
		if (!digit)
			return false;
		*number = *number * 62 + (uint64_t)(digit - base62);
	}
	return true;
}

static bool read_uuid(const char *text, uint64_t *number)
{
	unsigned high, mid, low;
	if (sscanf(text, "%8x-%4x-%4x", &high, &mid, &low) != 3)
		return false;
	*number = (uint64_t)high << 32 | (uint64_t)mid << 16 | low;
	return true;
}

static bool read_hex(const char *text, uint64_t *number)
{
	unsigned long long high;
	bool read = strlen(text) == 32 && sscanf(text, "%16llx", &high) == 1;
	*number = read ? high : 0;
	return read;
}

/* The digits at the end of the path that write_path encoded. */
static bool read_path(const char *text, uint32_t *index)
{
	char path[32];
	unsigned at = 0;
	if (strlen(text) != 36)
		return false;
	for (unsigned i = 0; i < 36; i += 4) {
		unsigned three = 0;
		for (unsigned j = 0; j < 4; j++) {
			const char *digit = strchr(base64, text[i + j]);
			if (!digit)
				return false;
			three = three << 6 | (unsigned)(digit - base64);
		}
		for (int shift = 16; shift >= 0; shift -= 8)
			path[at++] = (char)(three >> shift & 0xff);
	}
	path[at] = 0;
	return sscanf(path, "1/a-playlist-%u.m3u", index) == 1;
}

static bool guess(enum id_scheme scheme, uint64_t seed, enum kind kind, const char *text, uint32_t *index)
{
	uint64_t number;
	if (scheme == ID_APPLE) {
		if (strlen(text) != 17 || !read_base62(text + 2, &number))
			return false;
		*index = (uint32_t)(unmix64(number) ^ mix64(seed + 1));
		return true;
	}
	if (scheme == ID_BASE62 || scheme == ID_UUID || scheme == ID_HEX) {
		bool read = scheme == ID_UUID  ? read_uuid(text, &number)
		            : scheme == ID_HEX ? read_hex(text, &number)
		                               : read_base62(text, &number);
		if (!read)
			return false;
		*index = (uint32_t)(unmix64(number) ^ mix64(seed + 1));
		return true;
	}
	if (scheme == ID_ROW && kind == KIND_PLAYLIST)
		return read_path(text, index);
	if (scheme == ID_ROW) {
		number = strlen(text) > 3 ? strtoull(text + 3, NULL, 10) : 0;
		*index = (uint32_t)(number - 1);
		return number > 0;
	}
	*index = (uint32_t)((strtoull(text, NULL, 10) - 1) / 4);
	return true;
}

bool id_read(enum id_scheme scheme, uint64_t seed, enum kind kind, const char *text, uint32_t *index)
{
	char again[ID_TEXT_MAX];
	uint32_t found;
	if (!guess(scheme, seed, kind, text, &found))
		return false;
	/* Written again it must be the same: that is the check of kind, seed and every character. */
	id_write(scheme, seed, kind, found, again);
	if (strcmp(again, text) != 0)
		return false;
	*index = found;
	return true;
}
