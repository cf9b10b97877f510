/* /accounts: all accounts, how their sign-ins stand, and the ways to add one. */
#include "console/account_view.h"
#include "console/layout.h"
#include "console/routes.h"
#include "ctl/sign_in.h"

static void add_card(struct visit *visit, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	const char *name = pg_text(rows, i, "account");
	html(out,
	     "<section class=\"card\"><h2><a href=\"/accounts/{}\">{}</a> <small class=\"dim\">{}</small></h2><p>{}<br>"
	     "<span class=\"dim\">{}</span></p><p>",
	     name, name, pg_text(rows, i, "provider"), pg_text(rows, i, "username"), pg_text(rows, i, "url"));
	account_view_state(out, rows, i);
	html(out, "</p>");
	if (pg_bool(rows, i, "needs_auth") && visit->visitor.scope == SCOPE_ADMIN)
		html(out, "<p><a class=\"button\" href=\"/accounts/{}/sign-in\">Sign in again</a></p>", name);
	html(out, "</section>");
}

static void add_ways(struct buf *out)
{
	html(out, "<h2>Add an account</h2><ul class=\"ways\">");
	for (size_t i = 0; sign_in_ways[i]; i++)
		html(out, "<li><a class=\"button quiet\" href=\"/accounts/connect/{}\">{}</a></li>", sign_in_ways[i]->provider,
		     sign_in_ways[i]->title);
	html(out, "</ul>");
}

static void show(struct visit *visit)
{
	PG_RESULT *rows = NULL;
	struct err err;
	if (account_view_read(visit, NULL, &rows, &err)) {
		visit_fail(visit, &err);
		return;
	}
	layout_begin(visit, "Accounts", "accounts");
	html(VISIT_OUT(visit), PQntuples(rows) ? "<div class=\"cards\">" : "<div><p>There are no accounts yet.</p>");
	for (int i = 0; i < PQntuples(rows); i++)
		add_card(visit, rows, i);
	html(VISIT_OUT(visit), "</div>");
	if (visit->visitor.scope == SCOPE_ADMIN)
		add_ways(VISIT_OUT(visit));
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/accounts", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table accounts_routes = {.family = FAMILY_PAGE, .routes = routes};
