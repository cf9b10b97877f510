/* JSON from outside: its shape is checked before it is parsed, and it is read with the tolerance that real servers need.
 *
 * yyjson itself is not recursive while reading, but anything that walks or writes its values is; and a value takes a
 * byte or two of text, and 16 once parsed. Deep nesting and too many values are therefore refused before the first byte is
 * parsed. */
#ifndef SYNCLINE_JSON_H
#define SYNCLINE_JSON_H

#include <stdint.h>
#include <yyjson.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/span.h"

/* Parses; the caller frees with yyjson_doc_free (or JSON_DOC). REJECT with byte position and, for a body that is no
 * JSON at all, its first characters; code EFBIG: it has more than LIMIT_JSON_VALUES. */
int json_read(struct span text, yyjson_doc **doc, struct err *err) MUST_USE;

/* As json_read, but for bodies in which the texts of single items may be broken, so that one item's bytes do not cost
 * the others: invalid UTF-8, NUL and other control characters stay in their strings; escapes of lone surrogates become
 * bytes 0xff there; numbers beyond 64 bits are raw values. *clean tells that no string needs to be checked (text_valid)
 * before it is used. scratch: for a mended copy while the body is parsed, only used when it is refused as it is. */
int json_read_loose(struct span text, struct buf *scratch, yyjson_doc **doc, bool *clean, struct err *err) MUST_USE;

/* A member by dotted path ("subsonic-response.albumList2.album", "errors.0.code"); NULL when any part is missing. */
yyjson_val *json_path(yyjson_val *root, const char *path);

/* A member of that name, or of the same name with a capital, as .NET servers write it; NULL when there is none. */
yyjson_val *json_member(yyjson_val *object, const char *name);

/* Lists as servers send them: an array, one object where an array of one is meant, or nothing. */
size_t json_list_size(yyjson_val *list);
/* In order; values stay owned by the document. */
struct json_list {
	yyjson_val *next;
	size_t left;
};
struct json_list json_list_begin(yyjson_val *list);
/* NULL at the end. */
yyjson_val *json_list_next(struct json_list *list);

/* Text of a string, or of a whole number of any size as a person would write it (ids may come as either); absent for
 * anything else. scratch holds a number's digits and must live as long as the span. */
enum { JSON_NUMBER_TEXT = 32 };
struct span json_text(yyjson_val *value, char scratch[JSON_NUMBER_TEXT]);

/* A whole number, also from a string ("237") or a float without fraction. false: it is not one. */
bool json_int(yyjson_val *value, int64_t *number) MUST_USE;
/* true, false, "true", "false", 0, 1. */
bool json_bool(yyjson_val *value, bool *flag) MUST_USE;

static inline void json_doc_cleanup(yyjson_doc **doc)
{
	yyjson_doc_free(*doc);
}
#define JSON_DOC __attribute__((cleanup(json_doc_cleanup))) yyjson_doc

#endif
