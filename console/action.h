/* What people set going from pages and programs from the REST API: each does it, and writes it into the audit log. The steps
 * themselves are those of the commands (ctl). */
#ifndef SYNCLINE_CONSOLE_ACTION_H
#define SYNCLINE_CONSOLE_ACTION_H

#include "console/console.h"
#include "ctl/enqueue.h"
#include "ctl/target.h"

/* Asks for the wish, whose account, mode and categories are given; in the visitor's name. Errors as enqueue_sync's. */
int action_sync(struct visit *visit, struct wish *wish, struct enqueued *enqueued, struct err *err) MUST_USE;

/* Asks again for what the sync left undone. CONFIG: it has not ended, or nothing is missing. */
int action_retry(struct visit *visit, const struct target *target, struct enqueued *enqueued, struct err *err) MUST_USE;

/* Cancels the sync and asks its fetcher to stop; does not wait for that: the reconciler ends what has not ended by then.
 * CONFIG: it has ended otherwise. One that was cancelled before is good. */
int action_cancel(struct visit *visit, const struct target *target, struct err *err) MUST_USE;

/* Pauses the account until until_ms (since 1970; 0: until it is resumed), or ends its pause. */
int action_pause(struct visit *visit, const char *account, const char *account_id, int64_t until_ms, struct err *err)
	MUST_USE;
int action_resume(struct visit *visit, const char *account, const char *account_id, struct err *err) MUST_USE;

/* Carries out what this sync holds in a category (NULL: in each). *removed: how many items went. CONFIG: it holds nothing (any
 * more), or a newer sync has read the library since. */
int action_confirm(struct visit *visit, const struct target *target, const char *category, int64_t *removed,
                   struct err *err) MUST_USE;

/* Pages with open rejects of an account are parsed again. */
int action_replay(struct visit *visit, const char *account, const char *account_id, struct enqueued *enqueued,
                  struct err *err) MUST_USE;

/* Brings back what a sync removed. REJECT: nothing that it removed is removed still. Errors as removed_restore's. */
int action_restore(struct visit *visit, const char *account, const char *account_id, const char *sync, struct err *err)
	MUST_USE;

#endif
