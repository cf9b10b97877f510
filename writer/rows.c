/* Items into their tables: staged by COPY, then one statement per kind. */
#include <stdio.h>

#include "writer/session.h"
#include "writer/transaction.h"

/* "EXECUTE ...('{3,4}')": with the pages that are replayed. */
static void add_execute(const struct transaction *transaction, enum item_kind_id kind, struct buf *sql)
{
	bool first = true;
	buf_printf(sql, "EXECUTE " SESSION_WRITE "_%s('{", item_kinds[kind].table);
	for (size_t i = 0; i < transaction->page_count; i++) {
		if (!transaction->pages[i].head->any.items.replayed)
			continue;
		buf_printf(sql, "%s%zu", first ? "" : ",", i);
		first = false;
	}
	buf_add_text(sql, "}')");
}

static int execute(struct transaction *transaction, enum item_kind_id kind, PGresult **pages, struct err *err)
{
	struct buf sql;
	buf_init(&sql, LIMIT_STATEMENT_BYTES);
	add_execute(transaction, kind, &sql);
	int result = pg_query(transaction->pg, buf_text(&sql), 0, NULL, pages, err);
	buf_done(&sql);
	return result ? err_wrap(err, "%s: ", item_kinds[kind].table) : 0;
}

static int write_kind(struct transaction *transaction, enum item_kind_id kind, struct err *err)
{
	char table[64];
	PG_RESULT *pages = NULL;
	snprintf(table, sizeof table, "stage_%s", item_kinds[kind].table);
	if (transaction->stage->counts[kind] && transaction_copy(transaction, table, &transaction->stage->rows[kind], err))
		return -1;
	if (kind == KIND_entry && entries_ranges(transaction, err))
		return -1;
	if (execute(transaction, kind, &pages, err))
		return -1;
	for (int i = 0; i < PQntuples(pages); i++) {
		struct page *page = &transaction->pages[pg_int(pages, i, "page")];
		page->added += pg_int(pages, i, "added");
		page->changed += pg_int(pages, i, "changed");
		transaction->applied->added += pg_int(pages, i, "added");
		transaction->applied->changed += pg_int(pages, i, "changed");
	}
	return 0;
}

int rows_write(struct transaction *transaction, struct err *err)
{
	unsigned kinds = 0;
	stage_reset(transaction->stage);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		transaction->stage->direct[kind] = direct_fits(transaction, (enum item_kind_id)kind);
	for (size_t i = 0; i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		if (!is_live(input, MSG_items))
			continue;
		kinds |= 1u << input->kind;
		transaction->applied->rows += (int64_t)input->row_count;
		if (!input->superseded)
			stage_rows(transaction->stage, input, 0, input->row_count);
		transaction->applied->rejected += (int64_t)input->refusal_count;
	}
	*transaction->staged_only -= *transaction->staged_only > 0;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		bool wanted = transaction->stage->counts[kind] || (kind == KIND_entry && (kinds & 1u << KIND_entry));
		int done = 0;
		if (wanted && transaction->stage->direct[kind])
			done = direct_write(transaction, (enum item_kind_id)kind, err);
		if (done < 0 || (wanted && done == 0 && write_kind(transaction, (enum item_kind_id)kind, err)))
			return -1;
	}
	return 0;
}

int rows_probe(struct transaction *transaction, size_t from, size_t to, struct err *err)
{
	struct input *input = transaction->inputs[0];
	stage_reset(transaction->stage);
	stage_rows(transaction->stage, input, from, to);
	return transaction->stage->counts[input->kind] ? write_kind(transaction, input->kind, err) : 0;
}
