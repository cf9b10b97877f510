/* Items past the staging tables. On a first walk nearly all is new, and half of the work is to find that out. Postgres finds
 * it out for nothing: rows are copied into their table, and when one of them is there already, all go the usual way. */
#include <stdio.h>
#include <string.h>

#include "writer/transaction.h"

#define UNIQUE_VIOLATION "23505"

/* Batches after a row that was there already: a walk that is repeated has more of them. */
enum { STAGED_ONLY = 16 };

bool direct_fits(const struct transaction *transaction, enum item_kind_id kind)
{
	if (kind == KIND_entry || *transaction->staged_only > 0)
		return false;
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (is_live(input, MSG_items) && input->kind == kind && !input->is_first)
			return false;
	}
	return true;
}

static void stage_again(struct transaction *transaction, enum item_kind_id kind)
{
	stage_direct(transaction->stage, kind, false);
	for (size_t i = 0; i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		if (is_live(input, MSG_items) && input->kind == kind)
			stage_rows(transaction->stage, input, 0, input->row_count);
	}
}

static void count_direct(struct transaction *transaction, enum item_kind_id kind)
{
	for (size_t i = 0; i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		if (!is_live(input, MSG_items) || input->kind != kind)
			continue;
		input->unstaged = true;
		transaction->pages[input->page_index].added += (int64_t)(input->row_count - input->refusal_count);
		transaction->applied->added += (int64_t)(input->row_count - input->refusal_count);
	}
}

int direct_write(struct transaction *transaction, enum item_kind_id kind, struct err *err)
{
	char table[LIMIT_STATEMENT_BYTES / 4];
	const struct item_kind *spec = &item_kinds[kind];
	int len = snprintf(table, sizeof table, "%s (account_id, first_sync, changed_sync, content_hash", spec->table);
	for (size_t i = 0; i < spec->count; i++)
		len += snprintf(table + len, sizeof table - (size_t)len, ", %s", spec->columns[i].name);
	snprintf(table + len, sizeof table - (size_t)len, ")");
	if (pg_exec(transaction->pg, "SAVEPOINT direct", err))
		return -1;
	if (transaction_copy(transaction, table, &transaction->stage->rows[kind], err) == 0) {
		count_direct(transaction, kind);
		return pg_exec(transaction->pg, "RELEASE direct", err) ? -1 : 1;
	}
	/* A refusal says nothing yet: the row may be there already, equal, and then nobody would have written it. */
	bool judged_here = err->class != ERR_REJECT && strcmp(pg_sqlstate(transaction->pg), UNIQUE_VIOLATION) != 0;
	if (judged_here || pg_exec(transaction->pg, "ROLLBACK TO direct", err))
		return -1;
	*transaction->staged_only = STAGED_ONLY;
	stage_again(transaction, kind);
	return 0;
}
