/* What people put into files and standard input for a command: passwords, tokens, keys. */
#ifndef SYNCLINE_CTL_LINE_H
#define SYNCLINE_CTL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/* The first line of standard input, without its end, into text[size]; what follows it stays there. CONFIG: unreadable, too
 * long, empty; what names it in the error. */
int line_of_stdin(const char *what, char *text, size_t size, struct err *err) MUST_USE;
/* The same of a file; all of it when not line. */
int line_of_file(bool line, const char *what, const char *path, char *text, size_t size, struct err *err) MUST_USE;

#endif
