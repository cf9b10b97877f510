/* Parts of pages, and JSON for programs, that change while somebody looks: server-sent events.
 *
 * One thread asks the database twice a second for each part that is looked at, renders it once, and wakes whoever looks at
 * it when it has changed. So the cost depends on what is looked at, not on how many look; a viewer costs a connection and
 * some bytes, and a slow one holds nobody up: it gets the newest state when it is ready, not all that lay between. */
#ifndef SYNCLINE_CONSOLE_LIVE_H
#define SYNCLINE_CONSOLE_LIVE_H

#include "console/console.h"

struct live;

/* What can be looked at. */
struct live_part {
	const char *event; /* its name in the stream: "part" replaces the element, others are for programs */
	/* Renders for this argument (a sync's id, an account; "" none) as anybody with SCOPE_READ may see it: no forms, for they
	 * carry a proof of one session. *over: it will not change any more. */
	int (*render)(struct ctl *ctl, const char *argument, struct buf *out, bool *over, struct err *err);
};

enum { LIVE_ARGUMENT = 128, LIVE_CHANNELS = 200, LIVE_VIEWERS = 600 };

/* Starts the thread. */
int live_open(struct console *console, struct live **live, struct err *err) MUST_USE;
/* Ends all streams and the thread; who comes later is told to come again. Once, before the listener is closed. NULL-safe. */
void live_stop(struct live *live);
/* After live_stop and http_close: connections that were open may ask until then. NULL-safe. */
void live_close(struct live **live);

/* Answers the visit with the stream of a part. Too many viewers are told to come again. */
void live_serve(struct visit *visit, const struct live_part *part, const char *argument);

#endif
