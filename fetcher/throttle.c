/* Pauses in Redis. */
#include "fetcher/throttle.h"

#include <stdio.h>

int throttle_set(struct redis *redis, const struct settings *settings, const char *url, int64_t wait_ms,
                 struct err *err)
{
	static const char script[] = "if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then "
								 "redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end return 1";
	char key[LIMIT_SETTING + LIMIT_URL + 16], wait[24];
	if (wait_ms < 1)
		return 0;
	snprintf(key, sizeof key, "%sthrottle:%s", settings->kafka_prefix, url);
	snprintf(wait, sizeof wait, "%lld", (long long)wait_ms);
	const char *words[] = {key, wait};
	REDIS_REPLY *reply = NULL;
	return redis_script(redis, script, 1, COUNT_OF(words), words, &reply, err);
}

int throttle_wait_ms(struct redis *redis, const struct settings *settings, const char *url, int64_t *wait_ms,
                     struct err *err)
{
	REDIS_REPLY *reply = NULL;
	if (redis_command(redis, &reply, err, "PTTL %sthrottle:%s", settings->kafka_prefix, url))
		return -1;
	*wait_ms = reply->integer > 0 ? reply->integer : 0;
	return 0;
}
