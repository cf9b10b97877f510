/* What the REST API's endpoints share. Postgres makes the JSON: a statement's columns are the members, so that an answer is
 * described in one place, and never built twice in memory. */
#ifndef SYNCLINE_CONSOLE_API_H
#define SYNCLINE_CONSOLE_API_H

#include <yyjson.h>

#include "console/router.h"

/* Answers with the only row of a statement (without a final semicolon) as an object; 404 with `missing` when there is none. */
void api_object(struct visit *visit, const char *sql, int count, const char *const *values, const char *missing);

/* Answers {"items": [...], "next": "..."}: the rows of a statement, each an object. Its last two parameters, which are added
 * here, are the key behind which to begin (NULL: at the beginning) and how many rows to read; key is the column that the rows
 * are ordered by. next is what `after` must be for the next page, null on the last. 400 for a limit that is none. */
void api_list(struct visit *visit, const char *sql, int count, const char *const *values, const char *key);

/* The body as a JSON object; an empty body is an empty object. NULL: answered with 400. The caller frees the document. */
yyjson_doc *api_body(struct visit *visit);
/* A member's text; NULL when it is absent. false: it is there and no text, answered with 400. */
bool api_text(struct visit *visit, yyjson_doc *body, const char *name, const char **text);

#endif
