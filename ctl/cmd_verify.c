/* `syncline verify`: counts at the provider against rows here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/refresh.h"
#include "ctl/table.h"
#include "fetcher/probe.h"

static const char *verdict_of(int64_t server, int64_t here, int64_t rejected, bool proved, enum paint *paint)
{
	*paint = PAINT_YELLOW;
	if (!proved)
		return "not synced completely yet";
	if (server == here) {
		*paint = PAINT_GREEN;
		return "equal";
	}
	if (server == here + rejected) {
		*paint = PAINT_GREEN;
		return "equal with the rejected ones";
	}
	return server > here ? "sync again: the server has more" : "sync again: the server has less";
}

static void print_row(struct table *table, const PGresult *rows, int i, int64_t server)
{
	char text[FIGURE_TEXT];
	enum paint paint;
	int64_t here = pg_int(rows, i, "here"), rejected = pg_int(rows, i, "rejected");
	bool proved = !pg_null(rows, i, "complete_at");
	const char *verdict = verdict_of(server, here, rejected, proved, &paint);
	table_add(table, PAINT_BOLD, pg_text(rows, i, "category"));
	table_add_count(table, PAINT_NONE, server);
	table_add_count(table, PAINT_NONE, here);
	table_add_count(table, PAINT_NONE, rejected);
	table_add_count(table, PAINT_NONE, here - server);
	table_add(table, paint, verdict);
	table_add(table, PAINT_NONE, proved ? figure_ago(-pg_int(rows, i, "age_ms") - 1, text) : "never");
	table_add(table, PAINT_DIM, pg_text(rows, i, "fence"));
}

static void print_json(const char *name, const PGresult *rows, const struct probe_totals *totals)
{
	for (int i = 0; i < PQntuples(rows); i++) {
		struct buf out;
		enum paint paint;
		int64_t server = totals->items[i], here = pg_int(rows, i, "here"), rejected = pg_int(rows, i, "rejected");
		buf_init(&out, 16 * 1024);
		buf_printf(&out,
		           "{\"account\":\"%s\",\"category\":\"%s\",\"server\":%lld,\"here\":%lld,\"rejected\":%lld,"
		           "\"difference\":%lld,\"verdict\":\"%s\",\"complete_at\":",
		           name, pg_text(rows, i, "category"), (long long)server, (long long)here, (long long)rejected,
		           (long long)(here - server),
		           verdict_of(server, here, rejected, !pg_null(rows, i, "complete_at"), &paint));
		if (pg_null(rows, i, "complete_at"))
			buf_add_text(&out, "null");
		else
			buf_add_json_text(&out, span_of(pg_text(rows, i, "complete_at")));
		buf_add_text(&out, ",\"fence\":");
		buf_add_json_text(&out, span_of(pg_text(rows, i, "fence")));
		printf("%s}\n", buf_text(&out));
		buf_done(&out);
	}
}

static void print_table(const PGresult *rows, const struct probe_totals *totals)
{
	static const struct table_column columns[] = {{"category", SIDE_LEFT},    {"server", SIDE_RIGHT},
	                                              {"here", SIDE_RIGHT},       {"rejected", SIDE_RIGHT},
	                                              {"difference", SIDE_RIGHT}, {"verdict", SIDE_LEFT},
	                                              {"proved", SIDE_LEFT},      {"fence", SIDE_FLEXIBLE}};
	struct table table;
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++)
		print_row(&table, rows, i, totals->items[i]);
	table_show(&table);
	table_done(&table);
}

static bool is_equal(const PGresult *rows, const struct probe_totals *totals)
{
	bool equal = true;
	for (int i = 0; i < PQntuples(rows); i++) {
		enum paint paint;
		verdict_of(totals->items[i], pg_int(rows, i, "here"), pg_int(rows, i, "rejected"),
		           !pg_null(rows, i, "complete_at"), &paint);
		equal &= paint == PAINT_GREEN;
	}
	return equal;
}

static void on_progress(void *context, enum category category, int64_t items)
{
	char count[FIGURE_TEXT];
	(void)context;
	if (term_is_terminal(stderr))
		fprintf(stderr, "\r\033[Kcounting at the server: %s %s", figure_count(items, count), category_name(category));
}

static int count_at_server(struct ctl *ctl, const char *name, struct probe_totals *totals, struct err *err)
{
	static struct account account;
	struct vault *vault = NULL;
	if (vault_open(ctl->settings.key_file, &vault, err))
		return -1;
	int result = refresh_load(ctl, vault, name, &account, err);
	if (result == 0)
		result = probe_totals(&ctl->settings, &account, on_progress, NULL, totals, err);
	account_wipe(&account);
	vault_close(&vault);
	if (term_is_terminal(stderr))
		fputs("\r\033[K", stderr);
	return result;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	const char *name;
	char id[ID_TEXT];
	const char *value = id;
	struct probe_totals totals;
	PG_RESULT *rows = NULL;
	const struct args args = {.ctl = ctl, .json = true, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) ||
	    ctl_find_account(ctl, name, id, &err) || count_at_server(ctl, name, &totals, &err) ||
	    pg_query(ctl->pg, sql_text("q_ctl_verify"), 1, &value, &rows, &err))
		return ctl_fail(&err);
	if (ctl->json)
		print_json(name, rows, &totals);
	else
		print_table(rows, &totals);
	return is_equal(rows, &totals) ? EXIT_OK : EXIT_FAILED;
}

const struct command command_verify = {
	.name = "verify",
	.args = "ACCOUNT [--json]",
	.help = "count at the provider and compare with what is stored",
	.text = "Counts every category at the server, as a sync would walk it, and compares with the rows here. Also shows\n"
			"when each category was last proved complete, and by which fence (the value that changes when the library\n"
			"does). A difference after a complete sync means that the library has changed since: sync again.\n\n"
			"  syncline verify home\n\nExit code: 0 equal, 1 different, 5 the server does not answer.\n",
	.run = run,
};
