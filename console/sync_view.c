/* Pieces of a sync's page. */
#include "console/sync_view.h"

#include <stdio.h>

#include "common/sql.h"
#include "console/html.h"
#include "console/layout.h"
#include "ctl/figure.h"
#include "ctl/progress.h"
#include "ctl/slow.h"

static void add_cause(struct buf *out, const char *cause, const char *next_step)
{
	if (*cause)
		html(out, "<p class=\"cause\">{}</p>", cause);
	if (*next_step)
		html(out, "<p class=\"next\">Next: <strong>{}</strong></p>", next_step);
}

void sync_view_summary(const PGresult *sync, const PGresult *categories, struct buf *out)
{
	struct buf sentence;
	char slow[SLOW_TEXT];
	const char *state = pg_text(sync, 0, "state");
	html(out, "<p class=\"lead\">");
	layout_state(out, state);
	if (strcmp(state, "queued") == 0) {
		html(out, " Waiting for a free fetcher.");
	} else if (strcmp(state, "joined") == 0) {
		html(out, " Its work is done by <a href=\"/syncs/{}\">the sync that ran already</a>.",
		     pg_text(sync, 0, "joined_into"));
	} else {
		buf_init(&sentence, 512);
		report_sentence(sync, categories, &sentence);
		html(out, " {}", buf_text(&sentence));
		buf_done(&sentence);
	}
	html(out, "</p>");
	if (*slow_sentence(sync, 0, slow))
		html(out, "<p class=\"notice\">{}</p>", slow);
	add_cause(out, pg_text(sync, 0, "cause"), pg_text(sync, 0, "next_step"));
}

/* What a category has to show: items that came, and how many are to come (0: nobody knows). */
struct measure {
	int64_t items, total;
	int percent; /* -1: not known */
};

static struct measure measure(const PGresult *categories, int i)
{
	const char *state = pg_text(categories, i, "state");
	bool unchanged = pg_bool(categories, i, "unchanged");
	struct progress_memory memory = {0};
	const struct progress progress = {
		.category = pg_text(categories, i, "category"),
		.state = state,
		.items = unchanged ? pg_int(categories, i, "library_items") : pg_int(categories, i, "received"),
		.total = pg_int(categories, i, "total"),
	};
	return (struct measure){progress.items, progress.total, progress_percent(&progress, &memory)};
}

static void add_bar(struct buf *out, const char *label, int percent)
{
	char text[16];
	snprintf(text, sizeof text, "%d", percent);
	if (percent >= 0)
		html(out, "<progress max=\"100\" value=\"{}\" aria-label=\"{}\">{} %</progress>", text, label, text);
	else
		html(out, "<progress aria-label=\"{}\"></progress>", label);
}

static void add_figures(const PGresult *categories, int i, struct buf *out)
{
	static const char *const columns[] = {"added", "changed", "removed", "errors", "held"};
	for (size_t k = 0; k < COUNT_OF(columns); k++) {
		html(out, "<td class=\"n\">");
		if (pg_int(categories, i, columns[k]))
			layout_count(out, pg_int(categories, i, columns[k]));
		html(out, "</td>");
	}
}

static void add_category(const PGresult *categories, int i, struct buf *out)
{
	const char *name = pg_text(categories, i, "category"), *state = pg_text(categories, i, "state");
	struct measure figures = measure(categories, i);
	bool running = strcmp(state, "running") == 0;
	html(out, "<tr><th scope=\"row\">{}</th><td>", name);
	layout_state(out, pg_bool(categories, i, "unchanged") ? "unchanged" : state);
	html(out, "</td><td class=\"n\">");
	layout_count(out, figures.items);
	if (running && figures.total) {
		html(out, " of ");
		layout_count(out, figures.total > figures.items ? figures.total : figures.items);
	}
	html(out, "</td><td class=\"bar\">");
	if (running)
		add_bar(out, name, figures.percent);
	html(out, "</td>");
	add_figures(categories, i, out);
	html(out, "</tr>");
	if (!*pg_text(categories, i, "cause") && !*pg_text(categories, i, "next_step") && !pg_bool(categories, i, "moved"))
		return;
	html(out, "<tr><td></td><td colspan=\"8\">");
	if (pg_bool(categories, i, "moved"))
		html(out,
		     "<p class=\"cause\">The library moved while it was read, so nothing was removed; the next sync settles "
		     "that.</p>");
	add_cause(out, pg_text(categories, i, "cause"), pg_text(categories, i, "next_step"));
	html(out, "</td></tr>");
}

void sync_view_categories(const PGresult *categories, struct buf *out)
{
	html(out, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Category</th><th scope=\"col\">State</th>"
	          "<th scope=\"col\" class=\"n\">Items</th><th scope=\"col\"><span class=\"hidden\">Progress</span></th>"
	          "<th scope=\"col\" class=\"n\">New</th><th scope=\"col\" class=\"n\">Changed</th>"
	          "<th scope=\"col\" class=\"n\">Removed</th><th scope=\"col\" class=\"n\">Errors</th>"
	          "<th scope=\"col\" class=\"n\">Held</th></tr></thead><tbody>");
	for (int i = 0; i < PQntuples(categories); i++)
		add_category(categories, i, out);
	html(out, "</tbody></table></div>");
}

void sync_view_bar(const PGresult *categories, struct buf *out)
{
	int64_t items = 0, total = 0;
	bool known = true;
	for (int i = 0; i < PQntuples(categories); i++) {
		struct measure figures = measure(categories, i);
		bool over = figures.percent == 100;
		items += figures.items;
		total += over || figures.total < figures.items ? figures.items : figures.total;
		known = known && (over || figures.total > 0);
	}
	add_bar(out, "Sync", known && total ? (int)(items >= total ? 99 : items * 100 / total) : -1);
}

/* ---- the ledger ---- */

/* A cell of an SVG strip; colours come from the style sheet by class. */
static void add_cell(const PGresult *cells, int i, int place, struct buf *out)
{
	char x[16], title[160], count[FIGURE_TEXT];
	int64_t errors = pg_int(cells, i, "rejected");
	bool several = pg_int(cells, i, "pages") > 1;
	snprintf(x, sizeof x, "%d", place * 10);
	snprintf(title, sizeof title, "page %s%s%s: %s%s", pg_text(cells, i, "first"), several ? " to " : "",
	         several ? pg_text(cells, i, "last") : "", figure_many(pg_int(cells, i, "received"), "item", count),
	         errors ? ", with errors" : "");
	html(out, "<rect x=\"{}\" y=\"0\" width=\"8\" height=\"20\" rx=\"2\" class=\"{}\"><title>{}</title></rect>", x,
	     errors ? "errors" : "good", title);
}

static void begin_strip(const PGresult *cells, int i, struct buf *out)
{
	char count[FIGURE_TEXT], width[32];
	const char *category = pg_text(cells, i, "category");
	int64_t pages = pg_int(cells, i, "all_pages");
	snprintf(width, sizeof width, "0 0 %d 20", (int)(pages < SYNC_VIEW_CELLS ? pages : SYNC_VIEW_CELLS) * 10);
	html(out,
	     "<div class=\"strip\"><span>{}</span><svg viewBox=\"{}\" role=\"img\" aria-label=\"{}: {} in the ledger\" "
	     "preserveAspectRatio=\"xMinYMid meet\">",
	     category, width, category, figure_many(pages, "page", count));
}

int sync_view_ledger(struct ctl *ctl, const char *sync, struct buf *out, struct err *err)
{
	char cells_max[16];
	const char *values[] = {sync, cells_max};
	PG_RESULT *cells = NULL;
	snprintf(cells_max, sizeof cells_max, "%d", SYNC_VIEW_CELLS);
	if (pg_query(ctl->pg, sql_text("q_console_ledger"), 2, values, &cells, err))
		return -1;
	for (int i = 0, place = 0; i < PQntuples(cells); i++, place++) {
		bool begins = i == 0 || strcmp(pg_text(cells, i, "category"), pg_text(cells, i - 1, "category")) != 0;
		if (begins) {
			html(out, i ? "</svg></div>" : "");
			begin_strip(cells, i, out);
			place = 0;
		}
		add_cell(cells, i, place, out);
	}
	html(out, PQntuples(cells) ? "</svg></div>" : "<p class=\"dim\">No page has arrived yet.</p>");
	return 0;
}
