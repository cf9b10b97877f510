/* Capped growable bytes. */
#include "common/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *buf, size_t max_bytes)
{
	*buf = (struct buf){.max = max_bytes};
}

void buf_done(struct buf *buf)
{
	free(buf->at);
	*buf = (struct buf){0};
}

void buf_reset(struct buf *buf, size_t keep_bytes)
{
	if (buf->cap > keep_bytes) {
		free(buf->at);
		buf->at = NULL;
		buf->cap = 0;
	}
	buf->len = 0;
	buf->failed = buf->starved = false;
}

char *buf_reserve(struct buf *buf, size_t len)
{
	assert(buf->max);
	if (buf->failed || len > buf->max - buf->len) {
		buf->failed = true;
		return NULL;
	}
	if (buf->cap - buf->len < len) {
		size_t cap = buf->cap ? buf->cap : 256;
		while (cap - buf->len < len)
			cap *= 2;
		char *at = realloc(buf->at, cap);
		if (!at) {
			buf->failed = buf->starved = true;
			return NULL;
		}
		buf->at = at;
		buf->cap = cap;
	}
	return buf->at + buf->len;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *to = buf_reserve(buf, len);
	if (to && len) {
		memcpy(to, bytes, len);
		buf->len += len;
	}
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_byte(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *to = len < 0 ? NULL : buf_reserve(buf, (size_t)len + 1);
	if (to) {
		vsnprintf(to, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_add_be16(struct buf *buf, uint16_t value)
{
	unsigned char bytes[] = {(unsigned char)(value >> 8), (unsigned char)value};
	buf_add(buf, bytes, sizeof bytes);
}

void buf_add_be32(struct buf *buf, uint32_t value)
{
	uint32_t big = __builtin_bswap32(value);
	buf_add(buf, &big, sizeof big);
}

void buf_add_be64(struct buf *buf, uint64_t value)
{
	uint64_t big = __builtin_bswap64(value);
	buf_add(buf, &big, sizeof big);
}

void buf_add_json_text(struct buf *buf, struct span text)
{
	buf_add_byte(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		if (byte == '"' || byte == '\\')
			buf_printf(buf, "\\%c", byte);
		else if (byte < 0x20 || byte == 0x7f)
			buf_printf(buf, "\\u%04x", byte);
		else
			buf_add_byte(buf, (char)byte);
	}
	buf_add_byte(buf, '"');
}

bool buf_ok(const struct buf *buf)
{
	return !buf->failed;
}

struct span buf_span(const struct buf *buf)
{
	return (struct span){buf->at ? buf->at : "", buf->len};
}

const char *buf_text(struct buf *buf)
{
	if (buf->failed || !buf_reserve(buf, 1))
		return "";
	buf->at[buf->len] = '\0';
	return buf->at;
}

char *buf_take(struct buf *buf, size_t *len)
{
	char *at = buf->at;
	*len = buf->len;
	buf->at = NULL;
	buf->len = buf->cap = 0;
	return at;
}
