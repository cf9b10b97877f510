/* CSV after RFC 4180: one table for all kinds, a header line, CRLF, quotes where they are needed.
 *
 * Spreadsheets run a cell that begins with =, +, - or @ as a formula, and an album may be called =HYPERLINK(...): such a text gets
 * an apostrophe in front, which spreadsheets take for "text". Who reads the file by program takes JSON, where nothing is added. */
#include <string.h>

#include "console/export_format.h"

static const char *const columns[] = {"id",          "name",         "artists", "album",      "disc",    "number",
                                      "duration_ms", "release_date", "genres",  "isrc",       "mbid",    "upc",
                                      "added_at",    "starred_at",   "rating",  "play_count", "artwork", "location",
                                      "playlist_id", "position",     "type"};

static void add_cell(struct buf *out, const char *text)
{
	bool formula = *text && strchr("=+-@\t\r", *text);
	if (!formula && !text[strcspn(text, "\",\r\n;")]) {
		buf_add_text(out, text);
		return;
	}
	buf_add_text(out, formula ? "\"'" : "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, *text);
	}
	buf_add_byte(out, '"');
}

static void begin(struct buf *out, const struct export_head *head)
{
	(void)head;
	buf_add_text(out, "kind");
	for (size_t i = 0; i < COUNT_OF(columns); i++)
		buf_printf(out, ",%s", columns[i]);
	buf_add_text(out, "\r\n");
}

static void line(struct buf *out, const struct export_head *head, const char *part, const PGresult *rows, int i,
                 bool first)
{
	(void)head;
	(void)first;
	buf_add_text(out, part[0] == 'e' ? "entry" : "");
	if (part[0] != 'e')
		buf_add(out, part, strlen(part) - 1); /* "tracks" -> "track" */
	for (size_t c = 0; c < COUNT_OF(columns); c++) {
		buf_add_byte(out, ',');
		add_cell(out, pg_text(rows, i, columns[c]));
	}
	buf_add_text(out, "\r\n");
}

const struct export_writer export_csv = {.begin = begin, .line = line};
