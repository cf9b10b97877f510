/* Answers of the REST API. */
#include "console/api.h"

#include <microhttpd.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/json.h"
#include "console/limits.h"

enum { LIST_LIMIT = 50, LIST_LIMIT_MAX = 500, VALUES_MAX = 12 };

static void answer_json(struct visit *visit)
{
	visit->response->type = "application/json";
}

static void refuse(struct visit *visit, const char *detail)
{
	visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", detail);
}

/* An id that is no UUID or a number that is none: the caller's slip, not ours. */
static void fail(struct visit *visit, const struct err *err)
{
	if (err->class == ERR_REJECT)
		refuse(visit, "A parameter is not of the type it must be.");
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

bool api_word(struct visit *visit, const char *name, const char *const *words, const char **value)
{
	struct buf detail;
	*value = http_find(&visit->request->query, name);
	for (size_t i = 0; *value && words[i]; i++) {
		if (strcmp(*value, words[i]) == 0)
			return true;
	}
	if (!*value)
		return true;
	buf_init(&detail, LIMIT_CONSOLE_HEAD);
	buf_printf(&detail, "%s must be %s", name, words[0]);
	for (size_t i = 1; words[i]; i++)
		buf_printf(&detail, "%s%s", words[i + 1] ? ", " : " or ", words[i]);
	buf_add_text(&detail, ".");
	refuse(visit, buf_text(&detail));
	buf_done(&detail);
	return false;
}

/* 0: it is no number from 1 to the maximum. */
static int read_limit(const struct visit *visit)
{
	const char *text = http_find(&visit->request->query, "limit");
	if (!text)
		return LIST_LIMIT;
	size_t digits = strspn(text, "0123456789");
	long limit = digits && digits < 9 && !text[digits] ? strtol(text, NULL, 10) : 0;
	return limit > LIST_LIMIT_MAX ? 0 : (int)limit;
}

static bool is_key(const char *text, const struct api_order *order)
{
	regex_t pattern;
	if (!*text || !order->pattern)
		return true;
	if (regcomp(&pattern, order->pattern, REG_EXTENDED | REG_NOSUB))
		return false; /* no memory */
	bool matches = regexec(&pattern, text, 0, NULL, 0) == 0;
	regfree(&pattern);
	return matches;
}

/* Where a page of `limit` rows ends. */
static int add_rows(struct buf *out, const PGresult *rows, int limit)
{
	int i = 0;
	for (; i < PQntuples(rows) && i < limit; i++) {
		const char *row = pg_text(rows, i, "row");
		if (i && out->len + strlen(row) > LIMIT_CONSOLE_PAGE)
			break;
		buf_add_text(out, i ? "," : "");
		buf_add_text(out, row);
	}
	return i;
}

static void add_page(struct buf *out, const PGresult *rows, const char *key, int limit)
{
	buf_add_text(out, "{\"items\":[");
	int end = add_rows(out, rows, limit);
	buf_add_text(out, "],\"next\":");
	if (PQntuples(rows) > end)
		buf_add_json_text(out, span_of(pg_text(rows, end - 1, key)));
	else
		buf_add_text(out, "null");
	buf_add_text(out, "}\n");
}

void api_list(struct visit *visit, const char *sql, int count, const char *const *values, const struct api_order *order)
{
	const char *all[VALUES_MAX], *after = http_value(&visit->request->query, "after");
	char more[24];
	PG_RESULT *rows = NULL;
	struct err err;
	int limit = read_limit(visit);
	if (limit == 0 || !is_key(after, order)) {
		refuse(visit,
		       limit ? "after must be what `next` of the page before was." : "limit must be a number from 1 to 500.");
		return;
	}
	for (int i = 0; i < count; i++)
		all[i] = values[i];
	snprintf(more, sizeof more, "%d", limit + 1);
	all[count] = *after ? after : NULL;
	all[count + 1] = more;
	if (ctl_json_rows(visit->ctl.pg, sql, order->key, count + 2, all, &rows, &err)) {
		fail(visit, &err);
		return;
	}
	answer_json(visit);
	add_page(VISIT_OUT(visit), rows, order->key, limit);
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
	refuse(visit, problem);
	return false;
}
