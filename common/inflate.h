/* Undoing Content-Encoding: gzip, with the cap on what comes out. */
#ifndef SYNCLINE_INFLATE_H
#define SYNCLINE_INFLATE_H

#include "common/buf.h"
#include "common/err.h"

/* encoding absent, "" or "identity": *plain is body itself. "gzip" or "x-gzip": *plain points into out, which is
 * overwritten. Case is of no meaning (RFC 9110 8.4.1). REJECT for a broken stream or one with something behind it, for
 * one that inflates past out's maximum (code EFBIG), or another encoding. */
int inflate_body(struct span encoding, struct span body, struct buf *out, struct span *plain, struct err *err) MUST_USE;

/* absent, "" or "identity". */
bool inflate_is_plain(struct span encoding);

#endif
