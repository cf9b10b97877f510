/* API tokens. */
#include "console/token.h"

#include <stdio.h>

#include "console/access.h"
#include "ctl/account_input.h"

int token_make(struct pg *pg, const char *name, enum scope scope, char value[TOKEN_TEXT], struct err *err)
{
	char random[65], digest[65];
	int64_t rows = 0;
	if (account_check_name(name, err))
		return err_wrap(err, "the name ");
	access_random(32, random);
	snprintf(value, TOKEN_TEXT, "syncline_%s", random); /* so that scanners for leaked secrets know it */
	access_digest("token", value, digest);
	const char *values[] = {name, digest, scope_name(scope)};
	if (pg_run(pg, "INSERT INTO console_token (name, digest, scope) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
	           3, values, &rows, err))
		return -1;
	return rows ? 0
	            : err_set(err, ERR_CONFIG, 0, "there is a token '%s' already; remove it first, or take another name",
	                      name);
}

int token_remove(struct pg *pg, const char *name, struct err *err)
{
	int64_t rows = 0;
	if (pg_run(pg, "DELETE FROM console_token WHERE name = $1", 1, &name, &rows, err))
		return -1;
	return rows ? 0 : err_set(err, ERR_REJECT, 0, "there is no token '%s'; `syncline token list` shows all", name);
}
