/* What the commands about rejects share. */
#ifndef SYNCLINE_CTL_REJECTS_H
#define SYNCLINE_CTL_REJECTS_H

#include "common/uuid.h"
#include "ctl/ctl.h"
#include "ctl/reject_place.h"

/* Which rejects are meant; NULL or "": any. */
struct reject_filter {
	char sync[UUID_TEXT], account[ID_TEXT];
	const char *reason, *category, *kind, *item;
	const struct reject_place *place;
	bool old; /* also those that are not open any more */
	int64_t limit;
};

/* Rows of q_ctl_rejects or, with sums, of q_ctl_rejects_sums. The caller clears *rows. */
int rejects_query(struct ctl *ctl, const struct reject_filter *filter, bool sums, PGresult **rows, struct err *err)
	MUST_USE;

/* The place of a row. */
struct reject_place rejects_place(const PGresult *rows, int i);

/* One as a JSON object on a line; the original as "original", or "original_base64" when it is not UTF-8. */
void rejects_print_json(const struct ctl *ctl, const PGresult *rows, int i);

/* The bytes as they came, to be freed with PQfreemem. */
struct span rejects_original(const PGresult *rows, int i);

#endif
