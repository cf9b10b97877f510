/* Printing names and numbers. */
#include "common/redis_key.h"

#include <inttypes.h>
#include <stdio.h>

const char *redis_key(const struct settings *settings, const char *kind, const char *name, char text[REDIS_KEY])
{
	snprintf(text, REDIS_KEY, "%s%s:%s", settings->kafka_prefix, kind, name);
	return text;
}

const char *redis_number(int64_t value, char text[REDIS_NUMBER])
{
	snprintf(text, REDIS_NUMBER, "%" PRId64, value);
	return text;
}
