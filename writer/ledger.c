/* The ledger of pages: what each held, what became of it, and the hashes of the ids it listed. */
#include <assert.h>
#include <stdint.h>

#include "common/text.h"
#include "writer/copy.h"
#include "writer/params.h"
#include "writer/transaction.h"

enum { LEDGER_COLUMNS = 19 };

static bool is_same_page(const struct input *a, const struct input *b)
{
	return a->category == b->category && a->position.walk == b->position.walk && a->position.page == b->position.page &&
	       span_equal(a->sync, b->sync);
}

/* Messages are in order, so a page met again under another epoch replaces the one before. */
static size_t find_page(struct transaction *transaction, const struct input *input)
{
	for (size_t i = transaction->page_count; i-- > 0;) {
		struct page *page = &transaction->pages[i];
		if (!is_same_page(page->head, input) || page->replaced_by != SIZE_MAX)
			continue;
		if (page->head->position.epoch == input->position.epoch)
			return i;
		page->replaced_by = transaction->page_count;
	}
	transaction->pages[transaction->page_count] = (struct page){.head = input, .replaced_by = SIZE_MAX};
	return transaction->page_count++;
}

/* Among the batch's messages; what was written before it is replaced by range. */
static void supersede(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		input->superseded = false;
		for (size_t j = i + 1; j < transaction->count && !input->superseded; j++)
			input->superseded = entries_supersede(transaction->inputs[j], input);
	}
}

void ledger_collect(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++) {
		struct input *input = transaction->inputs[i];
		if (is_live(input, MSG_items))
			input->page_index = find_page(transaction, input);
	}
	supersede(transaction);
}

/* What the messages say, and what the writer saw of them. `stored` is counted here and not taken from the message, so that
 * received = stored + rejected is found, not copied. */
static void sum_page(struct page *page, const struct input *input)
{
	const struct items *items = &input->any.items;
	page->stored += (int64_t)(input->row_count - input->refusal_count);
	page->rejected += (int64_t)input->refusal_count;
	for (size_t i = 0; i < input->refusal_count && input->kind != KIND_entry; i++)
		page->unidentified += stage_row_id(input, input->refusals[i].row).len == 0;
	if (!items->last_part)
		return;
	page->received = items->received;
	page->rejected += items->rejected;
	page->warnings = items->warnings;
	page->unidentified += items->unidentified;
	page->is_last = items->is_last;
	page->next_cursor = items->next_cursor;
	if (items->refused.len && input->kind != KIND_entry) {
		page->unread = items->parent;
		page->refused = items->refused;
	}
}

static bool read_id(const msgpack_object *value, struct span *id)
{
	if (value->type != MSGPACK_OBJECT_STR)
		return false;
	*id = (struct span){value->via.str.ptr ? value->via.str.ptr : "", value->via.str.size};
	return id->len > 0 && text_valid(*id);
}

static const msgpack_object_array *rejected_ids(const struct input *input)
{
	static const msgpack_object_array none;
	const msgpack_object *ids = input->any.items.rejected_ids.object;
	return ids && ids->type == MSGPACK_OBJECT_ARRAY ? &ids->via.array : &none;
}

/* Ids that are in no staged row: of items the parser rejected, of rows refused here, and of those that were not staged. Those of
 * entries are of tracks, and this is a list of playlists. */
static size_t add_ids(struct page *page, const struct input *input, struct buf *out)
{
	struct span id;
	size_t count = 0;
	const msgpack_object_array *ids = rejected_ids(input);
	for (uint32_t i = 0; i < ids->size; i++) {
		bool readable = read_id(&ids->ptr[i], &id);
		bool listed = readable && input->kind != KIND_entry;
		if (listed && out)
			copy_text(out, id);
		count += listed;
		if (!out)
			page->unidentified += !readable;
	}
	for (size_t i = 0; i < input->refusal_count; i++) {
		id = stage_row_id(input, input->refusals[i].row);
		if (id.len && out)
			copy_text(out, id);
		count += id.len > 0;
	}
	for (size_t row = 0; input->unstaged && row < input->row_count; row++) {
		if (input_refusal(input, row))
			continue;
		if (out)
			copy_text(out, stage_row_id(input, row));
		count++;
	}
	return count;
}

static void add_page(struct transaction *transaction, size_t index, struct buf *out)
{
	struct page *page = &transaction->pages[index];
	size_t ids = 0;
	for (size_t i = 0; i < transaction->count; i++) {
		if (is_live(transaction->inputs[i], MSG_items) && transaction->inputs[i]->page_index == index)
			ids += add_ids(page, transaction->inputs[i], NULL);
	}
	copy_row(out, LEDGER_COLUMNS);
	copy_int4(out, (int64_t)index);
	copy_uuid(out, page->head->sync);
	copy_text(out, span_of(category_name(page->head->category)));
	const int64_t place[] = {page->head->position.walk, page->head->position.page};
	for (size_t i = 0; i < COUNT_OF(place); i++)
		copy_int4(out, place[i]);
	copy_int8(out, page->head->position.epoch);
	const int64_t sums[] = {page->received, page->stored,  page->rejected,    page->warnings,
	                        page->added,    page->changed, page->unidentified};
	for (size_t i = 0; i < COUNT_OF(sums); i++)
		copy_int4(out, sums[i] > INT32_MAX ? INT32_MAX : sums[i]);
	copy_bool(out, page->is_last);
	copy_text(out, page->next_cursor.at ? page->next_cursor : span_of(""));
	size_t mark = copy_texts_begin(out, ids);
	for (size_t i = 0; i < transaction->count; i++) {
		if (is_live(transaction->inputs[i], MSG_items) && transaction->inputs[i]->page_index == index)
			add_ids(page, transaction->inputs[i], out);
	}
	copy_texts_end(out, mark);
	copy_bool(out, page->head->any.items.replayed);
	copy_text(out, page->unread);
	copy_text(out, page->refused);
}

/* One row per category that pages came for: the newest of them. */
static int touch_categories(struct transaction *transaction, struct err *err)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < transaction->page_count; i++) {
		const struct input *head = transaction->pages[i].head;
		bool newest = true;
		for (size_t j = i + 1; j < transaction->page_count && newest; j++) {
			const struct input *other = transaction->pages[j].head;
			newest = other->category != head->category || !span_equal(other->sync, head->sync);
		}
		if (!newest)
			continue;
		struct params params;
		params_init(&params);
		params_text(&params, head->sync);
		params_text(&params, span_of(category_name(head->category)));
		params_int(&params, head->position.epoch);
		params_int(&params, head->position.walk);
		params_int(&params, head->any.items.total < 0 ? 0 : head->any.items.total);
		result = params_run(&params, transaction->pg, "q_write_category", NULL, err);
		params_done(&params);
	}
	return result;
}

int ledger_write(struct transaction *transaction, struct err *err)
{
	struct buf *out = transaction->copy;
	if (transaction->page_count == 0)
		return 0;
	for (size_t i = 0; i < transaction->count; i++) {
		if (is_live(transaction->inputs[i], MSG_items))
			sum_page(&transaction->pages[transaction->inputs[i]->page_index], transaction->inputs[i]);
	}
	buf_reset(out, LIMIT_BATCH_BYTES);
	copy_begin(out);
	for (size_t i = 0; i < transaction->page_count; i++) {
		struct page *page = &transaction->pages[i];
		if (page->replaced_by == SIZE_MAX) {
			add_page(transaction, i, out);
			continue;
		}
		/* Later in the list, so not written yet. */
		assert(page->replaced_by > i);
		transaction->pages[page->replaced_by].added += page->added;
		transaction->pages[page->replaced_by].changed += page->changed;
	}
	struct params none = {0};
	int result = transaction_copy(transaction, "stage_page", out, err);
	if (result == 0)
		result = params_run(&none, transaction->pg, "q_write_ledger", NULL, err);
	return result ? -1 : touch_categories(transaction, err);
}
