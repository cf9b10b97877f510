/* `syncline cancel`: ends syncs that have not ended, with what they have stored kept. */
#include <poll.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/stop.h"
#include "ctl/args.h"
#include "ctl/cancelling.h"
#include "ctl/figure.h"
#include "ctl/person.h"

enum {
	LOOK_MS = 100,
	/* A fetcher that lives reads the word within a third of its lease, one that died loses it: 10 s unless set otherwise. */
	STOP_MS = 15000,
};

/* Nothing was there to be cancelled: says what is. */
static int nothing(struct ctl *ctl, const struct target *target)
{
	struct err err;
	char sync[UUID_TEXT];
	bool before;
	if (cancelling_nothing(ctl, target, &before, sync, &err))
		return ctl_fail(&err);
	if (ctl->json)
		printf("{\"sync\":\"%s\",\"account\":\"%s\",\"state\":\"cancelled\",\"joined\":0}\n", sync, target->account);
	else
		printf("Sync %s was cancelled before.\n", sync);
	return EXIT_OK;
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
		struct err lost;
		result = cancelling_end(ctl, redis, target->account, pg_text(cancelled, i, "sync"), &over, &lost, err);
		if (result == 0 && lost.class != ERR_NONE)
			fprintf(stderr, "syncline: the event was not sent: %s\n", lost.text);
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
	char by[PERSON_TEXT];
	PG_RESULT *cancelled = NULL;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &word, &err) || ctl_database(ctl, true, &err) ||
	    target_find(ctl, word, &target, &err) || stop_open(&err) ||
	    cancelling_begin(ctl, &target, person_name(by), &cancelled, &err))
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
