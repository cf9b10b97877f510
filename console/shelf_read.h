/* Reading the shelf: lists in order, what belongs together, and what a search finds. Rows are of the view library_item, read
 * from the library itself. */
#ifndef SYNCLINE_CONSOLE_SHELF_READ_H
#define SYNCLINE_CONSOLE_SHELF_READ_H

#include "common/arena.h"
#include "console/shelf_words.h"

struct shelf_list {
	const char *account_id;
	const struct shelf_kind *kind;
	bool removed;       /* those that the provider no longer has, instead of the others */
	const char *letter; /* from there on; "" from the beginning */
	const char *after;  /* the item before the first; "" none: then letter counts */
	const char *before; /* the item behind the last, instead of the two; "" none */
	int limit;
};

/* One more row than limit says, if there are so many (with before: at the front), also with its letter. */
int shelf_list(struct pg *pg, const struct shelf_list *list, PGresult **rows, struct err *err) MUST_USE;
/* Column letter. */
int shelf_letters(struct pg *pg, const struct shelf_list *list, PGresult **rows, struct err *err) MUST_USE;

/* What people typed, the best first; no more rows than limit. No words at all find nothing. arena: for the words. */
int shelf_search(struct pg *pg, const char *account_id, const struct shelf_kind *kind, const char *text, int limit,
                 struct arena *arena, PGresult **rows, struct err *err) MUST_USE;

/* Items of a kind that belong to an album, an artist, or the favourites. */
struct shelf_links {
	const char *account_id;
	const struct shelf_kind *kind;
	enum shelf_link link;
	const char *id;    /* of the album or artist; "" for the favourites */
	int offset, limit; /* which of them */
	int most;          /* so many are put in order; of more the rest is left out */
};

int shelf_linked(struct pg *pg, const struct shelf_links *links, PGresult **rows, struct err *err) MUST_USE;

#endif
