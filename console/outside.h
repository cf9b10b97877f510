/* A question to somebody else's server that a visitor waits for: a sign-in, a test message. It holds a thread of the listener for
 * as long as strangers like, up to its limit: so there is one at a time, and never all threads. */
#ifndef SYNCLINE_CONSOLE_OUTSIDE_H
#define SYNCLINE_CONSOLE_OUTSIDE_H

#include "console/console.h"

/* true: it may be asked now, and outside_end follows. false: another one is under way, which the visit was answered. */
bool outside_begin(struct visit *visit);
void outside_end(void);

#endif
