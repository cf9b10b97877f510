/* A sync: where it is, what came of it, what could not be taken. */
#include <stdio.h>

#include "common/uuid.h"
#include "console/layout.h"
#include "console/live.h"
#include "console/reject_view.h"
#include "console/routes.h"
#include "console/sync_view.h"
#include "ctl/figure.h"
#include "ctl/held.h"
#include "ctl/left.h"

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

/* ---- what can be done ---- */

static void add_button(struct visit *visit, const char *id, const char *action, const char *label,
                       const struct layout_button *how)
{
	char place[UUID_TEXT + 32];
	snprintf(place, sizeof place, "/syncs/%s/%s", id, action);
	layout_button(visit, place, label, how);
}

/* What is missing of a sync that has ended. */
static int add_retry(struct visit *visit, const char *id, const PGresult *sync, struct err *err)
{
	struct left left;
	if (left_read(&visit->ctl, pg_text(sync, 0, "account"), id, &left, err))
		return -1;
	if (left.over && *left.wish.categories && strcmp(left.sync, id) == 0)
		add_button(visit, id, "retry", "Sync what is missing", &(struct layout_button){0});
	return 0;
}

static void add_names(struct buf *out, const PGresult *names, int64_t held)
{
	char more[FIGURE_TEXT];
	html(out, "<ul>");
	for (int i = 0; i < PQntuples(names); i++)
		html(out, "<li>{} <span class=\"dim\">{}</span></li>", pg_text(names, i, "label"), pg_text(names, i, "id"));
	if (held > PQntuples(names))
		html(out, "<li>and {} more</li>", figure_count(held - PQntuples(names), more));
	html(out, "</ul>");
}

static void add_confirm(struct visit *visit, const char *id, const char *category, const char *many)
{
	char label[FIGURE_TEXT + 48], question[FIGURE_TEXT + 64];
	snprintf(label, sizeof label, "Remove these %s %s", many, category);
	snprintf(question, sizeof question, "Mark these %s %s as removed?", many, category);
	add_button(visit, id, "confirm", label, &(struct layout_button){"danger", "category", category, question});
}

/* What goes is shown before the button, by name. */
static int add_held(struct visit *visit, const char *id, const char *account_id, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *held = NULL;
	char many[FIGURE_TEXT];
	if (held_read(&visit->ctl, account_id, NULL, &held, err))
		return -1;
	for (int i = 0; i < PQntuples(held); i++) {
		PG_RESULT *names = NULL;
		const char *category = pg_text(held, i, "category");
		if (strcmp(pg_text(held, i, "sync"), id) != 0)
			continue;
		if (held_names(&visit->ctl, account_id, held, i, &names, err))
			return -1;
		html(out,
		     "<h2>Held removals: {}</h2><p>The provider does not list {} {} any more. They are still here, in case it is only "
		     "for a while (a disk that is not mounted); when it lists them again, the matter ends by itself.</p>",
		     category, figure_count(pg_int(held, i, "held"), many), category);
		add_names(out, names, pg_int(held, i, "held"));
		if (visit->visitor.scope < SCOPE_OPERATE)
			continue;
		add_confirm(visit, id, category, many);
	}
	return 0;
}

/* Beside the live part, which carries no forms; when the sync ends the page is loaded anew, and so are its buttons. */
static int add_actions(struct visit *visit, const char *id, const PGresult *sync, struct err *err)
{
	const char *state = pg_text(sync, 0, "state");
	if (visit->visitor.scope < SCOPE_OPERATE || strcmp(state, "cancelling") == 0)
		return 0;
	html(VISIT_OUT(visit), "<div class=\"row actions\">");
	if (!pg_bool(sync, 0, "over") && strcmp(state, "joined") != 0)
		add_button(visit, id, "cancel", "Cancel this sync",
		           &(struct layout_button){.question = "What has arrived is kept, the rest is not read. Cancel it?"});
	int result = pg_bool(sync, 0, "over") ? add_retry(visit, id, sync, err) : 0;
	html(VISIT_OUT(visit), "</div>");
	return result;
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
	if (add_actions(visit, id, sync, err) || add_live(visit, id, sync, categories, err) ||
	    add_held(visit, id, pg_text(sync, 0, "account_id"), err))
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
