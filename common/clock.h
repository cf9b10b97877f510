/* Time. Deadlines use the monotonic clock, people and messages the wall clock; both in milliseconds unless named. */
#ifndef SYNCLINE_CLOCK_H
#define SYNCLINE_CLOCK_H

#include <stdint.h>
#include <stddef.h>

/* Monotonic; only differences mean anything. */
int64_t clock_ms(void);
/* Since 1970, UTC. */
int64_t clock_wall_ms(void);

enum { CLOCK_TEXT_MAX = 32 };
/* "2026-11-23T14:05:06.789Z" into text[CLOCK_TEXT_MAX]; returns text. */
const char *clock_text(int64_t wall_ms, char text[CLOCK_TEXT_MAX]);

#endif
