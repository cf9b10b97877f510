/* Partitions, as numbers. */
#include "common/kafka_share.h"

#include <assert.h>
#include <stdlib.h>

void kafka_share_empty(struct kafka_share *share)
{
	for (size_t i = 0; i < share->count; i++)
		free(share->parts[i].watermark);
	share->count = 0;
	share->generation++;
}

void kafka_share_add(struct kafka_share *share, enum topic topic, int32_t number, int64_t next)
{
	if (share->count == LIMIT_PARTITIONS)
		return;
	struct kafka_part *part = &share->parts[share->count++];
	*part = (struct kafka_part){.topic = topic,
	                            .number = number,
	                            .next = next < 0 ? -1 : next,
	                            .doubted = -1,
	                            .stored = -1,
	                            .refused = -1};
	part->watermark = calloc(1, sizeof *part->watermark);
	assert(part->watermark && "no memory: ends as if killed, nothing is lost");
}

struct kafka_part *kafka_share_find(struct kafka_share *share, enum topic topic, int32_t number)
{
	for (size_t i = 0; i < share->count; i++) {
		if (share->parts[i].topic == topic && share->parts[i].number == number)
			return &share->parts[i];
	}
	return NULL;
}

enum kafka_step kafka_share_begin(struct kafka_part *part, int64_t offset)
{
	enum kafka_step step = KAFKA_NEXT;
	/* From a fetch that was under way during a pause (librdkafka before 2.4), or from before a partition was begun anew. */
	if (offset < part->next)
		return KAFKA_SEEN;
	if (part->next >= 0 && offset > part->next) {
		step = part->doubted == part->next ? KAFKA_HOLE : KAFKA_DOUBT;
		part->doubted = part->next;
	}
	if (step == KAFKA_DOUBT)
		return step;
	part->doubted = -1;
	watermark_begin(part->watermark, offset);
	part->next = offset + 1;
	return step;
}

struct kafka_part *kafka_share_finish(struct kafka_share *share, const struct kafka_place *place)
{
	if (place->generation != share->generation)
		return NULL;
	struct kafka_part *part = kafka_share_find(share, place->topic, place->partition);
	int64_t commit = part ? watermark_finish(part->watermark, place->offset) : -1;
	if (commit < 0)
		return NULL;
	part->stored = commit;
	return part;
}

bool kafka_share_rewind(struct kafka_part *part)
{
	if (watermark_pending(part->watermark) == 0)
		return false;
	part->next = watermark_oldest(part->watermark);
	part->doubted = -1;
	watermark_reset(part->watermark);
	return true;
}
