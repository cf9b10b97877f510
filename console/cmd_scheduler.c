/* `syncline scheduler`: what is due is started, and told, without a console. */
#include <string.h>

#include "common/log.h"
#include "common/stop.h"
#include "common/version.h"
#include "console/scheduler.h"
#include "console/webhook_sender.h"
#include "ctl/args.h"

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct pg_pool *pool = NULL;
	struct ticker *scheduler = NULL;
	struct webhook_sender *webhook_sender = NULL;
	struct err err;
	const struct args args = {.ctl = ctl};
	if (args_read(&args, argc, argv, NULL, &err) || stop_open(&err))
		return ctl_fail(&err);
	log_open("syncline-scheduler", strcmp(ctl->settings.log_format, "json") == 0);
	bool failed = ctl_database(ctl, true, &err) || pg_pool_open(ctl->settings.postgres, 2, &pool, &err) ||
	              scheduler_open(pool, &scheduler, &err) ||
	              webhook_sender_open(pool, &ctl->settings, &webhook_sender, &err);
	pg_close(&ctl->pg); /* was for the look at the schema */
	if (!failed) {
		log_info("started", "version %s", SYNCLINE_VERSION);
		stop_wait();
		log_info("stopped", "as asked");
	}
	webhook_sender_close(&webhook_sender);
	ticker_close(&scheduler);
	pg_pool_close(&pool);
	return failed ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_scheduler = {
	.name = "scheduler",
	.args = "",
	.help = "start the syncs that are due and tell webhooks, without a console",
	.text =
		"Looks every 5 s which accounts are due by their rule (`syncline schedule list`) and has the workers sync them,\n"
		"until it is stopped (TERM or Ctrl-C), and sends webhooks what they are to be told (`syncline webhook list`).\n"
		"`syncline serve` does the same beside its pages: this is for machines without a console. Any number may run,\n"
		"of both: each run is started once.\n\n"
		"  syncline scheduler\n\n"
		"Exit code: 0 stopped as asked; 2 the settings or the database must be mended; 5 Postgres does not answer.\n",
	.run = run,
};
