/* What the pages share by which accounts get signed in: who is signed in to what, tried and stored. */
#ifndef SYNCLINE_CONSOLE_CONNECT_H
#define SYNCLINE_CONSOLE_CONNECT_H

#include "console/connect_form.h"
#include "console/limits.h"

/* One sign-in of one visit. connect_open -> ... -> connect_close in every case. */
struct connect {
	struct visit *visit;
	const struct sign_in_way *way;
	struct vault *vault;
	struct account account;
	struct sign_in sign_in; /* of this account, with what the form holds */
};

/* A new account at a provider, under the name that was typed, or the stored one that is to be signed in again. REJECT: no such
 * provider or account. CONFIG: no key file. What the provider is asked may take LIMIT_CONSOLE_SIGN_IN_MS. */
int connect_open_new(struct connect *connect, struct visit *visit, const char *provider, const char *name,
                     struct err *err) MUST_USE;
int connect_open_again(struct connect *connect, struct visit *visit, const char *account, struct err *err) MUST_USE;
void connect_close(struct connect *connect);

/* Judges what is given. -1: *problem says what is wrong with it, for the form. */
int connect_check(struct connect *connect, struct connect_problem *problem) MUST_USE;

/* Asks the provider: by sign_in_run, or by the step that is given in its place. What it gave is stored, and the visit leads to
 * the page of the account, or of the sync that goes on where the refused sign-in had stopped one; a name that was taken meanwhile
 * or a database that is away is answered as an error. One at a time in the process: a server that does not answer holds one of
 * the listener's threads, never all. */
enum connect_end {
	CONNECT_STORED,  /* the visit is answered */
	CONNECT_REFUSED, /* *problem says why; it stands in the audit log, with where it was tried */
	CONNECT_BUSY,    /* another one is being tried: the visit is answered, to come again */
};
typedef int connect_step(struct sign_in *sign_in, const void *context, struct err *err);
enum connect_end connect_try(struct connect *connect, connect_step *step, const void *context,
                             struct connect_problem *problem);

#endif
