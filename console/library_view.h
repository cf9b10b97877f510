/* What the pages of a library share: links to items, lists of them, artwork. */
#ifndef SYNCLINE_CONSOLE_LIBRARY_VIEW_H
#define SYNCLINE_CONSOLE_LIBRARY_VIEW_H

#include "console/layout.h"
#include "console/shelf_read.h"

/* Page frame: the title, then the way back with the kinds' lists, and the search form. here: the kind whose list or item this
 * is, or NULL. query: what stands in the search field. Ends with layout_end. */
void library_begin(struct visit *visit, const char *title, const struct shelf_kind *here, const char *query);

/* <a> to an item, or to a list when id is "". */
void library_link(struct buf *out, const char *account, const struct shelf_kind *kind, const char *id,
                  const char *label);

/* Rows of library_item from..to as a table with what matters of the kind. */
void library_table(struct visit *visit, const struct shelf_kind *kind, const PGresult *rows, int from, int to);
/* The same of the tracks of one album, with their numbers and without its name. */
void library_record(struct visit *visit, const PGresult *rows, int from, int to);

/* A picture, where the provider gives an address of one; decoration. */
void library_artwork(struct buf *out, const char *artwork, const char *class);
/* Links to the account as a file in each format; of one playlist if its id is given (NULL: all). */
void library_exports(struct visit *visit, const char *playlist);
/* "3:07"; nothing for 0. */
void library_duration(struct buf *out, int64_t ms);

#endif
