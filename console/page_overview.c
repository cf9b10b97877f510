/* The overview: every account with its library, its newest sync, and what a person should look at. */
#include <stdio.h>

#include "common/category.h"
#include "common/sql.h"
#include "console/layout.h"
#include "console/live.h"
#include "console/routes.h"
#include "console/sync_view.h"
#include "ctl/figure.h"
#include "ctl/slow.h"

/* Cards of a page that is sent anew whenever something moves: more than anybody looks through. */
enum { CARDS_MOST = 60 };

static void add_library(const PGresult *rows, int i, struct buf *out)
{
	html(out, "<dl class=\"counts\">");
	for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
		const char *name = category_name((enum category)c);
		html(out, "<div><dt>{}</dt><dd>", name);
		layout_count(out, pg_int(rows, i, name));
		html(out, "</dd></div>");
	}
	html(out, "</dl>");
}

static int add_sync(struct ctl *ctl, const PGresult *rows, int i, struct buf *out, struct err *err)
{
	PG_RESULT *sync = NULL;
	PG_RESULT *categories = NULL;
	const char *id = pg_text(rows, i, "sync"), *state = pg_text(rows, i, "sync_state");
	if (!*id) {
		html(out, "<p>Never synced.</p>");
		return 0;
	}
	html(out, "<p><a href=\"/syncs/{}\">Last sync</a>: ", id);
	layout_state(out, state);
	html(out, " ");
	layout_moment(out, pg_text(rows, i, "sync_at"), pg_int(rows, i, "sync_age_ms"));
	html(out, "</p>");
	if (!pg_bool(rows, i, "unfinished"))
		return 0;
	if (report_read(ctl, id, 0, &sync, &categories, err))
		return -1;
	sync_view_bar(categories, out);
	return 0;
}

/* What a person should know, or do. */
static void add_notices(const PGresult *rows, int i, struct buf *out)
{
	char slow[SLOW_TEXT], held[FIGURE_TEXT];
	const char *state = pg_text(rows, i, "sync_state");
	if (*slow_sentence(rows, i, slow))
		html(out, "<p class=\"notice\">{}</p>", slow);
	if (strcmp(state, "complete") != 0 && *pg_text(rows, i, "cause"))
		html(out, "<p class=\"cause\">{}</p>", pg_text(rows, i, "cause"));
	if (strcmp(state, "complete") != 0 && *pg_text(rows, i, "next_step"))
		html(out, "<p class=\"next\">Next: <strong>{}</strong></p>", pg_text(rows, i, "next_step"));
	if (pg_int(rows, i, "held"))
		html(out,
		     "<p class=\"notice\">{} held: the server does not list them any more. <a href=\"/syncs/{}\">Look at them</a></p>",
		     figure_many(pg_int(rows, i, "held"), "removal", held), pg_text(rows, i, "sync"));
}

static int add_account(struct ctl *ctl, const PGresult *rows, int i, struct buf *out, struct err *err)
{
	const char *name = pg_text(rows, i, "account");
	html(out,
	     "<section class=\"card\"><h2><a href=\"/library/{}\">{}</a> <small class=\"dim\">{}</small> "
	     "<small><a href=\"/accounts/{}\">Account</a></small></h2>",
	     name, name, pg_text(rows, i, "provider"), name);
	add_library(rows, i, out);
	html(out, "<p class=\"dim\">");
	if (pg_int(rows, i, "complete_categories") == CATEGORY_COUNT) {
		html(out, "Proved complete ");
		layout_moment(out, pg_text(rows, i, "complete_at"), pg_int(rows, i, "complete_age_ms"));
	} else {
		html(out, "Proved complete in {} of 4 categories", pg_text(rows, i, "complete_categories"));
	}
	html(out, "</p>");
	if (add_sync(ctl, rows, i, out, err))
		return -1;
	if (*pg_text(rows, i, "next_run_at")) {
		html(out, "<p class=\"dim\">Next sync by its schedule: ");
		layout_moment(out, pg_text(rows, i, "next_run_at"), -pg_int(rows, i, "next_run_ms"));
		html(out, "</p>");
	}
	add_notices(rows, i, out);
	html(out, "</section>");
	return 0;
}

/* At work, or with something to know or do. */
static bool has_news(const PGresult *rows, int i)
{
	return pg_bool(rows, i, "unfinished") || pg_int(rows, i, "held") ||
	       (*pg_text(rows, i, "cause") && strcmp(pg_text(rows, i, "sync_state"), "complete") != 0);
}

/* Those with news, or the others, until `left` is used up. */
static int add_some(struct ctl *ctl, const PGresult *rows, bool news, int *left, struct buf *out, struct err *err)
{
	for (int i = 0; i < PQntuples(rows) && *left; i++) {
		if (has_news(rows, i) != news)
			continue;
		if (add_account(ctl, rows, i, out, err))
			return -1;
		--*left;
	}
	return 0;
}

/* By name; of more than are shown, those with news first. */
static int add_accounts(struct ctl *ctl, const PGresult *rows, struct buf *out, struct err *err)
{
	char more[FIGURE_TEXT];
	int count = PQntuples(rows), left = CARDS_MOST;
	html(out, "<div class=\"cards\">");
	for (int i = 0; i < count && count <= CARDS_MOST; i++) {
		if (add_account(ctl, rows, i, out, err))
			return -1;
	}
	if (count > CARDS_MOST &&
	    (add_some(ctl, rows, true, &left, out, err) || add_some(ctl, rows, false, &left, out, err)))
		return -1;
	html(out, "</div>");
	if (count > CARDS_MOST)
		html(out, "<p>{} accounts more: <a href=\"/library\">all of them</a></p>",
		     figure_count(count - CARDS_MOST, more));
	return 0;
}

static int render(struct ctl *ctl, const char *argument, struct buf *out, bool *over, struct err *err)
{
	PG_RESULT *rows = NULL;
	const char *values[] = {*argument ? argument : NULL, "[]", "{}"};
	*over = false;
	if (pg_query(ctl->pg, sql_text("q_ctl_status"), 3, values, &rows, err))
		return -1;
	if (add_accounts(ctl, rows, out, err))
		return -1;
	if (PQntuples(rows) == 0)
		html(out, "<p class=\"card\">There are no accounts yet. <a href=\"/accounts\">Add one</a></p>");
	return 0;
}

static const struct live_part part = {"part", render};

static void live(struct visit *visit)
{
	live_serve(visit, &part, "");
}

/* Beside the live part, which carries no forms. */
static int add_sync_form(struct visit *visit, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (visit->visitor.scope < SCOPE_OPERATE)
		return 0;
	if (pg_query(visit->ctl.pg, "SELECT name FROM account ORDER BY name", 0, NULL, &rows, err))
		return -1;
	if (PQntuples(rows) == 0)
		return 0;
	html(out, "<h2>Sync now</h2>");
	layout_form(visit, "/accounts/sync", "row");
	html(out, "<label>Account<select name=\"account\">");
	for (int i = 0; i < PQntuples(rows); i++)
		html(out, "<option>{}</option>", pg_text(rows, i, "name"));
	html(out,
	     "</select></label><label>Read<select name=\"mode\"><option value=\"incremental\">what has changed</option>"
	     "<option value=\"full\">everything</option></select></label><button>Sync now</button></form>");
	return 0;
}

static void show(struct visit *visit)
{
	struct err err;
	bool over;
	layout_begin(visit, "Overview", "overview");
	html(VISIT_OUT(visit), "<div id=\"overview\" data-live=\"/live/overview\">");
	int result = render(&visit->ctl, "", VISIT_OUT(visit), &over, &err);
	html(VISIT_OUT(visit), "</div>");
	if (result || add_sync_form(visit, &err)) {
		visit_fail(visit, &err);
		return;
	}
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/", .scope = SCOPE_READ, .run = show},
	{.method = "GET", .path = "/live/overview", .scope = SCOPE_READ, .run = live},
	{0},
};

const struct route_table overview_routes = {.family = FAMILY_PAGE, .routes = routes};
