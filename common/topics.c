/* Topics. */
#include "common/topics.h"

#include <assert.h>

const struct topic_spec topic_specs[TOPIC_COUNT] = {
#define TOPIC(symbol, name, partitions, hours, compression, text) {name, partitions, hours, compression, text},
#include "schemas/topics.def"
#undef TOPIC
};

const char *topic_name(const char *prefix, enum topic topic, char text[TOPIC_NAME_MAX])
{
	assert(topic < TOPIC_COUNT);
	snprintf(text, TOPIC_NAME_MAX, "%s%s", prefix, topic_specs[topic].name);
	return text;
}

void topics_reference(FILE *out)
{
	fprintf(out, "| topic | partitions | kept | meaning |\n|---|---|---|---|\n");
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		fprintf(out, "| `%s` | %d | %d h | %s |\n", topic_specs[i].name, topic_specs[i].partitions,
		        topic_specs[i].retention_hours, topic_specs[i].text);
}
