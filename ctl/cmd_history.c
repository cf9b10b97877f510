/* `syncline history`: what syncs did to a library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/category.h"
#include "common/sql.h"
#include "common/uuid.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/history.h"
#include "ctl/report.h"
#include "ctl/table.h"

enum { DEFAULT_SYNCS = 20, DEFAULT_ITEMS = 100, MOST = 10 * 1000 * 1000, HISTORY_VALUES = 6 };

static const char *const figures[] = {"added", "changed", "removed", "restored", "undone"};

static void print_syncs(const PGresult *rows)
{
	static const struct table_column columns[] = {
		{"sync", SIDE_LEFT},     {"when", SIDE_LEFT},      {"mode", SIDE_LEFT},
		{"state", SIDE_LEFT},    {"added", SIDE_RIGHT},    {"changed", SIDE_RIGHT},
		{"removed", SIDE_RIGHT}, {"restored", SIDE_RIGHT}, {"undone", SIDE_RIGHT},
	};
	struct table table;
	char ago[FIGURE_TEXT];
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		const char *state = pg_text(rows, i, "state");
		table_add(&table, PAINT_NONE, pg_text(rows, i, "sync"));
		table_add(&table, PAINT_NONE, figure_ago(-pg_int(rows, i, "age_ms") - 1, ago));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "mode"));
		table_add(&table, (enum paint)report_paint(state), state);
		for (size_t f = 0; f < COUNT_OF(figures); f++) {
			int64_t figure = pg_int(rows, i, figures[f]);
			bool is_removed = strcmp(figures[f], "removed") == 0;
			table_add_count(&table, is_removed && figure ? PAINT_YELLOW : figure ? PAINT_NONE : PAINT_DIM, figure);
		}
	}
	table_show(&table);
	table_done(&table);
}

static int show_syncs(struct ctl *ctl, const char *account, const char *const values[HISTORY_VALUES], int64_t limit,
                      struct err *err)
{
	PG_RESULT *rows = NULL;
	char count[FIGURE_TEXT];
	if (ctl->json)
		return ctl_print_json(ctl, sql_text("q_ctl_history_syncs"), HISTORY_VALUES, values, err);
	if (pg_query(ctl->pg, sql_text("q_ctl_history_syncs"), HISTORY_VALUES, values, &rows, err))
		return -1;
	if (PQntuples(rows) == 0) {
		printf("No sync of %s has changed anything%s.\n", account, values[1] ? " since then" : "");
		return 0;
	}
	print_syncs(rows);
	if (PQntuples(rows) == limit)
		printf("The newest %s; --limit N shows more.\n", figure_count(limit, count));
	printf("The items by name: syncline history %s --sync ID\n", account);
	return 0;
}

/* "12 added, 3 removed" */
static void print_sums(const PGresult *row, const char *sync)
{
	char ago[FIGURE_TEXT], count[FIGURE_TEXT];
	bool any = false;
	printf("sync %s, %s, %s: ", sync, pg_text(row, 0, "state"), figure_ago(-pg_int(row, 0, "age_ms") - 1, ago));
	for (size_t f = 0; f < COUNT_OF(figures); f++) {
		int64_t figure = pg_int(row, 0, figures[f]);
		if (figure)
			printf("%s%s %s", any ? ", " : "", figure_count(figure, count), figures[f]);
		any |= figure != 0;
	}
	puts(any ? "" : "nothing changed");
}

static int show_items(struct ctl *ctl, const struct history_wish *wish, const char *const values[HISTORY_VALUES],
                      struct err *err)
{
	PG_RESULT *row = NULL;
	char count[FIGURE_TEXT];
	int64_t printed = 0;
	if (pg_query(ctl->pg, sql_text("q_ctl_history_syncs"), HISTORY_VALUES, values, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "account '%s' has no sync %s; `syncline history %s` lists them",
		               wish->account, wish->sync, wish->account);
	if (!ctl->json)
		print_sums(row, wish->sync);
	if (history_items(ctl, wish, &printed, err))
		return -1;
	if (!ctl->json && printed == wish->limit)
		printf("These are the first %s; --limit N shows more.\n", figure_count(printed, count));
	if (!ctl->json && pg_int(row, 0, "removed"))
		printf("To bring back what it removed: syncline restore %s --sync %s\n", wish->account, wish->sync);
	return 0;
}

static int check(const char *sync, const char *category, struct err *err)
{
	enum category known;
	if (sync && !uuid_valid(span_of(sync)))
		return err_set(err, ERR_CONFIG, 0, "--sync must be the id of a sync, as `syncline history` shows it");
	if (category && !category_find(span_of(category), &known))
		return err_set(err, ERR_CONFIG, 0, "--only must be artists, albums, tracks or playlists");
	return 0;
}

/* Postgres reads times; what it cannot read is the user's slip, not a fault. */
static int check_since(struct ctl *ctl, const char *since, struct err *err)
{
	PG_RESULT *row = NULL;
	if (!since || pg_query(ctl->pg, "SELECT $1::timestamptz", 1, &since, &row, err) == 0)
		return 0;
	return err->class == ERR_RETRY ? -1
	                               : err_set(err, ERR_CONFIG, 0,
	                                         "--since must be a time, such as 2026-11-29, \"2026-11-29 18:00\" or "
	                                         "yesterday, not '%.60s'",
	                                         since);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the account"};
	struct err err;
	char id[ID_TEXT], count[24];
	int64_t limit = 0;
	const char *since = NULL;
	struct history_wish wish = {.account_id = id};
	const struct option_spec options[] = {{"sync", OPTION_TEXT, &wish.sync, 0},
	                                      {"since", OPTION_TEXT, &since, 0},
	                                      {"only", OPTION_TEXT, &wish.category, 0},
	                                      {"limit", OPTION_NUMBER, &limit, MOST}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &wish.account, &err) || check(wish.sync, wish.category, &err) ||
	    ctl_database(ctl, true, &err) || ctl_find_account(ctl, wish.account, id, &err) || check_since(ctl, since, &err))
		return ctl_fail(&err);
	wish.limit = limit ? limit : DEFAULT_ITEMS;
	limit = limit ? limit : DEFAULT_SYNCS;
	snprintf(count, sizeof count, "%lld", (long long)limit);
	const char *values[HISTORY_VALUES] = {id, since, wish.category, wish.sync, NULL, count};
	int result = wish.sync ? show_items(ctl, &wish, values, &err) : show_syncs(ctl, wish.account, values, limit, &err);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_history = {
	.name = "history",
	.args = "ACCOUNT [--sync ID] [--since TIME] [--only CATEGORY] [--limit N] [--json]",
	.help = "what each sync added, changed, removed and restored",
	.text =
		"The syncs that changed an account's library, newest first, with their sums. \"restored\" is what a sync found\n"
		"listed again, \"undone\" what a person brought back of what that sync had removed (syncline restore). The sums\n"
		"of playlists hold their entries; of their items only the playlists themselves are told.\n\n"
		"With --sync the items by name: + added, ~ changed (what, from and to), - removed, < restored. Kept are the\n"
		"changes of the newest syncs, 500,000 of an account; when an item was first seen stays with the item.\n\n"
		"  --sync ID      the items of one sync\n"
		"  --since TIME   syncs from then on: 2026-11-29, \"2026-11-29 18:00\", yesterday\n"
		"  --only CATEGORY  artists, albums, tracks or playlists\n"
		"  --limit N      how many syncs (20) or items (100)\n"
		"  --json         an object a line; with --sync an item a line, columns as {name: [from, to]}\n\n"
		"  syncline history home\n  syncline history home --sync 019ac3f1-0000-7000-8000-000000000001 --only tracks\n",
	.run = run,
};
