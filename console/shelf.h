/* The shelf: what the console browses and searches, kept in a table of its own (schemas/sql/009_shelf.sql) so that the
 * writer's tables need no index for readers. A pass compares a category with its shelf by content hash, window after window,
 * and writes what differs, so a pass after a small change writes little.
 *
 * One process at a time keeps the shelf of a database (advisory lock). A pass that is broken off is begun anew; nothing is
 * wrong meanwhile, only older: an item's row is read from the library itself, the shelf only knows order and words. */
#ifndef SYNCLINE_CONSOLE_SHELF_H
#define SYNCLINE_CONSOLE_SHELF_H

#include <stdatomic.h>

#include "common/pg.h"

struct shelf_kind {
	const char *name, *category, *title; /* "artist", "artists", "Artists" */
	char code;                           /* stands in lexemes */
};

enum { SHELF_KINDS = 4 };
extern const struct shelf_kind shelf_kinds[SHELF_KINDS];
/* By name or category; NULL: there is none. */
const struct shelf_kind *shelf_kind_find(const char *word);

/* Bytes of a sort key that are kept: more of it orders nothing that people see, and index rows have a limit. */
enum { SHELF_SORT_KEY = 120 };

/* Passes over everything that is due, until nothing is or `stop` is set. Another process that keeps it is no
 * error, and leaves nothing to do. */
int shelf_keep(struct pg *pg, const atomic_bool *stop, struct err *err) MUST_USE;

#endif
