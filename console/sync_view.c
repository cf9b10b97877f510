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

/* Figures that are mostly 0: a column is shown when a category has something in it, on a phone only when people should know. */
static const struct figure {
	const char *column, *heading, *class;
} figures[] = {{"added", "New", "n extra"},
               {"changed", "Changed", "n extra"},
               {"removed", "Removed", "n"},
               {"errors", "Errors", "n"},
               {"held", "Held", "n"}};

static bool has_figure(const PGresult *categories, const struct figure *figure)
{
	for (int i = 0; i < PQntuples(categories); i++) {
		if (pg_int(categories, i, figure->column))
			return true;
	}
	return false;
}

static void add_figures(const PGresult *categories, int i, struct buf *out)
{
	for (size_t k = 0; k < COUNT_OF(figures); k++) {
		if (!has_figure(categories, &figures[k]))
			continue;
		html(out, "<td class=\"{}\">", figures[k].class);
		layout_count(out, pg_int(categories, i, figures[k].column));
		html(out, "</td>");
	}
}

/* "1,997 of 4,013" */
static void add_items(const struct measure *measure, bool running, struct buf *out)
{
	layout_count(out, measure->items);
	if (!running || !measure->total)
		return;
	html(out, " of ");
	layout_count(out, measure->total > measure->items ? measure->total : measure->items);
}

static bool is_running(const PGresult *categories, int i)
{
	return strcmp(pg_text(categories, i, "state"), "running") == 0;
}

static void add_category(const PGresult *categories, int i, struct buf *out)
{
	const char *name = pg_text(categories, i, "category"), *state = pg_text(categories, i, "state");
	struct measure measured = measure(categories, i);
	html(out, "<tr><th scope=\"row\">{}</th><td>", name);
	layout_state(out, pg_bool(categories, i, "unchanged") ? "unchanged" : state);
	html(out, "</td><td class=\"n\">");
	add_items(&measured, is_running(categories, i), out);
	if (is_running(categories, i))
		add_bar(out, name, measured.percent);
	html(out, "</td>");
	add_figures(categories, i, out);
	html(out, "</tr>");
}

static void add_causes(const PGresult *categories, int i, struct buf *out)
{
	const char *cause = pg_text(categories, i, "cause"), *next_step = pg_text(categories, i, "next_step");
	if (!*cause && !*next_step)
		return;
	html(out, "<h3>{}</h3>", pg_text(categories, i, "category"));
	add_cause(out, cause, next_step);
}

/* Also of a sync that is complete: what they hold is not here. */
static void add_refused(const PGresult *categories, int i, struct buf *out)
{
	char count[FIGURE_TEXT];
	int64_t refused = pg_int(categories, i, "refused");
	if (refused > 0)
		html(out, "<p class=\"notice\">{} may not be read: {}</p>", figure_many(refused, "playlist", count),
		     pg_text(categories, i, "refused_cause"));
}

void sync_view_categories(const PGresult *categories, struct buf *out)
{
	layout_table(out, "Categories", "");
	html(out, "<thead><tr><th scope=\"col\">Category</th><th scope=\"col\">State</th>"
	          "<th scope=\"col\" class=\"n\">Items</th>");
	for (size_t k = 0; k < COUNT_OF(figures); k++) {
		if (has_figure(categories, &figures[k]))
			html(out, "<th scope=\"col\" class=\"{}\">{}</th>", figures[k].class, figures[k].heading);
	}
	html(out, "</tr></thead><tbody>");
	for (int i = 0; i < PQntuples(categories); i++)
		add_category(categories, i, out);
	html(out, "</tbody></table></div>");
	for (int i = 0; i < PQntuples(categories); i++) {
		add_causes(categories, i, out);
		add_refused(categories, i, out);
	}
}

void sync_view_bar(const PGresult *categories, struct buf *out)
{
	int i = 0, count = PQntuples(categories);
	while (i < count && !is_running(categories, i))
		i++;
	html(out, "<div class=\"doing\">");
	if (i == count) {
		add_bar(out, "Sync", -1);
	} else {
		struct measure measured = measure(categories, i);
		html(out, "<span>{}</span> ", pg_text(categories, i, "category"));
		add_bar(out, pg_text(categories, i, "category"), measured.percent);
		html(out, " <span>");
		add_items(&measured, true, out);
		html(out, "</span>");
	}
	html(out, "</div>");
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
	html(out, PQntuples(cells)
	              ? "</svg></div>"
	              : "<p class=\"dim\">No page is kept: none has arrived yet, or newer syncs have been.</p>");
	return 0;
}
