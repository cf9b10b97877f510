/* Collecting a batch. */
#include "writer/batch.h"

#include <assert.h>

void batch_init(struct batch *batch)
{
	*batch = (struct batch){0};
}

/* Would the input be judged by an end that stands before it? */
static bool follows_end(const struct batch *batch, const struct input *input)
{
	bool placed = input_is_of_category(input) && !(input->type == MSG_sync_mark && input_is_job_mark(input));
	if (!placed || input->type == MSG_walk_end)
		return false;
	for (size_t i = 0; i < batch->count; i++) {
		const struct input *earlier = batch->inputs[i];
		bool ends = input_is_of_category(earlier) &&
		            (earlier->type == MSG_walk_end ||
		             (earlier->type == MSG_sync_mark && earlier->event == EVENT_CATEGORY_FAILED));
		if (ends && earlier->category == input->category && span_equal(earlier->account, input->account))
			return true;
	}
	return false;
}

void batch_add(struct batch *batch, struct input *input, int64_t now_ms)
{
	assert(!batch->later && batch->count < LIMIT_BATCH_MESSAGES);
	if (follows_end(batch, input)) {
		batch->later = input;
		return;
	}
	if (batch->count == 0)
		batch->first_ms = now_ms;
	batch->inputs[batch->count++] = input;
	batch->rows += input->row_count;
	batch->bytes += input->message.value.len;
}

bool batch_is_full(const struct batch *batch, size_t rows_max)
{
	return batch->later || batch->count == LIMIT_BATCH_MESSAGES || batch->rows >= rows_max ||
	       batch->bytes >= LIMIT_BATCH_BYTES;
}

void batch_clear(struct batch *batch, int64_t now_ms)
{
	struct input *later = batch->later;
	batch->later = NULL;
	batch_drop(batch);
	if (later)
		batch_add(batch, later, now_ms);
}

void batch_drop(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		input_free(batch->inputs[i]);
	input_free(batch->later);
	batch->later = NULL;
	batch->count = batch->rows = batch->bytes = 0;
}
