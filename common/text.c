/* UTF-8 checks and tidying. Most names are plain ASCII and already tidy: that case is one pass and no copy. */
#include "common/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Eight bytes at once: none above 0x7f, none 0. */
static bool is_plain_word(const unsigned char *at)
{
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
	uint64_t word;
	memcpy(&word, at, sizeof word);
	return ((word | (word - ones)) & highs) == 0;
}

bool text_valid(struct span text)
{
	if (text.len == 0) /* absent, too: no arithmetic with NULL */
		return true;
	const unsigned char *at = (const unsigned char *)text.at, *end = at + text.len;
	while (at < end) {
		if (end - at >= 8 && is_plain_word(at)) {
			at += 8;
			continue;
		}
		if (*at < 0x80) {
			if (*at++ == 0)
				return false;
			continue;
		}
		ucs4_t point;
		int len = u8_mbtoucr(&point, at, (size_t)(end - at));
		if (len <= 0)
			return false;
		at += len;
	}
	return true;
}

/* Printable ASCII and Latin letters (U+00C0 to U+02FF, two bytes each) with single inner spaces: nothing to do. Below
 * U+0300 nothing combines, so all of it is NFC already. */
static bool is_tidy_latin(struct span text)
{
	bool after_space = true;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		if (byte >= 0xc3 && byte <= 0xcb) {
			i++;
			after_space = false;
			continue;
		}
		if (byte >= 0x7f || byte < 0x20 || (byte == ' ' && after_space))
			return false;
		after_space = byte == ' ';
	}
	return text.len == 0 || !after_space;
}

/* Zero-width joiners and variation selectors are part of emoji and of some scripts: they are neither space nor
 * control here. The byte order mark is neither letter nor space, and only ever left over by a bad editor. */
static bool is_space(ucs4_t point)
{
	return point < 0x20 || point == 0x7f || (point >= 0x80 && point < 0xa0) || point == 0xfeff ||
	       uc_is_property_white_space(point);
}

static size_t collapse(const uint8_t *from, size_t len, uint8_t *to)
{
	size_t used = 0;
	bool pending = false;
	for (size_t i = 0; i < len;) {
		ucs4_t point;
		int step = u8_mbtouc(&point, from + i, len - i);
		if (is_space(point)) {
			pending = used > 0;
		} else {
			if (pending)
				to[used++] = ' ';
			pending = false;
			memcpy(to + used, from + i, (size_t)step);
			used += (size_t)step;
		}
		i += (size_t)step;
	}
	return used;
}

bool text_tidy(struct span text, struct arena *arena, struct span *tidy)
{
	if (is_tidy_latin(text)) {
		*tidy = text;
		return true;
	}
	size_t len = 0;
	uint8_t *normal = u8_normalize(UNINORM_NFC, (const uint8_t *)text.at, text.len, NULL, &len);
	if (!normal) {
		arena->overflowed = arena->starved = true; /* valid text can fail in no other way */
		return false;
	}
	char *to = arena_alloc(arena, len + 1);
	if (to)
		*tidy = (struct span){to, collapse(normal, len, (uint8_t *)to)};
	free(normal);
	return to != NULL;
}

struct span text_cut(struct span text, size_t max)
{
	if (text.len <= max)
		return text;
	size_t len = max;
	while (len && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len--;
	return (struct span){text.at, len};
}

struct span text_mend(char *text, size_t max)
{
	size_t len = strlen(text);
	for (size_t i = 0; i < len;) {
		ucs4_t point;
		int taken = u8_mbtoucr(&point, (const uint8_t *)text + i, len - i);
		if (taken <= 0)
			text[i] = '?';
		i += taken > 0 ? (size_t)taken : 1;
	}
	struct span cut = text_cut((struct span){text, len}, max);
	text[cut.len] = '\0';
	return cut;
}

size_t text_distance(const char *a, const char *b)
{
	enum { MAX = 64 };
	size_t rows = strlen(a), columns = strlen(b), cost[MAX];
	if (rows >= MAX || columns >= MAX)
		return MAX;
	for (size_t j = 0; j <= columns; j++)
		cost[j] = j;
	for (size_t i = 1; i <= rows; i++) {
		size_t diagonal = cost[0];
		cost[0] = i;
		for (size_t j = 1; j <= columns; j++) {
			size_t above = cost[j], best = diagonal + (a[i - 1] != b[j - 1]);
			if (above + 1 < best)
				best = above + 1;
			if (cost[j - 1] + 1 < best)
				best = cost[j - 1] + 1;
			diagonal = above;
			cost[j] = best;
		}
	}
	return cost[columns];
}
