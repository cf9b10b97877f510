/* Accounts into Postgres, with their secrets sealed on the way. */
#ifndef SYNCLINE_CTL_ACCOUNT_STORE_H
#define SYNCLINE_CTL_ACCOUNT_STORE_H

#include "fetcher/account.h"

/* Inserts it. CONFIG: there is one of this name. */
int account_store_new(struct pg *pg, const struct vault *vault, const struct account *account, struct err *err)
	MUST_USE;

/* Replaces secret, username and auth of the one with this name. A refresh of a token that is under way elsewhere loses
 * against it (fetcher/token.h). REJECT: it was removed meanwhile. */
int account_store_again(struct pg *pg, const struct vault *vault, const struct account *account, struct err *err)
	MUST_USE;

#endif
