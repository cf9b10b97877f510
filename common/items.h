/* The kinds of normalized items and their columns, from schemas/items.def. */
#ifndef SYNCLINE_ITEMS_H
#define SYNCLINE_ITEMS_H

#include <stdio.h>

#include "common/span.h"

enum column_type { COLUMN_TEXT, COLUMN_INT, COLUMN_BOOL, COLUMN_TIME, COLUMN_TEXTS, COLUMN_JSON };

struct column {
	const char *name;
	enum column_type type;
	const char *text;
};

struct item_kind {
	const char *name;  /* "track" */
	const char *table; /* "track" */
	const struct column *columns;
	size_t count;
	const char *text;
};

enum item_kind_id {
#define KIND(name, table, text) KIND_##name,
#define COLUMN(kind, name, type, text)
#define END_KIND(name)
#include "schemas/items.def"
#undef KIND
#undef COLUMN
#undef END_KIND
	KIND_COUNT
};

/* artist_id, artist_name ...: the place of each column in its kind's rows, as ITEM_artist_id and so on; ITEM_track_COUNT
 * is how many there are. */
/* clang-format off */
#define KIND(name, table, text) enum item_##name {
#define COLUMN(kind, name, type, text) ITEM_##kind##_##name,
#define END_KIND(name) ITEM_##name##_COUNT };
/* clang-format on */
#include "schemas/items.def"
#undef KIND
#undef COLUMN
#undef END_KIND

enum { ITEM_COLUMNS_MAX = 32 };

extern const struct item_kind item_kinds[KIND_COUNT];

/* false: no such kind. */
bool item_kind_find(struct span name, enum item_kind_id *kind);

/* The part of docs/messages.md about items. */
void items_reference(FILE *out);

#endif
