/* The sentence every report of a sync begins with. */
#ifndef SYNCLINE_WRITER_SETTLE_H
#define SYNCLINE_WRITER_SETTLE_H

#include <libpq-fe.h>
#include <stdint.h>

enum { SETTLE_NUMBER = 32, SETTLE_REPORT = 160 };

/* "995 of 1,000 items synced (5 errors)", of a row with the sums stored, received, expected and rejected. "49 of ~393": the walk
 * ended before the number that the provider has announced, or that was here before (of playlists, which count entries of lists that
 * were left unread, it is not told). Returns text. */
const char *settle_report(const PGresult *sums, char text[SETTLE_REPORT]);

/* What stands behind a report of a state that is not complete: that nothing was lost. "" for complete. */
const char *settle_kept(const char *state, int64_t stored);

#endif
