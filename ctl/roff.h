/* Text as a manual page wants it: man(7), read by groff and mandoc alike. */
#ifndef SYNCLINE_CTL_ROFF_H
#define SYNCLINE_CTL_ROFF_H

#include <stdio.h>

#include "common/span.h"

/* Text inside a line, every character meaning itself. at_begin: it begins a line, where a dot would be a command. */
void roff_text(struct span text, bool at_begin, FILE *out);

/* A help text: paragraphs that are filled, "--option  what it means" as a list, and whatever else is indented as it is. */
void roff_help(const char *text, FILE *out);

#endif
