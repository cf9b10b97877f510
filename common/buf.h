/* Growable bytes with a maximum it is born with. Appends never need checking: the first that does not fit sets
 * `failed`, later ones do nothing, and the writer asks once at the end (buf_ok). `starved` tells that it was the system that
 * had no memory, not the maximum that was reached. */
#ifndef SYNCLINE_BUF_H
#define SYNCLINE_BUF_H

#include <stdint.h>

#include "common/attributes.h"
#include "common/span.h"

struct buf {
	char *at;
	size_t len, cap, max;
	bool failed, starved;
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_done(struct buf *buf);
/* Empties and keeps the memory, unless more than keep_bytes were allocated: then it is given back. */
void buf_reset(struct buf *buf, size_t keep_bytes);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Big-endian, as Postgres' binary formats want it. */
void buf_add_be16(struct buf *buf, uint16_t value);
void buf_add_be32(struct buf *buf, uint32_t value);
void buf_add_be64(struct buf *buf, uint64_t value);
/* A JSON string with its quotes. */
void buf_add_json_text(struct buf *buf, struct span text);
/* Room for len more bytes; NULL when it cannot be had. The caller adds what it wrote to buf->len. */
char *buf_reserve(struct buf *buf, size_t len);

bool buf_ok(const struct buf *buf) MUST_USE;
/* A view, valid until the next append. */
struct span buf_span(const struct buf *buf);
/* NUL-terminated text, valid until the next append; "" when it failed. */
const char *buf_text(struct buf *buf);
/* Hands the bytes to the caller, who frees them; the buffer is empty afterwards. NULL when nothing was added. */
char *buf_take(struct buf *buf, size_t *len);

#endif
