/* `syncline rejects list`: what could not be stored, and why. */
#include <stdio.h>

#include "common/category.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/rejects.h"
#include "ctl/table.h"

enum { DEFAULT_ROWS = 50, MOST_ROWS = 100000 };

struct wish {
	struct reject_filter filter;
	const char *word;
	bool all, original, sums;
};

static void print_table(const struct ctl *ctl, const PGresult *rows, bool old)
{
	static const struct table_column columns[] = {{"when", SIDE_LEFT},   {"category", SIDE_LEFT}, {"place", SIDE_LEFT},
	                                              {"state", SIDE_LEFT},  {"item", SIDE_LEFT},     {"field", SIDE_LEFT},
	                                              {"reason", SIDE_LEFT}, {"text", SIDE_FLEXIBLE}};
	struct table table;
	char ago[FIGURE_TEXT], place[REJECT_PLACE_TEXT];
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		const struct reject_place at = rejects_place(rows, i);
		const char *category = pg_text(rows, i, "category"), *state = pg_text(rows, i, "state");
		table_add(&table, PAINT_NONE, figure_ago(-pg_int(rows, i, "age_ms") - 1, ago));
		table_add(&table, PAINT_NONE, *category ? category : "-");
		table_add(&table, PAINT_NONE, reject_place_text(&ctl->settings, &at, place));
		table_add(&table, old && *state == 'o' ? PAINT_YELLOW : PAINT_NONE, state);
		table_add(&table, PAINT_NONE, pg_text(rows, i, "item"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "field"));
		table_add(&table, PAINT_YELLOW, pg_text(rows, i, "reason"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "text"));
	}
	table_show(&table);
	table_done(&table);
}

static void print_sums(const PGresult *rows)
{
	static const struct table_column columns[] = {{"count", SIDE_RIGHT},     {"open", SIDE_RIGHT},
	                                              {"reason", SIDE_LEFT},     {"category", SIDE_LEFT},
	                                              {"kind", SIDE_LEFT},       {"field", SIDE_LEFT},
	                                              {"example", SIDE_FLEXIBLE}};
	struct table table;
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		table_add_count(&table, PAINT_NONE, pg_int(rows, i, "count"));
		table_add_count(&table, PAINT_NONE, pg_int(rows, i, "open"));
		table_add(&table, PAINT_YELLOW, pg_text(rows, i, "reason"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "category"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "kind"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "field"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "example"));
	}
	table_show(&table);
	table_done(&table);
}

/* As they came; on a terminal without control characters. */
static void print_original(const PGresult *rows, int i)
{
	struct span original = rejects_original(rows, i);
	if (term_is_terminal(stdout)) {
		struct buf clean;
		buf_init(&clean, 3 * LIMIT_REJECT_BYTES);
		term_clean(&clean, original);
		fwrite(clean.at, 1, clean.len, stdout);
		buf_done(&clean);
	} else {
		fwrite(original.at, 1, original.len, stdout);
	}
	putchar('\n');
	PQfreemem((void *)original.at);
}

static void print_sums_json(const PGresult *rows)
{
	static const char *const texts[] = {"reason", "category", "kind", "field", "example"};
	struct buf out;
	for (int i = 0; i < PQntuples(rows); i++) {
		buf_init(&out, LIMIT_REJECT_BYTES);
		buf_printf(&out, "{\"count\":%lld,\"open\":%lld", (long long)pg_int(rows, i, "count"),
		           (long long)pg_int(rows, i, "open"));
		for (size_t t = 0; t < COUNT_OF(texts); t++) {
			buf_printf(&out, ",\"%s\":", texts[t]);
			buf_add_json_text(&out, span_of(pg_text(rows, i, texts[t])));
		}
		printf("%s}\n", buf_text(&out));
		buf_done(&out);
	}
}

static void print_rows(const struct ctl *ctl, const struct wish *wish, const PGresult *rows)
{
	char count[FIGURE_TEXT];
	if (wish->sums && ctl->json) {
		print_sums_json(rows);
		return;
	}
	for (int i = 0; i < PQntuples(rows) && (ctl->json || wish->original); i++) {
		if (ctl->json)
			rejects_print_json(ctl, rows, i);
		else
			print_original(rows, i);
	}
	if (ctl->json || wish->original)
		return;
	if (PQntuples(rows) == 0)
		puts(wish->filter.old ? "Nothing was rejected." : "No rejects are open; --old shows those that were.");
	else if (wish->sums)
		print_sums(rows);
	else
		print_table(ctl, rows, wish->filter.old);
	if (PQntuples(rows) == wish->filter.limit)
		printf("The %s %s; --limit N shows more.\n", wish->sums ? "first" : "newest",
		       figure_count(wish->filter.limit, count));
	else if (PQntuples(rows) && !wish->sums)
		puts("One of them whole, and what can be done: syncline rejects show PLACE");
}

/* Whose rejects: sync or account are filled, or neither for all. A sync's are its history, whatever became of them. */
static int choose(struct ctl *ctl, struct wish *wish, struct err *err)
{
	enum category category;
	struct reject_filter *filter = &wish->filter;
	if (wish->all == (wish->word != NULL))
		return err_set(err, ERR_CONFIG, 0, "say whose: an account, a sync, or --all");
	if (filter->category && !category_find(span_of(filter->category), &category))
		return err_set(err, ERR_CONFIG, 0, "--category must be artists, albums, tracks or playlists");
	if (wish->all)
		return 0;
	if (!uuid_valid(span_of(wish->word)))
		return ctl_find_account(ctl, wish->word, filter->account, err);
	filter->old = true;
	return ctl_find_sync(ctl, wish->word, filter->sync, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	struct wish wish = {.filter = {.limit = DEFAULT_ROWS}};
	PG_RESULT *rows = NULL;
	const struct option_spec options[] = {{"limit", OPTION_NUMBER, &wish.filter.limit, MOST_ROWS},
	                                      {"all", OPTION_FLAG, &wish.all, 0},
	                                      {"old", OPTION_FLAG, &wish.filter.old, 0},
	                                      {"by-reason", OPTION_FLAG, &wish.sums, 0},
	                                      {"reason", OPTION_TEXT, &wish.filter.reason, 0},
	                                      {"category", OPTION_TEXT, &wish.filter.category, 0},
	                                      {"kind", OPTION_TEXT, &wish.filter.kind, 0},
	                                      {"item", OPTION_TEXT, &wish.filter.item, 0},
	                                      {"original", OPTION_FLAG, &wish.original, 0}};
	const struct args args = {.ctl = ctl,
	                          .options = options,
	                          .option_count = COUNT_OF(options),
	                          .json = true,
	                          .words_max = 1};
	if (args_read(&args, argc, argv, &wish.word, &err) || ctl_database(ctl, true, &err) || choose(ctl, &wish, &err) ||
	    rejects_query(ctl, &wish.filter, wish.sums, &rows, &err))
		return ctl_fail(&err);
	print_rows(ctl, &wish, rows);
	return EXIT_OK;
}

#define LIST_ARGS \
	"ACCOUNT|SYNC|--all [--by-reason] [--reason R] [--category C] [--kind K] [--item ID] [--old] " \
	"[--limit N] [--original] [--json]"

const struct command command_rejects_list = {
	.name = "rejects list",
	.args = LIST_ARGS,
	.help = "what could not be stored, and why",
	.text =
		"Items and messages that could not be taken, newest first. One bad item never stops a sync: it stands here,\n"
		"with the bytes that the provider sent. An account's are those that are open: an item that a replay has taken\n"
		"is not, nor one whose list has been read again since. A sync's are all that it met. Messages that name no\n"
		"account are shown by --all only. What is not open, and what names no account or category, is kept for two\n"
		"weeks; what is open, until it is not.\n\n"
		"  --by-reason    only how many there are of each reason\n"
		"  --reason R, --category C, --kind K, --item ID\n"
		"                 only these, e.g. --reason missing_field --kind album\n"
		"  --old          also those that are not open any more\n"
		"  --limit N      how many (50)\n"
		"  --original     only the original bytes, one after the other\n"
		"  --json         a line each; the original as \"original\", or as \"original_base64\" when it is not UTF-8\n\n"
		"  syncline rejects list home\n  syncline rejects list home --by-reason\n"
		"  syncline rejects list home --json | jq -r .place\n\n"
		"`syncline rejects ACCOUNT` is the same.\n",
	.run = run,
};

/* By its old name. */
const struct command command_rejects = {
	.name = "rejects",
	.args = LIST_ARGS,
	.help = "short for rejects list",
	.text = "The same as `syncline rejects list`, whose help tells more.\n\n"
			"  syncline rejects home\n  syncline rejects list --help\n",
	.run = run,
};
