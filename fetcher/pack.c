/* gzip through zlib, for libdeflate wants to have a body as a whole. */
#include "fetcher/pack.h"

#include <assert.h>
#include <stdint.h>

/* As zlib's documentation of deflateInit2 has them: 16 for a gzip header, 8 for the usual memory. */
enum { WINDOW_BITS = MAX_WBITS + 16, MEMORY_LEVEL = 8, CHUNK_BYTES = 16 * 1024 };

static void write_packed(z_stream *stream, struct span bytes, int flush, struct buf *body)
{
	char chunk[CHUNK_BYTES];
	stream->next_in = (Bytef *)(uintptr_t)bytes.at; /* read alone, whatever the member's type says */
	stream->avail_in = (uInt)bytes.len;
	do {
		stream->next_out = (Bytef *)chunk;
		stream->avail_out = sizeof chunk;
		IGNORE(deflate(stream, flush)); /* it can fail only where the stream is not one */
		buf_add(body, chunk, sizeof chunk - stream->avail_out);
	} while (stream->avail_out == 0);
}

void pack_begin(struct pack *pack, struct buf *body)
{
	struct buf plain = *body;
	assert(!pack->begun && buf_ok(body));
	buf_init(body, plain.max);
	pack->stream = (z_stream){0};
	pack->begun = deflateInit2(&pack->stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
	                           Z_DEFAULT_STRATEGY) == Z_OK;
	body->failed = body->starved = !pack->begun;
	pack_add(pack, buf_span(&plain), body);
	buf_done(&plain);
}

void pack_add(struct pack *pack, struct span bytes, struct buf *body)
{
	assert(bytes.len <= UINT_MAX);
	if (buf_ok(body))
		write_packed(&pack->stream, bytes, Z_NO_FLUSH, body);
}

size_t pack_size(const struct pack *pack)
{
	return pack->stream.total_in;
}

void pack_end(struct pack *pack, struct buf *body)
{
	if (!pack->begun)
		return;
	if (body && buf_ok(body))
		write_packed(&pack->stream, (struct span){0}, Z_FINISH, body);
	IGNORE(deflateEnd(&pack->stream)); /* it minds that a stream is given up; its memory is back */
	pack->begun = false;
}
