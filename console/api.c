/* Answers of the REST API. */
#include "console/api.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/json.h"

enum { LIST_LIMIT = 50, LIST_LIMIT_MAX = 500, VALUES_MAX = 12 };

static void answer_json(struct visit *visit)
{
	visit->response->type = "application/json";
}

/* An id that is no UUID or a number that is none: the caller's slip, not ours. */
static void fail(struct visit *visit, const struct err *err)
{
	if (err->class == ERR_REJECT)
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked",
		              "A parameter is not of the type it must be.");
	else
		visit_fail(visit, err);
}

void api_object(struct visit *visit, const char *sql, int count, const char *const *values, const char *missing)
{
	PG_RESULT *rows = NULL;
	struct err err;
	if (ctl_json_rows(visit->ctl.pg, sql, NULL, count, values, &rows, &err)) {
		fail(visit, &err);
		return;
	}
	if (PQntuples(rows) == 0) {
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", missing);
		return;
	}
	answer_json(visit);
	buf_add_text(VISIT_OUT(visit), pg_text(rows, 0, "row"));
	buf_add_byte(VISIT_OUT(visit), '\n');
}

/* 0: it is no number from 1 to the maximum. */
static long read_limit(const struct visit *visit)
{
	const char *text = http_value(&visit->request->query, "limit");
	char *end;
	long limit = *text ? strtol(text, &end, 10) : LIST_LIMIT;
	return *text && (*end || limit < 1 || limit > LIST_LIMIT_MAX) ? 0 : limit;
}

static void add_rows(struct buf *out, const PGresult *rows, const char *key, int limit)
{
	int count = PQntuples(rows);
	buf_add_text(out, "{\"items\":[");
	for (int i = 0; i < count && i < limit; i++) {
		buf_add_text(out, i ? "," : "");
		buf_add_text(out, pg_text(rows, i, "row"));
	}
	buf_add_text(out, "],\"next\":");
	if (count > limit)
		buf_add_json_text(out, span_of(pg_text(rows, limit - 1, key)));
	else
		buf_add_text(out, "null");
	buf_add_text(out, "}\n");
}

void api_list(struct visit *visit, const char *sql, int count, const char *const *values, const char *key)
{
	const char *all[VALUES_MAX], *after = http_value(&visit->request->query, "after");
	char more[24];
	PG_RESULT *rows = NULL;
	struct err err;
	long limit = read_limit(visit);
	if (limit == 0) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", "limit must be a number from 1 to 500.");
		return;
	}
	for (int i = 0; i < count; i++)
		all[i] = values[i];
	snprintf(more, sizeof more, "%ld", limit + 1);
	all[count] = *after ? after : NULL;
	all[count + 1] = more;
	if (ctl_json_rows(visit->ctl.pg, sql, key, count + 2, all, &rows, &err)) {
		fail(visit, &err);
		return;
	}
	answer_json(visit);
	add_rows(VISIT_OUT(visit), rows, key, (int)limit);
}

yyjson_doc *api_body(struct visit *visit)
{
	static const struct span empty = {"{}", 2};
	yyjson_doc *doc = NULL;
	struct err err;
	if (json_read(visit->request->body.len ? visit->request->body : empty, &doc, &err)) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "The body is no JSON", err.text);
		return NULL;
	}
	if (yyjson_is_obj(yyjson_doc_get_root(doc)))
		return doc;
	yyjson_doc_free(doc);
	visit_problem(visit, MHD_HTTP_BAD_REQUEST, "The body is no JSON object", "Send {\"name\": \"value\", ...}.");
	return NULL;
}

bool api_text(struct visit *visit, yyjson_doc *body, const char *name, const char **text)
{
	yyjson_val *value = yyjson_obj_get(yyjson_doc_get_root(body), name);
	char problem[120];
	*text = yyjson_get_str(value);
	if (!value || yyjson_is_null(value) || (*text && yyjson_get_len(value) == strlen(*text)))
		return true;
	snprintf(problem, sizeof problem, "%.40s must be a text.", name);
	visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", problem);
	return false;
}
