/* What the REST API's endpoints share. Postgres makes the JSON: a statement's columns are the members, so that an answer is
 * described in one place, and never built twice in memory. */
#ifndef SYNCLINE_CONSOLE_API_H
#define SYNCLINE_CONSOLE_API_H

#include <yyjson.h>

#include "console/limits.h"
#include "console/router.h"

/* Answers with the only row of a statement (without a final semicolon) as an object; 404 with `missing` when there is none. */
void api_object(struct visit *visit, const char *sql, int count, const char *const *values, const char *missing);

/* Answers with the account of that name, as GET of it does. */
void api_account(struct visit *visit, const char *name);

/* What a list is ordered by: a column, and what its values look like (a POSIX extended expression, the one of
 * schemas/openapi.yaml), for `after` comes from outside. pattern NULL: any text. */
struct api_order {
	const char *key, *pattern;
};

/* Answers {"items": [...], "next": "..."}: the rows of a statement, each an object. Its last two parameters, which are added
 * here, are the key behind which to begin (NULL: at the beginning, which an empty `after` says as well) and how many rows to
 * read. A page ends at `limit` rows, or earlier at LIMIT_CONSOLE_PAGE bytes. next is what `after` must be for the next page,
 * null on the last. 400 for a limit or a key that is none. */
void api_list(struct visit *visit, const char *sql, int count, const char *const *values,
              const struct api_order *order);

/* A parameter of the query that has one of the words (ended by NULL), or is not sent: *value is NULL then. false: it has
 * another, answered with 400. */
bool api_word(struct visit *visit, const char *name, const char *const *words, const char **value);

/* The body as a JSON object; an empty body is an empty object. NULL: answered with 400. The caller frees the document. */
yyjson_doc *api_body(struct visit *visit);
/* A member's text; NULL when it is absent. false: it is there and no text, answered with 400. */
bool api_text(struct visit *visit, yyjson_doc *body, const char *name, const char **text);

#endif
