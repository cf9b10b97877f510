/* A connection to Redis that reconnects. Every call has a deadline of 1 s: Redis is beside the workers, and one that
 * does not answer in that time is away.
 *
 * One thread. All errors are RETRY, except an address that cannot be read and a refused password (CONFIG). */
#ifndef SYNCLINE_REDIS_H
#define SYNCLINE_REDIS_H

#include <hiredis/hiredis.h>
#include <stdint.h>

#include "common/err.h"
#include "common/span.h"

struct redis;

/* url: redis://[:password@]host:port[/database]. Connects at once. The url is never in an error text. */
int redis_open(const char *url, struct redis **redis, struct err *err) MUST_USE;
void redis_close(struct redis **redis);

/* One command in hiredis' format. *reply is owned by the caller (freeReplyObject, or REDIS_REPLY), never an error reply
 * and never NULL on success. */
int redis_command(struct redis *redis, redisReply **reply, struct err *err, const char *format, ...) MUST_USE;

/* Runs a Lua script by its hash, loading it when Redis does not know it (also after a restart). keys and args are C
 * strings; count of keys first. */
int redis_script(struct redis *redis, const char *script, int keys, int count, const char *const *words,
                 redisReply **reply, struct err *err) MUST_USE;

/* How often it has connected: another server, or the same one begun anew, may have answered since the number was lower. */
int64_t redis_connects(const struct redis *redis);

static inline void redis_reply_cleanup(redisReply **reply)
{
	if (*reply)
		freeReplyObject(*reply);
}
#define REDIS_REPLY __attribute__((cleanup(redis_reply_cleanup))) redisReply

#endif
