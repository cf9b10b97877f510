/* How far the workers are behind, over the last hour: one thread asks Kafka every ten seconds and keeps the answers in a ring
 * of fixed size. Exactly one console of a fleet should export it, or sums over it count twice. */
#ifndef SYNCLINE_CONSOLE_LAG_WATCH_H
#define SYNCLINE_CONSOLE_LAG_WATCH_H

#include "common/settings.h"
#include "ctl/backlog.h"

enum { LAG_EVERY_MS = 10000, LAG_POINTS = 360 };

struct lag_watch;

/* What was found at one time. */
struct lag_point {
	int64_t at_ms; /* since 1970; 0: nothing yet */
	bool reached;  /* false: Kafka did not answer */
	int64_t messages[GROUPS], oldest_ms[GROUPS];
};

/* The newest answer in full. */
struct lag_picture {
	struct lag_point point;
	struct backlogs backlogs;
	char trouble[200]; /* why Kafka did not answer; "" */
};

/* Starts the thread; Kafka need not be there yet. */
int lag_watch_open(const struct settings *settings, struct lag_watch **watch, struct err *err) MUST_USE;
/* NULL-safe. */
void lag_watch_close(struct lag_watch **watch);

/* Copies; any thread. picture is large: not for the stack. */
void lag_watch_picture(struct lag_watch *watch, struct lag_picture *picture);
/* The points of the last hour, oldest first; returns how many. points[LAG_POINTS]. */
size_t lag_watch_history(struct lag_watch *watch, struct lag_point *points);

#endif
