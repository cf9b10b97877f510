/* One row of table account. */
#include "ctl/account_store.h"

#include <stdio.h>

enum { HEX_MAX = 2 * VAULT_SEALED_MAX + 3 };

static int seal(const struct vault *vault, const struct account *account, char hex[HEX_MAX], struct err *err)
{
	unsigned char sealed[VAULT_SEALED_MAX];
	size_t len = 0;
	if (vault_seal(vault, span_of(account->name), span_of(account->secret), sealed, &len, err))
		return -1;
	memcpy(hex, "\\x", 3);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 + 2 * i, 3, "%02x", sealed[i]);
	return 0;
}

int account_store_new(struct pg *pg, const struct vault *vault, const struct account *account, struct err *err)
{
	char hex[HEX_MAX];
	int64_t rows = 0;
	const char *values[] = {account->name, account->provider, account->url, account->username, account->auth, hex};
	if (seal(vault, account, hex, err) || pg_run(pg,
	                                             "INSERT INTO account (name, provider, url, username, auth, secret) "
	                                             "VALUES ($1, $2, $3, $4, $5, $6::bytea) ON CONFLICT DO NOTHING",
	                                             6, values, &rows, err))
		return -1;
	return rows ? 0 : err_set(err, ERR_CONFIG, 0, "account '%s' was added by somebody else just now", account->name);
}

int account_store_again(struct pg *pg, const struct vault *vault, const struct account *account, struct err *err)
{
	char hex[HEX_MAX];
	int64_t rows = 0;
	const char *values[] = {account->name, account->username, account->auth, hex};
	if (seal(vault, account, hex, err) ||
	    pg_run(pg,
	           "UPDATE account SET username = $2, auth = $3, secret = $4::bytea, needs_auth_epoch = NULL WHERE name = $1",
	           4, values, &rows, err))
		return -1;
	return rows ? 0 : err_set(err, ERR_REJECT, 0, "account '%s' was removed meanwhile", account->name);
}
