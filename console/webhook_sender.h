/* The thread that delivers what webhooks are to be told: in `syncline serve`, and in `syncline scheduler`. Any number may run. */
#ifndef SYNCLINE_CONSOLE_WEBHOOK_SENDER_H
#define SYNCLINE_CONSOLE_WEBHOOK_SENDER_H

#include "common/settings.h"
#include "console/pg_pool.h"

struct webhook_sender;

/* Takes one connection of the pool at a time. settings must outlive it. */
int webhook_sender_open(struct pg_pool *pool, const struct settings *settings, struct webhook_sender **sender,
                        struct err *err) MUST_USE;
/* Breaks off what is on its way, which is then sent again by the next sender. Before the pool is closed. NULL-safe. */
void webhook_sender_close(struct webhook_sender **sender);

#endif
