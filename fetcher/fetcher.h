/* The fetcher: takes jobs, leases accounts, walks their libraries and publishes the raw pages. One loop drives many
 * syncs; there are no threads of ours.
 *
 * open -> turn* -> drain (turn until it says so) -> close. */
#ifndef SYNCLINE_FETCHER_H
#define SYNCLINE_FETCHER_H

#include "common/err.h"
#include "common/settings.h"
#include "common/stop.h"

struct fetcher;

/* Connects to Kafka, Postgres and Redis; refuses a database of another schema. settings must outlive it. */
int fetcher_open(const struct settings *settings, struct fetcher **fetcher, struct err *err) MUST_USE;
void fetcher_close(struct fetcher **fetcher);

/* One turn: input, requests, answers, deliveries, leases. Waits at most 100 ms. *idle: nothing is under way (with
 * STOP_DRAIN: it may be closed). FATAL: it must be closed. */
int fetcher_turn(struct fetcher *fetcher, enum stop_level stop, bool *idle, struct err *err) MUST_USE;

#endif
