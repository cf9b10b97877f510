/* What the next complete sync would do about items that the provider does not list any more: a forecast, from the ledger of
 * what walks have seen, or from what the provider lists now. Writes nothing. */
#ifndef SYNCLINE_CTL_REMOVALS_H
#define SYNCLINE_CTL_REMOVALS_H

#include "common/buf.h"
#include "common/category.h"
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

/* Why an item is missing. */
enum removals_reason { REMOVALS_MISSED, REMOVALS_WAITING, REMOVALS_HELD, REMOVALS_KEPT, REMOVALS_REASONS };

/* One category. */
struct removals_forecast {
	const char *category;
	char complete_at[32]; /* RFC 3339; "": never */
	int64_t here, unidentified, counts[REMOVALS_REASONS];
	int64_t removes, holds, waits;
	bool ever_complete, asked, alone; /* alone: one walk proves */
	PGresult *names;                  /* "why", "id" and "label" of some of each reason */
};

/* Fills all of forecasts; removals_done in every case. RETRY: Postgres is away. */
int removals_read(struct ctl *ctl, const struct removals_wish *wish, struct removals_forecast forecasts[CATEGORY_COUNT],
                  struct err *err) MUST_USE;
void removals_done(struct removals_forecast forecasts[CATEGORY_COUNT]);

/* What the next complete sync does, as a phrase: "removes 5, if it misses them too". Returns text. */
enum { REMOVALS_SENTENCE = 300 };
const char *removals_sentence(const struct removals_forecast *forecast, const struct settings *settings,
                              char text[REMOVALS_SENTENCE]);

/* Prints it, as JSON where ctl->json is set. *any: something would be removed or held. */
int removals_show(struct ctl *ctl, const struct removals_wish *wish, bool *any, struct err *err) MUST_USE;

#endif
