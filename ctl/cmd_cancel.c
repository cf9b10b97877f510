/* `syncline cancel`: ends syncs that have not ended, with what they have stored kept. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "common/cancel.h"
#include "common/clock.h"
#include "common/halt.h"
#include "common/sql.h"
#include "common/stop.h"
#include "ctl/args.h"
#include "ctl/deliver.h"
#include "ctl/figure.h"
#include "ctl/person.h"
#include "ctl/target.h"

enum {
	LOOK_MS = 100,
	/* A fetcher that lives reads the word within a third of its lease, one that died loses it: 10 s unless set otherwise. */
	STOP_MS = 15000,
};

/* One sync, or all of an account that have not ended. */
static int mark(struct ctl *ctl, const struct target *target, PGresult **cancelled, struct err *err)
{
	char by[PERSON_TEXT], cause[PERSON_TEXT + 32], next_step[LIMIT_ACCOUNT + 32];
	snprintf(cause, sizeof cause, "cancelled by %s", person_name(by));
	snprintf(next_step, sizeof next_step, "syncline retry %s", target->account);
	const char *values[] = {target->account_id, *target->sync ? target->sync : NULL, cause, next_step};
	if (pg_exec(ctl->pg, "BEGIN; SET LOCAL lock_timeout = '20s'", err) ||
	    pg_run(ctl->pg, sql_text("q_cancel_lock"), 1, values, NULL, err) ||
	    pg_query(ctl->pg, sql_text("q_cancel_begin"), COUNT_OF(values), values, cancelled, err))
		return -1; /* ending the connection ends the transaction */
	return pg_exec(ctl->pg, "COMMIT", err);
}

/* Nothing was there to be cancelled: says what is. */
static int nothing(struct ctl *ctl, const struct target *target)
{
	struct err err;
	PG_RESULT *row = NULL;
	const char *values[] = {target->account_id, *target->sync ? target->sync : NULL};
	if (pg_query(ctl->pg,
	             "SELECT sync_id AS sync, state, joined_into FROM sync WHERE account_id = $1::int AND ($2::uuid IS NULL OR "
	             "sync_id = $2::uuid) ORDER BY sync_id DESC LIMIT 1",
	             2, values, &row, &err))
		return ctl_fail(&err);
	const char *state = PQntuples(row) ? pg_text(row, 0, "state") : "";
	if (strcmp(state, "cancelled") == 0) {
		if (ctl->json)
			printf("{\"sync\":\"%s\",\"account\":\"%s\",\"state\":\"cancelled\",\"joined\":0}\n",
			       pg_text(row, 0, "sync"), target->account);
		else
			printf("Sync %s was cancelled before.\n", pg_text(row, 0, "sync"));
		return EXIT_OK;
	}
	if (!*state)
		IGNORE(err_set(&err, ERR_FATAL, 0, "account '%s' has never been synced: there is nothing to cancel",
		               target->account));
	else if (*pg_text(row, 0, "joined_into") && *target->sync)
		IGNORE(err_set(&err, ERR_FATAL, 0, "this request joined another sync; to cancel that: syncline cancel %s",
		               pg_text(row, 0, "joined_into")));
	else
		IGNORE(err_set(&err, ERR_FATAL, 0, "there is nothing to cancel: %s %s has ended, %s",
		               *target->sync ? "sync" : "the newest sync,", pg_text(row, 0, "sync"), state));
	return ctl_fail(&err);
}

/* Ends it if no fetcher works on it. *over: it has ended. */
static int end_one(struct ctl *ctl, struct redis *redis, const struct target *target, const char *sync, bool *over,
                   struct err *err)
{
	struct buf event;
	struct err lost;
	bool held = false;
	*over = false;
	if (halt_ask(redis, &ctl->settings, target->account, sync, &held, err))
		return -1;
	if (held)
		return 0;
	buf_init(&event, LIMIT_MESSAGE_BYTES);
	int result = cancel_end(ctl->pg, sync, &event, err);
	*over = result == 0;
	if (event.len && deliver(ctl, TOPIC_EVENTS, sync, &event, &lost))
		fprintf(stderr, "syncline: the event was not sent: %s\n", lost.text); /* news; the row is the truth */
	buf_done(&event);
	return result;
}

static void tell(const struct ctl *ctl, const struct target *target, const PGresult *cancelled, int i, bool over)
{
	char joined[FIGURE_TEXT];
	const char *sync = pg_text(cancelled, i, "sync");
	int64_t requests = pg_int(cancelled, i, "joined");
	if (ctl->json) {
		printf("{\"sync\":\"%s\",\"account\":\"%s\",\"state\":\"%s\",\"joined\":%lld}\n", sync, target->account,
		       over ? "cancelled" : "cancelling", (long long)requests);
		return;
	}
	printf("Sync %s of %s is %s", sync, target->account, over ? "cancelled" : "being cancelled");
	if (requests)
		printf(", with %s that had joined it", figure_many(requests, "request", joined));
	printf("%s.\n", over ? "" : "; its fetcher has not answered yet, but nothing more of it will be written");
}

/* Waits until their fetchers have stopped. What is not over then, the reconciler ends. */
static int end_all(struct ctl *ctl, const struct target *target, const PGresult *cancelled, struct err *err)
{
	struct redis *redis = NULL;
	int count = PQntuples(cancelled), i = 0, result = redis_open(ctl->settings.redis, &redis, err);
	int64_t deadline_ms = clock_ms() + STOP_MS;
	while (result == 0 && i < count && clock_ms() < deadline_ms && stop_level(0) == STOP_RUN) {
		bool over = false;
		result = end_one(ctl, redis, target, pg_text(cancelled, i, "sync"), &over, err);
		if (over)
			tell(ctl, target, cancelled, i++, true);
		struct pollfd stop = {.fd = stop_fd(), .events = POLLIN};
		if (result == 0 && !over)
			poll(&stop, 1, LOOK_MS);
	}
	redis_close(&redis);
	for (; i < count; i++)
		tell(ctl, target, cancelled, i, false);
	return result;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account or sync"};
	struct err err;
	const char *word;
	struct target target;
	PG_RESULT *cancelled = NULL;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &word, &err) || ctl_database(ctl, true, &err) ||
	    target_find(ctl, word, &target, &err) || stop_open(&err) || mark(ctl, &target, &cancelled, &err))
		return ctl_fail(&err);
	if (PQntuples(cancelled) == 0)
		return nothing(ctl, &target);
	if (end_all(ctl, &target, cancelled, &err))
		fprintf(stderr, "syncline: %s; the syncs end by themselves once a writer reaches it\n", err.text);
	if (!ctl->json)
		printf("What had arrived is kept, and nothing was removed because of it. The rest: syncline retry %s\n",
		       target.account);
	return EXIT_OK;
}

const struct command command_cancel = {
	.name = "cancel",
	.args = "ACCOUNT|SYNC [--json]",
	.help = "end a sync before it is through",
	.text =
		"Ends a sync that is queued, planned, running, parked or waiting for a sign-in; for an account all of its\n"
		"syncs that have not ended. Its fetcher stops asking the provider within seconds. Categories that had ended\n"
		"stay as they are, the others become cancelled; what had arrived is kept, and nothing is ever removed by a\n"
		"cancelled sync.\n\n"
		"Requests that had joined the sync are cancelled with it. A job that stands in Kafka without a row (sent past\n"
		"this command, and not taken by a fetcher yet) is not known here: it begins when its turn comes.\n\n"
		"  syncline cancel home\n"
		"  syncline cancel 0190c5e2-7d3f-7cc0-98f1-2f3e6f2b7a10 --json\n\n"
		"Exit code: 0 cancelled (or it was before); 1 there was nothing to cancel; 4 no such account or sync.\n",
	.run = run,
};
