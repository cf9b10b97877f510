/* JSON text. */
#include "parser/jsonout.h"

#include <stdio.h>

static void escape(struct buf *out, unsigned char byte)
{
	char text[8];
	switch (byte) {
	case '"':
	case '\\':
		buf_add_byte(out, '\\');
		buf_add_byte(out, (char)byte);
		return;
	case '\n':
		buf_add(out, "\\n", 2);
		return;
	default:
		snprintf(text, sizeof text, "\\u%04x", byte);
		buf_add(out, text, 6);
	}
}

void jsonout_text(struct buf *out, struct span text)
{
	size_t from = 0;
	buf_add_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		buf_add(out, text.at + from, i - from);
		escape(out, byte);
		from = i + 1;
	}
	buf_add(out, text.at + from, text.len - from);
	buf_add_byte(out, '"');
}

static void number(struct buf *out, yyjson_val *value)
{
	char text[32], pool[512];
	if (yyjson_is_uint(value) || yyjson_is_sint(value)) {
		int len = yyjson_is_uint(value)
		              ? snprintf(text, sizeof text, "%llu", (unsigned long long)yyjson_get_uint(value))
		              : snprintf(text, sizeof text, "%lld", (long long)yyjson_get_sint(value));
		buf_add(out, text, (size_t)len);
		return;
	}
	/* The shortest text of a double is left to yyjson, with memory from the stack. */
	yyjson_alc memory;
	size_t len = 0;
	char *at = NULL;
	if (yyjson_alc_pool_init(&memory, pool, sizeof pool))
		at = yyjson_val_write_opts(value, YYJSON_WRITE_NOFLAG, &memory, &len, NULL);
	buf_add(out, at ? at : "null", at ? len : 4);
}

static void array(struct buf *out, yyjson_val *value)
{
	size_t i, max;
	yyjson_val *element;
	buf_add_byte(out, '[');
	yyjson_arr_foreach (value, i, max, element) {
		if (i)
			buf_add_byte(out, ',');
		jsonout_value(out, element);
	}
	buf_add_byte(out, ']');
}

static void object(struct buf *out, yyjson_val *value)
{
	size_t i, max;
	yyjson_val *key, *member;
	buf_add_byte(out, '{');
	yyjson_obj_foreach (value, i, max, key, member) {
		if (i)
			buf_add_byte(out, ',');
		jsonout_value(out, key);
		buf_add_byte(out, ':');
		jsonout_value(out, member);
	}
	buf_add_byte(out, '}');
}

void jsonout_value(struct buf *out, yyjson_val *value)
{
	if (out->failed)
		return;
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_STR:
		jsonout_text(out, (struct span){yyjson_get_str(value), yyjson_get_len(value)});
		return;
	case YYJSON_TYPE_RAW:
		buf_add(out, yyjson_get_raw(value), yyjson_get_len(value));
		return;
	case YYJSON_TYPE_NUM:
		number(out, value);
		return;
	case YYJSON_TYPE_BOOL:
		buf_add_text(out, yyjson_get_bool(value) ? "true" : "false");
		return;
	case YYJSON_TYPE_ARR:
		array(out, value);
		return;
	case YYJSON_TYPE_OBJ:
		object(out, value);
		return;
	default:
		buf_add(out, "null", 4);
	}
}
