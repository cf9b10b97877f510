/* Conditions waited for with a deadline, by the clock that nobody sets: one set back an hour would have a thread sleep for
 * it. */
#ifndef SYNCLINE_CONSOLE_CONDITION_H
#define SYNCLINE_CONSOLE_CONDITION_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

void condition_init(pthread_cond_t *condition);

/* For pthread_cond_timedwait on a condition of condition_init: this long from now. */
struct timespec condition_deadline(int64_t ms);

#endif
