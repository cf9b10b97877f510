/* What a person changes, as one transaction: another one may hold what it waits for, and wait for what it holds. */
#ifndef SYNCLINE_CTL_CHANGE_H
#define SYNCLINE_CTL_CHANGE_H

#include "ctl/ctl.h"

/* The statements of it. Returns 0 or -1 with err; may be called again, after all that it did was undone. */
typedef int change_step(struct ctl *ctl, void *context, struct err *err);

/* Runs step between BEGIN and COMMIT, behind `settings` ("SET LOCAL ...", or NULL). One that is given up for a deadlock has had no
 * effect, and is run again, three times at most. On failure nothing is changed, as far as that is known. RETRY: Postgres is away,
 * or what it needs was held for 20 s (10 s for a page), which the text tells. */
int change_run(struct ctl *ctl, const char *settings, change_step *step, void *context, struct err *err) MUST_USE;

/* The last of a step: ctl->actor, if there is one, is written into the console's audit log. In the same transaction, so that
 * there is neither a change without its entry nor an entry of one that did not come about. action, subject: as audit
 * (console/audit.h). */
int change_note(struct ctl *ctl, const char *action, const char *subject, struct err *err) MUST_USE;

#endif
