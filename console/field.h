/* A field of a form: its label, its input, a hint, and beside it what is wrong with its value. */
#ifndef SYNCLINE_CONSOLE_FIELD_H
#define SYNCLINE_CONSOLE_FIELD_H

#include "console/html.h"

struct field {
	const char *name, *label;
	const char *type;           /* of an input; "textarea"; "select"; NULL: "text" */
	const char *const *options; /* of a select: value, label, value, label, ..., NULL */
	const char *value;          /* NULL: empty. Never a secret: those are not shown again */
	const char *hint;           /* a sentence; NULL: none */
	const char *problem;        /* a sentence; NULL: nothing is wrong */
	const char *attributes;     /* ours, as HTML: "required maxlength=\"63\""; NULL: none */
};

void field_add(struct buf *out, const struct field *field);

#endif
