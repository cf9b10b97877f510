/* Everything that could not be taken, newest first. */
#include "console/account_view.h"
#include "console/layout.h"
#include "console/reject_view.h"
#include "console/routes.h"

enum { REJECTS_SHOWN = 100 };

static void show(struct visit *visit)
{
	char account[ID_TEXT];
	struct err err;
	const char *name = http_value(&visit->request->query, "account");
	if (*name && ctl_find_account(&visit->ctl, name, account, &err)) {
		visit_fail(visit, &err);
		return;
	}
	layout_begin(visit, "Rejects", "rejects");
	html(VISIT_OUT(visit),
	     "<p class=\"dim\">Items and pages that could not be taken, with their original bytes. Nothing of them is "
	     "lost: the pages stand in Kafka, and can be parsed again.</p>");
	if (*name && visit->visitor.scope >= SCOPE_OPERATE)
		account_view_replay(visit, name);
	if (reject_view_list(visit, NULL, *name ? account : NULL, REJECTS_SHOWN, &err))
		visit_fail(visit, &err);
	else
		layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/rejects", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table rejects_routes = {.family = FAMILY_PAGE, .routes = routes};
