/* Which request a saved answer belongs to, from the answer itself. */
#ifndef SYNCLINE_PARSER_GUESS_H
#define SYNCLINE_PARSER_GUESS_H

#include "common/err.h"
#include "parser/mapping.h"

/* What somebody said of the answer; absent where they did not. */
struct said {
	struct span provider, category, request;
};

struct guessed {
	const struct provider_mappings *provider;
	const struct mapping *mapping;
};

/* Of all requests that fit what was said: the one whose list is there, whose items sit in the wrapper they are given in, and,
 * among those of one category, whose rules know most members of the first item. What was said is believed. REJECT: the answer
 * is an error of a provider, which is quoted, or is known to be something else, or has no such list. CONFIG: there is no such
 * provider, category or request, or several are left; the text names them. *guessed is filled on success alone. */
int guess_mapping(const struct said *said, yyjson_val *root, struct guessed *guessed, struct err *err) MUST_USE;

#endif
