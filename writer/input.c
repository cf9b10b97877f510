/* Decoding and checking one message. */
#include "writer/input.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/text.h"
#include "common/uuid.h"

bool position_above(const struct position *a, const struct position *b)
{
	if (a->epoch != b->epoch)
		return a->epoch > b->epoch;
	if (a->walk != b->walk)
		return a->walk > b->walk;
	if (a->page != b->page)
		return a->page > b->page;
	return a->part > b->part;
}

static int bad(struct err *err, const char *what)
{
	return err_set(err, ERR_REJECT, 0, "%s", what);
}

static int check_number(int64_t value, const char *name, struct err *err)
{
	if (value < 0 || value > INT32_MAX)
		return err_set(err, ERR_REJECT, 0, "field '%s' is %lld, out of range", name, (long long)value);
	return 0;
}

static int check_common(struct input *input, struct span sync, struct span account, struct span category,
                        struct err *err)
{
	input->sync = sync;
	input->account = account;
	if (!uuid_valid(sync))
		return bad(err, "field 'sync' is not a lower-case UUID");
	if (account.len == 0)
		return bad(err, "field 'account' is empty");
	if (category.at && !category_find(category, &input->category))
		return err_set(err, ERR_REJECT, 0, "unknown category '%.*s'", SPAN_ARG(category));
	return 0;
}

/* A kind is stored under the lock of one category only. */
static enum category category_of_kind(enum item_kind_id kind)
{
	static const enum category categories[KIND_COUNT] = {
		[KIND_artist] = CATEGORY_ARTISTS,     [KIND_album] = CATEGORY_ALBUMS,    [KIND_track] = CATEGORY_TRACKS,
		[KIND_playlist] = CATEGORY_PLAYLISTS, [KIND_entry] = CATEGORY_PLAYLISTS,
	};
	return categories[kind];
}

/* By name and once per message: unknown columns are skipped, missing ones stay NULL. */
static int map_columns(struct input *input, const msgpack_object *names, struct err *err)
{
	const struct item_kind *kind = &item_kinds[input->kind];
	if (!names || names->type != MSGPACK_OBJECT_ARRAY)
		return bad(err, "field 'columns' is not an array of names");
	for (size_t i = 0; i < kind->count; i++)
		input->columns[i] = -1;
	for (uint32_t n = 0; n < names->via.array.size; n++) {
		const msgpack_object *name = &names->via.array.ptr[n];
		if (name->type != MSGPACK_OBJECT_STR)
			return bad(err, "field 'columns' is not an array of names");
		for (size_t i = 0; i < kind->count; i++) {
			if (span_is((struct span){name->via.str.ptr, name->via.str.size}, kind->columns[i].name))
				input->columns[i] = (int)n;
		}
	}
	if (input->columns[0] < 0)
		return err_set(err, ERR_REJECT, 0, "the rows have no column '%s'", kind->columns[0].name);
	return 0;
}

static int map_rows(struct input *input, const msgpack_object *rows, struct err *err)
{
	if (!rows || rows->type != MSGPACK_OBJECT_ARRAY)
		return bad(err, "field 'rows' is not an array of arrays");
	if (rows->via.array.size > LIMIT_MESSAGE_ROWS)
		return bad(err, "field 'rows' has more rows than a message may have");
	for (uint32_t i = 0; i < rows->via.array.size; i++) {
		if (rows->via.array.ptr[i].type != MSGPACK_OBJECT_ARRAY)
			return bad(err, "field 'rows' is not an array of arrays");
	}
	input->rows = rows->via.array.ptr;
	input->row_count = rows->via.array.size;
	return 0;
}

static int check_items(struct input *input, struct err *err)
{
	const struct items *items = &input->any.items;
	if (check_common(input, items->sync, items->account, items->category, err))
		return -1;
	const struct {
		int64_t value;
		const char *name;
	} numbers[] = {
		{items->walk, "walk"},         {items->page, "page"},
		{items->part, "part"},         {items->received, "received"},
		{items->stored, "stored"},     {items->rejected, "rejected"},
		{items->warnings, "warnings"}, {items->unidentified, "unidentified"},
		{items->first, "first"},       {items->part_first, "part_first"},
		{items->next, "next"},         {items->from_partition, "from_partition"},
	};
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		if (check_number(numbers[i].value, numbers[i].name, err))
			return -1;
	}
	if (!item_kind_find(items->kind, &input->kind))
		return err_set(err, ERR_REJECT, 0, "unknown kind '%.*s'", SPAN_ARG(items->kind));
	if (category_of_kind(input->kind) != input->category)
		return err_set(err, ERR_REJECT, 0, "rows of kind '%.*s' do not belong to %s", SPAN_ARG(items->kind),
		               category_name(input->category));
	if (input->kind == KIND_entry && items->parent.len == 0)
		return bad(err, "field 'parent' must name the playlist of the entries");
	if (map_columns(input, items->columns.object, err) || map_rows(input, items->rows.object, err))
		return -1;
	if (items->refused.len && (items->parent.len == 0 || input->row_count))
		return bad(err, "a list that is refused has a name in 'parent', and no rows");
	input->position = (struct position){items->epoch, items->walk, items->page, items->part};
	return 0;
}

static int check_walk_end(struct input *input, struct err *err)
{
	const struct walk_end *end = &input->any.walk_end;
	if (check_common(input, end->sync, end->account, end->category, err) || check_number(end->walk, "walk", err) ||
	    check_number(end->pages, "pages", err))
		return -1;
	/* Behind the walk's last page. */
	input->position = (struct position){end->epoch, end->walk, end->pages, 0};
	return 0;
}

static bool find_event(struct span name, enum mark_event *event)
{
	static const char *const names[] = {"started", "category_failed", "parked", "resumed",
	                                    "joined",  "deferred",        "refused"};
	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		if (span_is(name, names[i])) {
			*event = (enum mark_event)i;
			return true;
		}
	}
	return false;
}

static int check_mark(struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	if (!find_event(mark->event, &input->event))
		return err_set(err, ERR_REJECT, 0, "unknown event '%.*s'", SPAN_ARG(mark->event));
	struct span category = mark->category.len ? mark->category : (struct span){0};
	if (check_common(input, mark->sync, mark->account, category, err) || check_number(mark->walk, "walk", err))
		return -1;
	if (!category.at && !input_is_job_mark(input))
		return bad(err, "field 'category' is empty");
	if (mark->into.len && !uuid_valid(mark->into))
		return bad(err, "field 'into' is not a lower-case UUID");
	input->position = (struct position){mark->epoch, 0, -1, 0};
	return category_set_parse(mark->categories, &input->categories, err);
}

static int check_reject(struct input *input, struct err *err)
{
	struct reject *reject = &input->any.reject;
	input->account = reject->account;
	if (check_number(reject->partition, "partition", err) || check_number(reject->walk, "walk", err) ||
	    check_number(reject->page, "page", err))
		return -1;
	if (reject->position < INT32_MIN || reject->position > INT32_MAX)
		return bad(err, "field 'position' is out of range");
	if (!uuid_valid(reject->sync))
		reject->sync = (struct span){0};
	return 0;
}

static int check(struct input *input, struct err *err)
{
	switch (input->type) {
	case MSG_items:
		return check_items(input, err);
	case MSG_walk_end:
		return check_walk_end(input, err);
	case MSG_sync_mark:
		return check_mark(input, err);
	case MSG_reject:
		return check_reject(input, err);
	default:
		return err_set(err, ERR_REJECT, 0, "a %s has no place in this topic", msg_type_name(input->type));
	}
}

/* Whose it was, its key alone can tell. */
static void refuse(struct input *input, const struct err *err)
{
	snprintf(input->bad, sizeof input->bad, "%.299s", err->text);
	text_mend(input->bad, sizeof input->bad - 1); /* as a row's refusal */
	input->account = input->sync = (struct span){0};
	input->has_category = category_key_read(input->message.key, &input->account, &input->category);
}

int input_read(struct kafka_message *message, struct input **ret, struct err *err)
{
	enum { ZONE_BYTES = 8192 };
	struct err bad_message = {0};
	struct input *input = calloc(1, sizeof *input);
	if (!input || !msgpack_zone_init(&input->zone, ZONE_BYTES)) {
		free(input);
		kafka_in_release(message);
		return err_set(err, ERR_FATAL, 0, "no memory for a message");
	}
	input->message = *message;
	*message = (struct kafka_message){0};
	if (msg_decode(input->message.value, &input->zone, &input->type, &input->any, &bad_message) ||
	    check(input, &bad_message))
		refuse(input, &bad_message);
	if (bad_message.class == ERR_RETRY) { /* not the message's fault, and those behind it must not overtake it */
		*err = bad_message;
		err->class = ERR_FATAL;
		input_free(input);
		return -1;
	}
	*ret = input;
	return 0;
}

void input_free(struct input *input)
{
	if (!input)
		return;
	kafka_in_release(&input->message);
	msgpack_zone_destroy(&input->zone);
	free(input->refusals);
	free(input);
}

bool input_is_of_category(const struct input *input)
{
	return !*input->bad && input->type != MSG_reject;
}

bool input_is_job_mark(const struct input *input)
{
	return input->event == EVENT_JOINED || input->event == EVENT_DEFERRED || input->event == EVENT_REFUSED;
}

const struct refusal *input_refusal(const struct input *input, size_t row)
{
	size_t low = 0, high = input->refusal_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (input->refusals[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < input->refusal_count && input->refusals[low].row == row;
	return found ? &input->refusals[low] : NULL;
}

void input_refuse(struct input *input, size_t row, const char *text)
{
	assert(row < input->row_count);
	if (input_refusal(input, row))
		return;
	if (input->refusal_count == input->refusal_cap) {
		size_t cap = input->refusal_cap ? 2 * input->refusal_cap : 8;
		struct refusal *grown = realloc(input->refusals, cap * sizeof *grown);
		assert(grown && "no memory: ends as if killed, nothing is lost");
		input->refusals = grown;
		input->refusal_cap = cap;
	}
	size_t at = input->refusal_count++;
	for (; at && input->refusals[at - 1].row > row; at--)
		input->refusals[at] = input->refusals[at - 1];
	input->refusals[at].row = (uint32_t)row;
	snprintf(input->refusals[at].text, sizeof input->refusals[at].text, "%.199s", text);
	text_mend(input->refusals[at].text,
	          sizeof input->refusals[at].text - 1); /* may be cut in a character of what it quotes */
}
