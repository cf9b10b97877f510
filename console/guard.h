/* How often a sign-in may be tried: after five failures from one address, whatever the names, the next try must wait, twice as
 * long each time, up to a quarter of an hour; and all addresses together have a limit, so that many of them are no way around
 * it. Who signs in is forgiven what was tried with that name: a user of one's own is no way around it either.
 *
 * In memory of one process, at most GUARD_ENTRIES; when more fail at once, the oldest is forgotten. Any thread. */
#ifndef SYNCLINE_CONSOLE_GUARD_H
#define SYNCLINE_CONSOLE_GUARD_H

#include <stdint.h>

struct guard;

enum { GUARD_ENTRIES = 1024, GUARD_FREE_TRIES = 5, GUARD_WAIT_MAX_MS = 15 * 60 * 1000, GUARD_TRIES_A_MINUTE = 120 };

/* NULL: no memory. */
struct guard *guard_open(void);
void guard_close(struct guard **guard);

/* 0: it may be tried now, which is counted as a failure until one of the following. Else how many ms to wait. now_ms: clock_ms. */
int64_t guard_try(struct guard *guard, const char *address, const char *name, int64_t now_ms);
/* The try could not be judged: it was none. The wait for the next, if there is one, begins anew. */
void guard_take_back(struct guard *guard, const char *address, const char *name);
/* It went well: the address begins anew with that name. */
void guard_forgive(struct guard *guard, const char *address, const char *name);

#endif
