/* Compressed bodies. Input: flags, then a body: taken as gzip, or compressed first and cut or altered in one place. Holds: what
 * comes out is within the cap; what was compressed comes back whole, and not at all when it was cut. */
#include "tests/fuzz/fuzz.h"

#include <libdeflate.h>

#include "common/inflate.h"

enum { CAP = 256 * 1024, ROUND_TRIP = 1, CUT = 2 };

static struct span compress(struct span plain)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
	size_t room = libdeflate_gzip_compress_bound(compressor, plain.len);
	char *at = malloc(room);
	assert(compressor && at);
	size_t len = libdeflate_gzip_compress(compressor, plain.at, plain.len, at, room);
	libdeflate_free_compressor(compressor);
	return (struct span){at, len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), plain;
	struct buf out;
	struct err err = {0};
	unsigned flags = fuzz_byte(&input);
	struct span body = flags & ROUND_TRIP ? compress(input) : fuzz_exact(input);
	struct span given = flags & CUT ? fuzz_exact((struct span){body.at, body.len / 2}) : fuzz_exact(body);
	buf_init(&out, CAP);
	if (inflate_body(span_of("gzip"), given, &out, &plain, &err)) {
		fuzz_check_err(&err);
		assert(err.class == ERR_REJECT);
		assert(!(flags & ROUND_TRIP) || flags & CUT || input.len > CAP);
	} else {
		assert(plain.len <= CAP);
		assert(!(flags & ROUND_TRIP) || (!(flags & CUT) && span_equal(plain, input)));
	}
	buf_done(&out);
	free((void *)(uintptr_t)body.at);
	free((void *)(uintptr_t)given.at);
	return 0;
}
