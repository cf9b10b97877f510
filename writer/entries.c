/* What a message of entries says beside its rows: which part of its playlist it replaces, and whether that can be
 * read at all. */
#include "writer/copy.h"
#include "writer/transaction.h"

enum { RANGE_COLUMNS = 6 };

struct range {
	int64_t from, to; /* equal: nothing */
};

static bool is_entries(const struct input *input)
{
	return is_live(input, MSG_items) && input->kind == KIND_entry;
}

/* From the first of its rows to the last. */
static struct range range_of_rows(const struct input *input)
{
	struct range range = {0};
	for (size_t row = 0; row < input->row_count; row++) {
		int64_t position = stage_row_position(input, row);
		if (position >= 0 && (range.to == 0 || position < range.from))
			range.from = position;
		if (position >= range.to)
			range.to = position + 1;
	}
	return range;
}

/* A page replaces what stood where it stands, from `first` to where the next one begins, also what was rejected or is not shown;
 * the last page of a playlist everything behind as well. So a playlist needs no walk's end to be right. Where a page has no
 * rows at all it tells only what stands behind what it showed: what it could not say stays. A page in parts is replaced part by
 * part, and a part that does not tell where it begins (a parser of before) from its first row on. */
static struct range range_of(const struct input *input)
{
	const struct items *items = &input->any.items;
	struct range range = range_of_rows(input);
	bool has_rows = range.to > 0;
	int64_t shown = items->first + items->received; /* as `next` told by the last part */
	int64_t end = items->next > shown ? items->next : shown;
	if (items->refused.len || (!has_rows && !items->last_part))
		return (struct range){0};
	if (items->part_first)
		range.from = items->part_first;
	else if (!has_rows)
		range.from = shown;
	else if (input->position.part == 0)
		range.from = items->first;
	if (items->last_part)
		range.to = !items->more ? INT64_MAX : end > range.to ? end : range.to;
	return range;
}

/* NULL (absent): it does not tell whether the playlist can be read; "": it begins to read it; else why it cannot be. */
static struct span refusal_of(const struct input *input)
{
	const struct items *items = &input->any.items;
	if (items->refused.len)
		return items->refused;
	if (items->replayed) /* of which version they are is known, and stays so */
		return (struct span){0};
	return items->part == 0 && items->first == 0 ? span_of("") : (struct span){0};
}

int entries_ranges(struct transaction *transaction, struct err *err)
{
	buf_reset(transaction->copy, LIMIT_BATCH_BYTES);
	copy_begin(transaction->copy);
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (!is_entries(input) || input->superseded)
			continue;
		struct range range = range_of(input);
		struct span refusal = refusal_of(input);
		copy_row(transaction->copy, RANGE_COLUMNS);
		copy_int4(transaction->copy, (int64_t)i);
		copy_int4(transaction->copy, input->account_id);
		copy_text(transaction->copy, input->any.items.parent);
		copy_int8(transaction->copy, range.from);
		copy_int8(transaction->copy, range.to);
		if (refusal.at)
			copy_text(transaction->copy, refusal);
		else
			copy_null(transaction->copy);
	}
	return transaction_copy(transaction, "stage_range", transaction->copy, err);
}

bool entries_supersede(const struct input *later, const struct input *earlier)
{
	return is_entries(later) && is_entries(earlier) && later->account_id == earlier->account_id &&
	       later->page_index != earlier->page_index && later->any.items.refused.len == 0 &&
	       later->any.items.first <= earlier->any.items.first &&
	       span_equal(later->any.items.parent, earlier->any.items.parent);
}
