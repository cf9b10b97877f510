/* `syncline status`: what is here, whether it is proved, and what is going on. */
#include <stdio.h>
#include <string.h>

#include "common/category.h"
#include "common/sql.h"
#include "common/uuid.h"
#include "ctl/args.h"
#include "ctl/expiries.h"
#include "ctl/figure.h"
#include "ctl/report.h"
#include "ctl/slow.h"
#include "ctl/table.h"

/* "3 h ago", "never", "3 of 4 categories". */
static void add_proof(struct table *table, const PGresult *rows, int i)
{
	char text[FIGURE_TEXT];
	int64_t complete = pg_int(rows, i, "complete_categories");
	if (complete == CATEGORY_COUNT)
		table_add(table, PAINT_GREEN, figure_ago(-pg_int(rows, i, "complete_age_ms") - 1, text));
	else if (complete == 0)
		table_add(table, PAINT_DIM, "never");
	else {
		snprintf(text, sizeof text, "%d of %d categories", (int)complete, CATEGORY_COUNT);
		table_add(table, PAINT_YELLOW, text);
	}
}

static void add_sync(struct table *table, const PGresult *rows, int i)
{
	char text[2 * FIGURE_TEXT], ago[FIGURE_TEXT];
	const char *state = pg_text(rows, i, "sync_state");
	if (!*state) {
		table_add(table, PAINT_DIM, "none");
		return;
	}
	/* What a person has to mend comes before how far the sync got without it. */
	if (pg_bool(rows, i, "needs_auth"))
		state = "needs_auth";
	bool planned = strcmp(state, "scheduled") == 0;
	snprintf(text, sizeof text, "%.24s %s", state,
	         figure_ago(planned ? pg_int(rows, i, "begins_ms") : -pg_int(rows, i, "sync_age_ms") - 1, ago));
	table_add(table, (enum paint)report_paint(state), text);
}

static void print_accounts(const PGresult *rows)
{
	static const struct table_column columns[] = {
		{"account", SIDE_LEFT}, {"provider", SIDE_LEFT},   {"artists", SIDE_RIGHT},      {"albums", SIDE_RIGHT},
		{"tracks", SIDE_RIGHT}, {"playlists", SIDE_RIGHT}, {"last complete", SIDE_LEFT}, {"last sync", SIDE_LEFT},
	};
	struct table table;
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		table_add(&table, PAINT_BOLD, pg_text(rows, i, "account"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "provider"));
		for (unsigned c = 0; c < CATEGORY_COUNT; c++)
			table_add_count(&table, PAINT_NONE, pg_int(rows, i, category_name((enum category)c)));
		add_proof(&table, rows, i);
		add_sync(&table, rows, i);
	}
	table_show(&table);
	table_done(&table);
	for (int i = 0; i < PQntuples(rows); i++) {
		char held[FIGURE_TEXT], slow[SLOW_TEXT];
		report_paused(pg_text(rows, i, "account"), rows, i);
		if (*slow_sentence(rows, i, slow))
			printf("%s: %s\n", pg_text(rows, i, "account"), slow);
		if (pg_bool(rows, i, "needs_auth"))
			report_needs_auth(pg_text(rows, i, "account"), pg_text(rows, i, "needs_auth_cause"),
			                  pg_text(rows, i, "needs_auth_step"));
		/* What is held has a line of its own. */
		bool complete = strcmp(pg_text(rows, i, "sync_state"), "complete") == 0;
		if ((!complete || !pg_bool(rows, i, "held_told")) && !pg_bool(rows, i, "needs_auth_told"))
			report_cause(pg_text(rows, i, "account"), pg_text(rows, i, "cause"), pg_text(rows, i, "next_step"));
		if (pg_int(rows, i, "held"))
			printf("%s: %s held; look: syncline confirm %s\n", pg_text(rows, i, "account"),
			       figure_many(pg_int(rows, i, "held"), "removal", held), pg_text(rows, i, "account"));
		report_refused(pg_text(rows, i, "account"), pg_int(rows, i, "refused_playlists"),
		               pg_text(rows, i, "refused_cause"));
	}
}

/* "+12 ~3 -1", only what is not 0. */
static void add_changes(struct table *table, const PGresult *rows, int i)
{
	static const struct {
		const char *column;
		char sign;
	} kinds[] = {{"added", '+'}, {"changed", '~'}, {"removed", '-'}};
	char text[4 * FIGURE_TEXT] = "", count[FIGURE_TEXT];
	size_t used = 0;
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		int64_t number = pg_int(rows, i, kinds[k].column);
		if (number)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%c%s", used ? " " : "", kinds[k].sign,
			                         figure_count(number, count));
	}
	table_add(table, PAINT_NONE, text);
}

static void print_history(const PGresult *rows)
{
	static const struct table_column columns[] = {
		{"sync", SIDE_LEFT},  {"asked", SIDE_LEFT},   {"mode", SIDE_LEFT},    {"state", SIDE_LEFT},
		{"took", SIDE_RIGHT}, {"stored", SIDE_RIGHT}, {"errors", SIDE_RIGHT}, {"changes", SIDE_FLEXIBLE},
	};
	struct table table;
	char text[FIGURE_TEXT];
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		const char *state = pg_text(rows, i, "state");
		table_add(&table, PAINT_NONE, pg_text(rows, i, "sync"));
		table_add(&table, PAINT_NONE, figure_ago(-pg_int(rows, i, "age_ms") - 1, text));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "mode"));
		table_add(&table, (enum paint)report_paint(state), state);
		table_add(&table, PAINT_NONE, pg_bool(rows, i, "started") ? figure_span(pg_int(rows, i, "took_ms"), text) : "");
		table_add_count(&table, PAINT_NONE, pg_int(rows, i, "stored"));
		table_add_count(&table, pg_int(rows, i, "errors") ? PAINT_YELLOW : PAINT_NONE, pg_int(rows, i, "errors"));
		add_changes(&table, rows, i);
	}
	table_show(&table);
	table_done(&table);
}

/* The newest sync category by category, then those before it. */
static int print_account(struct ctl *ctl, const char *name, struct err *err)
{
	PG_RESULT *history = NULL;
	PG_RESULT *sync = NULL;
	PG_RESULT *categories = NULL;
	if (pg_query(ctl->pg, sql_text("q_ctl_history"), 1, &name, &history, err))
		return -1;
	if (PQntuples(history) == 0) {
		printf("\nNever synced. Start with: syncline sync %s --wait\n", name);
		return 0;
	}
	if (report_read(ctl, pg_text(history, 0, "sync"), 0, &sync, &categories, err))
		return -1;
	putchar('\n');
	report_categories(name, categories);
	report_sync_cause(sync, categories);
	putchar('\n');
	print_history(history);
	return 0;
}

/* {"home": 1764000000000}: which accounts with a sync under way wait for a limit, and until when. Names are slugs. */
static int read_slow(struct ctl *ctl, struct buf *json, struct err *err)
{
	PG_RESULT *names = NULL;
	struct slow slow = {0};
	if (pg_query(ctl->pg, "SELECT DISTINCT name FROM account JOIN sync USING (account_id) WHERE ended_at IS NULL", 0,
	             NULL, &names, err))
		return -1;
	buf_add_byte(json, '{');
	for (int i = 0; i < PQntuples(names); i++) {
		int64_t until_ms = slow_until(&slow, &ctl->settings, pg_text(names, i, "name"));
		if (until_ms)
			buf_printf(json, "%s\"%s\":%lld", json->len > 1 ? "," : "", pg_text(names, i, "name"), (long long)until_ms);
	}
	buf_add_byte(json, '}');
	slow_close(&slow);
	return 0;
}

enum { STATUS_VALUES = 3 };

static int print_json(struct ctl *ctl, const char *const values[STATUS_VALUES], struct err *err)
{
	if (!values[0])
		return ctl_print_json(ctl, sql_text("q_ctl_status"), STATUS_VALUES, values, err);
	struct buf sql;
	buf_init(&sql, LIMIT_SETTINGS_FILE);
	buf_printf(&sql, "SELECT a.*, array_to_json(ARRAY(SELECT row_to_json(h) FROM (%s\n) h)) AS history FROM (%s\n) a",
	           sql_text("q_ctl_history"), sql_text("q_ctl_status"));
	int result = ctl_print_json(ctl, buf_text(&sql), STATUS_VALUES, values, err);
	buf_done(&sql);
	return result;
}

static int show(struct ctl *ctl, const char *name, const struct expiries *expiries, struct err *err)
{
	PG_RESULT *rows = NULL;
	struct buf ends, slow;
	buf_init(&ends, EXPIRIES_JSON);
	buf_init(&slow, EXPIRIES_JSON);
	expiries_json(expiries, &ends);
	int result = read_slow(ctl, &slow, err);
	const char *values[STATUS_VALUES] = {name, buf_text(&ends), buf_text(&slow)};
	if (result == 0)
		result = ctl->json ? print_json(ctl, values, err)
		                   : pg_query(ctl->pg, sql_text("q_ctl_status"), STATUS_VALUES, values, &rows, err);
	buf_done(&ends);
	buf_done(&slow);
	if (result || ctl->json)
		return result;
	if (PQntuples(rows) == 0)
		puts("There are no accounts yet. `syncline account add --help` shows how to add one.");
	else
		print_accounts(rows);
	expiries_print(expiries);
	return name ? print_account(ctl, name, err) : 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const char *name;
	char account_id[ID_TEXT];
	struct expiries expiries;
	const struct args args = {.ctl = ctl, .json = true, .words_max = 1};
	if (args_read(&args, argc, argv, &name, &err) || ctl_database(ctl, true, &err) ||
	    (name && ctl_find_account(ctl, name, account_id, &err)))
		return ctl_fail(&err);
	int result = expiries_read(ctl, name, &expiries, &err);
	if (result == 0)
		result = show(ctl, name, &expiries, &err);
	expiries_done(&expiries);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_status = {
	.name = "status",
	.args = "[ACCOUNT] [--json]",
	.help = "accounts, what is stored of them, and their syncs",
	.text =
		"All accounts with the items of their last complete sync. With an account also its newest sync by category,\n"
		"with cause and next step of what is not complete, and its last ten syncs.\n\n"
		"\"last complete\" is the age of the oldest proof among the four categories: all of the library is at least\n"
		"that new. A sign-in that ends within 30 days is told, with the command that renews it.\n\n"
		"  syncline status\n  syncline status home\n  syncline status --json | jq .account\n",
	.run = run,
};
