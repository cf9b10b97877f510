/* How lines of an export are written: one table of functions for each format, in a file each. Inside of console/export. */
#ifndef SYNCLINE_CONSOLE_EXPORT_FORMAT_H
#define SYNCLINE_CONSOLE_EXPORT_FORMAT_H

#include "console/export.h"

struct export_head {
	const char *account, *provider, *title; /* title: of the playlist, or the account */
};

/* rows: of q_export_*.sql; for JSON of a statement made from schemas/items.def, with the line itself in the column json. part:
 * "artists" ... "entries". Each may be NULL, which writes nothing. */
struct export_writer {
	void (*begin)(struct buf *out, const struct export_head *head);
	void (*begin_part)(struct buf *out, const char *part);
	void (*line)(struct buf *out, const struct export_head *head, const char *part, const PGresult *rows, int i,
	             bool first);
	void (*end_part)(struct buf *out);
	void (*end)(struct buf *out);
};

extern const struct export_writer export_csv, export_json, export_m3u8, export_xspf;

/* Where a line can be heard: the file's path, or a page of the provider, or an address that only names it ("syncline:"). Adds
 * it, with what a URI cannot hold escaped if `uri`; not escaped for XML. */
void export_add_location(struct buf *out, const struct export_head *head, const PGresult *rows, int i, bool uri);

#endif
