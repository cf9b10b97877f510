/* The items of a library that one sync added, changed, removed or restored, by name. Read in pages along the keys of their
 * tables, so that a sync that changed a million needs no more memory than one that changed ten. */
#ifndef SYNCLINE_CTL_HISTORY_H
#define SYNCLINE_CTL_HISTORY_H

#include "ctl/ctl.h"

struct history_wish {
	const char *account, *account_id, *sync;
	const char *category; /* NULL: all */
	int64_t limit;        /* items printed at most */
};

/* Prints a line an item, as JSON where ctl->json is set. *printed: how many; as many as the limit: there may be more. */
int history_items(struct ctl *ctl, const struct history_wish *wish, int64_t *printed, struct err *err) MUST_USE;

#endif
