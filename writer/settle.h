/* The sentence every report of a sync begins with. */
#ifndef SYNCLINE_WRITER_SETTLE_H
#define SYNCLINE_WRITER_SETTLE_H

#include <stdint.h>

enum { SETTLE_NUMBER = 32, SETTLE_REPORT = 160 };

/* "995 of 1,000 items synced (5 errors)". Returns text. */
const char *settle_report(int64_t stored, int64_t received, int64_t rejected, char text[SETTLE_REPORT]);

/* What stands behind a report of a state that is not complete: that nothing was lost. "" for complete. */
const char *settle_kept(const char *state, int64_t stored);

#endif
