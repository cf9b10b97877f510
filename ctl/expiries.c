/* Accounts unsealed one after another; the credentials are wiped at once. */
#include "ctl/expiries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "fetcher/account.h"

static void read_one(struct ctl *ctl, const struct vault *vault, const char *name, struct expiries *expiries)
{
	struct account account;
	struct credentials credentials = {0};
	struct account_expiry *row = &expiries->rows[expiries->count];
	struct err ignored;
	if (account_load(ctl->pg, vault, name, &account, &ignored) == 0 &&
	    credentials_parse(account.provider, account.secret, &credentials, &ignored) == 0 &&
	    expiry_find(account.provider, &credentials, &row->expiry)) {
		memcpy(row->account, account.name, sizeof row->account);
		row->left_ms = row->expiry.at_ms - clock_wall_ms();
		expiries->count++;
	}
	account_wipe(&account);
	credentials_wipe(&credentials);
}

int expiries_read(struct ctl *ctl, const char *name, struct expiries *ret, struct err *err)
{
	PG_RESULT *rows = NULL;
	struct vault *vault = NULL;
	struct err ignored;
	*ret = (struct expiries){0};
	if (vault_open(ctl->settings.key_file, &vault, &ignored))
		return 0;
	int result = pg_query(ctl->pg,
	                      "SELECT name, provider FROM account WHERE $1::text IS NULL OR name = $1 ORDER BY name", 1,
	                      &name, &rows, err);
	int count = result ? 0 : PQntuples(rows);
	ret->rows = calloc((size_t)count + 1, sizeof *ret->rows);
	for (int i = 0; ret->rows && i < count; i++) {
		if (credentials_used(pg_text(rows, i, "provider")))
			read_one(ctl, vault, pg_text(rows, i, "name"), ret);
	}
	vault_close(&vault);
	return result;
}

void expiries_done(struct expiries *expiries)
{
	free(expiries->rows);
	*expiries = (struct expiries){0};
}

const struct account_expiry *expiries_find(const struct expiries *expiries, const char *account)
{
	for (size_t i = 0; i < expiries->count; i++) {
		if (strcmp(expiries->rows[i].account, account) == 0)
			return &expiries->rows[i];
	}
	return NULL;
}

const char *expiry_text(const struct account_expiry *row, char text[FIGURE_TEXT])
{
	return figure_ago(row->left_ms, text);
}

enum paint expiry_paint(const struct account_expiry *row)
{
	if (row->left_ms < 0)
		return PAINT_RED;
	return row->left_ms < EXPIRY_WARN_MS ? PAINT_YELLOW : PAINT_NONE;
}

bool expiry_warning(const struct account_expiry *row, char text[EXPIRY_SENTENCE])
{
	char when[FIGURE_TEXT];
	bool ended = row->left_ms < 0;
	if (row->left_ms >= EXPIRY_WARN_MS)
		return false;
	snprintf(text, EXPIRY_SENTENCE, "%s %s %s%s", row->expiry.what, ended ? "ended" : "ends", expiry_text(row, when),
	         row->expiry.about ? " or so" : "");
	return true;
}

void expiries_print(const struct expiries *expiries)
{
	char text[EXPIRY_SENTENCE];
	for (size_t i = 0; i < expiries->count; i++) {
		if (expiry_warning(&expiries->rows[i], text))
			printf("%s: %s; renew it: syncline account login %s\n", expiries->rows[i].account, text,
			       expiries->rows[i].account);
	}
}

void expiries_json(const struct expiries *expiries, struct buf *out)
{
	char at[CLOCK_TEXT_MAX];
	buf_add_text(out, "[");
	for (size_t i = 0; i < expiries->count; i++) {
		const struct account_expiry *row = &expiries->rows[i];
		buf_printf(out, "%s{\"account\":\"%s\",\"sign_in_ends_at\":\"%s\",\"sign_in_ends_of\":", i ? "," : "",
		           row->account, clock_text(row->expiry.at_ms, at));
		buf_add_json_text(out, span_of(row->expiry.what));
		buf_add_text(out, "}");
	}
	buf_add_text(out, "]");
}
