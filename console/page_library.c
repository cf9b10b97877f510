/* /library: the accounts, and the first page of one: what it holds, how fresh that is, and how to take it along. */
#include <stdio.h>

#include "common/sql.h"
#include "console/library_view.h"
#include "console/routes.h"
#include "console/visit.h"

static int read_accounts(struct visit *visit, const char *name, PGresult **rows)
{
	struct err err;
	if (pg_query(visit->ctl.pg, sql_text("q_library_accounts"), 1, &name, rows, &err)) {
		visit_fail(visit, &err);
		return -1;
	}
	return 0;
}

static void add_counts(struct buf *out, const PGresult *rows, int i)
{
	const char *account = pg_text(rows, i, "account");
	html(out, "<dl class=\"counts\">");
	for (size_t k = 0; k < SHELF_KINDS; k++) {
		html(out, "<div><dt>");
		library_link(out, account, &shelf_kinds[k], "", shelf_kinds[k].title);
		html(out, "</dt><dd>");
		layout_count(out, pg_int(rows, i, shelf_kinds[k].category));
		html(out, "</dd></div>");
	}
	html(out, "</dl>");
}

/* The lists follow the library by some seconds; who looks meanwhile should know. */
static void add_freshness(struct buf *out, const PGresult *rows, int i)
{
	if (pg_null(rows, i, "read_at")) {
		html(out, "<p class=\"notice\">Nothing can be browsed yet: lists are made when the first items have come.</p>");
		return;
	}
	html(out, "<p class=\"dim\">");
	html(out, pg_bool(rows, i, "current") ? "Lists are up to date, made "
	                                      : "Lists are being brought up to date; these were made ");
	layout_moment(out, pg_text(rows, i, "read_at"), pg_int(rows, i, "read_age_ms"));
	html(out, ".</p>");
}

static void list(struct visit *visit)
{
	PG_RESULT *rows = NULL;
	struct buf *out = VISIT_OUT(visit);
	if (read_accounts(visit, NULL, &rows))
		return;
	layout_begin(visit, "Library", "library");
	html(out, "<div class=\"cards\">");
	for (int i = 0; i < PQntuples(rows); i++) {
		html(out, "<section class=\"card\"><h2><a href=\"/library/{}\">{}</a> <small class=\"dim\">{}</small></h2>",
		     pg_text(rows, i, "account"), pg_text(rows, i, "account"), pg_text(rows, i, "provider"));
		add_counts(out, rows, i);
		html(out, "</section>");
	}
	html(out, "</div>");
	if (PQntuples(rows) == 0)
		html(out, "<p class=\"card\">There are no accounts yet. <code>syncline account add --help</code></p>");
	layout_end(visit);
}

static void show(struct visit *visit)
{
	PG_RESULT *rows = NULL;
	struct buf *out = VISIT_OUT(visit);
	char id[ID_TEXT];
	if (!visit_account(visit, id) || read_accounts(visit, visit->parts[0], &rows) || PQntuples(rows) == 0)
		return;
	library_begin(visit, visit->parts[0], NULL, "");
	add_counts(out, rows, 0);
	add_freshness(out, rows, 0);
	if (pg_int(rows, 0, "complete_categories") < SHELF_KINDS)
		html(out, "<p class=\"notice\">Proved complete in {} of 4 categories only: something may be missing here.</p>",
		     pg_text(rows, 0, "complete_categories"));
	library_exports(visit, NULL);
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library", .scope = SCOPE_READ, .run = list},
	{.method = "GET", .path = "/library/{}", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table library_routes = {.family = FAMILY_PAGE, .routes = routes};
