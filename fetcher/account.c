/* Reading and unsealing an account. */
#include "fetcher/account.h"

#include <stdio.h>

static int unseal(const struct vault *vault, const PGresult *row, struct account *account, struct err *err)
{
	size_t len = 0;
	unsigned char *sealed = PQunescapeBytea((const unsigned char *)pg_text(row, 0, "secret"), &len);
	if (!sealed)
		return err_set(err, ERR_RETRY, 0, "no memory for the credentials of account '%s'", account->name);
	int result = vault_unseal(vault, span_of(account->name), sealed, len, account->secret, err);
	PQfreemem(sealed);
	return result;
}

int account_load(struct pg *pg, const struct vault *vault, const char *name, struct account *account, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg,
	             "SELECT account_id, name, provider, url, username, auth, secret, signed_in_epoch FROM account WHERE name = $1",
	             1, &name, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "there is no account '%s'; `syncline account list` shows all", name);
	*account = (struct account){.id = pg_int(row, 0, "account_id"),
	                            .signed_in_epoch = pg_int(row, 0, "signed_in_epoch")};
	if (!span_copy(span_of(pg_text(row, 0, "name")), account->name, sizeof account->name) ||
	    !span_copy(span_of(pg_text(row, 0, "provider")), account->provider, sizeof account->provider) ||
	    !span_copy(span_of(pg_text(row, 0, "url")), account->url, sizeof account->url) ||
	    !span_copy(span_of(pg_text(row, 0, "username")), account->username, sizeof account->username) ||
	    !span_copy(span_of(pg_text(row, 0, "auth")), account->auth, sizeof account->auth))
		return err_set(err, ERR_CONFIG, 0, "account '%s': a value is longer than allowed; add it again", name);
	return unseal(vault, row, account, err);
}

bool account_is_current(struct pg *pg, const struct account *account)
{
	char id[24], epoch[24];
	const char *values[] = {id, epoch};
	struct err ignored;
	PG_RESULT *row = NULL;
	snprintf(id, sizeof id, "%lld", (long long)account->id);
	snprintf(epoch, sizeof epoch, "%lld", (long long)account->signed_in_epoch);
	return pg_query(pg, "SELECT 1 FROM account WHERE account_id = $1::int AND signed_in_epoch = $2::bigint", 2, values,
	                &row, &ignored) == 0 &&
	       PQntuples(row) == 1;
}

void account_wipe(struct account *account)
{
	vault_wipe(account->secret, sizeof account->secret);
}
