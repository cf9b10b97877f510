/* One query. */
#include "ctl/left.h"

#include <stdio.h>
#include <string.h>

#include "common/sql.h"

int left_read(struct ctl *ctl, const char *account, const char *sync, struct left *left, struct err *err)
{
	static const char *const modes[] = {"full", "incremental", "replay", "replay-rejects"};
	PG_RESULT *row = NULL;
	category_set set;
	*left = (struct left){.wish = {.account = account, .mode = "incremental"}};
	if (ctl_find_account(ctl, account, left->wish.account_id, err))
		return -1;
	const char *values[] = {left->wish.account_id, sync};
	if (pg_query(ctl->pg, sql_text("q_ctl_left"), COUNT_OF(values), values, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return 0;
	snprintf(left->sync, sizeof left->sync, "%s", pg_text(row, 0, "sync"));
	snprintf(left->state, sizeof left->state, "%s", pg_text(row, 0, "state"));
	left->over = pg_bool(row, 0, "over");
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		if (strcmp(pg_text(row, 0, "mode"), modes[i]) == 0)
			left->wish.mode = modes[i];
	}
	if (!*pg_text(row, 0, "left_undone"))
		return 0;
	if (category_set_parse(span_of(pg_text(row, 0, "left_undone")), &set, err))
		return -1;
	category_set_text(set, left->wish.categories);
	return 0;
}

void left_by_sign_in(struct left *left)
{
	if (strcmp(left->state, "cancelled") == 0 || strncmp(left->wish.mode, "replay", strlen("replay")) == 0)
		left->wish.categories[0] = '\0';
}
