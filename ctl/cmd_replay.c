/* `syncline replay`: what the provider said is parsed again, without asking it. */
#include <stdio.h>
#include <string.h>

#include "common/category.h"
#include "common/stop.h"
#include "ctl/args.h"
#include "ctl/enqueue.h"
#include "ctl/follow.h"
#include "ctl/replay.h"
#include "ctl/target.h"

struct wanted {
	struct wish wish;
	const char *word, *categories;
	bool from_pages, wait;
	struct target target;
};

/* A sync stands for its account. */
static int find_account(struct ctl *ctl, struct wanted *wanted, struct err *err)
{
	if (target_find(ctl, wanted->word, &wanted->target, err))
		return -1;
	wanted->wish.account = wanted->target.account;
	snprintf(wanted->wish.account_id, sizeof wanted->wish.account_id, "%s", wanted->target.account_id);
	return 0;
}

int replay_run(struct ctl *ctl, int argc, char **argv, const char *mode)
{
	static const char *const names[] = {"the account"};
	struct err err;
	category_set set;
	struct enqueued enqueued;
	struct wanted wanted = {.wish = {.mode = mode, .by = "replay"}};
	const struct option_spec options[] = {{"only", OPTION_TEXT, &wanted.categories, 0},
	                                      {"wait", OPTION_FLAG, &wanted.wait, 0},
	                                      {"from-pages", OPTION_FLAG, &wanted.from_pages, 0}};
	/* The source is said only where all is replayed; rejects have no other. */
	const struct args args = {ctl, options, strcmp(mode, "replay") == 0 ? 3 : 2, true, 1, 1, names};
	if (args_read(&args, argc, argv, &wanted.word, &err) || category_set_parse(span_of(wanted.categories), &set, &err))
		return ctl_fail(&err);
	category_set_text(set, wanted.wish.categories);
	if (ctl_database(ctl, true, &err) || find_account(ctl, &wanted, &err) || stop_open(&err) ||
	    enqueue_sync(ctl, &wanted.wish, &enqueued, &err))
		return ctl_fail(&err);
	if (wanted.wait)
		return follow_sync(ctl, enqueued.sync);
	enqueue_tell(ctl, &wanted.wish, &enqueued);
	return EXIT_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	return replay_run(ctl, argc, argv, "replay");
}

const struct command command_replay = {
	.name = "replay",
	.args = "ACCOUNT [--from-pages] [--only albums,tracks] [--wait] [--json]",
	.help = "parse an account's pages again, without the provider",
	.text =
		"After a mended parser: derives every row of an account anew from the provider's answers as they stand in\n"
		"Kafka (topic sync.pages, kept for 168 h), and sends the provider nothing. It is a sync of its own, so no\n"
		"other one of the account runs meanwhile, and it may be killed and goes on. Taken are the pages of the newest\n"
		"complete walk of each category and all that was read after it; of each playlist the newest whole list of its\n"
		"entries. It removes nothing, brings nothing back that was removed, and proves nothing: what the next sync does\n"
		"stays the same. Where Kafka no longer has a page the replay ends partial and tells which; the rest is replayed\n"
		"all the same.\n\n"
		"  --from-pages   from the topic of pages: the default, and the only source there is\n"
		"  --only LIST    some of artists, albums, tracks, playlists\n"
		"  --wait         watch it, and end with its result as exit code\n\n"
		"  syncline replay home --from-pages --wait\n\n"
		"Exit code with --wait: 0 complete, 3 partial, 1 failed, 130 interrupted (the replay goes on).\n",
	.run = run,
};
