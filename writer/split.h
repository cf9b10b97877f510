/* A batch in which something is refused: applied message by message, and the message at fault row by row. */
#ifndef SYNCLINE_WRITER_SPLIT_H
#define SYNCLINE_WRITER_SPLIT_H

#include "writer/apply.h"

/* Called after each transaction, with what it did. */
typedef void split_applied(void *context, const struct applied *applied);

/* Applies each input in a transaction of its own, in order. A row that the database refuses alone is remembered in its
 * message and becomes a reject in the same transaction that stores the others; a message that is refused whole becomes one.
 * RETRY, CONFIG, FATAL: stopped; giving the same inputs again does no harm. */
int split_run(struct apply *apply, struct input **inputs, size_t count, split_applied *on_applied, void *context,
              struct err *err) MUST_USE;

#endif
