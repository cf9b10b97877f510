/* Packs a body while it comes, for one that came plain and is larger than a message may be: so memory holds what will travel.
 *
 * pack_begin -> pack_add* -> pack_end; pack_end alone gives the memory back, also when it was never begun. Errors are those of
 * the buffer: full (`failed`), or without memory (`starved` as well). */
#ifndef SYNCLINE_FETCHER_PACK_H
#define SYNCLINE_FETCHER_PACK_H

#include <zlib.h>

#include "common/buf.h"

struct pack {
	z_stream stream;
	bool begun;
};

/* What body holds becomes the beginning of a gzip stream in its place. */
void pack_begin(struct pack *pack, struct buf *body);
void pack_add(struct pack *pack, struct span bytes, struct buf *body);
/* How many bytes were packed. */
size_t pack_size(const struct pack *pack);
/* The stream's end. body may be NULL: it is given up. */
void pack_end(struct pack *pack, struct buf *body);

#endif
