/* The end of a sign-in in the browser: an HTTP server on 127.0.0.1 that takes one redirect, and answers it when it is known
 * what came of it.
 *
 * open -> (wait -> answer)* -> close. One thread; nothing listens between open and close but this. Every other path and
 * method is answered 404 at once, so a browser's side requests (icons, connections opened ahead) disturb nothing. */
#ifndef SYNCLINE_CTL_LOOPBACK_H
#define SYNCLINE_CTL_LOOPBACK_H

#include <stdint.h>

#include "common/err.h"
#include "common/span.h"

struct loopback;

/* CONFIG: the port is taken. */
int loopback_open(int64_t port, struct loopback **loopback, struct err *err) MUST_USE;
void loopback_close(struct loopback **loopback);

/* Waits for GET /callback?QUERY, until deadline_ms of the monotonic clock. *query is valid until loopback_answer, which
 * must be called before the next wait. CONFIG: nobody came in time. */
int loopback_wait(struct loopback *loopback, int64_t deadline_ms, struct span *query, struct err *err) MUST_USE;

/* The page that the browser shows: a title, and a sentence (both plain text; they are escaped). */
void loopback_answer(struct loopback *loopback, bool good, const char *title, const char *text);

#endif
