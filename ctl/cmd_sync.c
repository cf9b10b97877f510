/* `syncline sync`: asks for a sync, and watches it if that is wanted. */
#include <string.h>

#include "common/clock.h"
#include "common/stop.h"
#include "ctl/args.h"
#include "ctl/enqueue.h"
#include "ctl/follow.h"
#include "ctl/when.h"

static int read_wish(struct ctl *ctl, const char *categories, const struct when *when, struct wish *wish,
                     struct err *err)
{
	category_set set;
	if (enqueue_check_mode("--mode", wish->mode, err) || category_set_parse(span_of(categories), &set, err))
		return -1;
	category_set_text(set, wish->categories);
	if (when_read(when, clock_wall_ms(), &wish->not_before_ms, err))
		return -1;
	if (ctl_database(ctl, true, err))
		return -1;
	return ctl_find_account(ctl, wish->account, wish->account_id, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	bool wait = false;
	const char *categories = NULL;
	struct when when = {.at_name = "--at", .in_name = "--in"};
	struct wish wish = {.mode = "incremental"};
	struct enqueued enqueued;
	const struct option_spec options[] = {{"mode", OPTION_TEXT, &wish.mode, 0},
	                                      {"only", OPTION_TEXT, &categories, 0},
	                                      {"background", OPTION_FLAG, &wish.background, 0},
	                                      {"at", OPTION_TEXT, &when.at, 0},
	                                      {"in", OPTION_TEXT, &when.in, 0},
	                                      {"wait", OPTION_FLAG, &wait, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &wish.account, &err) || read_wish(ctl, categories, &when, &wish, &err) ||
	    stop_open(&err) || enqueue_sync(ctl, &wish, &enqueued, &err))
		return ctl_fail(&err);
	if (wait)
		return follow_sync(ctl, enqueued.sync);
	enqueue_tell(ctl, &wish, &enqueued);
	return EXIT_OK;
}

const struct command command_sync = {
	.name = "sync",
	.args = "ACCOUNT [--mode full|incremental] [--only LIST] [--at TIME | --in DURATION] [OPTIONS] [--json]",
	.help = "sync an account's library",
	.text =
		"Asks for a sync and returns at once. If a running sync covers the request, this one joins it.\n\n"
		"  --mode incremental   leaves out categories in which the server says that nothing has changed (default);\n"
		"                       where it cannot tell of everything, for reread_hours at most\n"
		"  --mode full          reads everything\n"
		"  --only LIST          some of artists, albums, tracks, playlists\n"
		"  --at TIME            not before, e.g. 2026-11-30T03:00:00Z (RFC 3339; without a zone it is UTC)\n"
		"  --in DURATION        not before that time has passed, e.g. 45m, 3h, 2d\n"
		"  --background         for syncs that nobody waits for, as those of every night: people's go first\n"
		"  --wait               watch it, and end with its result as exit code\n\n"
		"  syncline sync home --wait\n"
		"  syncline sync home --mode full --only playlists\n"
		"  syncline sync home --background --in 6h\n\n"
		"Exit code with --wait: 0 complete, 3 partial, 1 failed or cancelled, 130 interrupted (the sync goes on).\n",
	.run = run,
};
