/* /library/ACCOUNT/artists and the like: all items of a kind in their order, page after page, by letter, removed ones apart. */
#include <microhttpd.h>

#include "console/library_view.h"
#include "console/routes.h"
#include "console/visit.h"

enum { PAGE_ROWS = 100 };

/* "?after=ID&removed=1" */
static void add_link(struct visit *visit, const struct shelf_list *list, const char *name, const char *value,
                     const char *attributes, const char *label)
{
	struct buf *out = VISIT_OUT(visit);
	buf_printf(out, "<a href=\"?%s=", name);
	http_encode(out, value);
	html(out, list->removed ? "&amp;removed=1\"" : "\"");
	buf_printf(out, "%s>", attributes);
	html(out, "{}</a>", label);
}

static int add_letters(struct visit *visit, const struct shelf_list *list, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	if (shelf_letters(visit->ctl.pg, list, &rows, err))
		return -1;
	html(out, "<nav class=\"letters\" aria-label=\"Letters\"><ul>");
	for (int i = 0; i < PQntuples(rows); i++) {
		const char *letter = pg_text(rows, i, "letter");
		html(out, "<li>");
		add_link(visit, list, "letter", letter, strcmp(letter, list->letter) == 0 ? " aria-current=\"true\"" : "",
		         letter);
		html(out, "</li>");
	}
	html(out, "</ul></nav>");
	return 0;
}

/* Which of the rows are shown: one more than a page tells that there is more in that direction. */
struct window {
	int from, to;
	bool before, after;
};

static struct window window_of(const struct shelf_list *list, const PGresult *rows)
{
	int count = PQntuples(rows);
	bool more = count > list->limit;
	if (*list->before)
		return (struct window){more ? 1 : 0, count, more, true};
	return (struct window){0, more ? list->limit : count, *list->after || *list->letter, more};
}

static void add_steps(struct visit *visit, const struct shelf_list *list, const struct window *window,
                      const PGresult *rows)
{
	struct buf *out = VISIT_OUT(visit);
	html(out, "<nav class=\"row steps\" aria-label=\"Pages\">");
	if (window->before && window->from < window->to)
		add_link(visit, list, "before", pg_text(rows, window->from, "id"), " rel=\"prev\" class=\"button quiet\"",
		         "← Previous");
	if (window->after && window->from < window->to)
		add_link(visit, list, "after", pg_text(rows, window->to - 1, "id"), " rel=\"next\" class=\"button quiet\"",
		         "Next →");
	html(out, "</nav>");
}

static void add_rows(struct visit *visit, const struct shelf_list *list, const PGresult *rows)
{
	struct buf *out = VISIT_OUT(visit);
	struct window window = window_of(list, rows);
	if (window.from == window.to)
		html(out, list->removed ? "<p>Nothing was removed.</p>" : "<p>There is nothing here.</p>");
	else
		library_table(visit, list->kind, rows, window.from, window.to);
	add_steps(visit, list, &window, rows);
	html(out, "<p class=\"dim\">");
	if (list->removed)
		html(out,
		     "The provider does not have these any more; what was known of them stays. <a href=\"?\">Show what is there</a>");
	else
		html(out, "<a href=\"?removed=1\">Show removed {}</a>", list->kind->category);
	html(out, "</p>");
}

/* Going back to less than a page shows the first one whole. */
static int read_page(struct visit *visit, struct shelf_list *list, PGresult **rows, struct err *err)
{
	if (shelf_list(visit->ctl.pg, list, rows, err))
		return -1;
	if (!*list->before || PQntuples(*rows) >= list->limit)
		return 0;
	PQclear(*rows);
	*rows = NULL;
	list->before = list->after = list->letter = "";
	return shelf_list(visit->ctl.pg, list, rows, err);
}

static void show(struct visit *visit)
{
	const struct http_pairs *query = &visit->request->query;
	const struct shelf_kind *kind = shelf_kind_find(visit->parts[1]);
	char id[ID_TEXT];
	struct err err;
	PG_RESULT *rows = NULL;
	if (!kind || strcmp(kind->category, visit->parts[1]) != 0) {
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "A library has artists, albums, tracks and playlists.");
		return;
	}
	if (!visit_account(visit, id))
		return;
	struct shelf_list list = {id,
	                          kind,
	                          *http_value(query, "removed") == '1',
	                          http_value(query, "letter"),
	                          http_value(query, "after"),
	                          http_value(query, "before"),
	                          PAGE_ROWS};
	library_begin(visit, kind->title, kind, "");
	if (add_letters(visit, &list, &err) || read_page(visit, &list, &rows, &err)) {
		visit_fail(visit, &err);
		return;
	}
	add_rows(visit, &list, rows);
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library/{}/{}", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table list_routes = {.family = FAMILY_PAGE, .routes = routes};
