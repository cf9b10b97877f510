/* Binary COPY. */
#include "writer/copy.h"

#include <assert.h>

#include "common/uuid.h"

enum { TEXT_OID = 25, JSONB_VERSION = 1 };

/* Postgres counts from 2000-01-01. */
static const int64_t postgres_epoch_us = 946684800000000LL;

void copy_begin(struct buf *out)
{
	static const char signature[11] = "PGCOPY\n\377\r\n";
	buf_add(out, signature, sizeof signature);
	buf_add_be32(out, 0); /* flags */
	buf_add_be32(out, 0); /* header extension */
}

void copy_end(struct buf *out)
{
	buf_add_be16(out, UINT16_MAX);
}

void copy_row(struct buf *out, unsigned columns)
{
	buf_add_be16(out, (uint16_t)columns);
}

void copy_null(struct buf *out)
{
	buf_add_be32(out, UINT32_MAX);
}

void copy_bool(struct buf *out, bool value)
{
	buf_add_be32(out, 1);
	buf_add_byte(out, value ? 1 : 0);
}

void copy_int4(struct buf *out, int64_t value)
{
	assert(value >= INT32_MIN && value <= INT32_MAX);
	buf_add_be32(out, 4);
	buf_add_be32(out, (uint32_t)value);
}

void copy_int8(struct buf *out, int64_t value)
{
	buf_add_be32(out, 8);
	buf_add_be64(out, (uint64_t)value);
}

void copy_text(struct buf *out, struct span text)
{
	if (!text.at) {
		copy_null(out);
		return;
	}
	buf_add_be32(out, (uint32_t)text.len);
	buf_add(out, text.at, text.len);
}

void copy_jsonb(struct buf *out, struct span text)
{
	buf_add_be32(out, (uint32_t)text.len + 1);
	buf_add_byte(out, JSONB_VERSION);
	buf_add(out, text.at, text.len);
}

void copy_uuid(struct buf *out, struct span text)
{
	unsigned char bytes[UUID_BYTES];
	if (text.len == 0) {
		copy_null(out);
		return;
	}
	uuid_bytes(text, bytes);
	buf_add_be32(out, sizeof bytes);
	buf_add(out, bytes, sizeof bytes);
}

void copy_time(struct buf *out, int64_t us)
{
	assert(us >= COPY_TIME_MIN);
	copy_int8(out, us - postgres_epoch_us);
}

size_t copy_texts_begin(struct buf *out, size_t count)
{
	size_t mark = out->len;
	buf_add_be32(out, 0);             /* length, set at the end */
	buf_add_be32(out, count ? 1 : 0); /* dimensions */
	buf_add_be32(out, 0);             /* no NULLs in it */
	buf_add_be32(out, TEXT_OID);
	if (count) {
		buf_add_be32(out, (uint32_t)count);
		buf_add_be32(out, 1); /* first subscript */
	}
	return mark;
}

void copy_texts_end(struct buf *out, size_t mark)
{
	if (!buf_ok(out))
		return;
	uint32_t len = (uint32_t)(out->len - mark - 4);
	for (unsigned i = 0; i < 4; i++)
		out->at[mark + i] = (char)(len >> (24 - 8 * i));
}
