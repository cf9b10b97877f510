/* An account as a command needs it to ask its provider: with an access token that is good for now. */
#ifndef SYNCLINE_CTL_REFRESH_H
#define SYNCLINE_CTL_REFRESH_H

#include "ctl/ctl.h"
#include "fetcher/account.h"

/* account_load, and where the account has an access token that has ended, a new one: by the same steps as the fetchers'
 * (fetcher/token.h), so that neither takes the other's token away. Waits for one who is at it. Errors as account_load's, and
 * CONFIG: the provider wants the user to sign in again. The caller wipes the account in every case. */
int refresh_load(struct ctl *ctl, const struct vault *vault, const char *name, struct account *account, struct err *err)
	MUST_USE;

#endif
