/* Pieces of the library's pages. */
#include "console/library_view.h"

#include "console/export.h"
#include "ctl/figure.h"

/* "/library/home/albums", or with id "/library/home/album/ID". */
static void add_url(struct buf *out, const char *account, const struct shelf_kind *kind, const char *id)
{
	buf_add_text(out, "/library/");
	http_encode(out, account);
	buf_printf(out, "/%s", *id ? kind->name : kind->category);
	if (*id) {
		buf_add_byte(out, '/');
		http_encode(out, id);
	}
}

void library_link(struct buf *out, const char *account, const struct shelf_kind *kind, const char *id,
                  const char *label)
{
	html(out, "<a href=\"");
	add_url(out, account, kind, id); /* encoded: nothing in it that HTML knows */
	html(out, "\">{}</a>", *label ? label : "(no name)");
}

static void add_search(struct visit *visit, const char *query)
{
	const char *account = visit->parts[0];
	html(VISIT_OUT(visit),
	     "<form role=\"search\" class=\"search\" action=\"/library/{}/search\">"
	     "<label class=\"hidden\" for=\"q\">Search in {}</label><input type=\"search\" id=\"q\" name=\"q\" value=\"{}\" "
	     "placeholder=\"Search artists, albums, tracks, playlists\" autocomplete=\"off\" data-search=\"found\"> "
	     "<button>Search</button></form><p class=\"hidden\" role=\"status\"></p><div id=\"found\"></div>",
	     account, account, query);
}

void library_begin(struct visit *visit, const char *title, const struct shelf_kind *here, const char *query)
{
	struct buf *out = VISIT_OUT(visit);
	const char *account = visit->parts[0];
	layout_begin(visit, title, "library");
	html(out, "<nav class=\"tabs\" aria-label=\"Library\"><ul><li><a href=\"/library/{}\"", account);
	html(out, here || strcmp(title, account) != 0 ? ">{}</a></li>" : " aria-current=\"page\">{}</a></li>", account);
	for (size_t i = 0; i < SHELF_KINDS; i++) {
		html(out, "<li><a href=\"");
		add_url(out, account, &shelf_kinds[i], "");
		html(out, here == &shelf_kinds[i] ? "\" aria-current=\"true\">{}</a></li>" : "\">{}</a></li>",
		     shelf_kinds[i].title);
	}
	html(out, "<li><a href=\"/library/{}/history\">History</a></li></ul></nav>", account);
	add_search(visit, query);
}

void library_artwork(struct buf *out, const char *artwork, const char *class)
{
	if (strncmp(artwork, "https://", 8) == 0)
		html(out, "<img class=\"{}\" src=\"{}\" alt=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\">", class,
		     artwork);
}

void library_exports(struct visit *visit, const char *playlist)
{
	struct buf *out = VISIT_OUT(visit);
	html(out, "<p class=\"row dim\">Take it along:");
	for (size_t i = 0; i < EXPORT_FORMATS; i++) {
		html(out, " <a download href=\"/library/{}/export?format={}", visit->parts[0], export_formats[i].name);
		if (playlist) {
			html(out, "&amp;playlist=");
			http_encode(out, playlist);
		}
		html(out, "\">{}</a>", export_formats[i].name);
	}
	html(out, "</p>");
}

void library_duration(struct buf *out, int64_t ms)
{
	char text[FIGURE_TEXT];
	int64_t seconds = (ms + 500) / 1000;
	if (seconds > 0)
		buf_add_text(out, figure_clock(seconds * 1000, text));
}

/* ---- tables ---- */

enum column { NUMBER, NAME, BY, ALBUM, DATE, CHILDREN, LENGTH, COLUMNS };

/* Which columns a kind has, and what they are called. */
static const char *const headings[][COLUMNS] = {
	{NULL, "Artist", NULL, NULL, NULL, "Albums", NULL},
	{NULL, "Album", "Artist", NULL, "Date", "Tracks", NULL},
	{NULL, "Track", "Artist", "Album", NULL, NULL, "Length"},
	{NULL, "Playlist", "Owner", NULL, NULL, "Entries", "Length"},
};

/* Tracks where they stand on their album. */
static const char *const record_heading[COLUMNS] = {"#", "Track", "Artist", NULL, NULL, NULL, "Length"};

/* "3", on a second disc "2-3". */
static void add_number(struct buf *out, const PGresult *rows, int i)
{
	if (pg_int(rows, i, "disc") > 1)
		html(out, "{}-", pg_text(rows, i, "disc"));
	html_text(out, pg_text(rows, i, "number"));
}

static void add_name(struct visit *visit, const struct shelf_kind *kind, const PGresult *rows, int i)
{
	struct buf *out = VISIT_OUT(visit);
	library_artwork(out, pg_text(rows, i, "artwork"), "thumb");
	library_link(out, visit->parts[0], kind, pg_text(rows, i, "id"), pg_text(rows, i, "name"));
	if (!pg_null(rows, i, "starred_at"))
		html(out, " <span class=\"star\" title=\"favourite\">★<span class=\"hidden\"> favourite</span></span>");
	if (!pg_null(rows, i, "removed_at"))
		html(out, " <span class=\"tag\">removed</span>");
}

static void add_cell(struct visit *visit, const struct shelf_kind *kind, enum column column, const PGresult *rows,
                     int i)
{
	struct buf *out = VISIT_OUT(visit);
	const char *account = visit->parts[0], *artist = pg_text(rows, i, "artist_id"),
			   *album = pg_text(rows, i, "album_id");
	switch (column) {
	case NUMBER:
		add_number(out, rows, i);
		break;
	case NAME:
		add_name(visit, kind, rows, i);
		break;
	case BY:
		if (*artist)
			library_link(out, account, &shelf_kinds[0], artist, pg_text(rows, i, "artist_name"));
		else
			html_text(out, pg_text(rows, i, "artist_name"));
		break;
	case ALBUM:
		if (*album)
			library_link(out, account, &shelf_kinds[1], album, pg_text(rows, i, "album_title"));
		break;
	case DATE:
		html_text(out, pg_text(rows, i, "release_date"));
		break;
	case CHILDREN:
		if (!pg_null(rows, i, "children"))
			layout_count(out, pg_int(rows, i, "children"));
		break;
	default:
		library_duration(out, pg_int(rows, i, "duration_ms"));
	}
}

/* Its class: figures stand to the right, and a phone has no room for what the item's own page tells as well. */
static const char *class_of(enum column column)
{
	static const char *const classes[COLUMNS] = {"n", "name", "", "extra", "extra", "n", "n"};
	return classes[column];
}

static void add_table(struct visit *visit, const struct shelf_kind *kind, const char *const *heading,
                      const PGresult *rows, int from, int to)
{
	struct buf *out = VISIT_OUT(visit);
	html(out, "<div class=\"scroll\"><table class=\"items\"><caption class=\"hidden\">{}</caption><thead><tr>",
	     kind->title);
	for (enum column column = NUMBER; column < COLUMNS; column++) {
		if (heading[column])
			html(out, "<th scope=\"col\" class=\"{}\">{}</th>", class_of(column), heading[column]);
	}
	html(out, "</tr></thead><tbody>");
	for (int i = from; i < to; i++) {
		html(out, "<tr>");
		for (enum column column = NUMBER; column < COLUMNS; column++) {
			if (!heading[column])
				continue;
			html(out, "<td class=\"{}\">", class_of(column));
			add_cell(visit, kind, column, rows, i);
			html(out, "</td>");
		}
		html(out, "</tr>");
	}
	html(out, "</tbody></table></div>");
}

void library_table(struct visit *visit, const struct shelf_kind *kind, const PGresult *rows, int from, int to)
{
	add_table(visit, kind, headings[kind - shelf_kinds], rows, from, to);
}

void library_record(struct visit *visit, const PGresult *rows, int from, int to)
{
	add_table(visit, &shelf_kinds[2], record_heading, rows, from, to);
}
