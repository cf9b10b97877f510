/* Tolerant JSON reading. */
#include "common/json.h"

#include <assert.h>
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/limits.h"
#include "common/text.h"

/* Where brackets count: two states are enough; broken JSON is found by the parser afterwards. */
struct scan {
	int depth;
	bool inside;   /* of a string */
	bool escaped;  /* the next byte, by a backslash */
	bool counts;   /* values, for a shorter text has fewer than are too many */
	size_t values; /* at most: one behind each bracket, comma and colon */
};

static int scan_bytes(struct scan *scan, struct span text, size_t from, size_t to, struct err *err)
{
	for (size_t i = from; i < to; i++) {
		char c = text.at[i];
		if (scan->inside) {
			bool ends = c == '"' && !scan->escaped;
			scan->escaped = c == '\\' && !scan->escaped;
			scan->inside = !ends;
		} else if (c == '"') {
			scan->inside = true;
		} else if (c == ',' || c == ':') {
			scan->values++;
		} else if (c == '{' || c == '[') {
			scan->values++;
			if (++scan->depth > LIMIT_JSON_DEPTH)
				return err_set(err, ERR_REJECT, 0, "JSON nested deeper than %d at byte %zu", LIMIT_JSON_DEPTH, i);
		} else if (c == '}' || c == ']') {
			scan->depth--;
		}
	}
	return 0;
}

/* 0x80 in each byte of word that equals byte; exact. */
static uint64_t equal_bytes(uint64_t word, uint64_t byte)
{
	const uint64_t ones = 0x0101010101010101, sevens = 0x7f7f7f7f7f7f7f7f;
	uint64_t zero = word ^ (ones * byte);
	return ~(((zero & sevens) + sevens) | zero | sevens);
}

/* Eight bytes at once: true when no bracket counts in them and no backslash is near; keeps track of the quotes. Byte by
 * byte this check costs more than parsing does. */
static bool scan_word(struct scan *scan, const char *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof word);
	word = le64toh(word);
	uint64_t quotes = equal_bytes(word, '"'), low = word | 0x2020202020202020;
	uint64_t brackets = equal_bytes(low, '{') | equal_bytes(low, '}'); /* with the bit set, [ is { and ] is } */
	/* Each quote turns all bytes behind it over; the last byte then tells the state that follows. */
	uint64_t inside = quotes ^ quotes << 8;
	inside ^= inside << 16;
	inside ^= inside << 32;
	if (scan->inside)
		inside ^= 0x8080808080808080;
	if (scan->escaped || equal_bytes(word, '\\') || (brackets & ~inside))
		return false;
	scan->inside = inside >> 63;
	if (!scan->counts)
		return true;
	uint64_t separators = (equal_bytes(word, ',') | equal_bytes(word, ':')) & ~inside;
	scan->values += (size_t)__builtin_popcountll(separators);
	return true;
}

static int check_shape(struct span text, struct err *err)
{
	struct scan scan = {.counts = text.len >= LIMIT_JSON_VALUES};
	size_t i = 0;
	for (; text.len - i >= 8; i += 8) {
		if (!scan_word(&scan, text.at + i) && scan_bytes(&scan, text, i, i + 8, err))
			return -1;
	}
	if (scan_bytes(&scan, text, i, text.len, err))
		return -1;
	return scan.values < LIMIT_JSON_VALUES
	           ? 0
	           : err_set(err, ERR_REJECT, EFBIG, "the answer has more than the %d values that are read",
	                     LIMIT_JSON_VALUES);
}

/* The first words of a body that is not JSON say more than any error text: a login page, a proxy's message. */
static void excerpt(struct span text, char to[64])
{
	size_t used = 0;
	for (size_t i = 0; i < text.len && used < 60; i++) {
		unsigned char c = (unsigned char)text.at[i];
		to[used++] = c >= 0x20 && c < 0x7f ? (char)c : ' ';
	}
	to[used] = '\0';
}

static int parse(struct span text, yyjson_read_flag flags, yyjson_doc **doc, struct err *err)
{
	yyjson_read_err cause;
	/* Without the in-situ flag the text is not written to, whatever the parameter's type says. */
	yyjson_doc *parsed = yyjson_read_opts((char *)(uintptr_t)text.at, text.len, flags, NULL, &cause);
	if (!parsed && cause.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		return err_set(err, ERR_RETRY, 0, "no memory to parse %zu bytes of JSON", text.len);
	if (!parsed) {
		char start[64];
		excerpt(text, start);
		return err_set(err, ERR_REJECT, 0, "not valid JSON at byte %zu of %zu (%s); it begins: %s", cause.pos, text.len,
		               cause.msg, start);
	}
	*doc = parsed;
	return 0;
}

static int check_body(struct span text, struct err *err)
{
	if (text.len == 0)
		return err_set(err, ERR_REJECT, 0, "the body is empty");
	return check_shape(text, err);
}

int json_read(struct span text, yyjson_doc **doc, struct err *err)
{
	return check_body(text, err) ? -1 : parse(text, 0, doc, err);
}

/* The code unit of "\\uXXXX" at text, or -1. */
static int escaped_unit(const char *text, size_t len)
{
	int unit = 0;
	if (len < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		const char *digits = "0123456789abcdef", *at = text[i] ? strchr(digits, text[i] | 0x20) : NULL;
		if (!at)
			return -1;
		unit = unit * 16 + (int)(at - digits);
	}
	return unit;
}

/* How many bytes the escape at text takes; an escape that stands for no character is overwritten. */
static size_t mend_escape(char *text, size_t len)
{
	int unit = escaped_unit(text, len);
	if (unit < 0xd800 || unit > 0xdfff)
		return 2;
	int low = len >= 12 ? escaped_unit(text + 6, len - 6) : -1;
	if (unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff)
		return 12;
	memset(text, 0xff, 6);
	return 6;
}

/* Lone surrogates are the one broken text that yyjson refuses whatever it is told. */
static void mend(char *text, size_t len)
{
	bool inside = false;
	for (size_t i = 0; i < len;) {
		if (inside && text[i] == '\\') {
			i += mend_escape(text + i, len - i);
			continue;
		}
		inside ^= text[i] == '"';
		i++;
	}
}

int json_read_loose(struct span text, struct buf *scratch, yyjson_doc **doc, bool *clean, struct err *err)
{
	const yyjson_read_flag flags = YYJSON_READ_ALLOW_INVALID_UNICODE | YYJSON_READ_BIGNUM_AS_RAW;
	struct err first;
	if (check_body(text, err))
		return -1;
	const char *escape = memchr(text.at, '\\', text.len); /* most bodies have none */
	size_t behind = escape ? (size_t)(text.at + text.len - escape) : 0;
	*clean = text_valid(text) && !(escape && memmem(escape, behind, "\\u0000", 6));
	if (parse(text, flags, doc, &first) == 0)
		return 0;
	buf_reset(scratch, SIZE_MAX);
	buf_add(scratch, text.at, text.len);
	if (first.class == ERR_REJECT && buf_ok(scratch)) {
		struct err second;
		mend(scratch->at, scratch->len);
		*clean = false;
		if (parse(buf_span(scratch), flags, doc, &second) == 0)
			return 0;
		if (second.class == ERR_RETRY)
			first = second;
	}
	if (scratch->starved)
		return err_set(err, ERR_RETRY, 0, "no memory to mend %zu bytes of JSON", text.len);
	*err = first; /* of the body as it came */
	return -1;
}

yyjson_val *json_path(yyjson_val *root, const char *path)
{
	yyjson_val *at = root;
	while (at && *path) {
		size_t len = strcspn(path, ".");
		at = yyjson_is_arr(at) ? yyjson_arr_get(at, strtoul(path, NULL, 10)) : yyjson_obj_getn(at, path, len);
		path += len;
		path += *path == '.';
	}
	return at;
}

yyjson_val *json_member(yyjson_val *object, const char *name)
{
	char capital[32];
	yyjson_val *member = yyjson_obj_get(object, name);
	size_t len = strlen(name);
	assert(len && len < sizeof capital);
	if (member)
		return member;
	memcpy(capital, name, len + 1);
	capital[0] = (char)toupper((unsigned char)capital[0]);
	return yyjson_obj_get(object, capital);
}

size_t json_list_size(yyjson_val *list)
{
	if (yyjson_is_arr(list))
		return yyjson_arr_size(list);
	return yyjson_is_obj(list) ? 1 : 0;
}

struct json_list json_list_begin(yyjson_val *list)
{
	return (struct json_list){yyjson_is_arr(list) ? yyjson_arr_get_first(list) : list, json_list_size(list)};
}

yyjson_val *json_list_next(struct json_list *list)
{
	if (list->left == 0)
		return NULL;
	yyjson_val *value = list->next;
	if (--list->left)
		list->next = unsafe_yyjson_get_next(value);
	return value;
}

struct span json_text(yyjson_val *value, char scratch[JSON_NUMBER_TEXT])
{
	if (yyjson_is_str(value))
		return (struct span){yyjson_get_str(value), yyjson_get_len(value)};
	if (yyjson_is_raw(value))
		return (struct span){yyjson_get_raw(value), yyjson_get_len(value)};
	int64_t number;
	if (yyjson_is_uint(value))
		snprintf(scratch, JSON_NUMBER_TEXT, "%llu", (unsigned long long)yyjson_get_uint(value));
	else if (yyjson_is_num(value) && json_int(value, &number))
		snprintf(scratch, JSON_NUMBER_TEXT, "%lld", (long long)number);
	else
		return (struct span){0};
	return span_of(scratch);
}

static bool int_of_text(const char *text, size_t len, int64_t *number)
{
	char *end;
	errno = 0;
	long long parsed = strtoll(text, &end, 10);
	if (errno || end == text || end != text + len)
		return false;
	*number = parsed;
	return true;
}

bool json_int(yyjson_val *value, int64_t *number)
{
	if (yyjson_is_uint(value) && yyjson_get_uint(value) > INT64_MAX)
		return false;
	if (yyjson_is_int(value)) {
		*number = yyjson_get_sint(value);
		return true;
	}
	if (yyjson_is_real(value)) {
		double real = yyjson_get_real(value);
		if (real != floor(real) || fabs(real) > 9e15)
			return false;
		*number = (int64_t)real;
		return true;
	}
	return yyjson_is_str(value) && int_of_text(yyjson_get_str(value), yyjson_get_len(value), number);
}

bool json_bool(yyjson_val *value, bool *flag)
{
	int64_t number;
	if (yyjson_is_bool(value))
		*flag = yyjson_get_bool(value);
	else if (yyjson_equals_str(value, "true") || yyjson_equals_str(value, "false"))
		*flag = yyjson_equals_str(value, "true");
	else if (json_int(value, &number) && (number == 0 || number == 1))
		*flag = number == 1;
	else
		return false;
	return true;
}
