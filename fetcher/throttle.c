/* Turns, rates and pauses as scripts. Lua runs alone in Redis, so each is atomic; times are microseconds. */
#include "fetcher/throttle.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/redis_key.h"

enum { DAY_MS = 24 * 3600 * 1000 };
/* Behind whoever is not of the background; a score in Redis holds it exactly. */
static const int64_t BEHIND_US = 7LL * DAY_MS * 1000;

/* What both scripts begin with: KEYS[1] pause, KEYS[2] rate (hash: tat, factor, since).
 *
 * factor is what a 429 has left of the rate at the moment `since`; it grows to 1 within ten minutes from then. A `since`
 * ahead of us although no pause is left was written by a clock that has been set back: forgotten. */
#define BEGIN \
	"local time = redis.call('TIME') " \
	"local now = time[1] * 1000000 + time[2] " \
	"local pause = redis.call('PTTL', KEYS[1]) " \
	"local rate = redis.call('HMGET', KEYS[2], 'tat', 'factor', 'since') " \
	"local since = tonumber(rate[3] or '0') " \
	"local factor = tonumber(rate[2] or '1') " \
	"if since > now + 1000000 and pause <= 0 then factor, since = 1, 0 end " \
	"factor = math.min(1, factor + (1 - factor) * math.max(0, now - since) / 600000000) "

/* KEYS pause rate log queue due last slow known; ARGV account requests window_us burst behind_us.
 *
 * tat is when the request after the last one is due at an even pace (GCRA); one may be sent `slack` before. The slack is
 * what lets latecomers make up for their delay, and bursts be. log: moments of the last `requests` grants, newest first.
 * queue: who waits, by its last grant, newcomers a day before everybody else, the background (behind_us) days behind; due:
 * when each was told to come back.
 * turn(n) is when the one with n others before it may send: it may as soon as there is room for all n and itself, so that
 * one who is late holds up nobody for more than a step. */
static const char take_script[] = BEGIN
	"if redis.call('EXISTS', KEYS[8]) == 0 then return -1 end "
	"local account, requests, window, burst = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]) "
	"local function later(us) "
	"  local ms = math.ceil(us / 1000) "
	"  if ms > 2000 then redis.call('SET', KEYS[7], string.format('%.0f', now / 1000 + ms), 'PX', ms) end "
	"  return ms "
	"end "
	"if pause > 0 then return later(pause * 1000) end "
	"if requests == 0 then return 0 end "
	"local step = window / requests / factor "
	"local slack = (burst - 1) * step + math.max(step / 2, 20000) "
	"local tat = tonumber(rate[1] or '') "
	"if not tat or tat > now + 2 * (slack + step) + 1000000 then tat = now + (burst - 1) * step end "
	"if tonumber(redis.call('LINDEX', KEYS[3], 0) or '0') > now + 1000000 then redis.call('DEL', KEYS[3]) end "
	"local function turn(before) "
	"  local at = tat - slack + before * step "
	"  local full = before < requests and redis.call('LINDEX', KEYS[3], requests - 1 - before) "
	"  return full and math.max(at, full + window + math.min(window / 200, 100000)) or at "
	"end "
	"local function drop(names) "
	"  for _, name in ipairs(names) do redis.call('ZREM', KEYS[4], name) redis.call('ZREM', KEYS[5], name) end "
	"end "
	"drop(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now - 500000)) "
	"drop(redis.call('ZRANGEBYSCORE', KEYS[5], now + 2000000, '+inf')) "
	"local last = tonumber(redis.call('ZSCORE', KEYS[6], account) or '') "
	"redis.call('ZADD', KEYS[4], 'NX', (last and math.min(last, now) or now - 86400000000) + tonumber(ARGV[5]), account) "
	"local at = turn(redis.call('ZRANK', KEYS[4], account)) "
	"if at > now then "
	"  local ms = math.min(later(at - now), 1000) "
	"  redis.call('ZADD', KEYS[5], now + ms * 1000, account) "
	"  redis.call('PEXPIRE', KEYS[4], 10000) redis.call('PEXPIRE', KEYS[5], 10000) "
	"  return ms "
	"end "
	"drop({account}) "
	"redis.call('HSET', KEYS[2], 'tat', math.max(tat, now) + step) "
	"redis.call('PEXPIRE', KEYS[2], math.ceil(600000 + (slack + step) / 500)) "
	"redis.call('LPUSH', KEYS[3], now) redis.call('LTRIM', KEYS[3], 0, requests - 1) "
	"redis.call('PEXPIRE', KEYS[3], math.ceil(window / 1000 + 1000)) "
	"redis.call('ZADD', KEYS[6], now, account) "
	"redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', now - 600000000) "
	"redis.call('PEXPIRE', KEYS[6], 600000) redis.call('PEXPIRE', KEYS[8], 600000) "
	"return 0";

/* KEYS pause rate; ARGV wait_ms. Answers to requests that were under way when the pause began tell nothing new: the rate
 * is halved once for all of them. */
static const char pause_script[] = BEGIN
	"local wait = tonumber(ARGV[1]) "
	"if pause < wait then redis.call('SET', KEYS[1], '1', 'PX', wait) end "
	"if pause <= 0 and now - since > 2000000 then "
	"  redis.call('HSET', KEYS[2], 'factor', math.max(factor / 2, 0.25), 'since', now + wait * 1000) "
	"  redis.call('PEXPIRE', KEYS[2], wait + 660000) "
	"end "
	"return 1";

int throttle_take(struct redis *redis, const struct settings *settings, const char *credential,
                  const struct throttle_asker *asker, const struct throttle_rate *rate, int64_t *wait_ms,
                  struct err *err)
{
	char keys[8][REDIS_KEY], requests[REDIS_NUMBER], window[REDIS_NUMBER], burst[REDIS_NUMBER], behind[REDIS_NUMBER];
	assert(rate->requests >= 0 && rate->requests <= THROTTLE_REQUESTS_MAX);
	assert(rate->requests == 0 || (rate->window_ms > 0 && rate->window_ms <= DAY_MS && rate->burst > 0));
	const char *words[] = {
		redis_key(settings, "throttle", credential, keys[0]),
		redis_key(settings, "rate", credential, keys[1]),
		redis_key(settings, "rate_log", credential, keys[2]),
		redis_key(settings, "rate_queue", credential, keys[3]),
		redis_key(settings, "rate_due", credential, keys[4]),
		redis_key(settings, "rate_last", credential, keys[5]),
		redis_key(settings, "slow", asker->account, keys[6]),
		redis_key(settings, "throttle_known", credential, keys[7]),
		asker->account,
		redis_number(rate->requests, requests),
		redis_number(rate->window_ms * 1000, window),
		redis_number(rate->burst, burst),
		redis_number(asker->background ? BEHIND_US : 0, behind),
	};
	REDIS_REPLY *reply = NULL;
	if (redis_script(redis, take_script, COUNT_OF(keys), COUNT_OF(words), words, &reply, err))
		return -1;
	*wait_ms = reply->integer;
	return 0;
}

int throttle_pause(struct redis *redis, const struct settings *settings, const char *credential, int64_t wait_ms,
                   struct err *err)
{
	char keys[2][REDIS_KEY], wait[REDIS_NUMBER];
	if (wait_ms < 1)
		return 0;
	const char *words[] = {redis_key(settings, "throttle", credential, keys[0]),
	                       redis_key(settings, "rate", credential, keys[1]),
	                       redis_number(wait_ms < LIMIT_PAUSE_MS ? wait_ms : LIMIT_PAUSE_MS, wait)};
	REDIS_REPLY *reply = NULL;
	return redis_script(redis, pause_script, COUNT_OF(keys), COUNT_OF(words), words, &reply, err);
}

/* KEYS pause known; ARGV wait_ms. */
static const char know_script[] =
	"local wait = tonumber(ARGV[1]) "
	"if wait > 0 and redis.call('PTTL', KEYS[1]) < wait then redis.call('SET', KEYS[1], '1', 'PX', wait) end "
	"redis.call('SET', KEYS[2], '1', 'PX', 600000) "
	"return 1";

int throttle_know(struct redis *redis, const struct settings *settings, const char *credential, int64_t wait_ms,
                  struct err *err)
{
	char keys[2][REDIS_KEY], wait[REDIS_NUMBER];
	int64_t left_ms = wait_ms < 0 ? 0 : wait_ms < DAY_MS ? wait_ms : DAY_MS;
	const char *words[] = {redis_key(settings, "throttle", credential, keys[0]),
	                       redis_key(settings, "throttle_known", credential, keys[1]), redis_number(left_ms, wait)};
	REDIS_REPLY *reply = NULL;
	return redis_script(redis, know_script, COUNT_OF(keys), COUNT_OF(words), words, &reply, err);
}

int throttle_slow_until(struct redis *redis, const struct settings *settings, const char *account, int64_t *until_ms,
                        struct err *err)
{
	char name[REDIS_KEY];
	REDIS_REPLY *reply = NULL;
	if (redis_command(redis, &reply, err, "GET %s", redis_key(settings, "slow", account, name)))
		return -1;
	*until_ms = reply->type == REDIS_REPLY_STRING ? strtoll(reply->str, NULL, 10) : 0;
	return 0;
}

/* ---- the setting ---- */

static bool take_number(struct span *text, int64_t max, int64_t *number)
{
	size_t digits = 0;
	*number = 0;
	for (; digits < text->len && text->at[digits] >= '0' && text->at[digits] <= '9' && *number <= max; digits++)
		*number = *number * 10 + (text->at[digits] - '0');
	*text = (struct span){text->at + digits, text->len - digits};
	return digits > 0 && *number <= max;
}

static bool take_unit(struct span text, int64_t *number)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}};
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (!span_is(text, units[i].name))
			continue;
		*number *= units[i].ms;
		return *number > 0 && *number <= DAY_MS;
	}
	return false;
}

/* "90/30s", or "0" for no rate. */
static bool read_rate(struct span text, struct throttle_rate *rate)
{
	int64_t requests, window_ms;
	if (!take_number(&text, THROTTLE_REQUESTS_MAX, &requests))
		return false;
	if (requests == 0 && text.len == 0) {
		rate->requests = 0;
		return true;
	}
	if (requests == 0 || text.len == 0 || *text.at != '/')
		return false;
	text = (struct span){text.at + 1, text.len - 1};
	if (!take_number(&text, DAY_MS, &window_ms) || !take_unit(text, &window_ms))
		return false;
	rate->requests = (int)requests;
	rate->window_ms = window_ms;
	rate->burst = rate->burst < 1 ? 1 : rate->burst > rate->requests ? rate->requests : rate->burst;
	return true;
}

/* Takes what stands before `end` (all, without one) from *rest, without the spaces around it. */
static struct span cut(struct span *rest, char end)
{
	const char *at = rest->len ? memchr(rest->at, end, rest->len) : NULL;
	struct span word = {rest->at, at ? (size_t)(at - rest->at) : rest->len};
	*rest = (struct span){rest->at + word.len + (at != NULL), rest->len - word.len - (at != NULL)};
	while (word.len && *word.at == ' ')
		word = (struct span){word.at + 1, word.len - 1};
	while (word.len && word.at[word.len - 1] == ' ')
		word.len--;
	return word;
}

int throttle_rate_read(const struct settings *settings, const char *provider, struct throttle_rate *rate,
                       struct err *err)
{
	struct throttle_rate found = *rate;
	struct span rest = span_of(settings->rates);
	while (rest.len) {
		struct span entry = cut(&rest, ','), value = entry;
		struct span name = cut(&value, '=');
		struct throttle_rate read = *rate;
		if (name.len == 0 || !read_rate(cut(&value, ','), &read))
			return err_set(err, ERR_CONFIG, 0,
			               "rates: expected PROVIDER=REQUESTS/TIME, as in spotify=90/30s, not '%.*s'", SPAN_ARG(entry));
		if (span_is(name, provider))
			found = read;
	}
	*rate = found;
	return 0;
}
