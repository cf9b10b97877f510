/* Settings: API tokens, users, and who did what. */
#include <microhttpd.h>

#include "common/vault.h"
#include "console/access.h"
#include "console/audit.h"
#include "console/layout.h"
#include "console/routes.h"
#include "console/token.h"

static void add_token(struct visit *visit, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	const char *name = pg_text(rows, i, "name");
	char question[160];
	html(out, "<tr><th scope=\"row\">{}</th><td>{}</td><td>", name, pg_text(rows, i, "scope"));
	layout_moment(out, pg_text(rows, i, "created_at"), pg_int(rows, i, "age_ms"));
	html(out, "</td><td>");
	layout_moment(out, pg_text(rows, i, "used_at"), pg_int(rows, i, "unused_ms"));
	html(out, "</td><td>");
	if (visit->visitor.scope == SCOPE_ADMIN) {
		snprintf(question, sizeof question, "Programs that use %.63s are refused from then on. Remove it?", name);
		layout_button(visit, "/settings/tokens/remove", "Remove",
		              &(struct layout_button){"quiet", "name", name, question});
	}
	html(out, "</td></tr>");
}

static int add_tokens(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (pg_query(visit->ctl.pg,
	             "SELECT name, scope, created_at, used_at, (extract(epoch FROM now() - created_at) * 1000)::bigint AS age_ms, "
	             "(extract(epoch FROM now() - used_at) * 1000)::bigint AS unused_ms FROM console_token ORDER BY name",
	             0, NULL, &rows, err))
		return -1;
	html(out,
	     "<h2 id=\"tokens\">API tokens</h2><p class=\"dim\">For programs: sent as <code>Authorization: Bearer …</code> to "
	     "<a href=\"/api/v1/openapi.yaml\">/api/v1</a>, or as API key by players.</p>");
	if (PQntuples(rows)) {
		layout_table(out, "API tokens", "");
		html(out,
		     "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">May</th>"
		     "<th scope=\"col\">Made</th><th scope=\"col\">Last used</th><th scope=\"col\"><span class=\"hidden\">Actions</span>"
		     "</th></tr></thead><tbody>");
		for (int i = 0; i < PQntuples(rows); i++)
			add_token(visit, rows, i);
		html(out, "</tbody></table></div>");
	}
	if (visit->visitor.scope < SCOPE_ADMIN)
		return 0;
	layout_form(visit, "/settings/tokens", "row");
	html(out,
	     "<label>Name<input name=\"name\" required maxlength=\"63\" pattern=\"[a-z0-9][a-z0-9._\\-]*\"></label>"
	     "<label>May<select name=\"scope\"><option value=\"read\">read</option><option value=\"operate\">operate syncs</option>"
	     "<option value=\"admin\">do everything</option></select></label><button>Make a token</button></form>");
	return 0;
}

static int add_users(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (pg_query(visit->ctl.pg, "SELECT name, scope FROM console_user ORDER BY name", 0, NULL, &rows, err))
		return -1;
	html(out, "<h2>Users</h2>");
	if (PQntuples(rows) == 0)
		html(out, "<p>Nobody has a password: everybody on this machine may do everything here. To change that: "
		          "<code>syncline user add admin</code></p>");
	else
		html(out, "<ul>");
	for (int i = 0; i < PQntuples(rows); i++)
		html(out, "<li>{} <span class=\"dim\">{}</span></li>", pg_text(rows, i, "name"), pg_text(rows, i, "scope"));
	html(out, PQntuples(rows)
	              ? "</ul><p class=\"dim\">Passwords are set on the terminal: <code>syncline user --help</code></p>"
	              : "");
	return 0;
}

static void add_webhooks(struct visit *visit)
{
	html(VISIT_OUT(visit),
	     "<h2>Webhooks</h2><p><a href=\"/settings/webhooks\">Who is told what becomes of syncs</a>: addresses, "
	     "test messages, and what was delivered.</p>");
}

static int add_audit(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (pg_query(visit->ctl.pg,
	             "SELECT at, who, address, action, subject, (extract(epoch FROM now() - at) * 1000)::bigint AS age_ms "
	             "FROM console_audit ORDER BY audit_id DESC LIMIT 50",
	             0, NULL, &rows, err))
		return -1;
	html(out, "<h2>Who did what</h2>");
	layout_table(out, "Who did what", "");
	html(out, "<thead><tr><th scope=\"col\">When</th><th scope=\"col\">Who</th>"
	          "<th scope=\"col\">What</th><th scope=\"col\">From</th></tr></thead><tbody>");
	for (int i = 0; i < PQntuples(rows); i++) {
		html(out, "<tr><td>");
		layout_moment(out, pg_text(rows, i, "at"), pg_int(rows, i, "age_ms"));
		html(out, "</td><td>{}</td><td>{} {}</td><td>{}</td></tr>", pg_text(rows, i, "who"), pg_text(rows, i, "action"),
		     pg_text(rows, i, "subject"), pg_text(rows, i, "address"));
	}
	html(out, "</tbody></table></div>");
	return 0;
}

static void show(struct visit *visit)
{
	struct err err;
	layout_begin(visit, "Settings", "settings");
	if (visit->visitor.scope == SCOPE_ADMIN)
		add_webhooks(visit);
	if (add_tokens(visit, &err) || add_users(visit, &err) ||
	    (visit->visitor.scope == SCOPE_ADMIN && add_audit(visit, &err)))
		visit_fail(visit, &err);
	else
		layout_end(visit);
}

static void make_token(struct visit *visit)
{
	struct err err;
	char value[TOKEN_TEXT];
	const char *name = http_value(&visit->request->form, "name");
	enum scope scope = scope_find(http_value(&visit->request->form, "scope"));
	if (scope == SCOPE_NONE) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be done", "Say what the token may do.");
		return;
	}
	if (token_make(visit->ctl.pg, name, scope, value, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "token made", name);
	http_add_header(visit->request, visit->response, "Cache-Control", "no-store");
	layout_begin(visit, "A new token", "settings");
	html(VISIT_OUT(visit),
	     "<p>This is the only time that <strong>{}</strong> is shown. Copy it now:</p><pre tabindex=\"0\"><code>{}</code></pre>"
	     "<p><a href=\"/settings\">Back to the settings</a></p>",
	     name, value);
	layout_end(visit);
	vault_wipe(value, sizeof value);
}

static void remove_token(struct visit *visit)
{
	struct err err;
	const char *name = http_value(&visit->request->form, "name");
	if (token_remove(visit->ctl.pg, name, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "token removed", name);
	http_redirect(visit->request, visit->response, "/settings");
}

static const struct route routes[] = {
	{.method = "GET", .path = "/settings", .scope = SCOPE_READ, .run = show},
	{.method = "POST", .path = "/settings/tokens", .scope = SCOPE_ADMIN, .run = make_token},
	{.method = "POST", .path = "/settings/tokens/remove", .scope = SCOPE_ADMIN, .run = remove_token},
	{0},
};

const struct route_table settings_routes = {.family = FAMILY_PAGE, .routes = routes};
