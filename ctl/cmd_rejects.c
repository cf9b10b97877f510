/* `syncline rejects`: what could not be stored, why, and its original bytes. */
#include <stdio.h>

#include "common/sql.h"
#include "common/text.h"
#include "common/uuid.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/table.h"

enum { DEFAULT_ROWS = 50, MOST_ROWS = 100000 };

static void print_table(const PGresult *rows)
{
	static const struct table_column columns[] = {{"when", SIDE_LEFT},      {"category", SIDE_LEFT},
	                                              {"page:pos", SIDE_RIGHT}, {"item", SIDE_LEFT},
	                                              {"field", SIDE_LEFT},     {"reason", SIDE_LEFT},
	                                              {"text", SIDE_FLEXIBLE}};
	struct table table;
	char ago[FIGURE_TEXT], place[FIGURE_TEXT];
	table_init(&table, columns, COUNT_OF(columns));
	for (int i = 0; i < PQntuples(rows); i++) {
		if (pg_int(rows, i, "position") < 0)
			snprintf(place, sizeof place, "%lld:all", (long long)pg_int(rows, i, "page"));
		else
			snprintf(place, sizeof place, "%lld:%lld", (long long)pg_int(rows, i, "page"),
			         (long long)pg_int(rows, i, "position"));
		table_add(&table, PAINT_NONE, figure_ago(-pg_int(rows, i, "age_ms") - 1, ago));
		const char *category = pg_text(rows, i, "category");
		table_add(&table, PAINT_NONE, *category ? category : pg_text(rows, i, "topic"));
		table_add(&table, PAINT_NONE, place);
		table_add(&table, PAINT_NONE, pg_text(rows, i, "item"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "field"));
		table_add(&table, PAINT_YELLOW, pg_text(rows, i, "reason"));
		table_add(&table, PAINT_NONE, pg_text(rows, i, "text"));
	}
	table_show(&table);
	table_done(&table);
}

/* As they came; on a terminal without control characters. */
static void print_original(const PGresult *rows, int i)
{
	size_t len = 0;
	unsigned char *bytes = PQunescapeBytea((const unsigned char *)pg_text(rows, i, "original"), &len);
	struct span original = {(const char *)bytes, bytes ? len : 0};
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
	PQfreemem(bytes);
}

static void add_original(const PGresult *rows, int i, struct buf *out)
{
	size_t len = 0;
	unsigned char *bytes = PQunescapeBytea((const unsigned char *)pg_text(rows, i, "original"), &len);
	struct span original = {(const char *)bytes, bytes ? len : 0};
	if (bytes && text_valid(original)) {
		buf_add_text(out, ",\"original\":");
		buf_add_json_text(out, original);
	} else {
		buf_add_text(out, ",\"original_base64\":");
		buf_add_json_text(out, span_of(pg_text(rows, i, "base64")));
	}
	PQfreemem(bytes);
}

static void print_json(const PGresult *rows, int i)
{
	static const char *const texts[] = {"at",   "account", "sync",   "category", "kind",
	                                    "item", "field",   "reason", "text",     "topic"};
	static const char *const numbers[] = {"walk", "page", "position", "partition", "offset"};
	struct buf out;
	buf_init(&out, 8 * LIMIT_REJECT_BYTES);
	for (size_t t = 0; t < COUNT_OF(texts); t++) {
		buf_printf(&out, "%s\"%s\":", t ? "," : "{", texts[t]);
		buf_add_json_text(&out, span_of(pg_text(rows, i, texts[t])));
	}
	for (size_t n = 0; n < COUNT_OF(numbers); n++)
		buf_printf(&out, ",\"%s\":%lld", numbers[n], (long long)pg_int(rows, i, numbers[n]));
	add_original(rows, i, &out);
	printf("%s}\n", buf_text(&out));
	buf_done(&out);
}

static void print_rows(const struct ctl *ctl, const PGresult *rows, int64_t limit, bool original)
{
	char count[FIGURE_TEXT];
	for (int i = 0; i < PQntuples(rows) && (ctl->json || original); i++) {
		if (ctl->json)
			print_json(rows, i);
		else
			print_original(rows, i);
	}
	if (ctl->json || original)
		return;
	if (PQntuples(rows))
		print_table(rows);
	else
		puts("Nothing was rejected.");
	if (PQntuples(rows) == limit)
		printf("The newest %s; --limit N shows more.\n", figure_count(limit, count));
}

/* Whose rejects: sync or account are filled, or neither for all. */
static int choose(struct ctl *ctl, const char *word, bool all, char sync[UUID_TEXT], char account[ID_TEXT],
                  struct err *err)
{
	sync[0] = account[0] = '\0';
	if (all == (word != NULL))
		return err_set(err, ERR_CONFIG, 0, "say whose: an account, a sync, or --all");
	if (all)
		return 0;
	return uuid_valid(span_of(word)) ? ctl_find_sync(ctl, word, sync, err) : ctl_find_account(ctl, word, account, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const char *word;
	char sync[UUID_TEXT], account[ID_TEXT], count[ID_TEXT];
	int64_t limit = DEFAULT_ROWS;
	bool all = false, original = false;
	PG_RESULT *rows = NULL;
	const struct option_spec options[] = {{"limit", OPTION_NUMBER, &limit, MOST_ROWS},
	                                      {"all", OPTION_FLAG, &all, 0},
	                                      {"original", OPTION_FLAG, &original, 0}};
	const struct args args = {.ctl = ctl,
	                          .options = options,
	                          .option_count = COUNT_OF(options),
	                          .json = true,
	                          .words_max = 1};
	if (args_read(&args, argc, argv, &word, &err) || ctl_database(ctl, true, &err) ||
	    choose(ctl, word, all, sync, account, &err))
		return ctl_fail(&err);
	snprintf(count, sizeof count, "%lld", (long long)limit);
	const char *values[] = {*sync ? sync : NULL, *account ? account : NULL, count};
	if (pg_query(ctl->pg, sql_text("q_ctl_rejects"), 3, values, &rows, &err))
		return ctl_fail(&err);
	print_rows(ctl, rows, limit, original);
	return EXIT_OK;
}

const struct command command_rejects = {
	.name = "rejects",
	.args = "ACCOUNT|SYNC|--all [--limit N] [--original] [--json]",
	.help = "what could not be stored, and why",
	.text =
		"Items and messages that could not be taken, newest first. One bad item never stops a sync: it stands here,\n"
		"with the bytes that the provider sent. Jobs that name no account are shown by --all only.\n\n"
		"  --limit N    how many (50)\n"
		"  --original   only the original bytes, one after the other\n"
		"  --json       a line each; the original as \"original\", or as \"original_base64\" when it is not UTF-8\n\n"
		"  syncline rejects home\n  syncline rejects home --json | jq -r .reason | sort | uniq -c\n",
	.run = run,
};
