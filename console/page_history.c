/* /library/{}/history: what syncs did to a library, and what the next one would remove; of one sync the items by name, and how to
 * bring back what it removed. */
#include <microhttpd.h>
#include <stdio.h>

#include "common/sql.h"
#include "common/uuid.h"
#include "console/action.h"
#include "console/library_view.h"
#include "console/routes.h"
#include "console/visit.h"
#include "ctl/figure.h"
#include "ctl/held.h"
#include "ctl/history.h"
#include "ctl/removals.h"
#include "ctl/removed.h"

enum { SYNCS_SHOWN = 30, ITEMS_SHOWN = 100, NAMES_SHOWN = 10, HISTORY_VALUES = 6 };

/* ---- what the next sync does ---- */

static void add_names(struct buf *out, const PGresult *names, const char *why)
{
	html(out, "<details><summary>{}</summary><ul>", why);
	for (int i = 0; i < PQntuples(names); i++)
		html(out, "<li>{} <span class=\"dim\">{}</span></li>", pg_text(names, i, "label"), pg_text(names, i, "id"));
	html(out, "</ul></details>");
}

static void add_forecast(struct visit *visit, const struct removals_forecast *forecast)
{
	struct buf *out = VISIT_OUT(visit);
	char text[REMOVALS_SENTENCE];
	html(out, "<tr><th scope=\"row\">{}</th><td class=\"n\">", forecast->category);
	layout_count(out, forecast->here);
	html(out, "</td><td>{}", removals_sentence(forecast, &visit->ctl.settings, text));
	if (PQntuples(forecast->names))
		add_names(out, forecast->names, "Some of them by name");
	html(out, "</td></tr>");
}

/* Where held ones are looked at by name, and carried out. */
static int add_held(struct visit *visit, const char *id, struct err *err)
{
	PG_RESULT *held = NULL;
	char count[FIGURE_TEXT];
	if (held_read(&visit->ctl, id, NULL, &held, err))
		return -1;
	for (int i = 0; i < PQntuples(held); i++)
		html(VISIT_OUT(visit), "<p class=\"notice\">{} of {} held. <a href=\"/syncs/{}\">Look at them</a></p>",
		     figure_many(pg_int(held, i, "held"), "removal", count), pg_text(held, i, "category"),
		     pg_text(held, i, "sync"));
	return 0;
}

static int add_removals(struct visit *visit, const char *id, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	struct removals_forecast forecasts[CATEGORY_COUNT];
	const struct removals_wish wish = {.account = visit->parts[0], .account_id = id, .names = NAMES_SHOWN};
	int result = removals_read(&visit->ctl, &wish, forecasts, err);
	if (result == 0) {
		html(out, "<h2>What the next sync would remove</h2><p class=\"dim\">From what the walks so far have seen.</p>");
		layout_table(out, "What the next sync would remove", "");
		html(out, "<thead><tr><th scope=\"col\">Category</th><th scope=\"col\" class=\"n\">Here</th>"
		          "<th scope=\"col\">The next complete sync</th></tr></thead><tbody>");
		for (unsigned i = 0; i < CATEGORY_COUNT; i++)
			add_forecast(visit, &forecasts[i]);
		html(out, "</tbody></table></div>");
	}
	removals_done(forecasts);
	return result ? -1 : add_held(visit, id, err);
}

/* ---- syncs ---- */

static const struct {
	const char *column, *title;
} figures[] = {{"added", "New"},
               {"changed", "Changed"},
               {"removed", "Removed"},
               {"restored", "Restored"},
               {"undone", "Undone"}};

static void add_sync(struct visit *visit, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	html(out, "<tr><td><a href=\"/library/{}/history/{}\">", visit->parts[0], pg_text(rows, i, "sync"));
	layout_moment(out, pg_text(rows, i, "at"), pg_int(rows, i, "age_ms"));
	html(out, "</a></td>");
	for (size_t f = 0; f < COUNT_OF(figures); f++) {
		html(out, "<td class=\"n\">");
		if (pg_int(rows, i, figures[f].column))
			layout_count(out, pg_int(rows, i, figures[f].column));
		html(out, "</td>");
	}
	html(out, "<td>{}</td><td>", pg_text(rows, i, "mode"));
	layout_state(out, pg_text(rows, i, "state"));
	html(out, "</td></tr>");
}

static void add_syncs(struct visit *visit, const PGresult *rows, int count)
{
	struct buf *out = VISIT_OUT(visit);
	html(out, "<h2>Syncs that changed something</h2>");
	if (count == 0) {
		html(out, "<p class=\"dim\">None.</p>");
		return;
	}
	layout_table(out, "Syncs that changed something", "");
	html(out, "<thead><tr><th scope=\"col\">When</th>");
	for (size_t f = 0; f < COUNT_OF(figures); f++)
		html(out, "<th scope=\"col\" class=\"n\">{}</th>", figures[f].title);
	html(out, "<th scope=\"col\">Mode</th><th scope=\"col\">State</th></tr></thead><tbody>");
	for (int i = 0; i < count; i++)
		add_sync(visit, rows, i);
	html(out, "</tbody></table></div>");
}

static int show_syncs(struct visit *visit, const char *id, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	const char *after = http_value(&visit->request->query, "after");
	PG_RESULT *rows = NULL;
	char limit[24], title[LIMIT_ACCOUNT + 20];
	snprintf(limit, sizeof limit, "%d", SYNCS_SHOWN + 1);
	bool first = !uuid_valid(span_of(after));
	const char *values[HISTORY_VALUES] = {id, NULL, NULL, NULL, first ? NULL : after, limit};
	if (pg_query(visit->ctl.pg, sql_text("q_ctl_history_syncs"), HISTORY_VALUES, values, &rows, err))
		return -1;
	int count = PQntuples(rows) < SYNCS_SHOWN ? PQntuples(rows) : SYNCS_SHOWN;
	snprintf(title, sizeof title, "History of %s", visit->parts[0]);
	library_begin(visit, title, NULL, "");
	if (first && add_removals(visit, id, err))
		return -1;
	add_syncs(visit, rows, count);
	if (PQntuples(rows) > SYNCS_SHOWN)
		html(out, "<p class=\"steps\"><a href=\"/library/{}/history?after={}\" rel=\"next\">Older</a></p>",
		     visit->parts[0], pg_text(rows, count - 1, "sync"));
	layout_end(visit);
	return 0;
}

static void list(struct visit *visit)
{
	char id[ID_TEXT];
	struct err err;
	if (visit_account(visit, id) && show_syncs(visit, id, &err))
		visit_fail(visit, &err);
}

/* ---- the items of one ---- */

static void add_item(struct buf *out, const char *kind, bool are_changes, const PGresult *rows, int i)
{
	struct buf columns;
	html(out, "<tr><td>{}</td><td>{}</td><td>{} <span class=\"dim\">{}</span></td><td>",
	     are_changes ? pg_text(rows, i, "change") : "added", kind, pg_text(rows, i, "label"), pg_text(rows, i, "id"));
	if (are_changes && *pg_text(rows, i, "columns")) {
		buf_init(&columns, LIMIT_MESSAGE_BYTES);
		history_columns(pg_text(rows, i, "columns"), &columns);
		html_text(out, buf_text(&columns));
		buf_done(&columns);
	}
	if (are_changes && *pg_text(rows, i, "person"))
		html(out, " by {}", pg_text(rows, i, "person"));
	html(out, "</td></tr>");
}

/* Fills one page from the place on, and moves it. */
static int add_items(struct visit *visit, const struct history_wish *wish, struct history_place *place, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	int shown = 0;
	layout_table(out, "What changed", "items");
	html(out, "<thead><tr><th scope=\"col\">What</th><th scope=\"col\">Kind</th>"
	          "<th scope=\"col\">Item</th><th scope=\"col\">From and to</th></tr></thead><tbody>");
	while (shown < ITEMS_SHOWN && place->kind < CATEGORY_COUNT) {
		PG_RESULT *rows = NULL;
		const char *kind;
		bool are_changes;
		if (history_next(&visit->ctl, wish, place, ITEMS_SHOWN - shown, &kind, &are_changes, &rows, err))
			return -1;
		for (int i = 0; rows && i < PQntuples(rows); i++)
			add_item(out, kind, are_changes, rows, i);
		shown += rows ? PQntuples(rows) : 0;
	}
	html(out, "</tbody></table></div>");
	if (shown == 0)
		html(out, "<p class=\"dim\">Nothing (more) is kept of it.</p>");
	return 0;
}

static void add_steps(struct visit *visit, const struct history_place *place)
{
	struct buf *out = VISIT_OUT(visit);
	char text[HISTORY_PLACE];
	if (place->kind == CATEGORY_COUNT)
		return;
	html(out, "<p class=\"steps\"><a rel=\"next\" href=\"/library/{}/history/{}?from=", visit->parts[0],
	     visit->parts[1]);
	http_encode(out, history_place_text(place, text));
	html(out, "\">More</a></p>");
}

/* What it removed and nobody has brought back, by name, and the button. */
static int add_restore(struct visit *visit, const char *id, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	const struct removed_wish wish = {.account = visit->parts[0], .account_id = id, .sync = visit->parts[1]};
	PG_RESULT *found = NULL;
	char place[LIMIT_ACCOUNT + UUID_TEXT + 40], count[FIGURE_TEXT];
	if (removed_find(&visit->ctl, &wish, NAMES_SHOWN, &found, err))
		return -1;
	if (PQntuples(found) == 0)
		return 0;
	html(out, "<h2>Removed by it</h2><ul>");
	for (int i = 0; i < PQntuples(found); i++) {
		const char *kind = pg_text(found, i, "kind");
		bool last = i + 1 == PQntuples(found) || strcmp(kind, pg_text(found, i + 1, "kind")) != 0;
		html(out, "<li>{} <span class=\"dim\">{} {}</span></li>", pg_text(found, i, "label"), kind,
		     pg_text(found, i, "id"));
		if (last && pg_int(found, i, "of_kind") > NAMES_SHOWN)
			html(out, "<li>and {} more</li>", figure_many(pg_int(found, i, "of_kind") - NAMES_SHOWN, kind, count));
	}
	html(out, "</ul>");
	if (visit->visitor.scope < SCOPE_OPERATE)
		return 0;
	snprintf(place, sizeof place, "/library/%s/history/%s/restore", visit->parts[0], visit->parts[1]);
	layout_button(visit, place, "Bring them back", &(struct layout_button){0});
	html(out, "<p class=\"dim\">Where the provider does not list them, later syncs hold "
	          "them instead of removing them again.</p>");
	return 0;
}

static int show_items(struct visit *visit, const char *id, struct err *err)
{
	const struct history_wish wish = {.account = visit->parts[0], .account_id = id, .sync = visit->parts[1]};
	const char *from = http_value(&visit->request->query, "from");
	struct history_place place;
	if (!uuid_valid(span_of(wish.sync)))
		return err_set(err, ERR_REJECT, 0, "a sync's id is a UUID in lower case");
	if (!history_place_read(from, &place))
		return err_set(err, ERR_REJECT, 0, "there is no such place in a history");
	library_begin(visit, "What a sync changed", NULL, "");
	html(VISIT_OUT(visit), "<p><a href=\"/library/{}/history\">History</a> · <a href=\"/syncs/{}\">The sync</a></p>",
	     wish.account, wish.sync);
	if ((!*from && add_restore(visit, id, err)) || add_items(visit, &wish, &place, err))
		return -1;
	add_steps(visit, &place);
	layout_end(visit);
	return 0;
}

static void show(struct visit *visit)
{
	char id[ID_TEXT];
	struct err err;
	if (visit_account(visit, id) && show_items(visit, id, &err))
		visit_fail(visit, &err);
}

static void restore(struct visit *visit)
{
	char id[ID_TEXT], place[LIMIT_ACCOUNT + UUID_TEXT + 32];
	struct err err;
	if (!visit_account(visit, id))
		return;
	if (action_restore(visit, visit->parts[0], id, visit->parts[1], &err)) {
		visit_fail(visit, &err);
		return;
	}
	snprintf(place, sizeof place, "/library/%s/history/%s", visit->parts[0], visit->parts[1]);
	http_redirect(visit->request, visit->response, place);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library/{}/history", .scope = SCOPE_READ, .run = list},
	{.method = "GET", .path = "/library/{}/history/{}", .scope = SCOPE_READ, .run = show},
	{.method = "POST", .path = "/library/{}/history/{}/restore", .scope = SCOPE_OPERATE, .run = restore},
	{0},
};

const struct route_table history_routes = {.family = FAMILY_PAGE, .routes = routes};
