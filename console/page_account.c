/* /accounts/{}: one account, how it stands, and what can be done about it. */
#include <stdio.h>

#include "common/sql.h"
#include "console/account_view.h"
#include "console/layout.h"
#include "console/routes.h"
#include "console/visit.h"

static void add_fact(struct buf *out, const char *name, const char *value)
{
	if (*value)
		html(out, "<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

static void add_facts(struct buf *out, const PGresult *rows)
{
	const char *name = pg_text(rows, 0, "account");
	html(out, "<dl class=\"facts\">");
	add_fact(out, "Provider", pg_text(rows, 0, "provider"));
	add_fact(out, "Address", pg_text(rows, 0, "url"));
	add_fact(out, "User", pg_text(rows, 0, "username"));
	html(out, "<div><dt>Added</dt><dd>");
	layout_moment(out, pg_text(rows, 0, "created_at"), pg_int(rows, 0, "age_ms"));
	html(out,
	     "</dd></div></dl><p><a href=\"/library/{}\">Library</a> · "
	     "<a href=\"/library/{}/history\">History</a> · <a href=\"/rejects?account={}\">Rejects</a></p>",
	     name, name, name);
}

/* Why a sign-in was refused, by its last sync. */
static int add_refusal(struct visit *visit, const char *name, struct err *err)
{
	PG_RESULT *rows = NULL;
	const char *values[] = {name, "[]", "{}"};
	if (pg_query(visit->ctl.pg, sql_text("q_ctl_status"), 3, values, &rows, err))
		return -1;
	if (PQntuples(rows) && *pg_text(rows, 0, "needs_auth_cause"))
		html(VISIT_OUT(visit), "<p class=\"cause\">{}</p>", pg_text(rows, 0, "needs_auth_cause"));
	return 0;
}

static int add_sign_in(struct visit *visit, const PGresult *rows, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	const char *name = pg_text(rows, 0, "account");
	bool refused = pg_bool(rows, 0, "needs_auth");
	html(out, "<h2>Sign-in</h2><p>");
	account_view_sign_in(out, rows, 0);
	html(out, refused ? " The provider refuses the sign-in; syncs cannot go on without a new one.</p>" : "</p>");
	if (refused && add_refusal(visit, name, err))
		return -1;
	if (visit->visitor.scope == SCOPE_ADMIN)
		html(out,
		     refused ? "<p><a class=\"button\" href=\"/accounts/{}/sign-in\">Sign in again</a></p>"
		             : "<p><a class=\"button quiet\" href=\"/accounts/{}/sign-in\">Sign in again</a></p>",
		     name);
	return 0;
}

/* ---- its syncs ---- */

/* While it is paused what is asked for waits, so nothing else is offered than to end that. */
static void add_syncs(struct visit *visit, const PGresult *rows)
{
	struct buf *out = VISIT_OUT(visit);
	const char *name = pg_text(rows, 0, "account"), *until = pg_text(rows, 0, "paused_until");
	bool paused = pg_bool(rows, 0, "paused"), may = visit->visitor.scope >= SCOPE_OPERATE;
	char place[LIMIT_ACCOUNT + 32];
	if (paused) {
		html(out, "<p>");
		layout_state(out, "paused");
		if (*until)
			html(out, " No sync begins before <time datetime=\"{}\">{}</time>", until, until);
		else
			html(out, " No sync begins until somebody resumes it");
		html(out, "; what is asked for waits.</p>");
	}
	if (!may)
		return;
	snprintf(place, sizeof place, "/accounts/%s/%s", name, paused ? "resume" : "pause");
	html(out, "<div class=\"row\">");
	if (!paused)
		account_view_sync(visit, name);
	layout_button(visit, place, paused ? "Resume" : "Pause", &(struct layout_button){.class = paused ? "" : "quiet"});
	html(out, "</div>");
}

/* ---- its schedule ---- */

static void add_schedule_buttons(struct visit *visit, const char *name, bool paused)
{
	const struct {
		const char *action, *label;
	} buttons[] = {{paused ? "resume" : "pause", paused ? "Resume" : "Pause"}, {"remove", "Remove the rule"}};
	char place[LIMIT_ACCOUNT + 48];
	for (size_t i = 0; i < COUNT_OF(buttons); i++) {
		snprintf(place, sizeof place, "/accounts/%s/schedule/%s", name, buttons[i].action);
		layout_button(visit, place, buttons[i].label, &(struct layout_button){.class = "quiet"});
	}
}

static int add_schedule(struct visit *visit, const char *name, const char *id, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	bool may = visit->visitor.scope >= SCOPE_OPERATE;
	if (pg_query(visit->ctl.pg, sql_text("q_schedule_list"), 1, &id, &rows, err))
		return -1;
	bool any = PQntuples(rows) != 0, paused = any && pg_bool(rows, 0, "paused");
	html(out, "<h2>Schedule</h2><p>");
	if (any)
		html(out, "<code>{}</code> {}", pg_text(rows, 0, "rule"), pg_text(rows, 0, "zone"));
	else
		html(out, "Not synced by itself.");
	if (paused) {
		html(out, " ");
		layout_state(out, "paused");
	} else if (any) {
		html(out, ", next ");
		layout_moment(out, pg_text(rows, 0, "next_at"), -pg_int(rows, 0, "next_ms"));
	}
	html(out, "</p>");
	if (!may)
		return 0;
	html(out, "<div class=\"row\"><a class=\"button quiet\" href=\"/accounts/{}/schedule\">{}</a> ", name,
	     any ? "Change" : "Sync it by itself");
	if (any)
		add_schedule_buttons(visit, name, paused);
	html(out, "</div>");
	return 0;
}

/* ---- the page ---- */

static int show_account(struct visit *visit, const char *id, struct err *err)
{
	PG_RESULT *rows = NULL;
	const char *name = visit->parts[0];
	if (account_view_read(visit, name, &rows, err))
		return -1;
	if (PQntuples(rows) == 0)
		return err_set(err, ERR_REJECT, 0, "account '%s' was removed just now", name);
	layout_begin(visit, name, "accounts");
	add_facts(VISIT_OUT(visit), rows);
	add_syncs(visit, rows);
	if (add_schedule(visit, name, id, err) || add_sign_in(visit, rows, err))
		return -1;
	if (visit->visitor.scope == SCOPE_ADMIN)
		html(VISIT_OUT(visit), "<p><a href=\"/accounts/{}/remove\">Remove this account</a></p>", name);
	layout_end(visit);
	return 0;
}

static void show(struct visit *visit)
{
	char id[ID_TEXT];
	struct err err;
	if (visit_account(visit, id) && show_account(visit, id, &err))
		visit_fail(visit, &err);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/accounts/{}", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table account_routes = {.family = FAMILY_PAGE, .routes = routes};
