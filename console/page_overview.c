/* The overview: every account with its library, its newest sync, and what a person should look at. */
#include <stdio.h>

#include "common/sql.h"
#include "console/layout.h"
#include "console/routes.h"

static void show(struct visit *visit)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	struct err err;
	const char *values[] = {NULL, "[]", "{}"};
	if (pg_query(visit->ctl.pg, sql_text("q_ctl_status"), 3, values, &rows, &err)) {
		visit_fail(visit, &err);
		return;
	}
	layout_begin(visit, "Overview", "overview");
	html(out, "<div class=\"cards\">");
	for (int i = 0; i < PQntuples(rows); i++) {
		html(out, "<section class=\"card\"><h2>{}</h2><p class=\"dim\">{}</p><p>", pg_text(rows, i, "account"),
		     pg_text(rows, i, "provider"));
		layout_state(out, pg_text(rows, i, "sync_state"));
		html(out, " ");
		layout_count(out, pg_int(rows, i, "tracks"));
		html(out, " tracks</p></section>");
	}
	html(out, "</div>");
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table overview_routes = {FAMILY_PAGE, routes};
