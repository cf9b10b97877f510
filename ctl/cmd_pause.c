/* `syncline pause` and `syncline resume`: an account whose syncs shall not begin or go on for a while. */
#include <stdio.h>

#include "common/clock.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/pausing.h"
#include "ctl/when.h"

static const char *const names[] = {"the account"};

static int pause_account(struct ctl *ctl, const char *account, const char *account_id, int64_t until_ms)
{
	struct err err;
	struct pausing pausing;
	char ago[FIGURE_TEXT];
	if (pausing_begin(ctl, account, account_id, until_ms, &pausing, &err))
		return ctl_fail(&err);
	if (pausing.lost.class != ERR_NONE)
		fprintf(stderr, "syncline: %s; a sync that runs is stopped once a writer reaches it\n", pausing.lost.text);
	if (ctl->json) {
		printf(*pausing.until ? "{\"account\":\"%s\",\"paused\":true,\"paused_until\":\"%s\"}\n"
		                      : "{\"account\":\"%s\",\"paused\":true,\"paused_until\":null}\n",
		       account, pausing.until);
		return EXIT_OK;
	}
	if (*pausing.until)
		printf("Account %s is paused until %s (%s).\n", account, pausing.until,
		       figure_ago(until_ms - clock_wall_ms(), ago));
	else
		printf("Account %s is paused.\n", account);
	if (pausing.held)
		puts("Its running sync stops at its last saved page, and will go on there.");
	printf("To let it sync again: syncline resume %s\n", account);
	return EXIT_OK;
}

static int run_pause(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	struct when when = {.at_name = "--until", .in_name = "--for"};
	const char *account;
	char account_id[ID_TEXT];
	int64_t until_ms;
	const struct option_spec options[] = {{"until", OPTION_TEXT, &when.at, 0}, {"for", OPTION_TEXT, &when.in, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &account, &err) || when_read(&when, clock_wall_ms(), &until_ms, &err))
		return ctl_fail(&err);
	if (until_ms && until_ms <= clock_wall_ms()) {
		IGNORE(
			err_set(&err, ERR_CONFIG, 0, "--until %s is past; to end a pause: syncline resume %s", when.at, account));
		return ctl_fail(&err);
	}
	if (ctl_database(ctl, true, &err) || ctl_find_account(ctl, account, account_id, &err))
		return ctl_fail(&err);
	return pause_account(ctl, account, account_id, until_ms);
}

static int run_resume(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const char *account;
	char account_id[ID_TEXT], waiting[FIGURE_TEXT];
	int64_t syncs;
	bool was;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &account, &err) || ctl_database(ctl, true, &err) ||
	    ctl_find_account(ctl, account, account_id, &err) || pausing_end(ctl, account_id, &was, &syncs, &err))
		return ctl_fail(&err);
	if (ctl->json)
		printf("{\"account\":\"%s\",\"paused\":false,\"paused_until\":null,\"waiting\":%lld}\n", account,
		       (long long)syncs);
	else if (!was)
		printf("Account %s was not paused.\n", account);
	else if (syncs)
		printf("Account %s is no longer paused; %s that waited will go on within seconds. To watch: syncline watch %s\n",
		       account, figure_many(syncs, "sync", waiting), account);
	else
		printf("Account %s is no longer paused. Next: syncline sync %s\n", account, account);
	return EXIT_OK;
}

const struct command command_pause = {
	.name = "pause",
	.args = "ACCOUNT [--until TIME | --for DURATION] [--json]",
	.help = "let no sync of an account begin or go on for a while",
	.text = "No sync of the account begins. One that runs stops within seconds at its last saved page; it, and what is\n"
			"asked for meanwhile, waits and goes on when the pause ends: at its time, or by `syncline resume`.\n\n"
			"  --until TIME     e.g. 2026-11-30T03:00:00Z (RFC 3339; without a zone it is UTC)\n"
			"  --for DURATION   e.g. 45m, 3h, 2d\n"
			"                   without either: until it is resumed\n\n"
			"  syncline pause home\n"
			"  syncline pause home --for 3h\n\n"
			"Exit code: 0 paused (also if it was before: the new end counts); 4 no such account.\n",
	.run = run_pause,
};

const struct command command_resume = {
	.name = "resume",
	.args = "ACCOUNT [--json]",
	.help = "end the pause of an account",
	.text = "Syncs that waited go on within seconds, each at its last saved page.\n\n"
			"  syncline resume home\n\n"
			"Exit code: 0 not paused any more; 4 no such account.\n",
	.run = run_resume,
};
