/* Points at which a test has a worker end as by kill -9. Only builds with SYNCLINE_CRASH_POINTS have them: in any other,
 * and so in what is shipped, they are nothing at all (tests/lint/crash_points). */
#ifndef SYNCLINE_CRASH_H
#define SYNCLINE_CRASH_H

#ifdef SYNCLINE_CRASH_POINTS
/* Kills the process when SYNCLINE_CRASH_AT is "name", or "name:N" and this is the N-th pass. One thread at a time. */
void crash_point(const char *name);
#define CRASH_POINT(name) crash_point(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif

#endif
