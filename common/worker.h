/* What the three workers do alike: settings, --help, signals, health, turns until stopped, exit code.
 *
 * Exit codes: 0 stopped as asked; 1 a failure it cannot go on from (a supervisor should start it again); 2 usage,
 * settings or installation, which a person must mend. */
#ifndef SYNCLINE_WORKER_H
#define SYNCLINE_WORKER_H

#include "common/err.h"
#include "common/settings.h"
#include "common/stop.h"

struct worker {
	const char *name, *purpose;
	enum settings_program program;
	/* Fills *state. RETRY: a service is away; it is tried again, with a line in the log. */
	int (*open)(const struct settings *settings, void **state, struct err *err);
	/* One turn. While all is well it waits at most about 100 ms by itself, for a service that is away as long as its deadlines
	 * say. *idle: nothing is in hand, so a draining worker may end.
	 * RETRY: logged at most every 30 s, and the next turn follows. FATAL, CONFIG: the worker ends, with 1 or 2. */
	int (*turn)(void *state, enum stop_level stop, bool *idle, struct err *err);
	/* NULL-safe. */
	void (*close)(void **state);
};

int worker_main(const struct worker *worker, int argc, char **argv);

#endif
