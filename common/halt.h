/* Asking whoever works on a sync to stop: a word in the lease of its account (fetcher/lease.h), which the fetcher reads
 * when it next renews the lease or saves a cursor. It says only "give it back"; what is to become of the sync stands in
 * Postgres. A word that is lost with Redis is lost together with the lease, and that, too, ends the work. */
#ifndef SYNCLINE_HALT_H
#define SYNCLINE_HALT_H

#include "common/redis.h"
#include "common/settings.h"

/* *held: a fetcher has the account's lease for this sync (NULL: for any), and has been asked. false: nobody works on it. May be
 * repeated. */
int halt_ask(struct redis *redis, const struct settings *settings, const char *account, const char *sync, bool *held,
             struct err *err) MUST_USE;

#endif
