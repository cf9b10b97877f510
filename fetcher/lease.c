/* Lease scripts. Lua runs alone in Redis, so each is atomic. */
#include "fetcher/lease.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/redis_key.h"

/* KEYS lease epoch done; ARGV sync owner ttl floor mode categories priority. Epochs only grow: over the counter, over what
 * Postgres has seen, and over the clock, so that an empty Redis cannot give out an old one again. Whoever holds a lease of an epoch
 * below that of Postgres is told to let go: writers take nothing of it any more (the account was removed and added again). */
static const char claim_script[] =
	"if redis.call('EXISTS', KEYS[3]) == 1 then return {'done'} end "
	"local held = redis.call('HMGET', KEYS[1], 'sync', 'mode', 'categories', 'halt', 'epoch') "
	"if held[1] == ARGV[1] then return {'same'} end "
	"if held[1] then "
	"  if ARGV[7] == 'normal' then redis.call('HSET', KEYS[1], 'raised', '1') end "
	"  if not held[4] and tonumber(held[5] or '0') < tonumber(ARGV[4]) then "
	"    redis.call('HSET', KEYS[1], 'halt', '1') held[4] = '1' "
	"  end "
	"  return {'busy', held[1], held[2], held[3], held[4] or ''} "
	"end "
	"local time = redis.call('TIME') "
	"local epoch = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, tonumber(ARGV[4]) + 1, "
	"  time[1] * 1000 + math.floor(time[2] / 1000)) "
	"local text = string.format('%.0f', epoch) "
	"redis.call('SET', KEYS[2], text) "
	"redis.call('HSET', KEYS[1], 'sync', ARGV[1], 'epoch', text, 'owner', ARGV[2], 'mode', ARGV[5], 'categories', ARGV[6]) "
	"redis.call('PEXPIRE', KEYS[1], ARGV[3]) "
	"return {'granted', text}";

/* What renew and save share. KEYS lease; ARGV epoch ttl: 0 lost, else what to return at the end. */
#define PROLONG \
	"local held = redis.call('HMGET', KEYS[1], 'epoch', 'halt', 'raised') " \
	"if held[1] ~= ARGV[1] then return 0 end " \
	"redis.call('PEXPIRE', KEYS[1], ARGV[2]) " \
	"local result = held[2] and 2 or held[3] and 3 or 1 "

static const char renew_script[] = PROLONG "return result";

/* KEYS lease cursor; ARGV epoch ttl category cursor. */
static const char save_script[] = PROLONG "redis.call('HSET', KEYS[2], ARGV[3], ARGV[4]) "
										  "redis.call('EXPIRE', KEYS[2], 604800) "
										  "return result";

/* KEYS lease done cursor; ARGV epoch done. A job of a sync that is done may come again for a while, not for a week: with tens
 * of thousands of syncs a day their cursors would be most of what Redis holds. */
static const char release_script[] =
	"if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end "
	"if ARGV[2] == '1' then "
	"redis.call('SET', KEYS[2], '1', 'EX', 3600) redis.call('EXPIRE', KEYS[3], 3600) end "
	"redis.call('DEL', KEYS[1]) "
	"return 1";

const char *lease_mode(const struct lease *lease)
{
	static const char *const replays[] = {[REPLAY_ALL] = "replay", [REPLAY_REJECTS] = "replay-rejects"};
	if (lease->replay != REPLAY_NONE)
		return replays[lease->replay];
	return lease->full ? "full" : "incremental";
}

bool lease_set_mode(struct lease *lease, struct span mode)
{
	lease->full = span_is(mode, "full");
	lease->replay = span_is(mode, "replay")           ? REPLAY_ALL
	                : span_is(mode, "replay-rejects") ? REPLAY_REJECTS
	                                                  : REPLAY_NONE;
	return mode.len == 0 || span_is(mode, lease_mode(lease));
}

static int read_claim(const redisReply *reply, struct lease *lease, enum lease_result *result,
                      struct lease_holder *holder, struct err *err)
{
	const char *word = reply->elements ? reply->element[0]->str : "";
	if (strcmp(word, "granted") == 0 && reply->elements == 2) {
		lease->epoch = strtoll(reply->element[1]->str, NULL, 10);
		*result = LEASE_GRANTED;
	} else if (strcmp(word, "busy") == 0 && reply->elements == 5) {
		*result = LEASE_BUSY;
		*holder = (struct lease_holder){.full = strcmp(reply->element[2]->str, "full") == 0,
		                                .replays = strncmp(reply->element[2]->str, "replay", 6) == 0,
		                                .halted = *reply->element[4]->str != '\0'};
		if (!span_copy(span_of(reply->element[1]->str), holder->sync, sizeof holder->sync) ||
		    category_set_parse(span_of(reply->element[3]->str), &holder->categories, err))
			return err_set(err, ERR_RETRY, 0, "Redis: the lease of account '%s' cannot be read", lease->account);
	} else if (strcmp(word, "same") == 0 || strcmp(word, "done") == 0) {
		*result = *word == 's' ? LEASE_SAME : LEASE_DONE;
	} else {
		return err_set(err, ERR_RETRY, 0, "Redis: unexpected answer to the claim of account '%s'", lease->account);
	}
	return 0;
}

int lease_claim(struct redis *redis, const struct settings *settings, struct lease *lease, int64_t epoch_floor,
                enum lease_result *result, struct lease_holder *holder, struct err *err)
{
	char keys[3][REDIS_KEY], ttl[REDIS_NUMBER], floor[REDIS_NUMBER], set[CATEGORY_SET_TEXT];
	const char *words[] = {
		redis_key(settings, "lease", lease->account, keys[0]),
		redis_key(settings, "epoch", lease->account, keys[1]),
		redis_key(settings, "done", lease->sync, keys[2]),
		lease->sync,
		settings->worker_name,
		redis_number(settings->lease_ms, ttl),
		redis_number(epoch_floor, floor),
		lease_mode(lease),
		category_set_text(lease->categories, set),
		lease->background ? "background" : "normal",
	};
	REDIS_REPLY *reply = NULL;
	if (redis_script(redis, claim_script, 3, COUNT_OF(words), words, &reply, err))
		return -1;
	return read_claim(reply, lease, result, holder, err);
}

static int run_held(struct redis *redis, const char *script, int keys, int count, const char *const *words,
                    enum lease_result *result, struct err *err)
{
	REDIS_REPLY *reply = NULL;
	if (redis_script(redis, script, keys, count, words, &reply, err))
		return -1;
	*result = reply->integer == 1   ? LEASE_HELD
	          : reply->integer == 2 ? LEASE_HALT
	          : reply->integer == 3 ? LEASE_RAISED
	                                : LEASE_LOST;
	return 0;
}

int lease_renew(struct redis *redis, const struct settings *settings, const struct lease *lease,
                enum lease_result *result, struct err *err)
{
	char name[REDIS_KEY], epoch[REDIS_NUMBER], ttl[REDIS_NUMBER];
	const char *words[] = {redis_key(settings, "lease", lease->account, name), redis_number(lease->epoch, epoch),
	                       redis_number(settings->lease_ms, ttl)};
	return run_held(redis, renew_script, 1, COUNT_OF(words), words, result, err);
}

int lease_save(struct redis *redis, const struct settings *settings, const struct lease *lease, enum category category,
               const char *cursor, enum lease_result *result, struct err *err)
{
	char names[2][REDIS_KEY], epoch[REDIS_NUMBER], ttl[REDIS_NUMBER];
	const char *words[] = {
		redis_key(settings, "lease", lease->account, names[0]),
		redis_key(settings, "cursor", lease->sync, names[1]),
		redis_number(lease->epoch, epoch),
		redis_number(settings->lease_ms, ttl),
		category_name(category),
		cursor,
	};
	return run_held(redis, save_script, 2, COUNT_OF(words), words, result, err);
}

int lease_cursor(struct redis *redis, const struct settings *settings, const struct lease *lease,
                 enum category category, char *text, struct err *err)
{
	char name[REDIS_KEY];
	REDIS_REPLY *reply = NULL;
	if (redis_command(redis, &reply, err, "HGET %s %s", redis_key(settings, "cursor", lease->sync, name),
	                  category_name(category)))
		return -1;
	text[0] = '\0';
	if (reply->type == REDIS_REPLY_STRING && !span_copy((struct span){reply->str, reply->len}, text, LIMIT_CURSOR))
		text[0] = '\0';
	return 0;
}

int lease_release(struct redis *redis, const struct settings *settings, const struct lease *lease, bool done,
                  struct err *err)
{
	char names[3][REDIS_KEY], epoch[REDIS_NUMBER];
	const char *words[] = {redis_key(settings, "lease", lease->account, names[0]),
	                       redis_key(settings, "done", lease->sync, names[1]),
	                       redis_key(settings, "cursor", lease->sync, names[2]), redis_number(lease->epoch, epoch),
	                       done ? "1" : "0"};
	enum lease_result ignored;
	return run_held(redis, release_script, 3, COUNT_OF(words), words, &ignored, err);
}
