/* An account as the fetcher needs it: where its server is and how to sign in. The secret is in clear only here, for as
 * long as its sync runs. */
#ifndef SYNCLINE_FETCHER_ACCOUNT_H
#define SYNCLINE_FETCHER_ACCOUNT_H

#include "common/pg.h"
#include "common/vault.h"

struct account {
	int64_t id;
	int64_t signed_in_epoch; /* of the sign-in that it holds: each one has a greater */
	char name[LIMIT_ACCOUNT + 1], provider[33], url[LIMIT_URL], username[256], auth[16];
	char secret[LIMIT_SECRET + 1];
};

/* REJECT: there is no such account. CONFIG: its secret cannot be unsealed. RETRY: Postgres is away. */
int account_load(struct pg *pg, const struct vault *vault, const char *name, struct account *account, struct err *err)
	MUST_USE;

/* Has nobody signed it in again, or removed it, since it was loaded? false also when that cannot be told now: Postgres is away. */
bool account_is_current(struct pg *pg, const struct account *account) MUST_USE;

/* Overwrites the secret. */
void account_wipe(struct account *account);

#endif
