/* /healthz, /readyz and /metrics of a worker, from a thread of their own: the main loop only sets atomics. */
#ifndef SYNCLINE_HEALTH_H
#define SYNCLINE_HEALTH_H

#include "common/settings.h"

struct health;

/* Listens on settings->health_address:health_port. With port 0 nothing is served and *health is NULL. A port in use is
 * a CONFIG error that names the setting. */
int health_open(const struct settings *settings, enum settings_program program, struct health **health, struct err *err)
	MUST_USE;
void health_close(struct health **health);

/* The main loop turned. /healthz answers 503 when the last beat is more than 60 s old (longer than any deadline of a
 * blocking call). */
void health_beat(void);

/* Work can be done now (NULL), or what is in the way (copied, one line): /readyz answers 503 with it. */
void health_obstacle(const char *text);

/* For how long something has been in the way, in ms, and what now: copied into text[HEALTH_OBSTACLE]. 0: nothing is. */
enum { HEALTH_OBSTACLE = 256 };
int64_t health_blocked_ms(char text[HEALTH_OBSTACLE]);

#endif
