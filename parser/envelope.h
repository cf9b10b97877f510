/* What stands around an answer's list: is it what the provider wraps its good answers in? */
#ifndef SYNCLINE_PARSER_ENVELOPE_H
#define SYNCLINE_PARSER_ENVELOPE_H

#include <yyjson.h>

#include "parser/mapping.h"

/* count: items that the fetcher found, -1: nobody has counted. REJECT: it is another answer, or one that tells a failure. */
int envelope_check(const struct provider_mappings *provider, int64_t count, yyjson_val *root, struct err *err) MUST_USE;

#endif
