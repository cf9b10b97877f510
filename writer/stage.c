/* The row encoder. */
#include "writer/stage.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "common/text.h"
#include "writer/copy.h"

enum { FIXED_COLUMNS = 5, DIRECT_COLUMNS = 4 };

/* Made once and for ever: with another key every stored row would differ from what comes in, and be written again. */
static const unsigned char hash_key[crypto_shorthash_KEYBYTES] = "syncline content";

void stage_init(struct stage *stage)
{
	*stage = (struct stage){0};
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		buf_init(&stage->rows[kind], LIMIT_STAGE_BYTES);
}

void stage_reset(struct stage *stage)
{
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		buf_reset(&stage->rows[kind], LIMIT_BATCH_BYTES);
		stage->counts[kind] = 0;
		stage->direct[kind] = false;
	}
	stage->ord = 0;
}

void stage_direct(struct stage *stage, enum item_kind_id kind, bool direct)
{
	assert(kind != KIND_entry);
	buf_reset(&stage->rows[kind], LIMIT_BATCH_BYTES);
	stage->counts[kind] = 0;
	stage->direct[kind] = direct;
}

void stage_done(struct stage *stage)
{
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		buf_done(&stage->rows[kind]);
}

/* NULL: not in the message, or nil. */
static const msgpack_object *value_of(const struct input *input, size_t row, size_t column)
{
	const msgpack_object_array *values = &input->rows[row].via.array;
	int at = input->columns[column];
	if (at < 0 || (uint32_t)at >= values->size || values->ptr[at].type == MSGPACK_OBJECT_NIL)
		return NULL;
	return &values->ptr[at];
}

static bool read_text(const msgpack_object *value, struct span *text)
{
	if (value->type != MSGPACK_OBJECT_STR)
		return false;
	*text = (struct span){value->via.str.ptr ? value->via.str.ptr : "", value->via.str.size};
	return text_valid(*text);
}

static bool read_int(const msgpack_object *value, int64_t *number)
{
	if (value->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		*number = value->via.i64;
	else if (value->type == MSGPACK_OBJECT_POSITIVE_INTEGER && value->via.u64 <= INT64_MAX)
		*number = (int64_t)value->via.u64;
	else
		return false;
	return true;
}

static bool add_texts(const msgpack_object *value, struct buf *out)
{
	if (value->type != MSGPACK_OBJECT_ARRAY)
		return false;
	size_t mark = copy_texts_begin(out, value->via.array.size);
	for (uint32_t i = 0; i < value->via.array.size; i++) {
		struct span text;
		if (!read_text(&value->via.array.ptr[i], &text))
			return false;
		copy_text(out, text);
	}
	copy_texts_end(out, mark);
	return true;
}

/* false: the value is not of that type. */
static bool add_value(enum column_type type, const msgpack_object *value, struct buf *out)
{
	struct span text;
	int64_t number;
	switch (type) {
	case COLUMN_TEXT:
		if (!read_text(value, &text))
			return false;
		copy_text(out, text);
		return true;
	case COLUMN_INT:
		if (!read_int(value, &number))
			return false;
		copy_int8(out, number);
		return true;
	case COLUMN_BOOL:
		copy_bool(out, value->type == MSGPACK_OBJECT_BOOLEAN && value->via.boolean);
		return value->type == MSGPACK_OBJECT_BOOLEAN;
	case COLUMN_TIME:
		if (!read_int(value, &number) || number < COPY_TIME_MIN)
			return false;
		copy_time(out, number);
		return true;
	case COLUMN_TEXTS:
		return add_texts(value, out);
	case COLUMN_JSON:
		if (!read_text(value, &text))
			return false;
		copy_jsonb(out, text);
		return true;
	}
	assert(false && "column type");
	return false;
}

static const char *type_words(enum column_type type)
{
	static const char *const words[] = {"text", "a whole number", "true or false", "a time", "a list of texts", "JSON"};
	return words[type];
}

struct span stage_row_id(const struct input *input, size_t row)
{
	struct span id = {0};
	const msgpack_object *value = value_of(input, row, 0);
	if (input->kind == KIND_entry || !value || !read_text(value, &id))
		return (struct span){0};
	return id;
}

int64_t stage_row_position(const struct input *input, size_t row)
{
	int64_t position;
	const msgpack_object *value = value_of(input, row, 0);
	return input->kind == KIND_entry && value && read_int(value, &position) && position >= 0 ? position : -1;
}

static bool has_key(const struct input *input, size_t row)
{
	if (input->kind == KIND_entry)
		return stage_row_position(input, row) >= 0;
	struct span id = stage_row_id(input, row);
	return id.len > 0 && id.len <= LIMIT_ID;
}

/* *told_end: behind the last value that is not NULL. */
static const char *add_columns(const struct input *input, size_t row, struct buf *out, size_t *told_end,
                               char why[STAGE_WHY])
{
	const struct item_kind *kind = &item_kinds[input->kind];
	if (!has_key(input, row)) {
		snprintf(why, STAGE_WHY, "%s is missing, empty or too long", kind->columns[0].name);
		return why;
	}
	for (size_t i = 0; i < kind->count; i++) {
		const msgpack_object *value = value_of(input, row, i);
		if (!value) {
			copy_null(out);
			continue;
		}
		if (!add_value(kind->columns[i].type, value, out)) {
			snprintf(why, STAGE_WHY, "%s is not %s", kind->columns[i].name, type_words(kind->columns[i].type));
			return why;
		}
		*told_end = out->len;
	}
	return NULL;
}

/* NULLs at the end are left out: a column that a later version adds there changes no hash until it is told. */
static void set_hash(struct buf *out, size_t hash_at, size_t columns_at, size_t told_end)
{
	_Static_assert(crypto_shorthash_BYTES == 8, "a hash is a bigint");
	if (buf_ok(out))
		crypto_shorthash((unsigned char *)out->at + hash_at, (const unsigned char *)out->at + columns_at,
		                 told_end - columns_at, hash_key);
}

/* What stands before the columns. Returns where the hash will be. */
static size_t add_fixed(struct stage *stage, const struct input *input, struct buf *out)
{
	bool is_entry = input->kind == KIND_entry, direct = stage->direct[input->kind];
	unsigned columns = (unsigned)item_kinds[input->kind].count;
	copy_row(out, columns + (direct ? DIRECT_COLUMNS : FIXED_COLUMNS + (is_entry ? 1u : 0u)));
	if (!direct) {
		copy_int4(out, (int64_t)input->page_index);
		copy_int4(out, stage->ord++);
	}
	copy_int4(out, input->account_id);
	copy_uuid(out, input->sync);
	if (direct)
		copy_uuid(out, input->sync);
	size_t hash_at = out->len + 4; /* behind the value's length */
	copy_int8(out, 0);
	if (is_entry)
		copy_text(out, input->any.items.parent);
	return hash_at;
}

const char *stage_row(struct stage *stage, const struct input *input, size_t row, char why[STAGE_WHY])
{
	struct buf *out = &stage->rows[input->kind];
	if (out->len == 0)
		copy_begin(out);
	size_t begin = out->len;
	size_t hash_at = add_fixed(stage, input, out);
	size_t columns_at = out->len;
	size_t told_end = columns_at;
	const char *refused = add_columns(input, row, out, &told_end, why);
	if (refused) {
		out->len = begin;
		return refused;
	}
	set_hash(out, hash_at, columns_at, told_end);
	stage->counts[input->kind]++;
	return NULL;
}

void stage_rows(struct stage *stage, struct input *input, size_t from, size_t to)
{
	char why[STAGE_WHY];
	for (size_t row = from; row < to; row++) {
		const char *refused = input_refusal(input, row) ? NULL : stage_row(stage, input, row, why);
		if (refused)
			input_refuse(input, row, refused);
	}
}

void stage_table_columns(enum item_kind_id kind, struct buf *out)
{
	static const char *const types[] = {"text", "bigint", "boolean", "timestamptz", "text[]", "jsonb"};
	buf_add_text(out, "page integer, ord integer, account_id integer, sync_id uuid, content_hash bigint");
	if (kind == KIND_entry)
		buf_add_text(out, ", playlist_id text COLLATE \"C\"");
	for (size_t i = 0; i < item_kinds[kind].count; i++) {
		const struct column *column = &item_kinds[kind].columns[i];
		bool is_id = i == 0 && column->type == COLUMN_TEXT;
		buf_printf(out, ", %s %s%s", column->name, types[column->type], is_id ? " COLLATE \"C\"" : "");
	}
}
