/* The items of a library that one sync added, changed, removed or restored, by name. Read in pages along the keys of their
 * tables, so that a sync that changed a million needs no more memory than one that changed ten. */
#ifndef SYNCLINE_CTL_HISTORY_H
#define SYNCLINE_CTL_HISTORY_H

#include "common/buf.h"
#include "common/limits.h"
#include "ctl/ctl.h"

struct history_wish {
	const char *account, *account_id, *sync;
	const char *category; /* NULL: all */
	int64_t limit;        /* items printed at most */
};

/* How far somebody has read: kind after kind (artist, album, track, playlist), of each what changed and then what was added.
 * All 0 is the beginning. */
struct history_place {
	unsigned kind; /* CATEGORY_COUNT: the end */
	bool added;
	char behind[LIMIT_ID + 1]; /* the key of the last one; "": from the beginning of these */
};

/* The next rows, at most count, and moves the place behind them; the place is at the end when there are no more. kind: of these
 * rows. Columns: "id", "label"; of changes (*are_changes) also "change" (changed, removed, restored), "columns" and "person" (""
 * or who brought it back). Rows may be none before the end. */
int history_next(struct ctl *ctl, const struct history_wish *wish, struct history_place *place, int count,
                 const char **kind, bool *are_changes, PGresult **rows, struct err *err) MUST_USE;

/* A place as a word that others give back: "track/added/ID". Returns text. */
enum { HISTORY_PLACE = LIMIT_ID + 24 };
const char *history_place_text(const struct history_place *place, char text[HISTORY_PLACE]);
/* "" is the beginning. false: no such place. */
bool history_place_read(const char *text, struct history_place *place);

/* The changed columns (JSON) for people: "title: "Old" → "New", rating: 3 → 5", long values cut. */
void history_columns(const char *json, struct buf *out);

/* Prints a line an item, as JSON where ctl->json is set. *printed: how many; as many as the limit: there may be more. */
int history_items(struct ctl *ctl, const struct history_wish *wish, int64_t *printed, struct err *err) MUST_USE;

#endif
