/* Answers of the services that are known and that no sync reads a list from. */
#ifndef SYNCLINE_PARSER_OTHERS_H
#define SYNCLINE_PARSER_OTHERS_H

#include <yyjson.h>

/* What such an answer is, and what to save instead; static text. NULL: it is none of them. */
const char *others_find(yyjson_val *root);

#endif
