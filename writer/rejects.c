/* What could not be taken, as rows: rejects of the parser, messages that nobody understands, rows that the database refused. */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/text.h"
#include "common/uuid.h"
#include "writer/copy.h"
#include "writer/params.h"
#include "writer/transaction.h"

enum { REJECT_COLUMNS = 16 };

static void add_text(struct buf *out, struct span text)
{
	copy_text(out, text.at ? text : span_of(""));
}

/* The order is that of stage_reject. original may be anything; the other texts are valid. */
static void add_row(struct buf *out, const struct reject *reject)
{
	copy_row(out, REJECT_COLUMNS);
	add_text(out, reject->topic);
	copy_int4(out, reject->partition);
	copy_int8(out, reject->offset);
	copy_int4(out, reject->position);
	add_text(out, reject->account);
	copy_uuid(out, reject->sync);
	add_text(out, reject->category);
	copy_int4(out, reject->walk);
	copy_int4(out, reject->page);
	add_text(out, reject->kind);
	add_text(out, reject->item);
	add_text(out, reject->field);
	add_text(out, reject->reason);
	add_text(out, reject->text);
	add_text(out, reject->original);
	copy_time(out, (reject->at > INT64_MAX / 1000 || reject->at < 0 ? 0 : reject->at) * 1000);
}

/* The message itself is at fault. */
static void add_bad(struct transaction *transaction, const struct input *input, const char *topic)
{
	struct reject reject = {
		.reason = span_of("bad_message"),
		.text = span_of(input->bad),
		.topic = span_of(topic),
		.partition = input->message.place.partition,
		.offset = input->message.place.offset,
		.position = REJECT_WHOLE,
		.account = input->account,
		.original = input->message.value,
		.at = input->message.time_ms > 0 ? input->message.time_ms : clock_wall_ms(),
	};
	if (reject.original.len > LIMIT_REJECT_BYTES)
		reject.original.len = LIMIT_REJECT_BYTES;
	if (input->has_category)
		reject.category = span_of(category_name(input->category));
	add_row(transaction->copy, &reject);
	transaction->applied->bad_messages++;
}

static void add_refused(struct transaction *transaction, const struct input *input, const struct refusal *refusal,
                        const char *topic)
{
	/* As readable text: the bytes themselves are in the topic. */
	enum { ORIGINAL_MAX = 16 * 1024 };
	char text[300], original[ORIGINAL_MAX] = "";
	int len = msgpack_object_print_buffer(original, ORIGINAL_MAX, input->rows[refusal->row]);
	snprintf(text, sizeof text, "the database cannot hold this %s: %s", item_kinds[input->kind].name, refusal->text);
	const struct reject reject = {
		.reason = span_of("database_refused"),
		.text = span_of(text),
		.topic = span_of(topic),
		.partition = input->message.place.partition,
		.offset = input->message.place.offset,
		.position = refusal->row,
		.sync = input->sync,
		.account = input->account,
		.category = span_of(category_name(input->category)),
		.walk = input->position.walk,
		.page = input->position.page,
		.kind = span_of(item_kinds[input->kind].name),
		.item = text_cut(stage_row_id(input, refusal->row), LIMIT_ID),
		.original = {original, len > 0 ? (size_t)len : 0},
		.at = input->message.time_ms > 0 ? input->message.time_ms : clock_wall_ms(),
	};
	add_row(transaction->copy, &reject);
}

/* ---- replayed pages ---- */

static void add_positions(const struct input *input, struct params *params)
{
	struct buf positions;
	const msgpack_object *list = input->any.items.rejected_positions.object;
	buf_init(&positions, LIMIT_PARAMS_BYTES);
	for (uint32_t i = 0; list && list->type == MSGPACK_OBJECT_ARRAY && i < list->via.array.size; i++) {
		const msgpack_object *position = &list->via.array.ptr[i];
		bool is_int = position->type == MSGPACK_OBJECT_POSITIVE_INTEGER ||
		              position->type == MSGPACK_OBJECT_NEGATIVE_INTEGER;
		if (is_int && position->via.i64 >= INT32_MIN && position->via.i64 <= INT32_MAX)
			params_array_int(&positions, position->via.i64);
	}
	params_array(params, &positions);
	buf_done(&positions);
}

/* What an earlier parser rejected of this page, and this one does not. */
static int mend(struct transaction *transaction, const struct input *input, struct err *err)
{
	struct params params;
	char topic[TOPIC_NAME_MAX];
	params_init(&params);
	params_text(&params, input->sync);
	params_text(&params, span_of(topic_name(transaction->prefix, TOPIC_PAGES, topic)));
	params_int(&params, input->any.items.from_partition);
	params_int(&params, input->any.items.from_offset);
	add_positions(input, &params);
	params_int(&params, input->account_id);
	int result = params_run(&params, transaction->pg, "q_write_replayed", NULL, err);
	params_done(&params);
	return result;
}

static int mend_all(struct transaction *transaction, struct err *err)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (is_live(input, MSG_items) && input->any.items.replayed && input->any.items.last_part)
			result = mend(transaction, input, err);
	}
	return result;
}

/* A job that became no sync: its row is the reject, and whoever sent it hears of it. */
static void tell_refused_job(struct transaction *transaction, const struct input *input)
{
	const struct reject *reject = &input->any.reject;
	char topic[TOPIC_NAME_MAX], sync[UUID_TEXT], text[LIMIT_CAUSE + 1];
	if (!span_is(reject->topic, topic_name(transaction->prefix, TOPIC_JOBS, topic)) &&
	    !span_is(reject->topic, topic_name(transaction->prefix, TOPIC_BACKGROUND, topic)))
		return;
	IGNORE(!span_copy(reject->sync, sync, sizeof sync));
	IGNORE(!span_copy(reject->text, text, sizeof text)); /* both are checked by the schema */
	const struct news news = {.event = "refused", .text = text, .next_step = "syncline rejects --all", .sync = sync};
	applied_event(transaction->applied, input, &news);
}

/* Each place holds one message at a time: where those of a topic and of the one that took its name come together, the older
 * first, which makes room then. */
static int write_staged(struct transaction *transaction, struct err *err)
{
	struct params none = {0};
	int64_t left = 1;
	while (left) {
		PG_RESULT *row = NULL;
		if (params_run(&none, transaction->pg, "q_write_rejects_aside", NULL, err) ||
		    params_query(&none, transaction->pg, "q_write_rejects", &row, err))
			return -1;
		left = pg_int(row, 0, "left");
	}
	return 0;
}

int rejects_write(struct transaction *transaction, struct err *err)
{
	char topic[TOPIC_NAME_MAX];
	buf_reset(transaction->copy, LIMIT_BATCH_BYTES);
	copy_begin(transaction->copy);
	size_t empty = transaction->copy->len;
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		topic_name(transaction->prefix, input->message.place.topic, topic);
		if (*input->bad)
			add_bad(transaction, input, topic);
		else if (input->type == MSG_reject) {
			add_row(transaction->copy, &input->any.reject);
			tell_refused_job(transaction, input);
		} else if (is_live(input, MSG_items)) {
			for (size_t r = 0; r < input->refusal_count; r++)
				add_refused(transaction, input, &input->refusals[r], topic);
		}
	}
	CRASH_POINT("writer: rows are written, their rejects are not");
	if (transaction->copy->len > empty &&
	    (transaction_copy(transaction, "stage_reject", transaction->copy, err) || write_staged(transaction, err)))
		return -1;
	return mend_all(transaction, err);
}
