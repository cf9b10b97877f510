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

/* One run of a command. */
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
void history_columns(const char *json, struct buf *out)
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
		history_columns(pg_text(rows, i, "columns"), &out);
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

static const char *const kinds[CATEGORY_COUNT] = {"artist", "album", "track", "playlist"};

static bool is_wanted(const struct history_wish *wish, unsigned kind)
{
	return !wish->category || strcmp(wish->category, category_name((enum category)kind)) == 0;
}

static void go_on(struct history_place *place)
{
	*place = (struct history_place){place->added ? place->kind + 1 : place->kind, !place->added, ""};
}

/* The fourth parameter of each statement is the key behind which a page begins. */
int history_next(struct ctl *ctl, const struct history_wish *wish, struct history_place *place, int count,
                 const char **kind, bool *are_changes, PGresult **rows, struct err *err)
{
	char limit[24];
	while (place->kind < CATEGORY_COUNT && !is_wanted(wish, place->kind))
		place->kind++;
	*rows = NULL;
	if (place->kind == CATEGORY_COUNT)
		return 0;
	*kind = kinds[place->kind];
	*are_changes = !place->added;
	snprintf(limit, sizeof limit, "%d", count);
	const char *behind = *are_changes && !*place->behind ? "0" : place->behind;
	const char *values[] = {wish->account_id, wish->sync, *kind, behind, limit};
	if (pg_query(ctl->pg, sql_text(*are_changes ? "q_ctl_changes" : "q_ctl_added"), COUNT_OF(values), values, rows,
	             err))
		return -1;
	int got = PQntuples(*rows);
	if (got < count)
		go_on(place);
	else
		snprintf(place->behind, sizeof place->behind, "%s", pg_text(*rows, got - 1, *are_changes ? "change_id" : "id"));
	return 0;
}

const char *history_place_text(const struct history_place *place, char text[HISTORY_PLACE])
{
	if (place->kind < CATEGORY_COUNT)
		snprintf(text, HISTORY_PLACE, "%s/%s/%s", kinds[place->kind], place->added ? "added" : "changed",
		         place->behind);
	else
		snprintf(text, HISTORY_PLACE, "end");
	return text;
}

bool history_place_read(const char *text, struct history_place *place)
{
	*place = (struct history_place){0};
	if (!*text)
		return true;
	size_t len = strcspn(text, "/");
	while (place->kind < CATEGORY_COUNT && !span_is((struct span){text, len}, kinds[place->kind]))
		place->kind++;
	text += len;
	if (place->kind == CATEGORY_COUNT || *text++ != '/')
		return false;
	len = strcspn(text, "/");
	place->added = span_is((struct span){text, len}, "added");
	if ((!place->added && !span_is((struct span){text, len}, "changed")) || text[len] != '/')
		return false;
	text += len + 1;
	return (place->added || strspn(text, "0123456789") == strlen(text)) &&
	       span_copy(span_of(text), place->behind, sizeof place->behind);
}

int history_items(struct ctl *ctl, const struct history_wish *wish, int64_t *printed, struct err *err)
{
	struct reading reading = {.ctl = ctl, .wish = wish};
	struct history_place place = {0};
	while (place.kind < CATEGORY_COUNT && reading.printed < wish->limit) {
		PG_RESULT *rows = NULL;
		bool are_changes;
		int64_t left = wish->limit - reading.printed;
		if (history_next(ctl, wish, &place, left < PAGE_ROWS ? (int)left : PAGE_ROWS, &reading.kind, &are_changes,
		                 &rows, err))
			return -1;
		for (int i = 0; rows && i < PQntuples(rows); i++) {
			const char *change = are_changes ? pg_text(rows, i, "change") : "added";
			if (ctl->json)
				print_json(&reading, change, rows, i, are_changes);
			else
				print_line(reading.kind, change, rows, i, are_changes);
		}
		reading.printed += rows ? PQntuples(rows) : 0;
	}
	*printed = reading.printed;
	return 0;
}
