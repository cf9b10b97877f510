/* Accounts in pages. */
#include "console/account_view.h"

#include <stdio.h>

#include "common/sql.h"
#include "console/layout.h"
#include "ctl/expiries.h"

int account_view_read(struct visit *visit, const char *name, PGresult **rows, struct err *err)
{
	struct expiries expiries;
	struct buf ends;
	if (expiries_read(&visit->ctl, name, &expiries, err))
		return -1;
	buf_init(&ends, EXPIRIES_JSON);
	expiries_json(&expiries, &ends);
	const char *values[] = {name, buf_text(&ends)};
	int result = pg_query(visit->ctl.pg, sql_text("q_ctl_accounts"), 2, values, rows, err);
	buf_done(&ends);
	expiries_done(&expiries);
	return result;
}

void account_view_state(struct buf *out, const PGresult *rows, int i)
{
	if (pg_bool(rows, i, "paused") && !pg_bool(rows, i, "needs_auth"))
		layout_state(out, "paused");
	else
		account_view_sign_in(out, rows, i);
}

void account_view_sign_in(struct buf *out, const PGresult *rows, int i)
{
	if (pg_bool(rows, i, "needs_auth")) {
		layout_state(out, "needs_auth");
	} else if (*pg_text(rows, i, "sign_in_ends_at")) {
		html(out, "<span class=\"dim\">{} ends ", pg_text(rows, i, "sign_in_ends_of"));
		layout_moment(out, pg_text(rows, i, "sign_in_ends_at"), -pg_int(rows, i, "sign_in_ends_ms"));
		html(out, "</span>");
	} else {
		html(out, "<span class=\"dim\">Signed in</span>");
	}
}

static void begin(struct visit *visit, const char *account, const char *action)
{
	char place[LIMIT_ACCOUNT + 40];
	snprintf(place, sizeof place, "/accounts/%s/%s", account, action);
	layout_form(visit, place, "row");
}

void account_view_sync(struct visit *visit, const char *account)
{
	begin(visit, account, "sync");
	html(VISIT_OUT(visit), "<button name=\"mode\" value=\"incremental\">Sync now</button> "
	                       "<button class=\"quiet\" name=\"mode\" value=\"full\">Sync everything anew</button></form>");
}

void account_view_replay(struct visit *visit, const char *account)
{
	begin(visit, account, "replay");
	html(VISIT_OUT(visit), "<button class=\"quiet\">Parse the pages with rejects again</button></form>");
}
