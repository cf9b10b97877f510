/* Items into their tables: staged by COPY, then one statement per kind. */
#include <stdio.h>
#include <string.h>

#include "writer/copy.h"
#include "writer/session.h"
#include "writer/transaction.h"

#define UNIQUE_VIOLATION "23505"

enum {
	RANGE_COLUMNS = 4,
	/* Batches after a row that was there already: a walk that is repeated has more of them. */
	STAGED_ONLY = 16,
};

/* What a message of entries replaces: from its first position (the first part: from 0) to its last (the last part:
 * everything behind). A getPlaylist answer is complete in itself, so this needs no walk's end. */
static void add_range(const struct input *input, struct buf *out)
{
	int64_t from = 0, to = 0;
	for (size_t row = 0; row < input->row_count; row++) {
		int64_t position = stage_row_position(input, row);
		if (position >= 0 && (to == 0 || position < from))
			from = position;
		if (position >= to)
			to = position + 1;
	}
	if (input->position.part == 0)
		from = 0;
	if (input->any.items.last_part)
		to = INT64_MAX;
	copy_row(out, RANGE_COLUMNS);
	copy_int4(out, input->account_id);
	copy_text(out, input->any.items.parent);
	copy_int8(out, from);
	copy_int8(out, to);
}

static int copy_ranges(struct transaction *transaction, struct err *err)
{
	buf_reset(transaction->copy, LIMIT_BATCH_BYTES);
	copy_begin(transaction->copy);
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (is_live(input, MSG_items) && input->kind == KIND_entry && !input->superseded)
			add_range(input, transaction->copy);
	}
	return transaction_copy(transaction, "stage_range", transaction->copy, err);
}

/* ---- past the staging tables ---- */

/* On a first walk nearly all is new, and half of the work is to find that out. Postgres finds it out for nothing: rows
 * are copied into their table, and when one of them is there already, all of them go the usual way. */
static bool is_direct(const struct transaction *transaction, enum item_kind_id kind)
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

static void stage_kind(struct transaction *transaction, enum item_kind_id kind, bool direct)
{
	stage_direct(transaction->stage, kind, direct);
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

/* Returns 1 when it is done, 0 when it must go the usual way, -1. */
static int try_direct(struct transaction *transaction, enum item_kind_id kind, struct err *err)
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
	if (strcmp(pg_sqlstate(transaction->pg), UNIQUE_VIOLATION) != 0 ||
	    pg_exec(transaction->pg, "ROLLBACK TO direct", err))
		return -1;
	*transaction->staged_only = STAGED_ONLY;
	stage_kind(transaction, kind, false);
	return 0;
}

/* ---- through them ---- */

static int write_kind(struct transaction *transaction, enum item_kind_id kind, struct err *err)
{
	char sql[64], table[64];
	PG_RESULT *pages = NULL;
	snprintf(table, sizeof table, "stage_%s", item_kinds[kind].table);
	snprintf(sql, sizeof sql, "EXECUTE " SESSION_WRITE "_%s", item_kinds[kind].table);
	if (transaction->stage->counts[kind] && transaction_copy(transaction, table, &transaction->stage->rows[kind], err))
		return -1;
	if (kind == KIND_entry && copy_ranges(transaction, err))
		return -1;
	if (pg_query(transaction->pg, sql, 0, NULL, &pages, err))
		return err_wrap(err, "%s: ", item_kinds[kind].table);
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
		transaction->stage->direct[kind] = is_direct(transaction, (enum item_kind_id)kind);
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
			done = try_direct(transaction, (enum item_kind_id)kind, err);
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
