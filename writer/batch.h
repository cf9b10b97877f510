/* The messages of the next transaction: bounded by rows, bytes and count, and cut where their order matters.
 *
 * init -> (add -> ... -> clear)* -> done. Within one batch all items of a category are applied before its walk's end is
 * judged; so items that follow such an end begin the next batch, or they would be taken for missing. */
#ifndef SYNCLINE_WRITER_BATCH_H
#define SYNCLINE_WRITER_BATCH_H

#include "writer/input.h"

struct batch {
	struct input *inputs[LIMIT_BATCH_MESSAGES];
	size_t count, rows, bytes;
	int64_t first_ms;    /* when its first message came; clock_ms */
	struct input *later; /* the first of the next batch: this one is closed */
};

void batch_init(struct batch *batch);
/* Takes the input over. The batch must not be full. */
void batch_add(struct batch *batch, struct input *input, int64_t now_ms);
bool batch_is_full(const struct batch *batch, size_t rows_max);
/* Frees the messages; the one that waited begins the new batch. */
void batch_clear(struct batch *batch, int64_t now_ms);
/* Frees everything, also the one that waited. */
void batch_drop(struct batch *batch);

#endif
