/* Which request a saved answer belongs to, from the answer itself. */
#ifndef SYNCLINE_PARSER_GUESS_H
#define SYNCLINE_PARSER_GUESS_H

#include "common/err.h"
#include "parser/mapping.h"

/* category: a category's name; request: what is known already, or absent. Of several that have such a list the one whose
 * items sit in the wrapper they are given in. CONFIG: no such request, or several are left; the text names them. REJECT: the
 * answer has no such list. */
int guess_mapping(const struct provider_mappings *provider, struct span category, struct span request, yyjson_val *root,
                  const struct mapping **mapping, struct err *err) MUST_USE;

#endif
