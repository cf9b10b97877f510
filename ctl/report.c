/* Reports of syncs. */
#include "ctl/report.h"

#include <stdio.h>
#include <string.h>

#include "common/sql.h"
#include "ctl/figure.h"
#include "ctl/table.h"

int report_paint(const char *state)
{
	static const struct {
		const char *state;
		enum paint paint;
	} paints[] = {{"complete", PAINT_GREEN}, {"partial", PAINT_YELLOW}, {"throttled", PAINT_YELLOW},
	              {"needs_auth", PAINT_RED}, {"failed", PAINT_RED},     {"cancelled", PAINT_YELLOW},
	              {"paused", PAINT_YELLOW}};
	for (size_t i = 0; i < COUNT_OF(paints); i++) {
		if (strcmp(paints[i].state, state) == 0)
			return (int)paints[i].paint;
	}
	return PAINT_NONE;
}

int report_exit_code(const char *state)
{
	if (strcmp(state, "complete") == 0)
		return EXIT_OK;
	return strcmp(state, "partial") == 0 ? EXIT_PARTIAL : EXIT_FAILED;
}

struct sums {
	int64_t expected, stored, errors, unchanged_items;
	bool estimated, all_unchanged, unread; /* unread: something was left so because no change showed */
};

static struct sums add_up(const PGresult *categories)
{
	struct sums sums = {.all_unchanged = PQntuples(categories) > 0};
	for (int i = 0; i < PQntuples(categories); i++) {
		int64_t received = pg_int(categories, i, "received"), total = pg_int(categories, i, "total");
		if (pg_bool(categories, i, "unchanged")) {
			sums.unchanged_items += pg_int(categories, i, "library_items");
			sums.unread |= *pg_text(categories, i, "cause") != '\0';
			continue;
		}
		sums.all_unchanged = false;
		/* The provider's total is an estimate; what a walk to the end has received is not. */
		bool whole = strcmp(pg_text(categories, i, "state"), "complete") == 0 || total <= received;
		sums.expected += whole ? received : total;
		sums.estimated |= !whole;
		sums.stored += pg_int(categories, i, "stored");
		sums.errors += pg_int(categories, i, "errors");
	}
	return sums;
}

void report_sentence(const PGresult *sync, const PGresult *categories, struct buf *out)
{
	char stored[FIGURE_TEXT], expected[FIGURE_TEXT], errors[FIGURE_TEXT], took[FIGURE_TEXT];
	struct sums sums = add_up(categories);
	figure_span(pg_int(sync, 0, "took_ms"), took);
	if (sums.all_unchanged) {
		buf_printf(out, "nothing %s: %s are up to date, checked in %s",
		           sums.unread ? "seems to have changed" : "has changed",
		           figure_many(sums.unchanged_items, "item", stored), took);
		return;
	}
	if (sums.expected == 0 && strcmp(pg_text(sync, 0, "state"), "complete") != 0) {
		buf_printf(out, "nothing was synced in %s", took);
		return;
	}
	bool replayed = strncmp(pg_text(sync, 0, "mode"), "replay", 6) == 0;
	buf_printf(out, "%s of %s%s items %s", figure_count(sums.stored, stored), sums.estimated ? "~" : "",
	           figure_count(sums.expected, expected), replayed ? "replayed" : "synced");
	if (sums.errors)
		buf_printf(out, " (%s)", figure_many(sums.errors, "error", errors));
	buf_printf(out, " in %s", took);
	if (sums.unchanged_items)
		buf_printf(out, "; %s unchanged", figure_many(sums.unchanged_items, "item", stored));
}

void report_cause(const char *who, const char *cause, const char *next_step)
{
	if (!*cause && !*next_step)
		return;
	term_print(stdout, PAINT_BOLD, "%s: ", who);
	term_write(stdout, span_of(cause));
	if (*next_step) {
		printf("\n  next: ");
		term_write(stdout, span_of(next_step));
	}
	putchar('\n');
}

void report_needs_auth(const char *who, const char *cause, const char *next_step)
{
	char text[LIMIT_CAUSE + 32];
	snprintf(text, sizeof text, "needs_auth: %s", *cause ? cause : "the sign-in was refused");
	report_cause(who, text, next_step);
}

/* What the provider was asked for, against the least that could have done. */
static void request_budget(const PGresult *categories)
{
	char requests[FIGURE_TEXT], needed[FIGURE_TEXT];
	int64_t sent = 0, fewest = 0;
	for (int i = 0; i < PQntuples(categories); i++) {
		sent += pg_int(categories, i, "requests");
		fewest += pg_int(categories, i, "requests_needed");
	}
	if (sent)
		printf("%s sent; the fewest that could have done: %s\n", figure_many(sent, "request", requests),
		       figure_count(fewest, needed));
}

static void held_removals(const char *account, const PGresult *categories)
{
	char count[FIGURE_TEXT];
	for (int i = 0; i < PQntuples(categories); i++) {
		const char *category = pg_text(categories, i, "category");
		int64_t held = pg_int(categories, i, "held");
		if (held <= 0)
			continue;
		term_print(stdout, PAINT_YELLOW, "%s of %s held", figure_many(held, "removal", count), category);
		printf(": the server does not list them any more\n"
		       "  next: look at them, and remove them with: syncline confirm %s --category %s\n",
		       account, category);
	}
}

void report_refused(const char *who, int64_t count, const char *cause)
{
	char playlists[FIGURE_TEXT];
	if (count <= 0)
		return;
	printf("%s%s%s may not be read: ", who, *who ? ": " : "", figure_many(count, "playlist", playlists));
	term_write(stdout, span_of(cause));
	putchar('\n');
}

void report_categories(const char *account, const PGresult *categories)
{
	static const struct table_column columns[] = {
		{"category", SIDE_LEFT}, {"state", SIDE_LEFT},    {"received", SIDE_RIGHT},
		{"stored", SIDE_RIGHT},  {"errors", SIDE_RIGHT},  {"warnings", SIDE_RIGHT},
		{"added", SIDE_RIGHT},   {"changed", SIDE_RIGHT}, {"removed", SIDE_RIGHT},
	};
	static const char *const figures[] = {"received", "stored", "errors", "warnings", "added", "changed", "removed"};
	struct table table;
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(categories); i++) {
		const char *state = pg_text(categories, i, "state");
		table_add(&table, PAINT_NONE, pg_text(categories, i, "category"));
		table_add(&table, (enum paint)report_paint(state), pg_bool(categories, i, "unchanged") ? "unchanged" : state);
		for (size_t f = 0; f < COUNT_OF(figures); f++) {
			int64_t figure = pg_int(categories, i, figures[f]);
			table_add_count(&table, f == 2 && figure ? PAINT_YELLOW : PAINT_NONE, figure);
		}
	}
	table_show(&table);
	table_done(&table);
	request_budget(categories);
	for (int i = 0; i < PQntuples(categories); i++)
		report_cause(pg_text(categories, i, "category"), pg_text(categories, i, "cause"),
		             pg_text(categories, i, "next_step"));
	for (int i = 0; i < PQntuples(categories); i++)
		report_refused("", pg_int(categories, i, "refused"), pg_text(categories, i, "refused_cause"));
	held_removals(account, categories);
}

void report_paused(const char *account, const PGresult *rows, int i)
{
	const char *until = pg_text(rows, i, "paused_until");
	if (!pg_bool(rows, i, "paused"))
		return;
	term_print(stdout, PAINT_BOLD, "%s: ", account);
	printf("paused%s%s\n  next: to let it sync again: syncline resume %s\n", *until ? " until " : "", until, account);
}

void report_sync_cause(const PGresult *sync, const PGresult *categories)
{
	for (int i = 0; i < PQntuples(categories); i++) {
		if (*pg_text(categories, i, "cause"))
			return;
	}
	report_cause("sync", pg_text(sync, 0, "cause"), pg_text(sync, 0, "next_step"));
}

static void print_kept(const PGresult *categories)
{
	char stored[FIGURE_TEXT], here[FIGURE_TEXT];
	int64_t library = 0;
	for (int i = 0; i < PQntuples(categories); i++)
		library += pg_int(categories, i, "library_items");
	printf("kept: %s of this sync, and what was here before (%s at the last complete sync); nothing was removed\n"
	       "from a category that is not complete\n",
	       figure_many(add_up(categories).stored, "item", stored), figure_count(library, here));
}

void report_print(const PGresult *sync, const PGresult *categories)
{
	struct buf sentence;
	const char *state = pg_text(sync, 0, "state"), *account = pg_text(sync, 0, "account");
	buf_init(&sentence, LIMIT_CAUSE);
	report_sentence(sync, categories, &sentence);
	term_print(stdout, (enum paint)report_paint(state), "%s", state);
	printf(": %s\n\n", buf_text(&sentence));
	buf_done(&sentence);
	report_categories(account, categories);
	report_sync_cause(sync, categories);
	if (strcmp(state, "complete") != 0)
		print_kept(categories);
	for (int i = 0; i < PQntuples(categories); i++) {
		if (pg_int(categories, i, "errors")) {
			printf("What could not be stored, and why: syncline rejects %s\n", pg_text(sync, 0, "sync"));
			break;
		}
	}
}

/* NULL: it does not wait. */
static const char *slow_text(int64_t slow_ms, char text[24])
{
	snprintf(text, 24, "%lld", (long long)slow_ms);
	return slow_ms > 0 ? text : NULL;
}

int report_read(struct ctl *ctl, const char *sync_id, int64_t slow_ms, PGresult **sync, PGresult **categories,
                struct err *err)
{
	PGresult *row = NULL;
	char slow[24];
	const char *values[] = {sync_id, slow_text(slow_ms, slow)};
	if (pg_query(ctl->pg, sql_text("q_ctl_sync"), COUNT_OF(values), values, &row, err))
		return -1;
	if (PQntuples(row) == 0 || pg_query(ctl->pg, sql_text("q_ctl_categories"), 1, &sync_id, categories, err)) {
		bool gone = PQntuples(row) == 0;
		PQclear(row);
		return gone ? err_set(err, ERR_REJECT, 0, "sync %s is no longer there; was its account removed?", sync_id) : -1;
	}
	*sync = row;
	return 0;
}

int report_json(struct ctl *ctl, const char *sync_id, int64_t slow_ms, struct err *err)
{
	struct buf sql;
	char slow[24];
	const char *values[] = {sync_id, slow_text(slow_ms, slow)};
	buf_init(&sql, LIMIT_SETTINGS_FILE);
	buf_printf(&sql,
	           "WITH c AS (%s\n) SELECT s.*, array_to_json(ARRAY(SELECT row_to_json(c) FROM c)) AS by_category "
	           "FROM (%s\n) s",
	           sql_text("q_ctl_categories"), sql_text("q_ctl_sync"));
	int result = ctl_print_json(ctl, buf_text(&sql), COUNT_OF(values), values, err);
	buf_done(&sql);
	return result;
}
