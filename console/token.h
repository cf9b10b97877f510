/* API tokens: a random value that a program sends as "Authorization: Bearer ...", of which only a digest is stored. */
#ifndef SYNCLINE_CONSOLE_TOKEN_H
#define SYNCLINE_CONSOLE_TOKEN_H

#include "common/pg.h"
#include "console/console.h"

enum { TOKEN_TEXT = 80 };

/* Makes one; value[TOKEN_TEXT] is shown once and known to nobody afterwards. CONFIG: the name is none, or taken. */
int token_make(struct pg *pg, const char *name, enum scope scope, char value[TOKEN_TEXT], struct err *err) MUST_USE;
/* REJECT: there is none of that name. */
int token_remove(struct pg *pg, const char *name, struct err *err) MUST_USE;

#endif
