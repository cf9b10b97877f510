/* /accounts/{}/remove: what goes with an account, and its name as the question. */
#include <microhttpd.h>
#include <stdio.h>

#include "console/audit.h"
#include "console/field.h"
#include "console/layout.h"
#include "console/routes.h"
#include "console/visit.h"
#include "ctl/account_store.h"

static int show_form(struct visit *visit, const char *id, const char *typed, const char *problem, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	const char *name = visit->parts[0];
	char rows[ACCOUNT_ROWS], place[LIMIT_ACCOUNT + 40], title[LIMIT_ACCOUNT + 40];
	if (account_rows(visit->ctl.pg, id, rows, err))
		return -1;
	snprintf(place, sizeof place, "/accounts/%s/remove", name);
	snprintf(title, sizeof title, "Remove %s", name);
	layout_begin(visit, title, "accounts");
	html(out, "<p>This removes the account with {}. It cannot be undone. Nothing is changed at the provider.</p>",
	     rows);
	layout_form(visit, place, "stack card");
	field_add(out, &(struct field){.name = "name",
	                               .label = "Type the account's name",
	                               .value = typed,
	                               .problem = problem,
	                               .attributes = "required autocomplete=\"off\" autocapitalize=\"none\""});
	html(out,
	     "<div class=\"row\"><button class=\"danger\">Remove this account</button> "
	     "<a class=\"button quiet\" href=\"/accounts/{}\">Keep it</a></div></form>",
	     name);
	layout_end(visit);
	return 0;
}

static void show_with(struct visit *visit, const char *id, const char *typed, const char *problem)
{
	struct err err;
	if (show_form(visit, id, typed, problem, &err))
		visit_fail(visit, &err);
}

static void show(struct visit *visit)
{
	char id[ID_TEXT];
	if (visit_account(visit, id))
		show_with(visit, id, "", NULL);
}

/* The name typed is the question, so that it is the same without scripts. */
static void run(struct visit *visit)
{
	char id[ID_TEXT];
	struct err err;
	const char *typed = http_value(&visit->request->form, "name");
	if (!visit_account(visit, id))
		return;
	if (strcmp(typed, visit->parts[0]) != 0) {
		visit->response->status = MHD_HTTP_BAD_REQUEST;
		show_with(visit, id, typed, "That is not its name. Nothing was removed.");
		return;
	}
	if (account_remove(&visit->ctl, id, typed, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit_noted(visit, "account removed", visit->parts[0]);
	http_redirect(visit->request, visit->response, "/accounts");
}

static const struct route routes[] = {
	{.method = "GET", .path = "/accounts/{}/remove", .scope = SCOPE_ADMIN, .run = show},
	{.method = "POST", .path = "/accounts/{}/remove", .scope = SCOPE_ADMIN, .run = run},
	{0},
};

const struct route_table account_remove_routes = {.family = FAMILY_PAGE, .routes = routes};
