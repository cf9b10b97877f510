/* `syncline watch`: a sync, live. */
#include "common/stop.h"
#include "common/uuid.h"
#include "ctl/args.h"
#include "ctl/follow.h"

/* Without a word: the newest sync that has not ended, else the newest. */
static int find_newest(struct ctl *ctl, char *sync, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(ctl->pg, "SELECT sync_id FROM sync ORDER BY ended_at IS NULL DESC, sync_id DESC LIMIT 1", 0, NULL,
	             &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "there has been no sync yet; start one with: syncline sync ACCOUNT");
	IGNORE(!span_copy(span_of(pg_text(row, 0, "sync_id")), sync, UUID_TEXT)); /* a uuid's text fits */
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const char *word;
	char sync[UUID_TEXT];
	const struct args args = {.ctl = ctl, .json = true, .words_max = 1};
	if (args_read(&args, argc, argv, &word, &err) || ctl_database(ctl, true, &err) ||
	    (word ? ctl_find_sync(ctl, word, sync, &err) : find_newest(ctl, sync, &err)) || stop_open(&err))
		return ctl_fail(&err);
	return follow_sync(ctl, sync);
}

const struct command command_watch = {
	.name = "watch",
	.args = "[SYNC|ACCOUNT] [--json]",
	.help = "follow a sync until it ends, then its report",
	.text =
		"Shows a bar for each category on a terminal, and lines elsewhere. \"~\" marks a total that is the server's\n"
		"estimate. The sync does not depend on being watched: Ctrl-C ends only the watching.\n"
		"While a provider's limit holds it up it says so, and when it goes on (--json: slow_until).\n"
		"Without a name: the newest sync. For an account: its newest sync.\n\n"
		"  --json   one object per line: at most one a second, the last one is the result\n\n"
		"  syncline watch home\n\n"
		"Exit code: 0 complete, 3 partial, 1 failed, 130 interrupted.\n",
	.run = run,
};
