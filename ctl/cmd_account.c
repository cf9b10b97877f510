/* `syncline account list`, `show`, `test` and `remove`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql.h"
#include "ctl/account_store.h"
#include "ctl/args.h"
#include "ctl/expiries.h"
#include "ctl/figure.h"
#include "ctl/refresh.h"
#include "ctl/report.h"
#include "ctl/table.h"
#include "fetcher/probe.h"

static const char *const names[] = {"the account"};

static void add_expiry(struct table *table, const struct account_expiry *row)
{
	char text[FIGURE_TEXT];
	if (row)
		table_add(table, expiry_paint(row), expiry_text(row, text));
	else
		table_add(table, PAINT_NONE, "");
}

static void print_list(const PGresult *rows, const struct expiries *expiries)
{
	static const struct table_column columns[] = {{"account", SIDE_LEFT}, {"provider", SIDE_LEFT},
	                                              {"url", SIDE_FLEXIBLE}, {"user", SIDE_LEFT},
	                                              {"auth", SIDE_LEFT},    {"added", SIDE_LEFT},
	                                              {"syncs", SIDE_RIGHT},  {"sign-in ends", SIDE_LEFT}};
	struct table table;
	char ago[FIGURE_TEXT];
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		table_add(&table, PAINT_BOLD, pg_text(rows, i, "account"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "provider"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "url"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "username"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "auth"));
		table_add(&table, PAINT_NONE, figure_ago(-pg_int(rows, i, "age_ms") - 1, ago));
		table_add_count(&table, PAINT_NONE, pg_int(rows, i, "syncs"));
		if (pg_bool(rows, i, "needs_auth"))
			table_add(&table, PAINT_RED, "needs_auth");
		else
			add_expiry(&table, expiries_find(expiries, pg_text(rows, i, "account")));
	}
	table_show(&table);
	table_done(&table);
	for (int i = 0; i < PQntuples(rows); i++) {
		report_paused(pg_text(rows, i, "account"), rows, i);
		if (pg_bool(rows, i, "needs_auth"))
			printf("%s: the provider refuses the sign-in; renew it: syncline account login %s\n",
			       pg_text(rows, i, "account"), pg_text(rows, i, "account"));
	}
	expiries_print(expiries);
}

static int show(struct ctl *ctl, const char *name, const struct expiries *expiries, struct err *err)
{
	PG_RESULT *rows = NULL;
	struct buf ends;
	buf_init(&ends, EXPIRIES_JSON);
	expiries_json(expiries, &ends);
	const char *values[] = {name, buf_text(&ends)};
	int result = ctl->json ? ctl_print_json(ctl, sql_text("q_ctl_accounts"), 2, values, err)
	                       : pg_query(ctl->pg, sql_text("q_ctl_accounts"), 2, values, &rows, err);
	buf_done(&ends);
	if (result || ctl->json)
		return result;
	if (PQntuples(rows))
		print_list(rows, expiries);
	else
		puts("There are no accounts yet; `syncline account add --help` shows how to add one.");
	return 0;
}

/* All accounts, or the one. */
static int list(struct ctl *ctl, int argc, char **argv, int words)
{
	struct err err;
	const char *name = NULL;
	char id[ID_TEXT];
	struct expiries expiries;
	const struct args args = {.ctl = ctl, .json = true, .words_min = words, .words_max = words, .names = names};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) ||
	    (words && ctl_find_account(ctl, name, id, &err)))
		return ctl_fail(&err);
	int result = expiries_read(ctl, name, &expiries, &err);
	if (result == 0)
		result = show(ctl, name, &expiries, &err);
	expiries_done(&expiries);
	return result ? ctl_fail(&err) : EXIT_OK;
}

static int run_list(struct ctl *ctl, int argc, char **argv)
{
	return list(ctl, argc, argv, 0);
}

static int run_show(struct ctl *ctl, int argc, char **argv)
{
	return list(ctl, argc, argv, 1);
}

static void print_server(const struct ctl *ctl, const struct account *account, const struct probe_server *server)
{
	const struct {
		const char *name, *value;
	} texts[] = {{"account", account->name}, {"url", account->url}, {"server", server->name}, {"auth", server->auth}};
	struct buf out;
	buf_init(&out, 16 * 1024);
	for (size_t i = 0; i < COUNT_OF(texts) && ctl->json; i++) {
		buf_printf(&out, "%s\"%s\":", i ? "," : "{", texts[i].name);
		buf_add_json_text(&out, span_of(texts[i].value));
	}
	if (ctl->json)
		buf_add_text(&out, "}");
	else {
		buf_add_text(&out, "ok: signed in to ");
		term_clean(&out, span_of(server->name));
		buf_printf(&out, " at %s as %s with %s", account->url, account->username, server->auth);
	}
	puts(buf_text(&out));
	buf_done(&out);
}

static int run_test(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const char *name;
	char id[ID_TEXT];
	static struct account account;
	struct probe_server server;
	struct vault *vault = NULL;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) ||
	    ctl_find_account(ctl, name, id, &err) || vault_open(ctl->settings.key_file, &vault, &err))
		return ctl_fail(&err);
	int result = refresh_load(ctl, vault, name, &account, &err);
	if (result == 0 && (result = probe_sign_in(&ctl->settings, &account, &server, &err)))
		err_wrap(&err, "%s: ", account.url);
	account_wipe(&account);
	vault_close(&vault);
	if (result)
		return ctl_fail(&err);
	print_server(ctl, &account, &server);
	return EXIT_OK;
}

static int run_remove(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const char *name;
	char id[ID_TEXT], rows[ACCOUNT_ROWS], question[ACCOUNT_ROWS + LIMIT_ACCOUNT + 40];
	bool yes = false;
	const struct option_spec options[] = {{"yes", OPTION_FLAG, &yes, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), false, 1, 1, names};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) ||
	    ctl_find_account(ctl, name, id, &err) || account_rows(ctl->pg, id, rows, &err))
		return ctl_fail(&err);
	snprintf(question, sizeof question, "Remove account %s with %s?", name, rows);
	if (!yes && term_ask(question, &yes, &err))
		return ctl_fail(&err);
	if (!yes) {
		fputs("Nothing was removed.\n", stderr);
		return EXIT_FAILED;
	}
	if (account_remove(ctl, id, name, &err))
		return ctl_fail(&err);
	printf("Account %s removed with %s.\n", name, rows);
	return EXIT_OK;
}

const struct command command_account_list = {
	.name = "account list",
	.args = "[--json]",
	.help = "all accounts",
	.text =
		"All accounts, without their secrets. \"sign-in ends\" is when the user must sign in again, where a provider sets\n"
		"such an end, or \"needs_auth\" when the provider has refused it already: syncline account login NAME\n\n"
		"  syncline account list --json | jq -r .account\n",
	.run = run_list,
};

const struct command command_account_show = {
	.name = "account show",
	.args = "NAME [--json]",
	.help = "one account",
	.text = "One account, without its secret. Its library and syncs: syncline status NAME\n\n"
			"  syncline account show home\n",
	.run = run_show,
};

const struct command command_account_test = {
	.name = "account test",
	.args = "NAME [--json]",
	.help = "try the stored sign-in",
	.text = "Signs in with the stored credentials and tells what answers.\n\n  syncline account test home\n\n"
			"Exit code: 0 signed in, 2 refused or no such server, 5 the server does not answer.\n",
	.run = run_test,
};

const struct command command_account_remove = {
	.name = "account remove",
	.args = "NAME [--yes]",
	.help = "remove an account with everything stored of it",
	.text =
		"Removes the account, its library, the history of its syncs, its schedule and the webhooks that are told of it\n"
		"alone from Postgres, after telling how much that is and asking. Nothing is changed at the provider.\n\n"
		"  --yes   do not ask\n\n  syncline account remove home\n",
	.run = run_remove,
};
