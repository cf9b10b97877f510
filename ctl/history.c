/* Changes first, then additions, kind by kind. */
#include "ctl/history.h"

#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "common/category.h"
#include "common/sql.h"
#include "ctl/term.h"

/* A page in memory: 1,000 rows of 2 kB at most. */
enum { PAGE_ROWS = 1000, VALUE_COLUMNS = 40, LINE_BYTES = 64 * 1024, LABEL_COLUMNS = 48 };

/* The keys behind which the next page begins. */
struct reading {
	struct ctl *ctl;
	const struct history_wish *wish;
	const char *kind;
	int64_t printed;
};

static const struct {
	const char *change;
	char sign;
	enum paint paint;
} signs[] = {{"added", '+', PAINT_GREEN},
             {"changed", '~', PAINT_YELLOW},
             {"removed", '-', PAINT_RED},
             {"restored", '<', PAINT_GREEN}};

/* ---- one line ---- */

static void add_value(struct buf *out, yyjson_val *value)
{
	if (!value || yyjson_is_null(value)) {
		buf_add_text(out, "nothing");
		return;
	}
	size_t len = 0;
	char *text = yyjson_is_str(value) ? NULL : yyjson_val_write(value, 0, &len);
	struct span whole = text ? (struct span){text, len} : (struct span){yyjson_get_str(value), yyjson_get_len(value)};
	struct span cut = term_text_cut(whole, VALUE_COLUMNS);
	buf_printf(out, yyjson_is_str(value) ? "\"%.*s%s\"" : "%.*s%s", SPAN_ARG(cut), cut.len < whole.len ? "…" : "");
	free(text);
}

/* "title: "Old" -> "New", rating: 3 -> 5". Members that are not mapped are only named: they mean nothing to most people. */
static void add_columns(struct buf *out, const char *json)
{
	yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
	yyjson_val *key, *pair;
	yyjson_obj_iter iter = yyjson_obj_iter_with(yyjson_doc_get_root(doc));
	for (size_t i = 0; (key = yyjson_obj_iter_next(&iter)); i++) {
		pair = yyjson_obj_iter_get_val(key);
		buf_printf(out, "%s%s", i ? ", " : "", yyjson_get_str(key));
		if (yyjson_equals_str(key, "extra"))
			continue;
		buf_add_text(out, ": ");
		add_value(out, yyjson_arr_get(pair, 0));
		buf_add_text(out, " → ");
		add_value(out, yyjson_arr_get(pair, 1));
	}
	yyjson_doc_free(doc);
}

static void print_line(const char *kind, const char *change, const PGresult *rows, int i, bool is_change)
{
	size_t sign = 0;
	while (sign + 1 < COUNT_OF(signs) && strcmp(signs[sign].change, change) != 0)
		sign++;
	term_print(stdout, signs[sign].paint, "%c", signs[sign].sign);
	printf(" %-8s  ", kind);
	struct span label = span_of(pg_text(rows, i, "label"));
	term_write(stdout, label);
	size_t width = term_text_width(label);
	printf("%*s  ", width < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - width) : 0, "");
	term_write(stdout, span_of(pg_text(rows, i, "id")));
	if (is_change && *pg_text(rows, i, "columns")) {
		struct buf out;
		buf_init(&out, LINE_BYTES);
		add_columns(&out, pg_text(rows, i, "columns"));
		printf("  ");
		term_write(stdout, buf_span(&out));
		buf_done(&out);
	}
	if (is_change && *pg_text(rows, i, "person"))
		printf("  by %s", pg_text(rows, i, "person"));
	putchar('\n');
}

static void print_json(const struct reading *reading, const char *change, const PGresult *rows, int i, bool is_change)
{
	struct buf out;
	buf_init(&out, LINE_BYTES);
	buf_printf(&out,
	           "{\"account\":\"%s\",\"sync\":\"%s\",\"change\":\"%s\",\"kind\":\"%s\",\"id\":", reading->wish->account,
	           reading->wish->sync, change, reading->kind);
	buf_add_json_text(&out, span_of(pg_text(rows, i, "id")));
	buf_add_text(&out, ",\"label\":");
	buf_add_json_text(&out, span_of(pg_text(rows, i, "label")));
	if (is_change) {
		buf_printf(&out, ",\"at\":\"%s\",\"columns\":%s", pg_text(rows, i, "at"),
		           *pg_text(rows, i, "columns") ? pg_text(rows, i, "columns") : "{}");
		if (*pg_text(rows, i, "person")) {
			buf_add_text(&out, ",\"person\":");
			buf_add_json_text(&out, span_of(pg_text(rows, i, "person")));
		}
	}
	printf("%s}\n", buf_text(&out));
	buf_done(&out);
}

/* ---- pages ---- */

/* Reads all of one statement, whose fourth parameter is the key behind which a page begins and whose key column goes by
 * that name. */
static int read_pages(struct reading *reading, const char *statement, const char *key, const char *first,
                      struct err *err)
{
	bool is_change = strcmp(key, "change_id") == 0;
	char behind[LIMIT_ID + 1], limit[24];
	snprintf(behind, sizeof behind, "%s", first);
	for (;;) {
		PG_RESULT *rows = NULL;
		int64_t left = reading->wish->limit - reading->printed;
		int wanted = left < PAGE_ROWS ? (int)left : PAGE_ROWS;
		snprintf(limit, sizeof limit, "%d", wanted);
		const char *values[] = {reading->wish->account_id, reading->wish->sync, reading->kind, behind, limit};
		if (wanted == 0)
			return 0;
		if (pg_query(reading->ctl->pg, sql_text(statement), COUNT_OF(values), values, &rows, err))
			return -1;
		for (int i = 0; i < PQntuples(rows); i++) {
			const char *change = is_change ? pg_text(rows, i, "change") : "added";
			if (reading->ctl->json)
				print_json(reading, change, rows, i, is_change);
			else
				print_line(reading->kind, change, rows, i, is_change);
		}
		reading->printed += PQntuples(rows);
		if (PQntuples(rows) < wanted)
			return 0;
		snprintf(behind, sizeof behind, "%s", pg_text(rows, PQntuples(rows) - 1, key));
	}
}

int history_items(struct ctl *ctl, const struct history_wish *wish, int64_t *printed, struct err *err)
{
	static const char *const kinds[CATEGORY_COUNT] = {"artist", "album", "track", "playlist"};
	struct reading reading = {.ctl = ctl, .wish = wish};
	int result = 0;
	for (unsigned i = 0; i < CATEGORY_COUNT && result == 0; i++) {
		if (wish->category && strcmp(wish->category, category_name((enum category)i)) != 0)
			continue;
		reading.kind = kinds[i];
		result = read_pages(&reading, "q_ctl_changes", "change_id", "0", err);
		if (result == 0)
			result = read_pages(&reading, "q_ctl_added", "id", "", err);
	}
	*printed = reading.printed;
	return result;
}
