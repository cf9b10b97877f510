/* `syncline webhook ...`: who is told what becomes of syncs. */
#include <stdio.h>

#include "common/sql.h"
#include "console/delivery.h"
#include "console/limits.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/person.h"
#include "ctl/table.h"

enum { SHOWN = 50 };

/* ---- add ---- */

static void print_made(const struct ctl *ctl, const struct webhook_made *made)
{
	if (ctl->json)
		printf("{\"id\":%s,\"target\":\"%s\",\"secret\":\"%s\"}\n", made->id, made->target, made->secret);
	else
		printf("%s\n\nThe secret of webhook %s, with which its receiver checks that messages come from here. This is the only\n"
		       "time it is shown. To send a message now: syncline webhook test %s\n"
		       "Messages are sent by `syncline serve`, or by `syncline scheduler`: one of them must run.\n",
		       made->secret, made->id, made->id);
}

static int run_add(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"URL"};
	const char *url, *events = NULL, *account = NULL;
	char types[WEBHOOK_TYPES], account_id[ID_TEXT];
	bool internal = false;
	struct webhook_made made;
	struct err err;
	const struct option_spec options[] = {{"events", OPTION_TEXT, &events, 0},
	                                      {"account", OPTION_TEXT, &account, 0},
	                                      {"allow-internal", OPTION_FLAG, &internal, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &url, &err) || webhook_read_events(events, types, &err) ||
	    ctl_database(ctl, true, &err) || (account && ctl_find_account(ctl, account, account_id, &err)))
		return ctl_fail(&err);
	const struct webhook_wish wish = {url, types, account ? account_id : NULL, internal};
	if (webhook_add(ctl->pg, ctl->settings.key_file, &wish, &made, &err))
		return ctl_fail(&err);
	print_made(ctl, &made);
	vault_wipe(&made, sizeof made);
	return EXIT_OK;
}

const struct command command_webhook_add = {
	.name = "webhook add",
	.args = "URL [--events E,...] [--account A] [--allow-internal] [--json]",
	.help = "have an address told what becomes of syncs",
	.text =
		"From then on each event is a message to URL: a POST with JSON, signed as Standard Webhooks says, tried again\n"
		"over some nine hours until the receiver answers 200 to 299. docs/webhooks.md shows messages, and how to check\n"
		"a signature in ten lines. Prints the secret for that, once. Address and secret are stored sealed.\n\n"
		"  --events E         which: complete, partial, failed (how a sync ended), needs_auth (a provider refuses an\n"
		"                     account's sign-in), held (removals that wait for `syncline confirm`); all without it\n"
		"  --account A        only of this account; of all without it\n"
		"  --allow-internal   URL may lead to this machine or into its network, and may be http. Without it such an\n"
		"                     address is refused, also when a public name leads there: who may add webhooks in the\n"
		"                     console could else reach what only this machine reaches\n\n"
		"  syncline webhook add https://hooks.example.org/music\n"
		"  syncline webhook add https://ntfy.example.org/alerts --events partial,failed,needs_auth,held\n"
		"  syncline webhook add http://homeassistant.lan:8123/api/webhook/x1 --account home --allow-internal\n\n"
		"Exit code: 0 added; 2 the address, an event or the key file; 4 no such account.\n",
	.run = run_add,
};

/* ---- list ---- */

static void add_webhook(struct table *table, const PGresult *rows, int i)
{
	char events[WEBHOOK_TYPES], ago[FIGURE_TEXT];
	const char *state = pg_text(rows, i, "state"), *account = pg_text(rows, i, "account");
	bool off = strcmp(state, "off") == 0, failing = strcmp(state, "failing") == 0;
	webhook_write_events(pg_text(rows, i, "events"), events);
	table_add(table, PAINT_BOLD, pg_text(rows, i, "id"));
	table_add(table, PAINT_NONE, pg_text(rows, i, "target"));
	table_add(table, PAINT_NONE, *account ? account : "all");
	table_add(table, PAINT_NONE, events);
	table_add(table, off || failing ? PAINT_RED : PAINT_GREEN, state);
	table_add_count(table, PAINT_NONE, pg_int(rows, i, "waiting"));
	table_add(table, PAINT_NONE, pg_null(rows, i, "last_ms") ? "never" : figure_ago(-pg_int(rows, i, "last_ms"), ago));
	table_add(table, PAINT_DIM, pg_text(rows, i, off ? "off_cause" : "last_error"));
}

static int run_list(struct ctl *ctl, int argc, char **argv)
{
	static const struct table_column columns[] = {{"id", SIDE_LEFT},       {"to", SIDE_LEFT},
	                                              {"account", SIDE_LEFT},  {"events", SIDE_LEFT},
	                                              {"state", SIDE_LEFT},    {"waiting", SIDE_RIGHT},
	                                              {"last try", SIDE_LEFT}, {"what came of it", SIDE_FLEXIBLE}};
	char most[16];
	const char *values[] = {NULL, most};
	struct table table;
	struct err err;
	PG_RESULT *rows = NULL;
	const struct args args = {.ctl = ctl, .json = true};
	snprintf(most, sizeof most, "%d", LIMIT_WEBHOOKS);
	if (args_read(&args, argc, argv, NULL, &err) || ctl_database(ctl, true, &err))
		return ctl_fail(&err);
	if (ctl->json)
		return ctl_print_json(ctl, sql_text("q_webhook_list"), 2, values, &err) ? ctl_fail(&err) : EXIT_OK;
	if (pg_query(ctl->pg, sql_text("q_webhook_list"), 2, values, &rows, &err))
		return ctl_fail(&err);
	if (PQntuples(rows) == 0) {
		puts("Nobody is told anything. To change that: syncline webhook add URL");
		return EXIT_OK;
	}
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++)
		add_webhook(&table, rows, i);
	table_show(&table);
	table_done(&table);
	return EXIT_OK;
}

const struct command command_webhook_list = {
	.name = "webhook list",
	.args = "[--json]",
	.help = "webhooks, and how the newest message to each fared",
	.text =
		"Of an address only where it leads to is shown: the rest may be a secret. A webhook is off when its receiver\n"
		"has answered 410 (Gone); what has not been delivered yet waits.\n\n"
		"  syncline webhook list\n",
	.run = run_list,
};

/* ---- remove ---- */

static int run_remove(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"ID"};
	const char *id;
	char target[WEBHOOK_TARGET];
	struct err err;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &id, &err) || ctl_database(ctl, true, &err) ||
	    webhook_remove(ctl->pg, id, target, &err))
		return ctl_fail(&err);
	if (ctl->json)
		printf("{\"id\":%s,\"removed\":true}\n", id);
	else
		printf("Webhook %s removed: %s is told nothing more.\n", id, target);
	return EXIT_OK;
}

const struct command command_webhook_remove = {
	.name = "webhook remove",
	.args = "ID [--json]",
	.help = "tell an address nothing more",
	.text = "Forgets the webhook, its secret, what still waited for it, and its log.\n\n"
			"  syncline webhook remove 3\n\n"
			"Exit code: 0 removed; 4 no such webhook.\n",
	.run = run_remove,
};

/* ---- test ---- */

static void print_end(const char *id, const struct post_end *end)
{
	struct buf out;
	buf_init(&out, LIMIT_SETTINGS_FILE);
	buf_printf(&out, "{\"id\":%s,\"delivered\":%s,\"status\":%d,\"took_ms\":%d,\"error\":", id,
	           end->delivered ? "true" : "false", end->status, end->took_ms);
	buf_add_json_text(&out, span_of(end->error));
	printf("%s}\n", buf_text(&out));
	buf_done(&out);
}

static int run_test(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"ID"};
	const char *id;
	char person[PERSON_TEXT];
	struct post_end end;
	struct err err;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &id, &err) || ctl_database(ctl, true, &err) ||
	    delivery_try(ctl->pg, &ctl->settings, id, person_name(person), &end, &err))
		return ctl_fail(&err);
	if (ctl->json) {
		print_end(id, &end);
		return end.delivered ? EXIT_OK : EXIT_FAILED;
	}
	if (end.delivered) {
		printf("Delivered: the receiver answered %d in %d ms.\n", end.status, end.took_ms);
		return EXIT_OK;
	}
	IGNORE(err_set(&err, ERR_FATAL, 0, "not delivered: %s", end.error)); /* fills only */
	return ctl_fail(&err);
}

const struct command command_webhook_test = {
	.name = "webhook test",
	.args = "ID [--json]",
	.help = "send a test message now, and tell what came of it",
	.text = "A signed message of type webhook.test, sent from here, once. It stands in the log of deliveries.\n\n"
			"  syncline webhook test 3\n\n"
			"Exit code: 0 delivered; 1 not delivered, the text says why; 2 the key file; 4 no such webhook.\n",
	.run = run_test,
};

/* ---- deliveries ---- */

static void add_delivery(struct table *table, const PGresult *rows, int i)
{
	char text[FIGURE_TEXT];
	const char *state = pg_text(rows, i, "state"), *account = pg_text(rows, i, "account");
	bool delivered = strcmp(state, "delivered") == 0;
	enum paint paint = delivered                        ? PAINT_GREEN
	                   : strcmp(state, "given_up") == 0 ? PAINT_RED
	                   : strcmp(state, "waiting") == 0  ? PAINT_NONE
	                                                    : PAINT_YELLOW;
	table_add(table, PAINT_BOLD, pg_text(rows, i, "webhook"));
	table_add(table, PAINT_NONE, figure_ago(-pg_int(rows, i, "age_ms"), text));
	table_add(table, PAINT_NONE, pg_text(rows, i, "type"));
	table_add(table, PAINT_NONE, *account ? account : "-");
	table_add(table, paint, state);
	table_add_count(table, PAINT_NONE, pg_int(rows, i, "tries"));
	table_add(table, PAINT_NONE, pg_null(rows, i, "status") ? "-" : pg_text(rows, i, "status"));
	table_add(table, PAINT_NONE, pg_null(rows, i, "next_ms") ? "-" : figure_ago(pg_int(rows, i, "next_ms"), text));
	table_add(table, PAINT_DIM, pg_text(rows, i, "error"));
}

static int run_deliveries(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"ID"};
	static const struct table_column columns[] = {{"webhook", SIDE_LEFT}, {"made", SIDE_LEFT},
	                                              {"event", SIDE_LEFT},   {"account", SIDE_LEFT},
	                                              {"state", SIDE_LEFT},   {"tries", SIDE_RIGHT},
	                                              {"status", SIDE_LEFT},  {"next try", SIDE_LEFT},
	                                              {"why", SIDE_FLEXIBLE}};
	const char *id;
	char most[16];
	struct table table;
	struct err err;
	PG_RESULT *rows = NULL;
	const struct args args = {.ctl = ctl, .json = true, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &id, &err) || ctl_database(ctl, true, &err) ||
	    (id && webhook_find(ctl->pg, id, &err)))
		return ctl_fail(&err);
	const char *values[] = {id, NULL, most};
	snprintf(most, sizeof most, "%d", SHOWN);
	if (ctl->json)
		return ctl_print_json(ctl, sql_text("q_webhook_deliveries"), 3, values, &err) ? ctl_fail(&err) : EXIT_OK;
	if (pg_query(ctl->pg, sql_text("q_webhook_deliveries"), 3, values, &rows, &err))
		return ctl_fail(&err);
	if (PQntuples(rows) == 0) {
		puts("Nothing has been sent yet.");
		return EXIT_OK;
	}
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++)
		add_delivery(&table, rows, i);
	table_show(&table);
	table_done(&table);
	return EXIT_OK;
}

const struct command command_webhook_deliveries = {
	.name = "webhook deliveries",
	.args = "[ID] [--json]",
	.help = "the newest messages: delivered, waiting, or why not",
	.text = "The 50 newest messages, of one webhook or of all. What was over 30 days ago is forgotten.\n\n"
			"  waiting     not tried yet\n"
			"  sending     on its way, or a sender died with it: then another takes it over after 30 s\n"
			"  retrying    the receiver did not take it; tried again at the time shown, 14 times over some nine hours\n"
			"  delivered   the receiver answered 200 to 299\n"
			"  given_up    it will not be tried again\n\n"
			"  syncline webhook deliveries\n  syncline webhook deliveries 3 --json\n",
	.run = run_deliveries,
};
