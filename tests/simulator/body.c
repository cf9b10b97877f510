/* Shared response bodies, and their compression where libdeflate is at hand. */
#include "body.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

#ifdef SIMULATOR_GZIP
#include <libdeflate.h>
#endif

static struct body *allocate(size_t len)
{
	struct body *body = must_alloc(1, sizeof *body + len);
	*body = (struct body){.refs = 1, .total_count = -1, .len = len};
	return body;
}

struct body *body_new(const char *bytes, size_t len)
{
	struct body *body = allocate(len);
	if (len)
		memcpy(body->bytes, bytes, len);
	return body;
}

struct body *body_gzip(const struct body *body)
{
#ifdef SIMULATOR_GZIP
	static struct libdeflate_compressor *compressor;
	if (!compressor)
		compressor = libdeflate_alloc_compressor(1); /* fastest: the server must not be the limit */
	if (!compressor)
		return NULL;
	struct body *zipped = allocate(libdeflate_gzip_compress_bound(compressor, body->len));
	zipped->len = libdeflate_gzip_compress(compressor, body->bytes, body->len, zipped->bytes, zipped->len);
	zipped->total_count = body->total_count;
	zipped->gzip = true;
	return zipped;
#else
	(void)body;
	return NULL;
#endif
}

struct body *body_ref(struct body *body)
{
	body->refs++;
	return body;
}

void body_unref(struct body **body)
{
	if (!*body)
		return;
	assert((*body)->refs);
	if (--(*body)->refs == 0)
		free(*body);
	*body = NULL;
}
