/* Tables. */
#include "ctl/table.h"

#include <assert.h>

#include "common/text.h"
#include "ctl/figure.h"

struct cell {
	const char *text;
	enum paint paint;
};

struct table_row {
	struct table_row *next;
	struct cell cells[TABLE_COLUMNS];
};

void table_init(struct table *table, const struct table_column *columns, size_t count)
{
	assert(count > 0 && count <= TABLE_COLUMNS);
	*table = (struct table){.columns = columns, .count = count};
	arena_init(&table->arena, TABLE_BYTES);
}

void table_done(struct table *table)
{
	arena_done(&table->arena);
}

static bool begin_row(struct table *table)
{
	struct table_row *row = arena_alloc(&table->arena, sizeof *row);
	if (!row)
		return false;
	if (table->last)
		table->last->next = row;
	else
		table->first = row;
	table->last = row;
	return true;
}

void table_add(struct table *table, enum paint paint, const char *text)
{
	if (table->arena.overflowed || (table->next == 0 && !begin_row(table)))
		return;
	struct buf clean;
	buf_init(&clean, TABLE_CELL + 1);
	term_clean(&clean, text_cut(span_of(text), TABLE_CELL));
	char *copy = arena_copy(&table->arena, buf_span(&clean));
	buf_done(&clean);
	table->last->cells[table->next] = (struct cell){copy, paint};
	table->next = (table->next + 1) % table->count;
}

void table_add_count(struct table *table, enum paint paint, int64_t number)
{
	char text[FIGURE_TEXT];
	table_add(table, paint, figure_count(number, text));
}

static size_t width_of(const char *text)
{
	return text ? term_text_width(span_of(text)) : 0;
}

static void measure(const struct table *table, size_t width, size_t widths[TABLE_COLUMNS])
{
	size_t total = 2 * (table->count - 1), flexible = table->count;
	for (size_t i = 0; i < table->count; i++) {
		widths[i] = width_of(table->columns[i].title);
		for (const struct table_row *row = table->first; row; row = row->next) {
			if (width_of(row->cells[i].text) > widths[i])
				widths[i] = width_of(row->cells[i].text);
		}
		total += widths[i];
		if (table->columns[i].side == SIDE_FLEXIBLE)
			flexible = i;
	}
	enum { LEAST = 12 }; /* less of a sentence tells nothing: then lines may wrap */
	if (width && total > width && flexible < table->count && widths[flexible] > LEAST) {
		size_t over = total - width, keep = widths[flexible] > over ? widths[flexible] - over : 0;
		widths[flexible] = keep > LEAST ? keep : LEAST;
	}
}

static void print_cell(FILE *out, const struct table_column *column, const struct cell *cell, size_t width, bool last)
{
	struct span text = span_of(cell->text ? cell->text : "");
	size_t wide = term_text_width(text);
	const char *more = "";
	if (wide > width) {
		text = term_text_cut(text, width - 1);
		more = "…";
		wide = term_text_width(text) + 1;
	}
	int pad = (int)(width - wide);
	if (column->side == SIDE_RIGHT)
		fprintf(out, "%*s", pad, "");
	if (cell->paint != PAINT_NONE)
		fputs(term_paint(out, cell->paint), out);
	fprintf(out, "%.*s%s", SPAN_ARG(text), more);
	if (cell->paint != PAINT_NONE)
		fputs(term_paint(out, PAINT_NONE), out);
	if (!last)
		fprintf(out, "%*s", column->side == SIDE_RIGHT ? 2 : pad + 2, "");
}

void table_print(const struct table *table, FILE *out, size_t width)
{
	size_t widths[TABLE_COLUMNS];
	measure(table, width, widths);
	for (size_t i = 0; i < table->count; i++) {
		struct cell title = {table->columns[i].title, PAINT_DIM};
		print_cell(out, &table->columns[i], &title, widths[i], i + 1 == table->count);
	}
	fputc('\n', out);
	for (const struct table_row *row = table->first; row; row = row->next) {
		for (size_t i = 0; i < table->count; i++)
			print_cell(out, &table->columns[i], &row->cells[i], widths[i], i + 1 == table->count);
		fputc('\n', out);
	}
	if (table->arena.overflowed)
		fputs("... and more than fits into memory here\n", out);
}

void table_show(const struct table *table)
{
	table_print(table, stdout, term_is_terminal(stdout) ? term_width() : 0);
}

void table_show_rows(const struct table_column *columns, size_t count, const PGresult *rows)
{
	struct table table;
	table_init(&table, columns, count);
	for (int i = 0; i < PQntuples(rows); i++) {
		for (size_t c = 0; c < count; c++)
			table_add(&table, c ? PAINT_NONE : PAINT_BOLD, PQgetvalue(rows, i, (int)c));
	}
	table_show(&table);
	table_done(&table);
}
