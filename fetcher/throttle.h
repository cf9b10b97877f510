/* "Not before T" per server, shared by the whole fleet through Redis: set by an answer that asks for a pause, checked
 * before every request. Key throttle:URL, with the kafka_prefix in front; it expires by itself. */
#ifndef SYNCLINE_FETCHER_THROTTLE_H
#define SYNCLINE_FETCHER_THROTTLE_H

#include "common/redis.h"
#include "common/settings.h"

/* No request to this server for wait_ms from now. A longer pause that is set already stays. */
int throttle_set(struct redis *redis, const struct settings *settings, const char *url, int64_t wait_ms,
                 struct err *err) MUST_USE;

/* How long to wait now; 0: go on. */
int throttle_wait_ms(struct redis *redis, const struct settings *settings, const char *url, int64_t *wait_ms,
                     struct err *err) MUST_USE;

#endif
