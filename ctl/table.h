/* An aligned table: cells are added row by row, widths follow from what was added.
 *
 * table_init -> table_add* -> table_print -> table_done. Columns are two spaces apart, numbers to the right. On a
 * terminal too narrow for it the flexible column is cut. A table that is full (TABLE_BYTES) says so at its end. */
#ifndef SYNCLINE_CTL_TABLE_H
#define SYNCLINE_CTL_TABLE_H

#include <libpq-fe.h>
#include <stdint.h>

#include "common/arena.h"
#include "ctl/term.h"

enum column_side { SIDE_LEFT, SIDE_RIGHT, SIDE_FLEXIBLE /* left, cut first */ };

struct table_column {
	const char *title;
	enum column_side side;
};

enum { TABLE_COLUMNS = 16, TABLE_BYTES = 32 * 1024 * 1024, TABLE_CELL = 2048 };

struct table_row;

struct table {
	const struct table_column *columns;
	size_t count, next; /* next: column of the next cell */
	struct table_row *first, *last;
	struct arena arena;
};

void table_init(struct table *table, const struct table_column *columns, size_t count);
void table_done(struct table *table);

/* The next cell, row after row. Text is cleaned and cut to TABLE_CELL bytes. */
void table_add(struct table *table, enum paint paint, const char *text);
void table_add_count(struct table *table, enum paint paint, int64_t number);

/* With titles, to at most `width` columns (0: no limit). */
void table_print(const struct table *table, FILE *out, size_t width);
/* To standard output, as wide as the terminal or without a limit. */
void table_show(const struct table *table);
/* The first `count` columns of a result, whatever their names: the first one tells what a row is about. */
void table_show_rows(const struct table_column *columns, size_t count, const PGresult *rows);

#endif
