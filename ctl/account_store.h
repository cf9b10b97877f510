/* Accounts into Postgres, with their secrets sealed on the way, and out of it. */
#ifndef SYNCLINE_CTL_ACCOUNT_STORE_H
#define SYNCLINE_CTL_ACCOUNT_STORE_H

#include "ctl/ctl.h"
#include "fetcher/account.h"

/* Inserts it. CONFIG: there is one of this name. */
int account_store_new(struct pg *pg, const struct vault *vault, const struct account *account, struct err *err)
	MUST_USE;

/* CONFIG: there is an account of this name already. */
int account_is_free(struct pg *pg, const char *name, struct err *err) MUST_USE;

/* Replaces secret, username and auth of the account that was loaded. A refresh of a token that is under way elsewhere loses
 * against it (fetcher/token.h). REJECT: it was removed meanwhile, whatever has its name now. */
int account_store_again(struct pg *pg, const struct vault *vault, const struct account *account, struct err *err)
	MUST_USE;

/* The account of this name, to be signed in again: as account_load, but a secret that cannot be unsealed any more is "", for it
 * is going to be replaced. The caller wipes the account. */
int account_load_again(struct pg *pg, const struct vault *vault, const char *name, struct account *account,
                       struct err *err) MUST_USE;

enum { ACCOUNT_ROWS = 260 };
/* What is stored of an account, by its id: "4,861 tracks, 389 albums, ... and the history of 3 syncs", with its schedule and
 * its own webhooks, if there are such. */
int account_rows(struct pg *pg, const char *account_id, char text[ACCOUNT_ROWS], struct err *err) MUST_USE;
/* Removes it with all of that, in one transaction, and tells the fetcher that reads for it to stop, if Redis is there: else
 * that reads to its end, for nothing. RETRY: Postgres is away, or a writer is at work on it. */
int account_remove(struct ctl *ctl, const char *account_id, const char *name, struct err *err) MUST_USE;

#endif
