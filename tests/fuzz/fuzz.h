/* What the fuzz targets share: taking choices from the front of an input, and the checks that several of them make.
 *
 * A target draws its choices (which request, which flags) from the first bytes and takes the rest as it would come from
 * outside. Properties are asserts: they are never compiled out, and libFuzzer keeps the input that broke one. */
#ifndef SYNCLINE_TESTS_FUZZ_H
#define SYNCLINE_TESTS_FUZZ_H

#include <assert.h>
#include <msgpack.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/span.h"
#include "common/text.h"

/* libFuzzer calls it with each input. Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct span fuzz_input(const uint8_t *data, size_t size)
{
	return (struct span){size ? (const char *)data : "", size};
}

/* The next byte; 0 when nothing is left. */
static inline uint8_t fuzz_byte(struct span *input)
{
	if (input->len == 0)
		return 0;
	uint8_t byte = (uint8_t)*input->at;
	*input = (struct span){input->at + 1, input->len - 1};
	return byte;
}

/* Up to the next line feed, which is taken off, or all that is left. */
static inline struct span fuzz_line(struct span *input)
{
	const char *end = input->len ? memchr(input->at, '\n', input->len) : NULL;
	struct span line = {input->at, end ? (size_t)(end - input->at) : input->len};
	size_t taken = line.len + (end != NULL);
	*input = (struct span){input->at + taken, input->len - taken};
	return line;
}

/* In memory of exactly its size, so that the sanitizer sees a read behind it. The caller frees at. */
static inline struct span fuzz_exact(struct span input)
{
	char *at = malloc(input.len ? input.len : 1);
	assert(at);
	if (input.len)
		memcpy(at, input.at, input.len);
	return (struct span){at, input.len};
}

/* An error names its class and says something that can be printed. */
static inline void fuzz_check_err(const struct err *err)
{
	assert(err->class != ERR_NONE && err->class != ERR_FATAL);
	assert(strlen(err->text) > 5);
}

/* What the database can store. */
static inline void fuzz_check_text(struct span text, size_t max)
{
	assert(text.len <= max && text_valid(text));
}

#endif
