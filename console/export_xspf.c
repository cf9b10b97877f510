/* XSPF version 1 (xspf.org): elements in the order that its schema wants. */
#include "common/limits.h"
#include "console/export_format.h"
#include "console/xml.h"

/* A path of LIMIT_NAME bytes, each escaped; one longer has no element. */
enum { LOCATION_MAX = 3 * LIMIT_NAME + 1 };

static void add_element(struct buf *out, const char *name, const char *text)
{
	if (!*text)
		return;
	buf_printf(out, "<%s>", name);
	xml_text(out, text);
	buf_printf(out, "</%s>", name);
}

static void begin(struct buf *out, const struct export_head *head)
{
	buf_add_text(out,
	             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n");
	add_element(out, "title", head->title);
	buf_add_text(out, "\n<trackList>\n");
}

static void add_location(struct buf *out, const struct export_head *head, const PGresult *rows, int i)
{
	struct buf uri;
	if (pg_null(rows, i, "id") && pg_null(rows, i, "location"))
		return;
	buf_init(&uri, LOCATION_MAX);
	export_add_location(&uri, head, rows, i, true);
	add_element(out, "location", buf_text(&uri));
	buf_done(&uri);
}

static void line(struct buf *out, const struct export_head *head, const char *part, const PGresult *rows, int i,
                 bool first)
{
	const char *mbid = pg_text(rows, i, "mbid"), *artwork = pg_text(rows, i, "artwork"),
			   *number = pg_text(rows, i, "number");
	(void)part;
	(void)first;
	buf_add_text(out, "<track>");
	add_location(out, head, rows, i);
	if (*mbid) {
		buf_add_text(out, "<identifier>https://musicbrainz.org/recording/");
		xml_text(out, mbid);
		buf_add_text(out, "</identifier>");
	}
	add_element(out, "title", pg_text(rows, i, "name"));
	add_element(out, "creator", pg_text(rows, i, "artists"));
	add_element(out, "annotation", pg_null(rows, i, "id") ? pg_text(rows, i, "type") : "");
	add_element(out, "image", strncmp(artwork, "https://", 8) == 0 ? artwork : "");
	add_element(out, "album", pg_text(rows, i, "album"));
	add_element(out, "trackNum", pg_int(rows, i, "number") > 0 ? number : "");
	add_element(out, "duration", pg_int(rows, i, "duration_ms") > 0 ? pg_text(rows, i, "duration_ms") : "");
	buf_add_text(out, "</track>\n");
}

static void end(struct buf *out)
{
	buf_add_text(out, "</trackList>\n</playlist>\n");
}

const struct export_writer export_xspf = {.begin = begin, .line = line, .end = end};
