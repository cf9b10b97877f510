/* Rows in Postgres' binary COPY format (documentation of COPY, "Binary Format"), appended to a buf.
 *
 * begin -> (row -> one call per column)* -> end. Appends are sticky: ask buf_ok once. Each column call writes the value's
 * length in front of it; there is one call per Postgres type we use. */
#ifndef SYNCLINE_WRITER_COPY_H
#define SYNCLINE_WRITER_COPY_H

#include "common/buf.h"

void copy_begin(struct buf *out);
void copy_end(struct buf *out);
void copy_row(struct buf *out, unsigned columns);

void copy_null(struct buf *out);
void copy_bool(struct buf *out, bool value);
void copy_int4(struct buf *out, int64_t value); /* must fit in 32 bits: checked by assert */
void copy_int8(struct buf *out, int64_t value);
/* text and bytea are alike. An absent span is NULL. */
void copy_text(struct buf *out, struct span text);
void copy_jsonb(struct buf *out, struct span text);
/* Lower-case text form; an empty span is NULL. */
void copy_uuid(struct buf *out, struct span text);
/* Microseconds since 1970; must be at least COPY_TIME_MIN. */
void copy_time(struct buf *out, int64_t us);
#define COPY_TIME_MIN (INT64_MIN + 946684800000000LL)

/* text[]: begins with the number of elements, then copy_text for each. Returns a mark for copy_texts_end. */
size_t copy_texts_begin(struct buf *out, size_t count);
void copy_texts_end(struct buf *out, size_t mark);

#endif
