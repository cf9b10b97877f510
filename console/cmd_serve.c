/* `syncline serve`: the console. */
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>

#include "common/kafka.h"
#include "common/log.h"
#include "common/stop.h"
#include "common/version.h"
#include "console/access.h"
#include "console/assets.h"
#include "console/authorizations.h"
#include "console/guard.h"
#include "console/lag_watch.h"
#include "console/live.h"
#include "console/pg_pool.h"
#include "console/scheduler.h"
#include "console/shelf_keeper.h"
#include "console/webhook_sender.h"
#include "ctl/args.h"

static void log_kafka(const char *text)
{
	log_warn("kafka client", "%s", text);
}

/* Without a user everybody who can connect may do all: so nobody but this machine can. */
static int judge_access(struct ctl *ctl, struct console *console, struct err *err)
{
	bool users = false;
	const char *address = console->settings->console_address;
	int result = ctl_database(ctl, true, err) || access_has_users(ctl->pg, &users, err) ? -1 : 0;
	pg_close(&ctl->pg); /* what follows has the pool */
	console->open = !users;
	if (result == 0 && !users && !access_is_loopback(address))
		return err_set(err, ERR_CONFIG, 0,
		               "console_address is %s, and nobody has a password: everybody in that network could do anything. Set "
		               "one with `syncline user add NAME`, or listen on 127.0.0.1",
		               address);
	if (result == 0 && !users && !access_url_is_local(console->settings->console_url))
		return err_set(err, ERR_CONFIG, 0,
		               "console_url is %s, and nobody has a password: everybody who reaches that address could do anything. Set "
		               "one with `syncline user add NAME`",
		               console->settings->console_url);
	return result;
}

static int open_console(struct ctl *ctl, struct console *console, struct http **http, struct err *err)
{
	const struct settings *settings = console->settings;
	const struct http_settings listen = {settings->console_address, settings->console_port, settings->console_threads};
	console->guard = guard_open();
	console->authorizations = authorizations_open();
	if (!console->guard || !console->authorizations)
		return err_set(err, ERR_FATAL, 0, "no memory");
	access_random(32, console->secret);
	assets_open();
	/* More than threads: the parts that run beside the pages need one each. */
	if (pg_pool_open(settings->postgres, (size_t)settings->console_threads + 4, &console->pgs, err) ||
	    judge_access(ctl, console, err) || live_open(console, &console->live, err) ||
	    lag_watch_open(settings, &console->lag, err) || shelf_keeper_start(console->pgs, &console->shelf_keeper, err) ||
	    scheduler_open(console->pgs, &console->scheduler, err) ||
	    webhook_sender_open(console->pgs, settings, &console->webhook_sender, err))
		return -1;
	return http_open(&listen, router_answer, console, http, err);
}

static void close_console(struct console *console, struct http **http)
{
	live_stop(console->live);
	http_close(http);
	live_close(&console->live);
	lag_watch_close(&console->lag);
	webhook_sender_close(&console->webhook_sender);
	ticker_close(&console->scheduler);
	shelf_keeper_stop(&console->shelf_keeper);
	pg_pool_close(&console->pgs);
	guard_close(&console->guard);
	authorizations_close(&console->authorizations);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static struct console console;
	struct http *http = NULL;
	struct err err;
	const struct args args = {.ctl = ctl};
	if (args_read(&args, argc, argv, NULL, &err) || stop_open(&err))
		return ctl_fail(&err);
	if (sodium_init() < 0)
		return EXIT_FAILED;
	signal(SIGPIPE, SIG_IGN);
	log_open("syncline-serve", strcmp(ctl->settings.log_format, "json") == 0);
	kafka_log_to(log_kafka);
	console.settings = &ctl->settings;
	int result = open_console(ctl, &console, &http, &err);
	if (result == 0) {
		log_info("started", "version %s, http://%s:%lld/%s", SYNCLINE_VERSION, ctl->settings.console_address,
		         (long long)ctl->settings.console_port,
		         console.open ? "; nobody has a password: open to everybody on this machine" : "");
		stop_wait();
		log_info("stopped", "as asked");
	}
	close_console(&console, &http);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_serve = {
	.name = "serve",
	.args = "",
	.help = "the console: pages, REST API, live progress, scheduler",
	.text =
		"Serves pages for people, a REST API for programs and an OpenSubsonic endpoint for players, on console_address\n"
		"and console_port, until it is stopped. As long as no user has a password (`syncline user add`) it is open to\n"
		"everybody on this machine, and refuses to listen elsewhere.\n\n"
		"It also starts the syncs that are due (`syncline schedule set`), and tells webhooks what becomes of them\n"
		"(`syncline webhook add`).\n\n"
		"  syncline serve\n  syncline --console-port 8080 serve\n",
	.run = run,
};
