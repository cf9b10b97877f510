/* Growable bytes: what pages are written into. Appends never fail: a simulator without memory ends with a message.
 *
 * Starts as {0}; out_* → out_done. One thread. */
#ifndef SIMULATOR_OUT_H
#define SIMULATOR_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct out {
	char *at; /* NULL until the first append; not NUL-terminated */
	size_t len, cap;
};

void out_done(struct out *out);
/* Makes room for len more bytes. */
void out_grow(struct out *out, size_t len);
void out_printf(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_uint(struct out *out, uint64_t value);
/* Fixed width, leading zeros: digits <= 9. */
void out_digits(struct out *out, uint32_t value, unsigned digits);
/* UTC, RFC 3339 up to the second and without a zone. */
void out_time(struct out *out, int64_t unix_s);
/* A JSON string with its quotes, of text that is not yet escaped. */
void out_quoted(struct out *out, const char *text);
/* NUL-terminates and gives the bytes, valid until the next append. */
const char *out_text(struct out *out);

static inline void out_bytes(struct out *out, const char *bytes, size_t len)
{
	if (out->cap - out->len <= len) /* equal too: so `at` is never NULL below, not even for no bytes */
		out_grow(out, len + 1);
	memcpy(out->at + out->len, bytes, len);
	out->len += len;
}

static inline void out_byte(struct out *out, char byte)
{
	if (out->cap == out->len)
		out_grow(out, 1);
	out->at[out->len++] = byte;
}

static inline void out_str(struct out *out, const char *text)
{
	out_bytes(out, text, strlen(text));
}

/* A literal, its length known while compiling. */
#define OUT_LIT(out, literal) out_bytes(out, "" literal, sizeof(literal) - 1)

/* calloc and realloc that end the program with a message instead of failing. */
void *must_alloc(size_t count, size_t size);
void *must_resize(void *at, size_t count, size_t size);

#endif
