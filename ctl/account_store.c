/* One row of table account. */
#include "ctl/account_store.h"

#include <stdio.h>

#include "common/halt.h"
#include "common/sql.h"
#include "ctl/change.h"
#include "ctl/figure.h"

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
	char id[ID_TEXT], hex[HEX_MAX];
	int64_t rows = 0;
	const char *values[] = {id, account->username, account->auth, hex};
	snprintf(id, sizeof id, "%lld", (long long)account->id);
	if (seal(vault, account, hex, err) || pg_run(pg, sql_text("q_ctl_sign_in"), COUNT_OF(values), values, &rows, err))
		return -1;
	return rows
	           ? 0
	           : err_set(err, ERR_REJECT, 0,
	                     "account '%s' was removed meanwhile: nothing was stored; if it was added again, give the command "
	                     "again",
	                     account->name);
}

int account_is_free(struct pg *pg, const char *name, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg, "SELECT 1 FROM account WHERE name = $1", 1, &name, &row, err))
		return -1;
	if (PQntuples(row))
		return err_set(err, ERR_CONFIG, 0,
		               "there is an account '%s' already; to sign in again: syncline account login %s", name, name);
	return 0;
}

int account_load_again(struct pg *pg, const struct vault *vault, const char *name, struct account *account,
                       struct err *err)
{
	*account = (struct account){0};
	int result = account_load(pg, vault, name, account, err);
	if (result && err->class == ERR_CONFIG && account->id && *account->auth) {
		account_wipe(account);
		return 0;
	}
	return result;
}

int account_rows(struct pg *pg, const char *account_id, char text[ACCOUNT_ROWS], struct err *err)
{
	PG_RESULT *row = NULL;
	char tracks[FIGURE_TEXT], albums[FIGURE_TEXT], artists[FIGURE_TEXT], lists[FIGURE_TEXT], syncs[FIGURE_TEXT];
	char webhooks[FIGURE_TEXT];
	if (pg_query(pg,
	             "SELECT (SELECT count(*) FROM track WHERE account_id = $1::int) AS tracks, "
	             "(SELECT count(*) FROM album WHERE account_id = $1::int) AS albums, "
	             "(SELECT count(*) FROM artist WHERE account_id = $1::int) AS artists, "
	             "(SELECT count(*) FROM playlist WHERE account_id = $1::int) AS playlists, "
	             "(SELECT count(*) FROM sync WHERE account_id = $1::int) AS syncs, "
	             "EXISTS (SELECT FROM schedule WHERE account_id = $1::int) AS scheduled, "
	             "(SELECT count(*) FROM webhook WHERE account_id = $1::int) AS webhooks",
	             1, &account_id, &row, err))
		return -1;
	bool scheduled = pg_bool(row, 0, "scheduled"), told = pg_int(row, 0, "webhooks") > 0;
	snprintf(text, ACCOUNT_ROWS, "%s, %s, %s, %s%s the history of %s%s%s%s",
	         figure_many(pg_int(row, 0, "tracks"), "track", tracks),
	         figure_many(pg_int(row, 0, "albums"), "album", albums),
	         figure_many(pg_int(row, 0, "artists"), "artist", artists),
	         figure_many(pg_int(row, 0, "playlists"), "playlist", lists), scheduled || told ? "," : " and",
	         figure_many(pg_int(row, 0, "syncs"), "sync", syncs),
	         !scheduled ? ""
	         : told     ? ", its schedule"
	                    : " and its schedule",
	         told ? " and " : "", told ? figure_many(pg_int(row, 0, "webhooks"), "webhook", webhooks) : "");
	return 0;
}

struct removing {
	const char *account_id, *name;
};

static int delete_row(struct ctl *ctl, void *context, struct err *err)
{
	const struct removing *removing = context;
	int64_t rows = 0;
	if (pg_run(ctl->pg, "DELETE FROM account WHERE account_id = $1::int", 1, &removing->account_id, &rows, err))
		return -1;
	return rows ? change_note(ctl, "account removed", removing->name, err) : 0;
}

int account_remove(struct ctl *ctl, const char *account_id, const char *name, struct err *err)
{
	struct redis *redis = NULL;
	struct err ignored;
	bool held;
	struct removing removing = {account_id, name};
	if (change_run(ctl, NULL, delete_row, &removing, err))
		return -1;
	if (redis_open(ctl->settings.redis, &redis, &ignored) == 0)
		IGNORE(halt_ask(redis, &ctl->settings, name, NULL, &held, &ignored));
	redis_close(&redis);
	return 0;
}
