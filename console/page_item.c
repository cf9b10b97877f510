/* /library/ACCOUNT/artist/ID, /album/ID and /track/ID: one item, and what belongs to it. An artist or album that is only named by
 * others (most are, where a library is a set of saved references) has a page, too. */
#include <microhttpd.h>
#include <stdlib.h>

#include "common/sql.h"
#include "console/library_view.h"
#include "console/routes.h"
#include "console/visit.h"

enum { PAGE_ROWS = 200, LINKED_MOST = 2000 };

struct item {
	char account_id[ID_TEXT];
	const struct shelf_kind *kind;
	const char *id;
	PGresult *row; /* without rows: it is only named by others */
};

static bool read_item(struct visit *visit, const struct shelf_kind *kind, struct item *item)
{
	struct err err;
	item->kind = kind;
	item->id = visit->parts[1];
	if (!visit_account(visit, item->account_id))
		return false;
	const char *values[] = {item->account_id, kind->name, item->id};
	if (pg_query(visit->ctl.pg, sql_text("q_library_item"), 3, values, &item->row, &err) == 0)
		return true;
	visit_fail(visit, &err);
	return false;
}

static void add_fact(struct buf *out, const char *name, const char *value)
{
	if (*value)
		html(out, "<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

static void add_people(struct visit *visit, const PGresult *row)
{
	struct buf *out = VISIT_OUT(visit);
	if (*pg_text(row, 0, "artist_id") == '\0') {
		add_fact(out, "Artist", pg_text(row, 0, "artist_name"));
		return;
	}
	html(out, "<div><dt>Artist</dt><dd>");
	library_link(out, visit->parts[0], &shelf_kinds[0], pg_text(row, 0, "artist_id"), pg_text(row, 0, "artist_name"));
	html(out, "</dd></div>");
}

static void add_album(struct visit *visit, const PGresult *row)
{
	struct buf *out = VISIT_OUT(visit);
	if (*pg_text(row, 0, "album_id") == '\0')
		return;
	html(out, "<div><dt>Album</dt><dd>");
	library_link(out, visit->parts[0], &shelf_kinds[1], pg_text(row, 0, "album_id"), pg_text(row, 0, "album_title"));
	html(out, "</dd></div>");
}

static void add_facts(struct visit *visit, const PGresult *row)
{
	struct buf *out = VISIT_OUT(visit);
	library_artwork(out, pg_text(row, 0, "artwork"), "cover");
	if (!pg_null(row, 0, "removed_at")) {
		html(out, "<p class=\"notice\">The provider does not have this any more: removed ");
		layout_moment(out, pg_text(row, 0, "removed_text"), pg_int(row, 0, "removed_age_ms"));
		html(out, ".</p>");
	}
	if (pg_bool(row, 0, "unplayable"))
		html(out, "<p class=\"notice\">The provider says that it cannot be played now, or here.</p>");
	html(out, "<dl class=\"counts\">");
	add_people(visit, row);
	add_album(visit, row);
	add_fact(out, "Date", pg_text(row, 0, "release_date"));
	add_fact(out, "Genres", pg_text(row, 0, "genres"));
	add_fact(out, "Disc", pg_text(row, 0, "disc"));
	add_fact(out, "Number", pg_text(row, 0, "number"));
	if (pg_int(row, 0, "duration_ms")) {
		html(out, "<div><dt>Length</dt><dd>");
		library_duration(out, pg_int(row, 0, "duration_ms"));
		html(out, "</dd></div>");
	}
	add_fact(out, "ISRC", pg_text(row, 0, "isrc"));
	add_fact(out, "MusicBrainz", pg_text(row, 0, "mbid"));
	html(out, "</dl>");
}

static int page_number(struct visit *visit)
{
	long page = strtol(http_value(&visit->request->query, "page"), NULL, 10);
	return page > 0 && page <= LINKED_MOST / PAGE_ROWS ? (int)page : 1;
}

static void add_pages(struct buf *out, int page, bool more)
{
	html(out, "<nav class=\"row steps\" aria-label=\"Pages\">");
	if (page > 1)
		buf_printf(out, "<a class=\"button quiet\" rel=\"prev\" href=\"?page=%d\">← Previous</a>", page - 1);
	if (more && page * PAGE_ROWS < LINKED_MOST)
		buf_printf(out, "<a class=\"button quiet\" rel=\"next\" href=\"?page=%d\">Next →</a>", page + 1);
	html(out, "</nav>");
	if (more && page * PAGE_ROWS >= LINKED_MOST)
		html(out, "<p class=\"notice\">There are more than 2,000: search, or go through the lists by letter.</p>");
}

/* *any: something was there. */
static int add_linked(struct visit *visit, const struct item *item, const struct shelf_kind *kind, enum shelf_link link,
                      bool *any, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	PG_RESULT *rows = NULL;
	int page = page_number(visit);
	const struct shelf_links links = {item->account_id,       kind,          link,       item->id,
	                                  (page - 1) * PAGE_ROWS, PAGE_ROWS + 1, LINKED_MOST};
	if (shelf_linked(visit->ctl.pg, &links, &rows, err))
		return -1;
	int count = PQntuples(rows);
	if (count == 0 && page == 1)
		return 0;
	*any = true;
	html(out, "<h2>{}</h2>", kind->title);
	int shown = count > PAGE_ROWS ? PAGE_ROWS : count;
	if (link == SHELF_ON_ALBUM)
		library_record(visit, rows, 0, shown);
	else
		library_table(visit, kind, rows, 0, shown);
	add_pages(out, page, count > PAGE_ROWS);
	return 0;
}

/* What has no row is called by its id: it is known by that alone. */
static void begin(struct visit *visit, const struct item *item)
{
	bool known = PQntuples(item->row) > 0;
	library_begin(visit, known ? pg_text(item->row, 0, "name") : item->id, item->kind, "");
	if (known)
		add_facts(visit, item->row);
	else
		html(VISIT_OUT(visit), "<p class=\"dim\">This {} is not in the library itself, only named by what is.</p>",
		     item->kind->name);
}

static void finish(struct visit *visit, const struct item *item, int result, bool any, const struct err *err)
{
	if (result)
		visit_fail(visit, err);
	else if (!any && PQntuples(item->row) == 0)
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "The library has no such item.");
	else
		layout_end(visit);
	PQclear(item->row);
}

static void show_artist(struct visit *visit)
{
	struct item item = {0};
	struct err err;
	bool any = false;
	if (!read_item(visit, &shelf_kinds[0], &item))
		return;
	begin(visit, &item);
	int result = add_linked(visit, &item, &shelf_kinds[1], SHELF_BY_ARTIST, &any, &err) ||
	             add_linked(visit, &item, &shelf_kinds[2], SHELF_BY_ARTIST, &any, &err);
	finish(visit, &item, result, any, &err);
}

static void show_album(struct visit *visit)
{
	struct item item = {0};
	struct err err;
	bool any = false;
	if (!read_item(visit, &shelf_kinds[1], &item))
		return;
	begin(visit, &item);
	int result = add_linked(visit, &item, &shelf_kinds[2], SHELF_ON_ALBUM, &any, &err);
	finish(visit, &item, result, any, &err);
}

static void show_track(struct visit *visit)
{
	struct item item = {0};
	struct err err;
	if (!read_item(visit, &shelf_kinds[2], &item))
		return;
	begin(visit, &item);
	finish(visit, &item, 0, false, &err);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/library/{}/artist/{}", .scope = SCOPE_READ, .run = show_artist},
	{.method = "GET", .path = "/library/{}/album/{}", .scope = SCOPE_READ, .run = show_album},
	{.method = "GET", .path = "/library/{}/track/{}", .scope = SCOPE_READ, .run = show_track},
	{0},
};

const struct route_table item_routes = {.family = FAMILY_PAGE, .routes = routes};
