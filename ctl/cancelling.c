/* Marked in Postgres, asked in Redis. */
#include "ctl/cancelling.h"

#include <stdio.h>
#include <string.h>

#include "common/cancel.h"
#include "common/halt.h"
#include "common/sql.h"
#include "ctl/change.h"
#include "ctl/deliver.h"
#include "ctl/person.h"

struct wanted {
	const struct target *target;
	const char *by;
	PGresult **cancelled;
};

static int mark(struct ctl *ctl, void *context, struct err *err)
{
	const struct wanted *wanted = context;
	const struct target *target = wanted->target;
	char cause[PERSON_TEXT + 32], next_step[LIMIT_ACCOUNT + 32];
	snprintf(cause, sizeof cause, "cancelled by %.*s", PERSON_TEXT - 1, wanted->by);
	snprintf(next_step, sizeof next_step, "syncline retry %s", target->account);
	const char *values[] = {target->account_id, *target->sync ? target->sync : NULL, cause, next_step};
	PQclear(*wanted->cancelled); /* of a try that was undone */
	*wanted->cancelled = NULL;
	if (pg_run(ctl->pg, sql_text("q_cancel_lock"), 1, values, NULL, err) ||
	    pg_query(ctl->pg, sql_text("q_cancel_begin"), COUNT_OF(values), values, wanted->cancelled, err) ||
	    (PQntuples(*wanted->cancelled) && change_note(ctl, "cancel", target->sync, err)))
		return -1;
	return 0;
}

int cancelling_begin(struct ctl *ctl, const struct target *target, const char *by, PGresult **cancelled,
                     struct err *err)
{
	struct wanted wanted = {target, by, cancelled};
	return change_run(ctl, NULL, mark, &wanted, err);
}

static int end_and_tell(struct ctl *ctl, const char *sync, PGresult **news, struct err *err)
{
	struct err ignored;
	if (pg_exec(ctl->pg, "BEGIN", err) == 0 && cancel_end(ctl->pg, sync, news, err) == 0)
		return pg_exec(ctl->pg, "COMMIT", err);
	IGNORE(pg_exec(ctl->pg, "ROLLBACK", &ignored)); /* the reconciler will do it */
	return -1;
}

int cancelling_end(struct ctl *ctl, struct redis *redis, const char *account, const char *sync, bool *over,
                   struct err *lost, struct err *err)
{
	PG_RESULT *news = NULL;
	bool held = false;
	*over = false;
	*lost = (struct err){.class = ERR_NONE};
	if (halt_ask(redis, &ctl->settings, account, sync, &held, err))
		return -1;
	if (held)
		return 0;
	if (end_and_tell(ctl, sync, &news, err))
		return -1;
	*over = true;
	for (int i = 0; i < PQntuples(news); i++) {
		struct buf event;
		buf_init(&event, LIMIT_MESSAGE_BYTES);
		cancel_event(news, i, &event);
		IGNORE(deliver(ctl, TOPIC_EVENTS, pg_text(news, i, "sync"), &event, lost)); /* told by *lost */
		buf_done(&event);
	}
	return 0;
}

int cancelling_nothing(struct ctl *ctl, const struct target *target, bool *before, char *sync, struct err *err)
{
	PG_RESULT *row = NULL;
	const char *values[] = {target->account_id, *target->sync ? target->sync : NULL};
	*before = false;
	if (pg_query(ctl->pg,
	             "SELECT sync_id AS sync, state, joined_into FROM sync WHERE account_id = $1::int AND ($2::uuid IS NULL OR "
	             "sync_id = $2::uuid) ORDER BY sync_id DESC LIMIT 1",
	             2, values, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_FATAL, 0, "account '%s' has never been synced: there is nothing to cancel",
		               target->account);
	const char *state = pg_text(row, 0, "state");
	snprintf(sync, UUID_TEXT, "%s", pg_text(row, 0, "sync"));
	*before = strcmp(state, "cancelled") == 0;
	if (*before)
		return 0;
	if (*pg_text(row, 0, "joined_into") && *target->sync)
		return err_set(err, ERR_FATAL, 0, "this request joined another sync; to cancel that: syncline cancel %s",
		               pg_text(row, 0, "joined_into"));
	return err_set(err, ERR_FATAL, 0, "there is nothing to cancel: %s %s has ended, %s",
	               *target->sync ? "sync" : "the newest sync,", sync, state);
}
