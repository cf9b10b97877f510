/* The entries of an answer's list, in order, through the inner lists where the mapping has them. */
#ifndef SYNCLINE_PARSER_ENTRIES_H
#define SYNCLINE_PARSER_ENTRIES_H

#include "common/json.h"
#include "parser/mapping.h"

struct entries {
	const char *inner_name;
	struct json_list outer, inner;
};

/* A root without the list has no entries. Values stay owned by the document. */
struct entries entries_begin(const struct mapping *mapping, yyjson_val *root);
/* NULL at the end. */
yyjson_val *entries_next(struct entries *entries);
int64_t entries_count(const struct mapping *mapping, yyjson_val *root);

#endif
