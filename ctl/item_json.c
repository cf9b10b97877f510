/* The writer's view of a page as text. */
#include "ctl/item_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/text.h"

static void add_value(struct buf *out, const msgpack_object *value, enum column_type type)
{
	struct span text = {value->via.str.ptr, value->via.str.size};
	switch (value->type) {
	case MSGPACK_OBJECT_BOOLEAN:
		buf_add_text(out, value->via.boolean ? "true" : "false");
		break;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		buf_printf(out, "%" PRIu64, value->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		buf_printf(out, "%" PRId64, value->via.i64);
		break;
	case MSGPACK_OBJECT_STR:
		if (type == COLUMN_JSON)
			buf_add(out, text.at, text.len);
		else
			buf_add_json_text(out, text);
		break;
	case MSGPACK_OBJECT_ARRAY:
		for (uint32_t i = 0; i < value->via.array.size; i++) {
			buf_add_byte(out, i ? ',' : '[');
			add_value(out, &value->via.array.ptr[i], COLUMN_TEXT);
		}
		buf_add_text(out, value->via.array.size ? "]" : "[]");
		break;
	default:
		buf_add_text(out, "null");
	}
}

/* {"kind":"album","item":{"id":"7",...}} without what was not told. */
static void print_row(const struct item_kind *kind, const msgpack_object_array *columns,
                      const msgpack_object_array *row)
{
	struct buf out;
	bool first = true;
	buf_init(&out, LIMIT_MESSAGE_BYTES);
	buf_printf(&out, "{\"kind\":\"%s\",\"item\":{", kind->name);
	for (uint32_t i = 0; i < row->size && i < columns->size && i < kind->count; i++) {
		const msgpack_object *name = &columns->ptr[i];
		if (row->ptr[i].type == MSGPACK_OBJECT_NIL)
			continue;
		if (!first)
			buf_add_byte(&out, ',');
		first = false;
		buf_add_json_text(&out, (struct span){name->via.str.ptr, name->via.str.size});
		buf_add_byte(&out, ':');
		add_value(&out, &row->ptr[i], kind->columns[i].type);
	}
	printf("%s}}\n", buf_text(&out));
	buf_done(&out);
}

int item_json_part(const struct buf *part, const struct item_kind *kind, struct err *err)
{
	msgpack_zone zone;
	union msg_any message;
	enum msg_type type;
	if (!msgpack_zone_init(&zone, 64 * 1024))
		return err_set(err, ERR_FATAL, 0, "no memory for the rows of a page");
	int result = msg_decode(buf_span(part), &zone, &type, &message, err);
	if (result == 0 && type == MSG_items) {
		const msgpack_object *rows = message.items.rows.object, *columns = message.items.columns.object;
		for (uint32_t i = 0; i < rows->via.array.size; i++)
			print_row(kind, &columns->via.array, &rows->via.array.ptr[i].via.array);
	}
	msgpack_zone_destroy(&zone);
	return result;
}

void item_json_reject(const struct reject *reject)
{
	const struct {
		const char *name;
		struct span text;
	} texts[] = {{"kind", reject->kind},
	             {"item", reject->item},
	             {"field", reject->field},
	             {"reason", reject->reason},
	             {"text", reject->text}};
	struct buf out;
	buf_init(&out, 8 * LIMIT_REJECT_BYTES);
	buf_printf(&out, "{\"reject\":{\"position\":%" PRId64, reject->position);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		buf_printf(&out, ",\"%s\":", texts[i].name);
		buf_add_json_text(&out, texts[i].text.at ? texts[i].text : span_of(""));
	}
	if (text_valid(reject->original)) {
		buf_add_text(&out, ",\"original\":");
		buf_add_json_text(&out, reject->original.at ? reject->original : span_of(""));
	}
	printf("%s}}\n", buf_text(&out));
	buf_done(&out);
}
