/* How a worker is asked to stop. Signals are blocked and read as input, so a handler can break nothing:
 * TERM or INT: drain (finish what is in hand, take nothing new); a second one: now. */
#ifndef SYNCLINE_STOP_H
#define SYNCLINE_STOP_H

#include <stdint.h>

#include "common/err.h"

enum stop_level { STOP_RUN, STOP_DRAIN, STOP_NOW };

/* Blocks the signals; must be called before any thread starts, or a thread could receive them. */
int stop_open(struct err *err) MUST_USE;
/* Reads pending signals and returns the level, which never goes back. After drain_ms of draining it becomes now. Any thread
 * may ask. */
enum stop_level stop_level(int64_t drain_ms);
/* Sleeps until the level is no longer STOP_RUN: for a main thread whose work is done by others. */
void stop_wait(void);
/* For poll(): readable when a signal waits. */
int stop_fd(void);

#endif
