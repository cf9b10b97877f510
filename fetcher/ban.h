/* Pauses that providers asked for, kept in Postgres: when Redis has lost what the throttle knew (it began empty, or with an
 * old copy), no request is sent before what is left of them has been told to it again.
 *
 * Rows of provider_pause, by a hash of what the provider counts requests under. RETRY: Postgres or Redis is away; nothing may be
 * sent then. */
#ifndef SYNCLINE_FETCHER_BAN_H
#define SYNCLINE_FETCHER_BAN_H

#include "common/pg.h"
#include "common/redis.h"
#include "common/settings.h"

/* The provider wants to be left alone for wait_ms from now. Only extends. */
int ban_keep(struct pg *pg, const char *credential, int64_t wait_ms, struct err *err) MUST_USE;

/* Tells the throttle in Redis what is left, also when that is nothing. */
int ban_recall(struct pg *pg, struct redis *redis, const struct settings *settings, const char *credential,
               struct err *err) MUST_USE;

#endif
