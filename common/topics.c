/* Topics. */
#include "common/topics.h"

#include <assert.h>
#include <string.h>

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

enum topic topic_find(const char *prefix, const char *name)
{
	size_t length = strlen(prefix);
	unsigned i = 0;
	if (strncmp(name, prefix, length) != 0)
		return TOPIC_COUNT;
	while (i < TOPIC_COUNT && strcmp(name + length, topic_specs[i].name) != 0)
		i++;
	return (enum topic)i;
}

void topics_reference(FILE *out)
{
	fprintf(out, "| topic | partitions | kept | meaning |\n|---|---|---|---|\n");
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		fprintf(out, "| `%s` | %d | %d h | %s |\n", topic_specs[i].name, topic_specs[i].partitions,
		        topic_specs[i].retention_hours, topic_specs[i].text);
}
