/* A reject's name for people: where it stands in Kafka, as TOPIC/PARTITION/OFFSET/POSITION, e.g. pages/3/1042/7. "all" is the
 * position of a message that was rejected as a whole, "gap" that of the news that messages are gone from there on; an offset below
 * zero: the topic was made anew since, the message is gone. */
#ifndef SYNCLINE_CTL_REJECT_PLACE_H
#define SYNCLINE_CTL_REJECT_PLACE_H

#include <stdint.h>

#include "common/settings.h"
#include "common/topics.h"

struct reject_place {
	char topic[TOPIC_NAME_MAX]; /* with its prefix */
	int64_t partition, offset, position;
};

enum { REJECT_PLACE_TEXT = TOPIC_NAME_MAX + 64 };
/* The installation's prefix, and "sync.", are left out of the topic's name. Returns text. */
const char *reject_place_text(const struct settings *settings, const struct reject_place *place,
                              char text[REJECT_PLACE_TEXT]);

/* false: not such a name. */
bool reject_place_read(const struct settings *settings, const char *text, struct reject_place *place);

/* The topic of that name; TOPIC_COUNT: none of ours. */
enum topic reject_place_topic(const struct settings *settings, const struct reject_place *place);

#endif
