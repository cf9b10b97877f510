/* Whatever is a UUID is a sync. */
#include "ctl/target.h"

#include <stdio.h>

int target_find(struct ctl *ctl, const char *word, struct target *target, struct err *err)
{
	PG_RESULT *row = NULL;
	*target = (struct target){0};
	if (!uuid_valid(span_of(word))) {
		snprintf(target->account, sizeof target->account, "%s", word);
		return ctl_find_account(ctl, word, target->account_id, err);
	}
	if (pg_query(ctl->pg, "SELECT account_id, name FROM sync JOIN account USING (account_id) WHERE sync_id = $1::uuid",
	             1, &word, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "there is no sync %s", word);
	snprintf(target->account, sizeof target->account, "%s", pg_text(row, 0, "name"));
	snprintf(target->account_id, sizeof target->account_id, "%s", pg_text(row, 0, "account_id"));
	snprintf(target->sync, sizeof target->sync, "%s", word);
	return 0;
}
