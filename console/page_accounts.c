/* /accounts: all accounts, how their sign-ins stand, and the ways to add one. */
#include "console/account_view.h"
#include "console/layout.h"
#include "console/routes.h"
#include "ctl/sign_in.h"

static void add_row(struct buf *out, const PGresult *rows, int i)
{
	const char *name = pg_text(rows, i, "account");
	html(out, "<tr><th scope=\"row\"><a href=\"/accounts/{}\">{}</a></th><td>{}</td><td>{}</td><td>{}</td><td>", name,
	     name, pg_text(rows, i, "provider"), pg_text(rows, i, "url"), pg_text(rows, i, "username"));
	account_view_state(out, rows, i);
	html(out, "</td></tr>");
}

static void add_table(struct buf *out, const PGresult *rows)
{
	html(out,
	     "<div class=\"scroll\"><table class=\"items\"><thead><tr><th scope=\"col\">Account</th><th scope=\"col\">Provider</th>"
	     "<th scope=\"col\">Address</th><th scope=\"col\">User</th><th scope=\"col\">Sign-in</th></tr></thead><tbody>");
	for (int i = 0; i < PQntuples(rows); i++)
		add_row(out, rows, i);
	html(out, "</tbody></table></div>");
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
	if (PQntuples(rows))
		add_table(VISIT_OUT(visit), rows);
	else
		html(VISIT_OUT(visit), "<p>There are no accounts yet.</p>");
	if (visit->visitor.scope == SCOPE_ADMIN)
		add_ways(VISIT_OUT(visit));
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/accounts", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table accounts_routes = {.family = FAMILY_PAGE, .routes = routes};
