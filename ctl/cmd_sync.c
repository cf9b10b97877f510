/* `syncline sync`: asks for a sync, in the database and in Kafka. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/category.h"
#include "common/clock.h"
#include "common/kafka_out.h"
#include "common/msg.h"
#include "common/stop.h"
#include "common/uuid.h"
#include "ctl/args.h"
#include "ctl/follow.h"

enum { DELIVERY_MS = 15000 };

struct wish {
	const char *account, *mode, *categories;
	char sync[UUID_TEXT], account_id[ID_TEXT], set[CATEGORY_SET_TEXT], by[65];
};

struct delivery {
	bool reported, failed;
	struct err err;
};

static void on_delivered(void *context, void *token, const struct err *err)
{
	struct delivery *delivery = context;
	(void)token;
	delivery->reported = true;
	delivery->failed = err != NULL;
	if (err)
		delivery->err = *err;
}

/* RETRY also when nothing is known: the job may still arrive, and then makes its row again. */
static int produce(struct ctl *ctl, const struct wish *wish, struct err *err)
{
	struct delivery delivery = {0};
	struct kafka_out *out = NULL;
	struct buf value;
	const struct sync_job job = {
		.account = span_of(wish->account),
		.sync = span_of(wish->sync),
		.mode = span_of(wish->mode),
		.categories = span_of(wish->set),
		.requested_by = span_of(wish->by),
	};
	if (kafka_out_open(&ctl->settings, on_delivered, &delivery, &out, err))
		return -1;
	buf_init(&value, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_sync_job, &job, &value);
	int result = kafka_out_send(out, TOPIC_JOBS, span_of(wish->account), &value, NULL, err);
	int64_t deadline_ms = clock_ms() + DELIVERY_MS;
	while (result == 0 && !delivery.reported && clock_ms() < deadline_ms && stop_level(0) == STOP_RUN)
		kafka_out_poll(out, 100);
	if (result == 0 && !delivery.reported)
		result = err_set(err, ERR_RETRY, 0,
		                 "Kafka (%s) did not take the job in %d s; is it running, and has syncline migrate "
		                 "made its topics? see syncline doctor",
		                 ctl->settings.kafka_brokers, DELIVERY_MS / 1000);
	if (result == 0 && delivery.failed) {
		*err = delivery.err;
		result = -1;
	}
	buf_done(&value);
	kafka_out_close(&out);
	return result;
}

static void who_asks(char by[65])
{
	const struct passwd *user = getpwuid(getuid());
	snprintf(by, 65, "%.60s", user ? user->pw_name : "syncline");
}

static int insert_row(struct ctl *ctl, struct wish *wish, struct err *err)
{
	const char *values[] = {wish->sync, wish->account_id, wish->mode, wish->set, wish->by};
	uuid_new(wish->sync);
	who_asks(wish->by);
	return pg_run(ctl->pg,
	              "INSERT INTO sync (sync_id, account_id, mode, categories, requested_by) "
	              "VALUES ($1::uuid, $2::int, $3, $4, $5)",
	              5, values, NULL, err);
}

/* The row first: whoever sees the job finds it. Nothing may be left waiting for a job that was never sent. */
static int enqueue(struct ctl *ctl, struct wish *wish, struct err *err)
{
	struct err ignored;
	const char *id = wish->sync;
	if (insert_row(ctl, wish, err))
		return -1;
	if (produce(ctl, wish, err) == 0)
		return 0;
	IGNORE(pg_run(ctl->pg, "DELETE FROM sync WHERE sync_id = $1::uuid AND state = 'queued' AND epoch = 0", 1, &id, NULL,
	              &ignored)); /* the first error is the one to tell; the reconciler would send the job again */
	return err_wrap(err, "the sync was not started: ");
}

static int read_wish(struct ctl *ctl, struct wish *wish, struct err *err)
{
	category_set set;
	if (strcmp(wish->mode, "full") != 0 && strcmp(wish->mode, "incremental") != 0)
		return err_set(err, ERR_CONFIG, 0, "--mode must be full or incremental, not '%s'", wish->mode);
	if (category_set_parse(span_of(wish->categories), &set, err))
		return -1;
	category_set_text(set, wish->set);
	if (ctl_database(ctl, true, err))
		return -1;
	return ctl_find_account(ctl, wish->account, wish->account_id, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	bool wait = false;
	struct wish wish = {.mode = "incremental"};
	const struct option_spec options[] = {{"mode", OPTION_TEXT, &wish.mode, 0},
	                                      {"only", OPTION_TEXT, &wish.categories, 0},
	                                      {"wait", OPTION_FLAG, &wait, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &wish.account, &err) || read_wish(ctl, &wish, &err) || stop_open(&err) ||
	    enqueue(ctl, &wish, &err))
		return ctl_fail(&err);
	if (wait)
		return follow_sync(ctl, wish.sync);
	if (ctl->json)
		printf("{\"sync\":\"%s\",\"account\":\"%s\",\"mode\":\"%s\",\"categories\":\"%s\",\"state\":\"queued\"}\n",
		       wish.sync, wish.account, wish.mode, wish.set);
	else
		printf("%s\nTo watch it: syncline watch %s\n", wish.sync, wish.account);
	return EXIT_OK;
}

const struct command command_sync = {
	.name = "sync",
	.args = "ACCOUNT [--mode full|incremental] [--only artists,albums] [--wait] [--json]",
	.help = "sync an account's library",
	.text = "Asks for a sync and returns at once. If a running sync covers the request, this one joins it.\n\n"
			"  --mode incremental   skips categories whose fence tells that nothing has changed (default)\n"
			"  --mode full          reads everything\n"
			"  --only LIST          some of artists, albums, tracks, playlists\n"
			"  --wait               watch it, and end with its result as exit code\n\n"
			"  syncline sync home --wait\n"
			"  syncline sync home --mode full --only playlists\n\n"
			"Exit code with --wait: 0 complete, 3 partial, 1 failed, 130 interrupted (the sync goes on).\n",
	.run = run,
};
