/* How fast one credential's requests may go, for the whole fleet: a rate and pauses, kept in Redis and by its clock.
 *
 * A credential is what the provider counts requests under (an app's client id, a key, a server's address), so accounts of
 * many users share it. Whoever wants to send asks throttle_take before each request and comes back after the wait it was
 * told. Turns go round: the account that was granted a request longest ago is next, a newcomer before all others, and those
 * of the background behind all others. So one account with many requests, on one worker or on ten, gets no more than one
 * with few, and a background sync gets what people leave: whenever none of them has a request waiting. Who does not come
 * back when it was told to (it ended, its worker died) loses its place half a second later; until then the others go on at
 * no less than half of the rate.
 *
 * Rate: requests are spread evenly, `burst` of them may follow at once, and no span of window_ms (and 0.5 % more, at most
 * 100 ms, because requests overtake each other on their way) ever holds more than `requests`. After a pause (429) the rate
 * is halved, to a quarter at the least, and comes back evenly within ten minutes.
 *
 * Redis: keys throttle:, throttle_known:, rate:, rate_log:, rate_queue:, rate_due:, rate_last: and the credential, slow: and
 * the account, all behind kafka_prefix and all with an end. Without them (Redis began empty) the rate begins with a single
 * request, and no request is granted before somebody has told by throttle_know what pause is left (fetcher/ban.h keeps
 * pauses). Redis' clock may be set: what lies too far ahead of it is taken for gone.
 *
 * Every error is the Redis connection's own: not now, ask again. Credential texts hold no secret. */
#ifndef SYNCLINE_FETCHER_THROTTLE_H
#define SYNCLINE_FETCHER_THROTTLE_H

#include "common/redis.h"
#include "common/settings.h"

struct throttle_rate {
	int requests;      /* 0: no rate, only pauses; at most THROTTLE_REQUESTS_MAX */
	int64_t window_ms; /* from 1 to a day */
	int burst;         /* from 1 on: how many may follow at once */
};
enum { THROTTLE_REQUESTS_MAX = 10000, THROTTLE_UNKNOWN = -1 };

/* Overrides *rate when the setting `rates` names the provider ("spotify=90/30s,applemusic=4/1s,jellyfin=0"); it is
 * untouched otherwise. CONFIG when the setting cannot be read, whichever provider is asked for. */
int throttle_rate_read(const struct settings *settings, const char *provider, struct throttle_rate *rate,
                       struct err *err) MUST_USE;

/* Whose request it is, and whether it can wait for those of others. */
struct throttle_asker {
	const char *account;
	bool background;
};

/* Asks for one request now. *wait_ms 0: granted, send it. Else: nothing is granted, ask again after that
 * time (a turn that is far away is told in steps of a second at most; a pause as a whole). THROTTLE_UNKNOWN: Redis does not
 * know what pause is left; tell it, and ask again. */
int throttle_take(struct redis *redis, const struct settings *settings, const char *credential,
                  const struct throttle_asker *asker, const struct throttle_rate *rate, int64_t *wait_ms,
                  struct err *err) MUST_USE;

/* The provider asked for a pause: no request under this credential for wait_ms (at most a day) from now. Only extends: a
 * longer pause that is set already stays. wait_ms below 1 does nothing. */
int throttle_pause(struct redis *redis, const struct settings *settings, const char *credential, int64_t wait_ms,
                   struct err *err) MUST_USE;

/* What is left of the provider's pause, 0 for none, as far as is known outside of Redis. Only extends, as throttle_pause. */
int throttle_know(struct redis *redis, const struct settings *settings, const char *credential, int64_t wait_ms,
                  struct err *err) MUST_USE;

/* When an account's request that waits for longer than two seconds will be sent, as ms since 1970 by Redis' clock; 0:
 * none waits. For people. */
int throttle_slow_until(struct redis *redis, const struct settings *settings, const char *account, int64_t *until_ms,
                        struct err *err) MUST_USE;

#endif
