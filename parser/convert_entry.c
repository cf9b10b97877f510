/* What an entry of a playlist is, asked one question after another. */
#include "common/json.h"
#include "parser/convert.h"

static void set_type(struct value *to, bool applies, const char *type)
{
	if (applies)
		*to = (struct value){.type = VALUE_TEXT, .text = span_of(type)};
}

static bool is_id(yyjson_val *value)
{
	char scratch[JSON_NUMBER_TEXT];
	return json_text(value, scratch).len > 0 || yyjson_is_raw(value);
}

bool convert_entry_type(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)from;
	bool told = is_id(yyjson_obj_get(conversion->item, "id"));
	set_type(to, true, !conversion->item ? "null" : told ? "track" : "unavailable");
	return true;
}

bool convert_entry_null(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)from;
	set_type(to, !conversion->item, "null");
	return true;
}

bool convert_entry_episode(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	set_type(to, yyjson_equals_str(from, "episode"), "episode");
	return true;
}

bool convert_entry_video(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	set_type(to,
	         yyjson_equals_str(from, "library-music-videos") || yyjson_equals_str(from, "music-videos") ||
	             yyjson_equals_str(from, "Video"),
	         "video");
	return true;
}

bool convert_entry_local(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	set_type(to, yyjson_is_true(from), "local");
	return true;
}

bool convert_entry_unplayable(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	set_type(to, yyjson_is_false(from), "unavailable");
	return true;
}

bool convert_entry_track(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	set_type(to, is_id(from), "track");
	return true;
}

bool convert_entry_rest(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	(void)from;
	set_type(to, true, "unavailable");
	return true;
}
