/* The mapping engine: one JSON object to one packed row, by the rules of a mapping.
 *
 * open (compiles the member names into a hash table) -> take* -> close. One pass over the object's members; what no
 * rule takes is collected as JSON text. Compiled fields are never changed and may be shared. */
#ifndef SYNCLINE_PARSER_FIELDS_H
#define SYNCLINE_PARSER_FIELDS_H

#include "common/buf.h"
#include "common/err.h"
#include "parser/mapping.h"

struct fields;

/* FATAL: no memory. A table that breaks its own rules is our bug and asserts. */
int fields_open(const struct mapping *mapping, struct fields **fields, struct err *err) MUST_USE;
void fields_close(struct fields **fields);

/* The item in its entry: the entry itself, or what it wraps (mapping.cores); a wrapper with an id of its own stands for an
 * item that is left out. NULL: there is none. */
yyjson_val *fields_item(const struct mapping *mapping, yyjson_val *entry);

/* Appends the row to rows, or refuses the item: false, rows as before, conversion->reason, field and problem are set.
 * conversion comes with arena, check_text, parent and position; extra is scratch of at most LIMIT_EXTRA_BYTES. */
bool fields_take(const struct fields *fields, struct conversion *conversion, yyjson_val *item, struct buf *extra,
                 struct buf *rows) MUST_USE;

#endif
