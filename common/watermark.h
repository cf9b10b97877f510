/* Which offset of a partition may be committed: the end of the contiguous prefix of finished messages.
 *
 * Messages are begun in offset order and finished in any order. A ring of fixed size: when it is full, no more may be
 * begun (back-pressure). Gaps between offsets (compaction, transaction markers) are harmless. Pure; one thread. */
#ifndef SYNCLINE_WATERMARK_H
#define SYNCLINE_WATERMARK_H

#include <stdint.h>

#include "common/attributes.h"
#include "common/limits.h"
#include "common/span.h"

struct watermark {
	struct watermark_slot {
		int64_t offset;
		bool finished;
	} slots[LIMIT_PENDING];
	unsigned first, count;
};

void watermark_reset(struct watermark *watermark);
bool watermark_full(const struct watermark *watermark);
unsigned watermark_pending(const struct watermark *watermark);

/* The lowest offset that is not in the finished prefix; something must be pending. */
int64_t watermark_oldest(const struct watermark *watermark);

/* offset must be above every offset begun before; the ring must not be full. */
void watermark_begin(struct watermark *watermark, int64_t offset);

/* Marks one finished. Returns the offset to commit (last of the finished prefix + 1), or -1 when the prefix did not
 * grow. An offset that is not pending (an earlier assignment's) is ignored. */
int64_t watermark_finish(struct watermark *watermark, int64_t offset);

#endif
