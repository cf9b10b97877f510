/* /library/ACCOUNT/playlist/ID: a playlist as it is, entry by entry: doubles, local files, and what cannot be had any more. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/sql.h"
#include "console/library_view.h"
#include "console/routes.h"
#include "console/visit.h"

enum { PAGE_ROWS = 200 };

/* What is to be said of an entry; NULL: it is a track of the library like any other. */
static const char *remark(const PGresult *rows, int i)
{
	const char *type = pg_text(rows, i, "type");
	if (pg_bool(rows, i, "removed"))
		return "removed";
	if (pg_bool(rows, i, "unplayable"))
		return "not playable";
	if (*type && strcmp(type, "track") != 0)
		return strcmp(type, "null") == 0 ? "empty place" : type;
	return pg_bool(rows, i, "here") ? NULL : "not in the library";
}

static void add_entry(struct visit *visit, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	const char *said = remark(rows, i), *title = pg_text(rows, i, "title");
	char place[24];
	snprintf(place, sizeof place, "%lld", (long long)pg_int(rows, i, "position") + 1);
	html(out, "<tr><td class=\"n\">{}</td><td class=\"name\">", place);
	if (pg_bool(rows, i, "here"))
		library_link(out, visit->parts[0], &shelf_kinds[2], pg_text(rows, i, "track_id"), title);
	else
		html(out, "{}", *title ? title : pg_text(rows, i, *pg_text(rows, i, "uri") ? "uri" : "track_id"));
	if (said)
		html(out, " <span class=\"tag\">{}</span>", said);
	html(out, "</td><td>{}</td><td class=\"extra\">{}</td><td class=\"n\">", pg_text(rows, i, "artist_name"),
	     pg_text(rows, i, "album_title"));
	library_duration(out, pg_int(rows, i, "duration_ms"));
	html(out, "</td></tr>");
}

static void add_steps(struct buf *out, int64_t from, const PGresult *rows)
{
	html(out, "<nav class=\"row steps\" aria-label=\"Pages\">");
	if (from > 0)
		buf_printf(out, "<a class=\"button quiet\" rel=\"prev\" href=\"?from=%lld\">← Previous</a>",
		           (long long)(from > PAGE_ROWS ? from - PAGE_ROWS : 0));
	if (PQntuples(rows) > PAGE_ROWS)
		buf_printf(out, "<a class=\"button quiet\" rel=\"next\" href=\"?from=%lld\">Next →</a>",
		           (long long)pg_int(rows, PAGE_ROWS, "position"));
	html(out, "</nav>");
}

static void add_entries(struct visit *visit, int64_t from, const PGresult *rows)
{
	struct buf *out = VISIT_OUT(visit);
	int count = PQntuples(rows) < PAGE_ROWS ? PQntuples(rows) : PAGE_ROWS;
	if (count == 0)
		html(out, "<p>This playlist has no entries.</p>");
	html(out,
	     "<div class=\"scroll\"><table class=\"items\"><caption class=\"hidden\">Entries</caption><thead><tr>"
	     "<th scope=\"col\" class=\"n\">#</th><th scope=\"col\" class=\"name\">Track</th><th scope=\"col\">Artist</th>"
	     "<th scope=\"col\" class=\"extra\">Album</th><th scope=\"col\" class=\"n\">Length</th></tr></thead><tbody>");
	for (int i = 0; i < count; i++)
		add_entry(visit, rows, i);
	html(out, "</tbody></table></div>");
	add_steps(out, from, rows);
}

static void add_head(struct visit *visit, const PGresult *row)
{
	struct buf *out = VISIT_OUT(visit);
	library_begin(visit, pg_text(row, 0, "name"), &shelf_kinds[3], "");
	library_artwork(out, pg_text(row, 0, "artwork"), "cover");
	if (!pg_null(row, 0, "removed_at"))
		html(out, "<p class=\"notice\">The provider does not have this playlist any more.</p>");
	if (!pg_null(row, 0, "entries_refused"))
		html(out, "<p class=\"notice\">The provider does not give its entries: {}</p>",
		     pg_text(row, 0, "entries_refused"));
	if (*pg_text(row, 0, "comment"))
		html(out, "<p>{}</p>", pg_text(row, 0, "comment"));
	if (*pg_text(row, 0, "owner"))
		html(out, "<p class=\"dim\">By {}</p>", pg_text(row, 0, "owner"));
}

static void show(struct visit *visit)
{
	PG_RESULT *row = NULL;
	PG_RESULT *rows = NULL;
	char account_id[ID_TEXT], from_text[24], most[24];
	struct err err;
	int64_t from = strtoll(http_value(&visit->request->query, "from"), NULL, 10);
	from = from > 0 ? from : 0;
	if (!visit_account(visit, account_id))
		return;
	snprintf(from_text, sizeof from_text, "%lld", (long long)from);
	snprintf(most, sizeof most, "%d", PAGE_ROWS + 1);
	const char *item[] = {account_id, "playlist", visit->parts[1]};
	const char *entries[] = {account_id, visit->parts[1], from_text, most};
	if (pg_query(visit->ctl.pg, sql_text("q_library_item"), 3, item, &row, &err) ||
	    pg_query(visit->ctl.pg, sql_text("q_library_entries"), 4, entries, &rows, &err)) {
		visit_fail(visit, &err);
		return;
	}
	if (PQntuples(row) == 0) {
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "The library has no such playlist.");
		return;
	}
	add_head(visit, row);
	add_entries(visit, from, rows);
	library_exports(visit, visit->parts[1]);
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library/{}/playlist/{}", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table playlist_routes = {.family = FAMILY_PAGE, .routes = routes};
