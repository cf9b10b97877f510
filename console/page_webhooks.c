/* Webhooks: who is told what becomes of syncs, and what each was told. */
#include <microhttpd.h>
#include <stdio.h>

#include "common/sql.h"
#include "console/audit.h"
#include "console/delivery.h"
#include "console/layout.h"
#include "console/limits.h"
#include "console/outside.h"
#include "console/routes.h"

enum { NUMBER = 24, DELIVERIES_SHOWN = 50 };

/* ---- looking ---- */

static void add_button(struct visit *visit, const char *action, const char *id, const char *label, const char *question)
{
	layout_button(visit, action, label, &(struct layout_button){"quiet", "id", id, question});
}

static void add_webhook(struct visit *visit, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	char events[WEBHOOK_TYPES];
	const char *id = pg_text(rows, i, "id"), *state = pg_text(rows, i, "state"), *account = pg_text(rows, i, "account");
	const char *why = pg_text(rows, i, strcmp(state, "off") == 0 ? "off_cause" : "last_error");
	html(out, "<tr><th scope=\"row\">{}</th><td>{}{}", id, pg_text(rows, i, "target"),
	     pg_bool(rows, i, "internal") ? " (internal)" : "");
	html(out, *why ? "<p class=\"cause\">{}</p></td>" : "{}</td>", why);
	html(out, "<td>{}</td><td>{}</td><td>", *account ? account : "all",
	     webhook_write_events(pg_text(rows, i, "events"), events));
	html(out, "<span class=\"state {}\">{}</span></td><td>", strcmp(state, "on") == 0 ? "ok" : "failed", state);
	layout_moment(out, pg_text(rows, i, "last_at"), pg_int(rows, i, "last_ms"));
	html(out, "</td><td class=\"n\">");
	layout_count(out, pg_int(rows, i, "waiting"));
	html(out, "</td><td><div class=\"row\">");
	add_button(visit, "/settings/webhooks/test", id, "Test", NULL);
	add_button(visit, "/settings/webhooks/remove", id, "Remove",
	           "It is told nothing more, and its secret and log are forgotten. Remove it?");
	html(out, "</div></td></tr>");
}

static int add_webhooks(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	char most[NUMBER];
	const char *values[] = {NULL, most};
	PG_RESULT *rows = NULL;
	snprintf(most, sizeof most, "%d", LIMIT_WEBHOOKS);
	if (pg_query(visit->ctl.pg, sql_text("q_webhook_list"), 2, values, &rows, err))
		return -1;
	html(out,
	     "<p class=\"dim\">Addresses that are sent a signed message when something happens. Of each only where it leads to "
	     "is shown, because the rest may be a secret.</p>");
	if (PQntuples(rows) == 0) {
		html(out, "<p>Nobody is told anything yet.</p>");
		return 0;
	}
	layout_table(out, "Webhooks", "");
	html(out, "<thead><tr><th scope=\"col\">Id</th><th scope=\"col\">To</th>"
	          "<th scope=\"col\">Account</th><th scope=\"col\">Events</th><th scope=\"col\">State</th>"
	          "<th scope=\"col\">Last try</th><th scope=\"col\" class=\"n\">Waiting</th>"
	          "<th scope=\"col\"><span class=\"hidden\">Actions</span></th></tr></thead><tbody>");
	for (int i = 0; i < PQntuples(rows); i++)
		add_webhook(visit, rows, i);
	html(out, "</tbody></table></div>");
	return 0;
}

static int add_accounts(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (pg_query(visit->ctl.pg, "SELECT name FROM account ORDER BY name", 0, NULL, &rows, err))
		return -1;
	html(out, "<label>Account<select name=\"account\"><option value=\"\">all</option>");
	for (int i = 0; i < PQntuples(rows); i++)
		html(out, "<option>{}</option>", pg_text(rows, i, "name"));
	html(out, "</select></label>");
	return 0;
}

static int add_form(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	html(out, "<h2 id=\"add\">Add a webhook</h2>");
	layout_form(visit, "/settings/webhooks", "stack card");
	html(out, "<label>Address<input name=\"url\" type=\"url\" required maxlength=\"2000\" placeholder=\"https://\">"
	          "<small>https, and of no internal network: those are added on the terminal (<code>syncline webhook add "
	          "--allow-internal</code>).</small></label>");
	if (add_accounts(visit, err))
		return -1;
	html(out, "<fieldset><legend>When</legend>");
	for (int i = 0; i < WEBHOOK_EVENTS; i++)
		html(out, "<label class=\"check\"><input type=\"checkbox\" name=\"{}\" checked> {}</label>",
		     webhook_events[i].word, webhook_events[i].help);
	html(out, "</fieldset><div><button>Add</button></div></form>");
	return 0;
}

static void add_delivery(struct visit *visit, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	const char *state = pg_text(rows, i, "state"), *error = pg_text(rows, i, "error");
	bool delivered = strcmp(state, "delivered") == 0, given_up = strcmp(state, "given_up") == 0;
	html(out, "<tr><td>");
	layout_moment(out, pg_text(rows, i, "at"), pg_int(rows, i, "age_ms"));
	html(out, "</td><td>{}</td><td>{} {}", pg_text(rows, i, "webhook"), pg_text(rows, i, "type"),
	     pg_text(rows, i, "account"));
	html(out, *error ? "<p class=\"cause\">{}</p></td>" : "{}</td>", error);
	html(out, "<td><span class=\"state {}\">{}</span></td>",
	     delivered  ? "ok"
	     : given_up ? "failed"
	                : "partial",
	     given_up ? "given up" : state);
	html(out, "<td class=\"n\">{}</td><td>{}</td><td>", pg_text(rows, i, "tries"), pg_text(rows, i, "status"));
	layout_moment(out, pg_text(rows, i, "next_at"), -pg_int(rows, i, "next_ms"));
	html(out, "</td></tr>");
}

static int add_deliveries(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	char most[NUMBER];
	const char *values[] = {NULL, NULL, most};
	PG_RESULT *rows = NULL;
	snprintf(most, sizeof most, "%d", DELIVERIES_SHOWN);
	if (pg_query(visit->ctl.pg, sql_text("q_webhook_deliveries"), 3, values, &rows, err))
		return -1;
	if (PQntuples(rows) == 0)
		return 0;
	html(out, "<h2 id=\"deliveries\">Newest messages</h2>");
	layout_table(out, "Newest messages", "");
	html(out,
	     "<thead><tr><th scope=\"col\">Made</th>"
	     "<th scope=\"col\">Webhook</th><th scope=\"col\">Event</th><th scope=\"col\">State</th>"
	     "<th scope=\"col\" class=\"n\">Tries</th><th scope=\"col\">Status</th><th scope=\"col\">Next try</th></tr></thead>"
	     "<tbody>");
	for (int i = 0; i < PQntuples(rows); i++)
		add_delivery(visit, rows, i);
	html(out, "</tbody></table></div>");
	return 0;
}

/* notice: what has just been done, "" nothing; class: "notice" or "problem". */
static void show_with(struct visit *visit, const char *class, const char *notice)
{
	struct err err;
	layout_begin(visit, "Webhooks", "settings");
	if (*notice)
		html(VISIT_OUT(visit), "<p class=\"{}\" role=\"status\">{}</p>", class, notice);
	if (add_webhooks(visit, &err) || add_deliveries(visit, &err) || add_form(visit, &err))
		visit_fail(visit, &err);
	else
		layout_end(visit);
}

static void show(struct visit *visit)
{
	show_with(visit, "", "");
}

/* ---- changing ---- */

static int read_wish(struct visit *visit, struct webhook_wish *wish, char types[WEBHOOK_TYPES],
                     char account_id[ID_TEXT], struct err *err)
{
	const struct http_pairs *form = &visit->request->form;
	const char *account = http_value(form, "account");
	char words[WEBHOOK_TYPES] = ",";
	size_t used = 1;
	for (int i = 0; i < WEBHOOK_EVENTS; i++) {
		if (*http_value(form, webhook_events[i].word))
			used += (size_t)snprintf(words + used, sizeof words - used, "%s,", webhook_events[i].word);
	}
	if (webhook_read_events(words, types, err) || (*account && ctl_find_account(&visit->ctl, account, account_id, err)))
		return -1;
	*wish = (struct webhook_wish){http_value(form, "url"), types, *account ? account_id : NULL, false};
	return 0;
}

static void add(struct visit *visit)
{
	struct webhook_wish wish;
	struct webhook_made made;
	char types[WEBHOOK_TYPES], account_id[ID_TEXT];
	struct err err;
	if (read_wish(visit, &wish, types, account_id, &err) ||
	    webhook_add(visit->ctl.pg, visit->console->settings->key_file, &wish, &made, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "webhook added", made.target);
	http_add_header(visit->request, visit->response, "Cache-Control", "no-store");
	layout_begin(visit, "A new webhook", "settings");
	html(VISIT_OUT(visit),
	     "<p>With this secret the receiver at <strong>{}</strong> checks that messages come from here. It is shown this one time. "
	     "Copy it now:</p><pre tabindex=\"0\"><code>{}</code></pre>",
	     made.target, made.secret);
	html(VISIT_OUT(visit), "<p>");
	add_button(visit, "/settings/webhooks/test", made.id, "Send a test message", NULL);
	html(VISIT_OUT(visit), "<a href=\"/settings/webhooks\">Back to the webhooks</a></p>");
	layout_end(visit);
	vault_wipe(&made, sizeof made);
}

static void remove_webhook(struct visit *visit)
{
	char target[WEBHOOK_TARGET];
	struct err err;
	if (webhook_remove(visit->ctl.pg, http_value(&visit->request->form, "id"), target, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "webhook removed", target);
	http_redirect(visit->request, visit->response, "/settings/webhooks");
}

static void test(struct visit *visit)
{
	const char *id = http_value(&visit->request->form, "id");
	char notice[POST_ERROR + 80];
	struct post_end end;
	struct err err;
	if (!outside_begin(visit))
		return;
	int result = delivery_try(visit->ctl.pg, visit->console->settings, id, visit->visitor.name, &end, &err);
	outside_end();
	if (result) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "webhook tested", id);
	if (end.delivered)
		snprintf(notice, sizeof notice, "Delivered: the receiver of webhook %s answered %d in %d ms.", id, end.status,
		         end.took_ms);
	else
		snprintf(notice, sizeof notice, "Not delivered to webhook %s: %s.", id, end.error);
	show_with(visit, end.delivered ? "notice" : "problem", notice);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/settings/webhooks", .scope = SCOPE_ADMIN, .run = show},
	{.method = "POST", .path = "/settings/webhooks", .scope = SCOPE_ADMIN, .run = add},
	{.method = "POST", .path = "/settings/webhooks/remove", .scope = SCOPE_ADMIN, .run = remove_webhook},
	{.method = "POST", .path = "/settings/webhooks/test", .scope = SCOPE_ADMIN, .run = test},
	{0},
};

const struct route_table webhooks_routes = {.family = FAMILY_PAGE, .routes = routes};
