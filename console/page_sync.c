/* A sync: where it is, what came of it, what could not be taken. */
#include <stdio.h>

#include "common/uuid.h"
#include "console/layout.h"
#include "console/live.h"
#include "console/reject_view.h"
#include "console/routes.h"
#include "console/sync_view.h"
#include "ctl/slow.h"

enum { REJECTS_SHOWN = 20 };

/* ---- the live part ---- */

static int add_report(struct ctl *ctl, const char *id, const PGresult *sync, const PGresult *categories,
                      struct buf *out, struct err *err)
{
	sync_view_summary(sync, categories, out);
	sync_view_categories(categories, out);
	html(out, "<h2>Ledger</h2>");
	return sync_view_ledger(ctl, id, out, err);
}

static int render(struct ctl *ctl, const char *id, struct buf *out, bool *over, struct err *err)
{
	PG_RESULT *sync = NULL;
	PG_RESULT *categories = NULL;
	if (report_read(ctl, id, 0, &sync, &categories, err))
		return -1;
	*over = PQntuples(sync) == 0 || pg_bool(sync, 0, "over");
	return PQntuples(sync) == 0 ? 0 : add_report(ctl, id, sync, categories, out, err);
}

static const struct live_part part = {"part", render};

static int find(struct visit *visit, char id[UUID_TEXT], struct err *err)
{
	return ctl_find_sync(&visit->ctl, visit->parts[0], id, err);
}

static void live(struct visit *visit)
{
	char id[UUID_TEXT];
	struct err err;
	if (find(visit, id, &err))
		visit_fail(visit, &err);
	else
		live_serve(visit, &part, id);
}

/* ---- the page ---- */

static void add_facts(struct visit *visit, const PGresult *sync)
{
	struct buf *out = VISIT_OUT(visit);
	const char *account = pg_text(sync, 0, "account");
	html(out, "<p class=\"dim\"><a href=\"/library/{}\">{}</a> · {} sync", account, account, pg_text(sync, 0, "mode"));
	if (*pg_text(sync, 0, "requested_by"))
		html(out, ", asked for by {}", pg_text(sync, 0, "requested_by"));
	html(out, " · ");
	layout_moment(out, pg_text(sync, 0, "queued_at"), pg_int(sync, 0, "age_ms"));
	html(out, " · <code>{}</code></p>", pg_text(sync, 0, "sync"));
}

static int add_live(struct visit *visit, const char *id, const PGresult *sync, const PGresult *categories,
                    struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	if (pg_bool(sync, 0, "over"))
		html(out, "<div id=\"sync\">");
	else
		html(out, "<div id=\"sync\" data-live=\"/syncs/{}/live\" data-reload>", id);
	if (add_report(&visit->ctl, id, sync, categories, out, err))
		return -1;
	html(out, "</div>");
	return 0;
}

static int show_sync(struct visit *visit, const char *id, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *sync = NULL;
	PG_RESULT *categories = NULL;
	char title[LIMIT_ACCOUNT + 20];
	if (report_read(&visit->ctl, id, 0, &sync, &categories, err))
		return -1;
	snprintf(title, sizeof title, "Sync of %s", pg_text(sync, 0, "account"));
	layout_begin(visit, title, "overview");
	add_facts(visit, sync);
	if (add_live(visit, id, sync, categories, err))
		return -1;
	html(out, "<h2>What could not be taken</h2>");
	if (reject_view_list(visit, id, NULL, REJECTS_SHOWN, err))
		return -1;
	layout_end(visit);
	return 0;
}

static void show(struct visit *visit)
{
	char id[UUID_TEXT];
	struct err err;
	if (find(visit, id, &err) || show_sync(visit, id, &err))
		visit_fail(visit, &err);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/syncs/{}", .scope = SCOPE_READ, .run = show},
	{.method = "GET", .path = "/syncs/{}/live", .scope = SCOPE_READ, .run = live},
	{0},
};

const struct route_table sync_routes = {.family = FAMILY_PAGE, .routes = routes};
