/* A library as a file to take along: CSV, JSON, M3U8 or XSPF, for the command and for the pages.
 *
 * open -> next* -> close. Made piece after piece in the order of ids, playlists in their order, so memory does not depend on
 * the library, and no transaction stays open while somebody reads slowly: what changes meanwhile may be in it or not. Items that
 * the provider no longer has are left out. One thread at a time. */
#ifndef SYNCLINE_CONSOLE_EXPORT_H
#define SYNCLINE_CONSOLE_EXPORT_H

#include "common/buf.h"
#include "common/category.h"
#include "common/pg.h"

struct export_format {
	const char *name, *type; /* "csv", "text/csv; charset=utf-8" */
};

enum { EXPORT_FORMATS = 4 };
extern const struct export_format export_formats[EXPORT_FORMATS];

struct export_order {
	const char *account, *account_id; /* as in the table account */
	const char *format;
	category_set only;    /* categories; entries come with playlists. CATEGORY_ALL: what the format can hold */
	const char *playlist; /* id of the only one whose entries are meant; NULL: whatever `only` says */
};

struct export;

/* Texts of order are copied. CONFIG: no such format, or one that cannot hold what is asked for; REJECT: no such playlist. */
int export_open(struct pg *pg, const struct export_order *order, struct export **export, struct err *err) MUST_USE;
/* Its format's media type. */
const char *export_type(const struct export *export);
/* Appends the next piece, usually some 200 KiB; *more is false behind the last one. */
int export_next(struct export *export, struct pg *pg, struct buf *out, bool *more, struct err *err) MUST_USE;
/* NULL-safe. */
void export_close(struct export **export);

#endif
