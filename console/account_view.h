/* Pieces of the pages about accounts. */
#ifndef SYNCLINE_CONSOLE_ACCOUNT_VIEW_H
#define SYNCLINE_CONSOLE_ACCOUNT_VIEW_H

#include "console/console.h"

/* The accounts (name NULL: all) as rows of q_ctl_accounts, with the ends of their sign-ins where the key file tells them. */
int account_view_read(struct visit *visit, const char *name, PGresult **rows, struct err *err) MUST_USE;

/* "needs_auth", "paused", or when its sign-in ends: the account of row i, in a word or two. */
void account_view_state(struct buf *out, const PGresult *rows, int i);
/* The same of the sign-in alone. */
void account_view_sign_in(struct buf *out, const PGresult *rows, int i);

/* Forms of one button, for those who may operate. */
void account_view_sync(struct visit *visit, const char *account);
void account_view_replay(struct visit *visit, const char *account);

#endif
