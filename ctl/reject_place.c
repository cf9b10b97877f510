/* Names of rejects. */
#include "ctl/reject_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/msg.h"

#define FAMILY "sync."

/* What is not an item of a page. */
static const struct {
	const char *word;
	int64_t position;
} words[] = {{"all", REJECT_WHOLE}, {"gap", REJECT_GAP}};

const char *reject_place_text(const struct settings *settings, const struct reject_place *place,
                              char text[REJECT_PLACE_TEXT])
{
	char position[24];
	size_t prefix = strlen(settings->kafka_prefix);
	const char *topic = place->topic;
	if (strncmp(topic, settings->kafka_prefix, prefix) == 0 && strncmp(topic + prefix, FAMILY, strlen(FAMILY)) == 0)
		topic += prefix + strlen(FAMILY);
	snprintf(position, sizeof position, "%" PRId64, place->position);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (words[i].position == place->position)
			snprintf(position, sizeof position, "%s", words[i].word);
	}
	snprintf(text, REJECT_PLACE_TEXT, "%s/%" PRId64 "/%" PRId64 "/%s", topic, place->partition, place->offset,
	         position);
	return text;
}

static bool take_number(const char **at, char end_mark, int64_t least, int64_t *number)
{
	char *end;
	*number = strtoll(*at, &end, 10);
	bool good = end != *at && *end == end_mark && *number >= least;
	*at = end + (good && end_mark);
	return good;
}

static bool take_word(const char *at, int64_t *position)
{
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcmp(at, words[i].word) == 0) {
			*position = words[i].position;
			return true;
		}
	}
	return false;
}

bool reject_place_read(const struct settings *settings, const char *text, struct reject_place *place)
{
	const char *at = strchr(text, '/');
	char name[64];
	struct reject_place found;
	if (!at || (size_t)(at - text) >= sizeof name)
		return false;
	snprintf(name, sizeof name, "%.*s", (int)(at++ - text), text);
	/* A short name gets its family and prefix back; any other is one in full. */
	snprintf(found.topic, sizeof found.topic, "%s", name);
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		if (strcmp(topic_specs[i].name + strlen(FAMILY), name) == 0)
			topic_name(settings->kafka_prefix, (enum topic)i, found.topic);
	}
	if (!take_number(&at, '/', 0, &found.partition) || !take_number(&at, '/', INT64_MIN, &found.offset))
		return false;
	if (!take_word(at, &found.position) && !take_number(&at, '\0', 0, &found.position))
		return false;
	*place = found;
	return true;
}

enum topic reject_place_topic(const struct settings *settings, const struct reject_place *place)
{
	return topic_find(settings->kafka_prefix, place->topic);
}
