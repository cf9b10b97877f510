/* hiredis with reconnection and deadlines. */
#include "common/redis.h"

#include <assert.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/limits.h"

enum { DEADLINE_MS = 1000, SCRIPT_WORDS = 24 };

struct redis {
	redisContext *context;
	char host[256], password[256];
	int port, database;
	int64_t connects;
};

static int parse_url(struct redis *redis, const char *url, struct err *err)
{
	const char *scheme = "redis://";
	if (strncmp(url, scheme, strlen(scheme)) != 0)
		return err_set(err, ERR_CONFIG, 0, "redis must look like redis://[:password@]host:port/database%s",
		               strncmp(url, "rediss:", 7) == 0 ? "; TLS to Redis is not built in" : "");
	const char *rest = url + strlen(scheme), *at = strrchr(rest, '@');
	if (at) {
		const char *colon = memchr(rest, ':', (size_t)(at - rest));
		const char *from = colon ? colon + 1 : rest;
		if (!span_copy((struct span){from, (size_t)(at - from)}, redis->password, sizeof redis->password))
			return err_set(err, ERR_CONFIG, 0, "redis: the password is too long");
		rest = at + 1;
	}
	redis->port = 6379;
	size_t host = strcspn(rest, ":/");
	if (host == 0 || !span_copy((struct span){rest, host}, redis->host, sizeof redis->host))
		return err_set(err, ERR_CONFIG, 0, "redis: the address has no host");
	if (rest[host] == ':')
		redis->port = (int)strtol(rest + host + 1, NULL, 10);
	const char *slash = strchr(rest, '/');
	redis->database = slash ? (int)strtol(slash + 1, NULL, 10) : 0;
	if (redis->port < 1 || redis->port > 65535)
		return err_set(err, ERR_CONFIG, 0, "redis: the port is not a port");
	return 0;
}

static void drop(struct redis *redis)
{
	if (redis->context)
		redisFree(redis->context);
	redis->context = NULL;
}

/* Takes the reply out of hiredis: NULL and error replies become errors. */
static int take_reply(struct redis *redis, redisReply *reply, redisReply **ret, struct err *err)
{
	if (!reply) {
		char text[200];
		snprintf(text, sizeof text, "%s", redis->context ? redis->context->errstr : "no connection");
		drop(redis);
		return err_set(err, ERR_RETRY, 0, "Redis at %s:%d: %s", redis->host, redis->port, text);
	}
	if (reply->type == REDIS_REPLY_ERROR) {
		bool auth = strncmp(reply->str, "NOAUTH", 6) == 0 || strncmp(reply->str, "WRONGPASS", 9) == 0;
		/* The master of before, which now follows another: its address may lead to that one by now. */
		bool demoted = strncmp(reply->str, "READONLY", 8) == 0 || strncmp(reply->str, "MASTERDOWN", 10) == 0 ||
		               strstr(reply->str, "-READONLY "); /* from within a script, before Redis 7 */
		err_set(err, auth ? ERR_CONFIG : ERR_RETRY, 0, "Redis at %s:%d: %.200s", redis->host, redis->port, reply->str);
		freeReplyObject(reply);
		if (demoted)
			drop(redis);
		return -1;
	}
	*ret = reply;
	return 0;
}

static int simple(struct redis *redis, struct err *err, const char *command, const char *argument)
{
	REDIS_REPLY *reply = NULL;
	return take_reply(redis, redisCommand(redis->context, command, argument), &reply, err);
}

/* What a new connection needs before its first command. */
static int greet(struct redis *redis, struct err *err)
{
	char number[16];
	if (redis->password[0] && simple(redis, err, "AUTH %s", redis->password))
		return -1;
	snprintf(number, sizeof number, "%d", redis->database);
	return redis->database ? simple(redis, err, "SELECT %s", number) : 0;
}

static int ensure(struct redis *redis, struct err *err)
{
	if (redis->context && redis->context->err == 0)
		return 0;
	drop(redis);
	struct timeval deadline = {.tv_sec = DEADLINE_MS / 1000, .tv_usec = DEADLINE_MS % 1000 * 1000};
	redis->context = redisConnectWithTimeout(redis->host, redis->port, deadline);
	if (!redis->context || redis->context->err) {
		char text[200];
		snprintf(text, sizeof text, "%s", redis->context ? redis->context->errstr : "no memory");
		drop(redis);
		return err_set(err, ERR_RETRY, 0, "Redis at %s:%d: %s", redis->host, redis->port, text);
	}
	redis->connects++;
	redisSetTimeout(redis->context, deadline);
	if (greet(redis, err) == 0)
		return 0;
	drop(redis); /* or the next command would run without what was refused: in database 0 */
	return -1;
}

int redis_open(const char *url, struct redis **ret, struct err *err)
{
	struct redis *redis = calloc(1, sizeof *redis);
	if (!redis)
		return err_set(err, ERR_FATAL, 0, "no memory for a connection to Redis");
	if (parse_url(redis, url, err) || ensure(redis, err)) {
		redis_close(&redis);
		return -1;
	}
	*ret = redis;
	return 0;
}

void redis_close(struct redis **redis)
{
	if (!*redis)
		return;
	drop(*redis);
	free(*redis);
	*redis = NULL;
}

int64_t redis_connects(const struct redis *redis)
{
	return redis->connects;
}

int redis_command(struct redis *redis, redisReply **reply, struct err *err, const char *format, ...)
{
	if (ensure(redis, err))
		return -1;
	va_list args;
	va_start(args, format);
	redisReply *got = redisvCommand(redis->context, format, args);
	va_end(args);
	return take_reply(redis, got, reply, err);
}

static void script_hash(const char *script, char hash[41])
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	SHA1((const unsigned char *)script, strlen(script), digest);
	for (int i = 0; i < SHA_DIGEST_LENGTH; i++)
		snprintf(hash + 2 * i, 3, "%02x", digest[i]);
}

int redis_script(struct redis *redis, const char *script, int keys, int count, const char *const *words,
                 redisReply **reply, struct err *err)
{
	assert(count <= SCRIPT_WORDS - 3 && keys <= count);
	if (ensure(redis, err))
		return -1;
	char hash[41], number[12];
	script_hash(script, hash);
	snprintf(number, sizeof number, "%d", keys);
	const char *argv[SCRIPT_WORDS] = {"EVALSHA", hash, number};
	for (int i = 0; i < count; i++)
		argv[i + 3] = words[i];
	redisReply *got = redisCommandArgv(redis->context, count + 3, argv, NULL);
	if (got && got->type == REDIS_REPLY_ERROR && strncmp(got->str, "NOSCRIPT", 8) == 0) {
		freeReplyObject(got);
		argv[0] = "EVAL";
		argv[1] = script;
		got = redisCommandArgv(redis->context, count + 3, argv, NULL);
	}
	return take_reply(redis, got, reply, err);
}
