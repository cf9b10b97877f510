/* An account whose syncs shall not begin or go on for a while: for the commands and the console. */
#ifndef SYNCLINE_CTL_PAUSING_H
#define SYNCLINE_CTL_PAUSING_H

#include "ctl/ctl.h"

/* What came of it. lost (RETRY): nobody could be asked, and a sync that runs is stopped once a writer reaches it. */
struct pausing {
	char until[32]; /* RFC 3339; "": until it is resumed */
	bool held;      /* a fetcher works on it, and was asked to stop at its last saved page */
	struct err lost;
};

/* Pauses it until until_ms (since 1970; 0: until it is resumed). The new end counts when it was paused before. */
int pausing_begin(struct ctl *ctl, const char *account, const char *account_id, int64_t until_ms,
                  struct pausing *pausing, struct err *err) MUST_USE;

/* Ends the pause. *was: it was paused. *waiting: syncs that go on within seconds. */
int pausing_end(struct ctl *ctl, const char *account_id, bool *was, int64_t *waiting, struct err *err) MUST_USE;

#endif
