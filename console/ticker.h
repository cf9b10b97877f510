/* A thread that does something again and again, until it is closed: what the console does beside answering requests.
 *
 * open -> (turn every so often) -> close, which waits for the turn in hand. */
#ifndef SYNCLINE_CONSOLE_TICKER_H
#define SYNCLINE_CONSOLE_TICKER_H

#include <stdint.h>

#include "common/err.h"

struct ticker;

/* One turn. Failures are logged when they begin and when they are over, not each time. */
typedef int ticker_turn(void *context, struct err *err);

int ticker_open(const char *name, int64_t every_ms, ticker_turn *turn, void *context, struct ticker **ticker,
                struct err *err) MUST_USE;
/* NULL-safe. */
void ticker_close(struct ticker **ticker);

#endif
