/* The word in the lease. */
#include "common/halt.h"

#include "common/redis_key.h"

/* KEYS lease; ARGV sync, or "". */
static const char halt_script[] = "local sync = redis.call('HGET', KEYS[1], 'sync') "
								  "if not sync or (ARGV[1] ~= '' and ARGV[1] ~= sync) then return 0 end "
								  "redis.call('HSET', KEYS[1], 'halt', '1') "
								  "return 1";

int halt_ask(struct redis *redis, const struct settings *settings, const char *account, const char *sync, bool *held,
             struct err *err)
{
	char key[REDIS_KEY];
	const char *words[] = {redis_key(settings, "lease", account, key), sync ? sync : ""};
	REDIS_REPLY *reply = NULL;
	if (redis_script(redis, halt_script, 1, COUNT_OF(words), words, &reply, err))
		return -1;
	*held = reply->integer == 1;
	return 0;
}
