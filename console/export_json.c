/* JSON: one object with a list for each kind, a line for each item, every column of schemas/items.def that has a value. */
#include "console/export_format.h"

static void begin(struct buf *out, const struct export_head *head)
{
	buf_add_text(out, "{\"account\":");
	buf_add_json_text(out, span_of(head->account));
	buf_add_text(out, ",\"provider\":");
	buf_add_json_text(out, span_of(head->provider));
}

static void begin_part(struct buf *out, const char *part)
{
	buf_printf(out, ",\n\"%s\":[", part);
}

static void line(struct buf *out, const struct export_head *head, const char *part, const PGresult *rows, int i,
                 bool first)
{
	(void)head;
	(void)part;
	buf_add_text(out, first ? "\n" : ",\n");
	buf_add_text(out, pg_text(rows, i, "json"));
}

static void end_part(struct buf *out)
{
	buf_add_text(out, "\n]");
}

static void end(struct buf *out)
{
	buf_add_text(out, "}\n");
}

const struct export_writer export_json = {begin, begin_part, line, end_part, end};
