/* `syncline retry`: asks again for what a sync left undone. */
#include <stdio.h>

#include "common/stop.h"
#include "ctl/args.h"
#include "ctl/follow.h"
#include "ctl/left.h"
#include "ctl/target.h"

static int nothing(const struct ctl *ctl, const char *account, const struct left *left)
{
	struct err err;
	if (left->over) {
		if (ctl->json)
			printf("{\"sync\":null,\"account\":\"%s\",\"state\":\"%s\"}\n", account, left->state);
		else
			printf("Sync %s is %s: nothing is missing. For a new one: syncline sync %s\n", left->sync, left->state,
			       account);
		return EXIT_OK;
	}
	if (*left->state)
		IGNORE(err_set(&err, ERR_FATAL, 0, "sync %s has not ended yet; to watch it: syncline watch %s", left->sync,
		               account));
	else
		IGNORE(err_set(&err, ERR_REJECT, 0, "account '%s' has never been synced; start with: syncline sync %s", account,
		               account));
	return ctl_fail(&err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account or sync"};
	struct err err;
	bool wait = false, background = false;
	const char *word;
	struct target target;
	struct left left = {0};
	struct enqueued enqueued;
	const struct option_spec options[] = {{"wait", OPTION_FLAG, &wait, 0}, {"background", OPTION_FLAG, &background, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &word, &err) || ctl_database(ctl, true, &err) ||
	    target_find(ctl, word, &target, &err) ||
	    left_read(ctl, target.account, *target.sync ? target.sync : NULL, &left, &err))
		return ctl_fail(&err);
	if (!*left.wish.categories)
		return nothing(ctl, target.account, &left);
	left.wish.background = background;
	if (stop_open(&err) || enqueue_sync(ctl, &left.wish, &enqueued, &err))
		return ctl_fail(&err);
	if (wait)
		return follow_sync(ctl, enqueued.sync);
	if (!ctl->json)
		printf("Asked again for %s:\n", left.wish.categories);
	enqueue_tell(ctl, &left.wish, &enqueued);
	return EXIT_OK;
}

const struct command command_retry = {
	.name = "retry",
	.args = "ACCOUNT|SYNC [--wait] [--background] [--json]",
	.help = "ask again for what a sync left undone",
	.text =
		"For a sync that failed, ended partial or was cancelled; for an account its newest. Asks for a sync of the\n"
		"same mode with only those categories that did not become complete. What is stored stays.\n\n"
		"  --wait         watch it, and end with its result as exit code\n"
		"  --background   let those of people go first\n\n"
		"  syncline retry home --wait\n\n"
		"Exit code: 0 asked for, or nothing is missing; 1 the sync has not ended yet; 4 no such account or sync, or\n"
		"never synced; with --wait as `syncline sync --wait`.\n",
	.run = run,
};
