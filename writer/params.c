/* Statement parameters. */
#include "writer/params.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>

#include "common/limits.h"
#include "common/sql.h"

void params_init(struct params *params)
{
	*params = (struct params){0};
	arena_init(&params->arena, LIMIT_PARAMS_BYTES);
}

void params_done(struct params *params)
{
	arena_done(&params->arena);
}

static void add(struct params *params, const char *value)
{
	assert(params->count < PARAMS_MAX);
	params->values[params->count++] = value;
}

void params_int(struct params *params, int64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, value);
	add(params, arena_copy(&params->arena, span_of(text)));
}

void params_int_or_null(struct params *params, int64_t value)
{
	if (value)
		params_int(params, value);
	else
		add(params, NULL);
}

void params_bool(struct params *params, bool value)
{
	add(params, value ? "t" : "f");
}

void params_text(struct params *params, struct span text)
{
	add(params, text.at ? arena_copy(&params->arena, text) : NULL);
}

void params_text_or_null(struct params *params, struct span text)
{
	add(params, text.len ? arena_copy(&params->arena, text) : NULL);
}

void params_array_text(struct buf *array, struct span text)
{
	buf_add_byte(array, array->len ? ',' : '{');
	buf_add_byte(array, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buf_add_byte(array, '\\');
		buf_add_byte(array, text.at[i]);
	}
	buf_add_byte(array, '"');
}

void params_array_int(struct buf *array, int64_t value)
{
	buf_printf(array, "%c%" PRId64, array->len ? ',' : '{', value);
}

void params_array(struct params *params, struct buf *array)
{
	if (array->len == 0)
		buf_add_byte(array, '{');
	buf_add_byte(array, '}');
	params_text(params, buf_span(array));
}

int params_query(struct params *params, struct pg *pg, const char *name, PGresult **result, struct err *err)
{
	if (params->arena.overflowed)
		return err_set(err, ERR_FATAL, 0, "parameters of %s are larger than %d bytes", name, LIMIT_PARAMS_BYTES);
	if (pg_query(pg, sql_text(name), params->count, params->values, result, err))
		return err_wrap(err, "%s: ", name);
	return 0;
}

int params_run(struct params *params, struct pg *pg, const char *name, int64_t *rows, struct err *err)
{
	PG_RESULT *result = NULL;
	if (params_query(params, pg, name, &result, err))
		return -1;
	if (rows)
		*rows = strtoll(PQcmdTuples(result), NULL, 10);
	return 0;
}
