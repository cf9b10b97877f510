/* `syncline verify`: counts at the provider against rows here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/refresh.h"
#include "ctl/removals.h"
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

/* ids: as probe_lists fills them, or NULL. */
static int count_at_server(struct ctl *ctl, const char *name, struct buf *ids, struct probe_totals *totals,
                           struct err *err)
{
	static struct account account;
	struct vault *vault = NULL;
	if (vault_open(ctl->settings.key_file, &vault, err))
		return -1;
	int result = refresh_load(ctl, vault, name, &account, err);
	if (result == 0)
		result = probe_lists(&ctl->settings, &account, on_progress, NULL, ids, totals, err);
	account_wipe(&account);
	vault_close(&vault);
	if (term_is_terminal(stderr))
		fputs("\r\033[K", stderr);
	return result;
}

static int compare(struct ctl *ctl, const char *name, const char *id)
{
	struct err err;
	struct probe_totals totals;
	PG_RESULT *rows = NULL;
	if (count_at_server(ctl, name, NULL, &totals, &err) ||
	    pg_query(ctl->pg, sql_text("q_ctl_verify"), 1, &id, &rows, &err))
		return ctl_fail(&err);
	if (ctl->json)
		print_json(name, rows, &totals);
	else
		print_table(rows, &totals);
	return is_equal(rows, &totals) ? EXIT_OK : EXIT_FAILED;
}

/* The ids of the largest libraries: 10 million of 25 bytes. */
enum { IDS_BYTES = 256 * 1024 * 1024 };

static int foretell(struct ctl *ctl, const struct removals_wish *wish, bool ask)
{
	struct err err;
	struct removals_wish asked = *wish;
	struct probe_totals totals;
	struct buf ids[CATEGORY_COUNT];
	bool any = false;
	for (unsigned i = 0; i < CATEGORY_COUNT; i++)
		buf_init(&ids[i], IDS_BYTES);
	int result = ask ? count_at_server(ctl, wish->account, ids, &totals, &err) : 0;
	if (ask) {
		asked.ids = ids;
		asked.totals = &totals;
	}
	if (result == 0)
		result = removals_show(ctl, &asked, &any, &err);
	for (unsigned i = 0; i < CATEGORY_COUNT; i++)
		buf_done(&ids[i]);
	if (result)
		return ctl_fail(&err);
	return any ? EXIT_FAILED : EXIT_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	char id[ID_TEXT];
	bool removals = false, ask = false;
	struct removals_wish wish = {.account_id = id, .names = REMOVALS_NAMES};
	const struct option_spec options[] = {{"removals", OPTION_FLAG, &removals, 0},
	                                      {"ask", OPTION_FLAG, &ask, 0},
	                                      {"limit", OPTION_NUMBER, &wish.names, REMOVALS_NAMES_MAX}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &wish.account, &err) || ctl_database(ctl, true, &err) ||
	    ctl_find_account(ctl, wish.account, id, &err))
		return ctl_fail(&err);
	return removals || ask ? foretell(ctl, &wish, ask) : compare(ctl, wish.account, id);
}

const struct command command_verify = {
	.name = "verify",
	.args = "ACCOUNT [--removals [--ask] [--limit N]] [--json]",
	.help = "compare with the provider; foretell what the next sync removes",
	.text =
		"Counts every category at the server, as a sync would walk it, and compares with the rows here. Also shows\n"
		"when each category was last proved complete, and by which fence (the value that changes when the library\n"
		"does). A difference after a complete sync means that the library has changed since: sync again.\n\n"
		"  --removals   instead, what the next complete sync would mark removed or hold, and why, with names: from\n"
		"               what the walks so far have seen, without a request to the server\n"
		"  --ask        the same, after reading the server's lists: what a sync would do that found them so\n"
		"  --limit N    names of each category and reason (10)\n\n"
		"One walk proves a removal where the server tells every change, or lists a category in one answer; otherwise\n"
		"two walks of different syncs must have missed an item, and until then it waits. Unusually many (settings\n"
		"removal_items and removal_percent) and what a person brought back are held until confirmed. None of this\n"
		"writes anything.\n\n"
		"  syncline verify home\n  syncline verify home --removals --ask\n\n"
		"Exit code: 0 equal, 1 different; with --removals 0 nothing would be removed or held, 1 something would;\n"
		"5 the server does not answer.\n",
	.run = run,
};
