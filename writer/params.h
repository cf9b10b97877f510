/* Parameters of one statement, in the text form libpq takes: numbers and spans become C strings in an arena.
 *
 * params_init -> params_int | params_text | ... -> use values and count -> params_done. */
#ifndef SYNCLINE_WRITER_PARAMS_H
#define SYNCLINE_WRITER_PARAMS_H

#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/pg.h"

enum { PARAMS_MAX = 24 };

struct params {
	const char *values[PARAMS_MAX];
	int count;
	struct arena arena;
};

void params_init(struct params *params);
void params_done(struct params *params);

void params_int(struct params *params, int64_t value);
/* 0 is NULL. */
void params_int_or_null(struct params *params, int64_t value);
void params_bool(struct params *params, bool value);
/* An absent span is NULL. */
void params_text(struct params *params, struct span text);
/* A span that is empty or absent is NULL. */
void params_text_or_null(struct params *params, struct span text);

/* An array literal under construction: {"one","two"}. */
void params_array_text(struct buf *array, struct span text);
void params_array_int(struct buf *array, int64_t value);
/* Closes it and makes it the next parameter. */
void params_array(struct params *params, struct buf *array);

/* pg_query and pg_run with these, by the name of a q_*.sql. */
int params_query(struct params *params, struct pg *pg, const char *name, PGresult **result, struct err *err) MUST_USE;
int params_run(struct params *params, struct pg *pg, const char *name, int64_t *rows, struct err *err) MUST_USE;

#endif
