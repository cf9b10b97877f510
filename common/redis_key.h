/* Names of what is kept in Redis. All begin with kafka_prefix, so that one Redis can serve several fleets. */
#ifndef SYNCLINE_REDIS_KEY_H
#define SYNCLINE_REDIS_KEY_H

#include <stdint.h>

#include "common/settings.h"

enum {
	REDIS_KEY = LIMIT_SETTING + LIMIT_URL + 24, /* the longest names are servers' addresses */
	REDIS_NUMBER = 24,
};

/* "PREFIXkind:name". name is an account, a sync or a credential, at most LIMIT_URL bytes; a longer one is cut. Returns text. */
const char *redis_key(const struct settings *settings, const char *kind, const char *name, char text[REDIS_KEY]);

/* A number as an argument of a script. Returns text. */
const char *redis_number(int64_t value, char text[REDIS_NUMBER]);

#endif
