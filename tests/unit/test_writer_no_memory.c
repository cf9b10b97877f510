/* Goal: a message that could not be read for want of memory is never called bad, and rows that could not be encoded never look
 * encoded. Method: every allocation fails in turn while a message goes from its bytes to COPY data. */
#include "starve.h"

#include "writer/batch.h"
#include "writer/params.h"
#include "writer/stage.h"

static void encode_items(struct buf *out, size_t rows)
{
	struct buf columns, values;
	buf_init(&columns, 4096);
	buf_init(&values, LIMIT_PART_BYTES);
	msg_pack_array(&columns, 2);
	msg_pack_text(&columns, span_of("id"));
	msg_pack_text(&columns, span_of("name"));
	msg_pack_array(&values, rows);
	for (size_t i = 0; i < rows; i++) {
		msg_pack_array(&values, 2);
		msg_pack_text(&values, span_of("id"));
		msg_pack_text(&values, span_of("a name that takes some room in the rows"));
	}
	const struct items items = {.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
	                            .account = span_of("home"),
	                            .category = span_of("artists"),
	                            .kind = span_of("artist"),
	                            .columns = {.bytes = buf_span(&columns)},
	                            .rows = {.bytes = buf_span(&values)}};
	buf_init(out, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_items, &items, out);
	buf_done(&columns);
	buf_done(&values);
}

static int read_and_stage(struct err *err)
{
	enum { ROWS = 200 };
	struct batch batch;
	struct stage stage;
	struct buf bytes;
	struct input *input = NULL;
	encode_items(&bytes, ROWS);
	struct kafka_message message = {.value = buf_span(&bytes)};
	batch_init(&batch);
	stage_init(&stage);
	starve_begin();
	int result = input_read(&message, &input, err);
	if (result == 0) {
		batch_add(&batch, input, 0);
		stage_rows(&stage, input, 0, input->row_count);
	}
	starve_end();
	assert_null(message.value.at); /* taken, or released */
	if (result == 0) {
		assert_string_equal(input->bad, "");
		assert_int_equal(input->refusal_count, 0);
		assert_int_equal(stage.counts[KIND_artist], ROWS);
		assert_int_equal(stage.rows[KIND_artist].starved, !buf_ok(&stage.rows[KIND_artist]));
		if (stage.rows[KIND_artist].starved)
			result = err_set(err, ERR_RETRY, 0, "no memory for the rows");
	} else {
		assert_null(input);
	}
	batch_drop(&batch);
	stage_done(&stage);
	buf_done(&bytes);
	return result;
}

static void a_message_is_staged_whole_or_said_to_be_without_memory(void **state)
{
	(void)state;
	starve_each("stage", read_and_stage, 5);
}

/* A list that ends early is another list, which the database would take. */
static int fill_params(struct err *err)
{
	struct params params;
	struct buf list;
	PGresult *rows = NULL;
	params_init(&params);
	buf_init(&list, LIMIT_PARAMS_BYTES);
	starve_begin();
	for (int i = 0; i < 2000; i++)
		params_array_int(&list, i);
	params_array(&params, &list);
	params_text(&params, span_of("home"));
	starve_end();
	bool whole = params.count == 2 && params.values[0] && params.values[1] && strstr(params.values[0], ",1999}");
	int result = 0;
	if (!whole) {
		assert_int_equal(params_query(&params, NULL, "q_settle_sync", &rows, err), -1);
		result = -1;
	}
	assert_int_equal(params.arena.starved, !whole);
	buf_done(&list);
	params_done(&params);
	return result;
}

static void a_list_of_parameters_is_whole_or_not_sent(void **state)
{
	(void)state;
	starve_each("parameters", fill_params, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_staged_whole_or_said_to_be_without_memory),
		cmocka_unit_test(a_list_of_parameters_is_whole_or_not_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
