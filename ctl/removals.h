/* What the next complete sync would do about items that the provider does not list any more: a forecast, from the ledger of
 * what walks have seen, or from what the provider lists now. Writes nothing. */
#ifndef SYNCLINE_CTL_REMOVALS_H
#define SYNCLINE_CTL_REMOVALS_H

#include "common/buf.h"
#include "ctl/ctl.h"
#include "fetcher/probe.h"

/* Names told of each category and reason: by default, and the most. */
enum { REMOVALS_NAMES = 10, REMOVALS_NAMES_MAX = 100000 };

struct removals_wish {
	const char *account, *account_id;
	int64_t names;
	struct buf *ids;                   /* CATEGORY_COUNT of them, as probe_lists fills them; NULL: from the ledger */
	const struct probe_totals *totals; /* with ids */
};

/* Prints it, as JSON where ctl->json is set. *any: something would be removed or held. */
int removals_show(struct ctl *ctl, const struct removals_wish *wish, bool *any, struct err *err) MUST_USE;

#endif
