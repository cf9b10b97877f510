/* A sync as people see it in the console: its sentence, bars by category, the ledger as a strip of pages. Shared by the page
 * of a sync and by the live parts. */
#ifndef SYNCLINE_CONSOLE_SYNC_VIEW_H
#define SYNCLINE_CONSOLE_SYNC_VIEW_H

#include "ctl/report.h"

/* sync and categories: as of report_read. */
void sync_view_summary(const PGresult *sync, const PGresult *categories, struct buf *out);
void sync_view_categories(const PGresult *categories, struct buf *out);
/* The pages of each category's last walk, a cell each: at most SYNC_VIEW_CELLS a category, several pages a cell beyond. */
enum { SYNC_VIEW_CELLS = 120 };
int sync_view_ledger(struct ctl *ctl, const char *sync, struct buf *out, struct err *err) MUST_USE;
/* A line with a bar: which category is being read, and how far that is. For cards of the overview. */
void sync_view_bar(const PGresult *categories, struct buf *out);

#endif
