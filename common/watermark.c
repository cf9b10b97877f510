/* The ring of pending offsets. */
#include "common/watermark.h"

#include <assert.h>

void watermark_reset(struct watermark *watermark)
{
	watermark->first = watermark->count = 0;
}

bool watermark_full(const struct watermark *watermark)
{
	return watermark->count == LIMIT_PENDING;
}

unsigned watermark_pending(const struct watermark *watermark)
{
	return watermark->count;
}

int64_t watermark_oldest(const struct watermark *watermark)
{
	assert(watermark->count);
	return watermark->slots[watermark->first].offset;
}

static struct watermark_slot *slot(struct watermark *watermark, unsigned i)
{
	return &watermark->slots[(watermark->first + i) % LIMIT_PENDING];
}

void watermark_begin(struct watermark *watermark, int64_t offset)
{
	assert(!watermark_full(watermark));
	assert(watermark->count == 0 || slot(watermark, watermark->count - 1)->offset < offset);
	*slot(watermark, watermark->count++) = (struct watermark_slot){.offset = offset};
}

/* Offsets in the ring ascend. */
static struct watermark_slot *find(struct watermark *watermark, int64_t offset)
{
	unsigned low = 0, high = watermark->count;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (slot(watermark, middle)->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < watermark->count && slot(watermark, low)->offset == offset ? slot(watermark, low) : NULL;
}

int64_t watermark_finish(struct watermark *watermark, int64_t offset)
{
	struct watermark_slot *found = find(watermark, offset);
	if (!found || found->finished)
		return -1;
	found->finished = true;
	int64_t commit = -1;
	while (watermark->count && slot(watermark, 0)->finished) {
		commit = slot(watermark, 0)->offset + 1;
		watermark->first = (watermark->first + 1) % LIMIT_PENDING;
		watermark->count--;
	}
	return commit;
}
