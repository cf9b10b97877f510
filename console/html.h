/* HTML as text with holes: everything that is put in is escaped, so that a playlist called <script> is four words.
 *
 *   html(out, "<td><a href=\"/accounts/{}\">{}</a></td>", address, name);
 *
 * Each {} takes one text, in order; it may stand between tags and inside quoted attributes, never in a script, a style or
 * an unquoted attribute. Whatever stands in the template itself is ours. Appends are sticky (common/buf.h). */
#ifndef SYNCLINE_CONSOLE_HTML_H
#define SYNCLINE_CONSOLE_HTML_H

#include <stdint.h>

#include "common/buf.h"

/* As many texts as there are {}: checked by assert. NULL is as "". */
#define html(out, ...) html_fill(out, __VA_ARGS__, (const char *)&html_end)
void html_fill(struct buf *out, const char *template, ...);
extern const char html_end;

/* One text, escaped. */
void html_text(struct buf *out, const char *text);

#endif
