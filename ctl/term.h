/* The terminal: colours (only where a person looks, and not with NO_COLOR), widths, questions, and lines that are
 * redrawn in place. Text from outside is cleaned: no control character of a server's message reaches the terminal. */
#ifndef SYNCLINE_CTL_TERM_H
#define SYNCLINE_CTL_TERM_H

#include <stdio.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/span.h"

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_DIM, PAINT_GREEN, PAINT_YELLOW, PAINT_RED };

bool term_is_terminal(FILE *out);
/* Columns of standard output; 80 when unknown. */
size_t term_width(void);

/* Escape sequence that begins a colour on this stream, "" where there are none; PAINT_NONE ends it. */
const char *term_paint(FILE *out, enum paint paint);
void term_print(FILE *out, enum paint paint, const char *format, ...) PRINTF_LIKE(3, 4);

/* Columns the text takes on a terminal: wide and combining characters are counted as such. */
size_t term_text_width(struct span text);
/* The longest prefix of at most `columns` columns. */
struct span term_text_cut(struct span text, size_t columns);
/* Appends with control characters as spaces and bytes that are no UTF-8 as "?". */
void term_clean(struct buf *out, struct span text);
/* The same, written. */
void term_write(FILE *out, struct span text);

/* Asks on the terminal; only "y" or "yes" is true. Without a terminal: CONFIG, told to use --yes. */
int term_ask(const char *question, bool *yes, struct err *err) MUST_USE;

/* Reads a line without echo into secret[size]. CONFIG without a terminal or when it is too long. */
int term_secret(const char *prompt, char *secret, size_t size, struct err *err) MUST_USE;

/* ---- lines redrawn in place, on standard output ---- */

/* Hides the cursor; it comes back at the end, and before any signal stops or ends the process. */
void live_begin(void);
/* Replaces what was drawn before by these lines (each ended by a newline, none wider than the terminal), in one
 * write. */
void live_draw(struct span lines);
/* Leaves the last drawing, or removes it, and shows the cursor. */
void live_end(bool remove);

#endif
