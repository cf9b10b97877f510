/* M3U8: extended M3U in UTF-8. An entry without anything to play is a comment, so that the others keep their order. */
#include "console/export_format.h"

/* A line break would begin another entry. */
static void add_line(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_add_byte(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void begin(struct buf *out, const struct export_head *head)
{
	buf_add_text(out, "#EXTM3U\n#PLAYLIST:");
	add_line(out, head->title);
	buf_add_byte(out, '\n');
}

static void line(struct buf *out, const struct export_head *head, const char *part, const PGresult *rows, int i,
                 bool first)
{
	const char *artists = pg_text(rows, i, "artists");
	int64_t ms = pg_int(rows, i, "duration_ms");
	(void)part;
	(void)first;
	if (pg_null(rows, i, "id") && pg_null(rows, i, "location")) {
		buf_printf(out, "# %s: ", pg_text(rows, i, "type"));
		add_line(out, pg_text(rows, i, "name"));
		buf_add_byte(out, '\n');
		return;
	}
	buf_printf(out, "#EXTINF:%lld,", ms ? (long long)((ms + 500) / 1000) : -1LL);
	add_line(out, artists);
	buf_add_text(out, *artists ? " - " : "");
	add_line(out, pg_text(rows, i, "name"));
	buf_add_byte(out, '\n');
	export_add_location(out, head, rows, i, false);
	buf_add_byte(out, '\n');
}

const struct export_writer export_m3u8 = {.begin = begin, .line = line};
