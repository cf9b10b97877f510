/* Walking over MessagePack without keeping anything (msgpack specification, "Formats"). */
#include "common/msg_shape.h"

#include <stdint.h>

#include "common/attributes.h"
#include "common/limits.h"

struct walk {
	const unsigned char *at;
	size_t left, values;
};

/* How a value goes on behind its first byte: bytes of a length or count, bytes of content in any case, and what the number
 * counts: bytes, or values (2 for each pair of a map). */
struct form {
	unsigned char number_bytes, content, values;
};

static struct form form_of(unsigned char first)
{
	static const struct form forms[] = {
		[0xc4 - 0xc0] = {1, 0, 0}, [0xc5 - 0xc0] = {2, 0, 0},  [0xc6 - 0xc0] = {4, 0, 0}, /* bin */
		[0xc7 - 0xc0] = {1, 1, 0}, [0xc8 - 0xc0] = {2, 1, 0},  [0xc9 - 0xc0] = {4, 1, 0}, /* ext and its type */
		[0xca - 0xc0] = {0, 4, 0}, [0xcb - 0xc0] = {0, 8, 0},                             /* float */
		[0xcc - 0xc0] = {0, 1, 0}, [0xcd - 0xc0] = {0, 2, 0},  [0xce - 0xc0] = {0, 4, 0}, [0xcf - 0xc0] = {0, 8, 0},
		[0xd0 - 0xc0] = {0, 1, 0}, [0xd1 - 0xc0] = {0, 2, 0},  [0xd2 - 0xc0] = {0, 4, 0}, [0xd3 - 0xc0] = {0, 8, 0},
		[0xd4 - 0xc0] = {0, 2, 0}, [0xd5 - 0xc0] = {0, 3, 0},  [0xd6 - 0xc0] = {0, 5, 0}, /* fixext and its type */
		[0xd7 - 0xc0] = {0, 9, 0}, [0xd8 - 0xc0] = {0, 17, 0}, [0xd9 - 0xc0] = {1, 0, 0}, [0xda - 0xc0] = {2, 0, 0},
		[0xdb - 0xc0] = {4, 0, 0},                            /* str */
		[0xdc - 0xc0] = {2, 0, 1}, [0xdd - 0xc0] = {4, 0, 1}, /* array */
		[0xde - 0xc0] = {2, 0, 2}, [0xdf - 0xc0] = {4, 0, 2}, /* map */
	};
	if (first >= 0xc0 && first < 0xe0)
		return forms[first - 0xc0];
	return (struct form){0, 0, first >= 0x80 && first < 0x90 ? 2 : first >= 0x90 && first < 0xa0 ? 1 : 0};
}

/* The number that short forms hold in their first byte. */
static uint64_t short_number(unsigned char first)
{
	if (first >= 0x80 && first < 0xa0)
		return first & 0x0f;
	return first >= 0xa0 && first < 0xc0 ? first & 0x1f : 0;
}

static bool skip(struct walk *walk, uint64_t bytes)
{
	if (bytes > walk->left)
		return false;
	walk->at += bytes;
	walk->left -= (size_t)bytes;
	return true;
}

static const char cut_short[] = "it ends too early";

/* Recursion is bounded by LIMIT_MESSAGE_DEPTH. */
static const char *walk_value(struct walk *walk, int depth)
{
	if (walk->left == 0)
		return cut_short;
	unsigned char first = *walk->at;
	struct form form = form_of(first);
	uint64_t number = short_number(first);
	if (first == 0xc1)
		return "it holds a byte that begins no value";
	if (++walk->values > LIMIT_MESSAGE_VALUES)
		return "it holds too many values";
	IGNORE(!skip(walk, 1)); /* it is there */
	if (form.number_bytes > walk->left)
		return cut_short;
	for (unsigned i = 0; i < form.number_bytes; i++)
		number = number << 8 | walk->at[i];
	if (!skip(walk, (uint64_t)form.number_bytes + form.content + (form.values ? 0 : number)))
		return cut_short;
	if (form.values == 0)
		return NULL;
	if (depth == LIMIT_MESSAGE_DEPTH)
		return "it is nested too deeply";
	for (uint64_t i = 0; i < number * form.values; i++) {
		const char *fault = walk_value(walk, depth + 1);
		if (fault)
			return fault;
	}
	return NULL;
}

const char *msg_shape_fault(struct span bytes)
{
	struct walk walk = {.at = (const unsigned char *)bytes.at, .left = bytes.len};
	const char *fault = walk_value(&walk, 1);
	if (!fault && walk.left)
		fault = "something stands behind it";
	return fault;
}
