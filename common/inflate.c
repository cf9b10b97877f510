/* gzip through libdeflate, which wants to know the size: the stream's last four bytes tell it (RFC 1952, ISIZE). */
#include "common/inflate.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdint.h>
#include <strings.h>

static size_t told_size(struct span body)
{
	if (body.len < 18)
		return 0;
	const unsigned char *end = (const unsigned char *)body.at + body.len - 4;
	return (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
}

static int inflate_gzip(struct span body, struct buf *out, struct span *plain, struct err *err)
{
	size_t size = told_size(body), taken = 0, got = 0;
	/* Deflate cannot do better than 1032 to 1: a larger claim is a lie or a broken stream. */
	if (size > body.len * 1032)
		return err_set(err, ERR_REJECT, 0, "the compressed body claims %zu bytes, more than it can hold", size);
	/* A stream that was cut claims anything, so one that claims too much is unpacked as far as it may be. */
	size_t room = size < out->max ? size : out->max;
	buf_reset(out, SIZE_MAX);
	char *to = buf_reserve(out, room ? room : 1);
	struct libdeflate_decompressor *decompressor = to ? libdeflate_alloc_decompressor() : NULL;
	if (!decompressor)
		return err_set(err, ERR_RETRY, 0, "no memory to decompress %zu bytes", size);
	enum libdeflate_result result = libdeflate_gzip_decompress_ex(decompressor, body.at, body.len, to, room, &taken,
	                                                              &got);
	libdeflate_free_decompressor(decompressor);
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE && size > room)
		return err_set(err, ERR_REJECT, EFBIG, "the answer is %zu bytes when unpacked, more than the %zu that are read",
		               size, out->max);
	if (result != LIBDEFLATE_SUCCESS)
		return err_set(err, ERR_REJECT, 0, "the gzip body is broken or cut short");
	if (taken != body.len)
		return err_set(err, ERR_REJECT, 0, "%zu bytes stand behind the gzip body", body.len - taken);
	out->len = got;
	*plain = buf_span(out);
	return 0;
}

static bool is_coding(struct span encoding, const char *name)
{
	return encoding.len == strlen(name) && strncasecmp(encoding.at, name, encoding.len) == 0;
}

bool inflate_is_plain(struct span encoding)
{
	return encoding.len == 0 || is_coding(encoding, "identity");
}

int inflate_body(struct span encoding, struct span body, struct buf *out, struct span *plain, struct err *err)
{
	if (inflate_is_plain(encoding)) {
		*plain = body;
		return 0;
	}
	if (!is_coding(encoding, "gzip") && !is_coding(encoding, "x-gzip"))
		return err_set(err, ERR_REJECT, 0, "unknown content encoding '%.*s'", SPAN_ARG(encoding));
	return inflate_gzip(body, out, plain, err);
}
