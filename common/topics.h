/* The topics, from schemas/topics.def. */
#ifndef SYNCLINE_TOPICS_H
#define SYNCLINE_TOPICS_H

#include <stdio.h>

enum topic {
#define TOPIC(symbol, name, partitions, hours, compression, text) TOPIC_##symbol,
#include "schemas/topics.def"
#undef TOPIC
	TOPIC_COUNT
};

struct topic_spec {
	const char *name;
	int partitions, retention_hours;
	const char *compression, *text;
};

extern const struct topic_spec topic_specs[TOPIC_COUNT];

enum { TOPIC_NAME_MAX = 250 };
/* Prefix and name into text[TOPIC_NAME_MAX]; returns text. */
const char *topic_name(const char *prefix, enum topic topic, char text[TOPIC_NAME_MAX]);

/* Which topic has that name; TOPIC_COUNT: none. */
enum topic topic_find(const char *prefix, const char *name);

/* The consumer groups: one per worker program, and a second one of the fetchers, whose work can wait. */
#define GROUP_FETCHER "syncline-fetcher"
#define GROUP_BACKGROUND "syncline-fetcher-background"
#define GROUP_PARSER "syncline-parser"
#define GROUP_WRITER "syncline-writer"

void topics_reference(FILE *out);

#endif
