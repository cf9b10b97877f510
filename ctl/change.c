/* Begun, and begun again. */
#include "ctl/change.h"

#include <stdio.h>
#include <string.h>

#include "common/sql.h"

#define LOCK_NOT_AVAILABLE "55P03" /* SQLSTATE, when lock_timeout has passed */

static int run_once(struct ctl *ctl, const char *settings, change_step *step, void *context, struct err *err)
{
	char begin[200];
	/* One lock alone must not outlast the 20 s that the server of a page has to end. */
	const char *patience = ctl->actor ? "10s" : "20s";
	snprintf(begin, sizeof begin, "BEGIN; SET LOCAL lock_timeout = '%s'; " CTL_PATIENT "; %s", patience,
	         settings ? settings : "");
	return pg_exec(ctl->pg, begin, err) || step(ctl, context, err) ? -1 : pg_exec(ctl->pg, "COMMIT", err);
}

int change_run(struct ctl *ctl, const char *settings, change_step *step, void *context, struct err *err)
{
	enum { TRIES = 3 };
	struct err ignored;
	for (int tries = 1; run_once(ctl, settings, step, context, err); tries++) {
		/* Of any other class it may be the step's own, and the last SQLSTATE is an old one. */
		bool passing = err->class == ERR_RETRY;
		bool again = passing && pg_deadlocked(ctl->pg) && tries < TRIES;
		bool held = passing && strcmp(pg_sqlstate(ctl->pg), LOCK_NOT_AVAILABLE) == 0;
		IGNORE(pg_exec(ctl->pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
		if (!again)
			return held ? err_wrap(err, "a writer is at work on this library, try again: ") : -1;
	}
	return 0;
}

int change_note(struct ctl *ctl, const char *action, const char *subject, struct err *err)
{
	const char *values[] = {ctl->actor, ctl->actor_address, action, subject};
	return ctl->actor ? pg_run(ctl->pg, sql_text("q_audit"), COUNT_OF(values), values, NULL, err) : 0;
}
