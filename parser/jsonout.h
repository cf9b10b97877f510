/* Parsed JSON values back to compact text, into a buffer with a maximum and without allocating for each value. */
#ifndef SYNCLINE_PARSER_JSONOUT_H
#define SYNCLINE_PARSER_JSONOUT_H

#include <yyjson.h>

#include "common/buf.h"

/* Invalid UTF-8 is copied as it is. When the buffer is full the rest is left out and its `failed` is set.
 * Recursion is bounded by LIMIT_JSON_DEPTH, which reading enforced. */
void jsonout_value(struct buf *out, yyjson_val *value);
/* A string with its quotes. */
void jsonout_text(struct buf *out, struct span text);

#endif
