/* What could not be taken, as people see it: a line each, with the original bytes behind it. */
#ifndef SYNCLINE_CONSOLE_REJECT_VIEW_H
#define SYNCLINE_CONSOLE_REJECT_VIEW_H

#include "console/console.h"

/* The newest `count` of a sync, else of an account's id (both NULL: of all), into the page. */
int reject_view_list(struct visit *visit, const char *sync, const char *account_id, int count, struct err *err)
	MUST_USE;

#endif
