/* What could be the last word of a command line that is being typed: commands, options, accounts, categories. */
#ifndef SYNCLINE_CTL_COMPLETE_H
#define SYNCLINE_CTL_COMPLETE_H

#include "common/buf.h"
#include "ctl/ctl.h"

/* Names of accounts go in front of `begin` with it into out, as complete_add has them. */
typedef void complete_accounts(void *context, const char *begin, struct buf *out);

/* words: those behind "syncline"; the last is the one that is typed, perhaps "". Appends a line each: the word, a tab, what it
 * means; ":files" or ":folders" where such are meant. accounts is asked only where an account is meant. */
void complete(int count, char **words, complete_accounts *accounts, void *context, struct buf *out);

/* The line of a candidate, unless it does not begin with begin. */
void complete_add(struct buf *out, const char *begin, struct span word, struct span help);

#endif
