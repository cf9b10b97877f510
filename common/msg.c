/* Messages, driven by the field lists. */
#include "common/msg.h"

#include <assert.h>
#include <yyjson.h>

#include "common/arena.h"
#include "common/items.h"
#include "common/moment.h"
#include "common/text.h"
#include "common/topics.h"

enum field_type { STR, INT, BOOL, BIN, OBJ };
enum field_need { OPTIONAL, REQUIRED };

struct field {
	const char *name;
	enum field_type type;
	enum field_need need;
	size_t max, offset;
	const char *text;
};

#define MESSAGE(name, version, text) static const struct field name##_fields[] = {
#define FIELD(message, name, type, need, max, text) {#name, type, need, max, offsetof(struct message, name), text},
/* clang-format off */
#define END(name) };
/* clang-format on */
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

static const struct schema {
	const char *name;
	int64_t version;
	const struct field *fields;
	size_t count;
	const char *text;
} schemas[MSG_TYPE_COUNT] = {
#define MESSAGE(name, version, text) {#name, version, name##_fields, COUNT_OF(name##_fields), text},
#define FIELD(message, name, type, need, max, text)
#define END(name)
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
};

/* Decoding remembers which fields came in the bits of a word. */
#define MESSAGE(name, version, text) _Static_assert(COUNT_OF(name##_fields) <= 64, #name " has too many fields");
#define FIELD(message, name, type, need, max, text)
#define END(name)
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

const char *msg_type_name(enum msg_type type)
{
	assert(type < MSG_TYPE_COUNT);
	return schemas[type].name;
}

/* ---- encoding ---- */

static int write_to_buf(void *data, const char *bytes, size_t len)
{
	buf_add(data, bytes, len);
	return 0;
}

static msgpack_packer packer_to(struct buf *out)
{
	msgpack_packer packer;
	msgpack_packer_init(&packer, out, write_to_buf);
	return packer;
}

void msg_pack_array(struct buf *out, size_t count)
{
	msgpack_packer packer = packer_to(out);
	msgpack_pack_array(&packer, count);
}

void msg_pack_text(struct buf *out, struct span text)
{
	msgpack_packer packer = packer_to(out);
	if (!text.at) {
		msgpack_pack_nil(&packer);
		return;
	}
	msgpack_pack_str(&packer, text.len);
	msgpack_pack_str_body(&packer, text.at, text.len);
}

void msg_pack_int(struct buf *out, int64_t value)
{
	msgpack_packer packer = packer_to(out);
	msgpack_pack_int64(&packer, value);
}

void msg_pack_bool(struct buf *out, bool value)
{
	msgpack_packer packer = packer_to(out);
	if (value)
		msgpack_pack_true(&packer);
	else
		msgpack_pack_false(&packer);
}

void msg_pack_nil(struct buf *out)
{
	msgpack_packer packer = packer_to(out);
	msgpack_pack_nil(&packer);
}

/* An empty optional value and an absent one mean the same, so neither is written. */
static bool is_written(const struct field *field, const void *at)
{
	if (field->need == REQUIRED)
		return true;
	switch (field->type) {
	case STR:
	case BIN:
		return ((const struct span *)at)->len > 0;
	case INT:
		return *(const int64_t *)at != 0;
	case BOOL:
		return *(const bool *)at;
	case OBJ:
		return ((const struct msg_object *)at)->bytes.len > 0;
	}
	assert(false && "field type");
	return false;
}

static void encode_field(const struct field *field, const void *at, struct buf *out)
{
	msgpack_packer packer = packer_to(out);
	const struct span *span = at;
	switch (field->type) {
	case STR:
		msg_pack_text(out, span->at ? *span : span_of(""));
		return;
	case BIN:
		msgpack_pack_bin(&packer, span->len);
		msgpack_pack_bin_body(&packer, span->at, span->len);
		return;
	case INT:
		msgpack_pack_int64(&packer, *(const int64_t *)at);
		return;
	case BOOL:
		msg_pack_bool(out, *(const bool *)at);
		return;
	case OBJ:
		buf_add(out, ((const struct msg_object *)at)->bytes.at, ((const struct msg_object *)at)->bytes.len);
		return;
	}
	assert(false && "field type");
}

void msg_encode(enum msg_type type, const void *message, struct buf *out)
{
	assert(type < MSG_TYPE_COUNT && message);
	const struct schema *schema = &schemas[type];
	size_t count = 2;
	for (size_t i = 0; i < schema->count; i++)
		count += is_written(&schema->fields[i], (const char *)message + schema->fields[i].offset);
	msgpack_packer packer = packer_to(out);
	msgpack_pack_map(&packer, count);
	msg_pack_text(out, span_of("type"));
	msg_pack_text(out, span_of(schema->name));
	msg_pack_text(out, span_of("v"));
	msgpack_pack_int64(&packer, schema->version);
	for (size_t i = 0; i < schema->count; i++) {
		const void *at = (const char *)message + schema->fields[i].offset;
		if (!is_written(&schema->fields[i], at))
			continue;
		msg_pack_text(out, span_of(schema->fields[i].name));
		encode_field(&schema->fields[i], at, out);
	}
}

/* ---- decoding ---- */

static int check_span(const struct schema *schema, const struct field *field, struct span span, struct err *err)
{
	if (span.len > field->max)
		return err_set(err, ERR_REJECT, 0, "%s: field '%s' has %zu bytes, more than %zu", schema->name, field->name,
		               span.len, field->max);
	if (field->type == STR && !text_valid(span))
		return err_set(err, ERR_REJECT, 0, "%s: field '%s' is not valid UTF-8", schema->name, field->name);
	return 0;
}

static int wrong_type(const struct schema *schema, const struct field *field, struct err *err)
{
	static const char *const names[] = {"text", "a whole number", "true or false", "bytes", "a value"};
	return err_set(err, ERR_REJECT, 0, "%s: field '%s' must be %s", schema->name, field->name, names[field->type]);
}

static int decode_field(const struct schema *schema, const struct field *field, const msgpack_object *value, void *at,
                        struct err *err)
{
	struct span span = {0};
	switch (field->type) {
	case STR:
		if (value->type != MSGPACK_OBJECT_STR)
			return wrong_type(schema, field, err);
		span = (struct span){value->via.str.ptr, value->via.str.size};
		break;
	case BIN:
		if (value->type != MSGPACK_OBJECT_BIN)
			return wrong_type(schema, field, err);
		span = (struct span){value->via.bin.ptr, value->via.bin.size};
		break;
	case INT:
		if (value->type != MSGPACK_OBJECT_NEGATIVE_INTEGER &&
		    (value->type != MSGPACK_OBJECT_POSITIVE_INTEGER || value->via.u64 > INT64_MAX))
			return wrong_type(schema, field, err);
		*(int64_t *)at = value->via.i64;
		return 0;
	case BOOL:
		if (value->type != MSGPACK_OBJECT_BOOLEAN)
			return wrong_type(schema, field, err);
		*(bool *)at = value->via.boolean;
		return 0;
	case OBJ:
		((struct msg_object *)at)->object = value;
		return 0;
	}
	if (check_span(schema, field, span, err))
		return -1;
	*(struct span *)at = span;
	return 0;
}

static struct span text_of(const msgpack_object *value)
{
	if (value->type != MSGPACK_OBJECT_STR)
		return (struct span){0};
	return (struct span){value->via.str.ptr, value->via.str.size};
}

static int find_schema(const msgpack_object_map *map, enum msg_type *type, struct err *err)
{
	struct span name = {0};
	int64_t version = -1;
	for (uint32_t i = 0; i < map->size; i++) {
		if (span_is(text_of(&map->ptr[i].key), "type"))
			name = text_of(&map->ptr[i].val);
		else if (span_is(text_of(&map->ptr[i].key), "v") && map->ptr[i].val.type == MSGPACK_OBJECT_POSITIVE_INTEGER)
			version = map->ptr[i].val.via.i64;
	}
	for (unsigned i = 0; i < MSG_TYPE_COUNT; i++) {
		if (!span_is(name, schemas[i].name))
			continue;
		if (version < 1 || version > schemas[i].version)
			return err_set(err, ERR_REJECT, 0,
			               "%s: version %lld is not known here (newest is %lld); update this program", schemas[i].name,
			               (long long)version, (long long)schemas[i].version);
		*type = (enum msg_type)i;
		return 0;
	}
	return err_set(err, ERR_REJECT, 0, "unknown message type '%.*s'", (int)(name.len < 40 ? name.len : 40),
	               name.at ? name.at : "");
}

static int check_required(const struct schema *schema, uint64_t seen, struct err *err)
{
	for (size_t i = 0; i < schema->count; i++) {
		if (schema->fields[i].need == REQUIRED && !(seen & (1ULL << i)))
			return err_set(err, ERR_REJECT, 0, "%s: field '%s' is missing", schema->name, schema->fields[i].name);
	}
	return 0;
}

static int decode_map(const struct schema *schema, const msgpack_object_map *map, void *message, struct err *err)
{
	uint64_t seen = 0;
	for (uint32_t i = 0; i < map->size; i++) {
		struct span name = text_of(&map->ptr[i].key);
		for (size_t f = 0; f < schema->count; f++) {
			const struct field *field = &schema->fields[f];
			if (!span_is(name, field->name) || map->ptr[i].val.type == MSGPACK_OBJECT_NIL)
				continue;
			if (decode_field(schema, field, &map->ptr[i].val, (char *)message + field->offset, err))
				return -1;
			seen |= 1ULL << f;
			break;
		}
	}
	return check_required(schema, seen, err);
}

int msg_decode(struct span bytes, msgpack_zone *zone, enum msg_type *type, union msg_any *message, struct err *err)
{
	msgpack_object object;
	size_t offset = 0;
	msgpack_unpack_return result = bytes.len ? msgpack_unpack(bytes.at, bytes.len, &offset, zone, &object)
	                                         : MSGPACK_UNPACK_CONTINUE;
	if (result != MSGPACK_UNPACK_SUCCESS || object.type != MSGPACK_OBJECT_MAP)
		return err_set(err, ERR_REJECT, 0, "the message is not a MessagePack map");
	enum msg_type found = MSG_TYPE_COUNT;
	if (find_schema(&object.via.map, &found, err))
		return -1;
	assert(found < MSG_TYPE_COUNT);
	union msg_any decoded = {0};
	if (decode_map(&schemas[found], &object.via.map, &decoded, err))
		return -1;
	*type = found;
	*message = decoded;
	return 0;
}

/* ---- jobs as JSON ---- */

static bool is_known(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->count; i++) {
		if (strcmp(schema->fields[i].name, name) == 0)
			return true;
	}
	return strcmp(name, "type") == 0 || strcmp(name, "v") == 0;
}

/* Jobs are typed by hand: an unknown name is more likely a slip than a newer writer. */
static int refuse_unknown(const struct schema *schema, yyjson_val *root, struct err *err)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(root);
	yyjson_val *key;
	while ((key = yyjson_obj_iter_next(&iter))) {
		if (!is_known(schema, yyjson_get_str(key)))
			return err_set(err, ERR_REJECT, 0,
			               "sync_job: unknown field '%.40s'; there are account, sync, mode, "
			               "categories, requested_by, priority, not_before",
			               yyjson_get_str(key));
	}
	return 0;
}

static int text_from_json(const struct schema *schema, const struct field *field, yyjson_val *value,
                          struct arena *arena, struct span *ret, struct err *err)
{
	if (!yyjson_is_str(value))
		return wrong_type(schema, field, err);
	struct span text = {yyjson_get_str(value), yyjson_get_len(value)};
	if (check_span(schema, field, text, err))
		return -1;
	const char *copy = arena_copy(arena, text);
	if (!copy)
		return err_set(err, ERR_REJECT, 0, "sync_job: too large");
	*ret = (struct span){copy, text.len};
	return 0;
}

/* The only numbers of a job are times. */
static int time_from_json(const struct schema *schema, const struct field *field, yyjson_val *value, int64_t *ms,
                          struct err *err)
{
	int64_t us;
	if (yyjson_is_sint(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) <= INT64_MAX)) {
		*ms = yyjson_get_sint(value);
		return 0;
	}
	if (!yyjson_is_str(value) ||
	    moment_of_text((struct span){yyjson_get_str(value), yyjson_get_len(value)}, &us) != MOMENT_TOLD)
		return err_set(err, ERR_REJECT, 0,
		               "%s: field '%s' must be ms since 1970, or text such as \"2026-11-30T03:00:00Z\"", schema->name,
		               field->name);
	*ms = us / 1000;
	return 0;
}

static int job_from_object(yyjson_val *root, struct arena *arena, struct sync_job *job, struct err *err)
{
	const struct schema *schema = &schemas[MSG_sync_job];
	if (!yyjson_is_obj(root))
		return err_set(err, ERR_REJECT, 0, "sync_job: expected a JSON object");
	if (refuse_unknown(schema, root, err))
		return -1;
	struct sync_job decoded = {0};
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		yyjson_val *value = yyjson_obj_get(root, field->name);
		if (!value || yyjson_is_null(value)) {
			if (field->need == REQUIRED)
				return err_set(err, ERR_REJECT, 0, "sync_job: field '%s' is missing", field->name);
			continue;
		}
		void *at = (char *)&decoded + field->offset;
		if (field->type == INT ? time_from_json(schema, field, value, at, err)
		                       : text_from_json(schema, field, value, arena, at, err))
			return -1;
	}
	*job = decoded;
	return 0;
}

static int decode_json_job(struct span bytes, struct arena *arena, struct sync_job *job, struct err *err)
{
	if (bytes.len > LIMIT_REJECT_BYTES)
		return err_set(err, ERR_REJECT, 0, "sync_job: %zu bytes are too many for a job", bytes.len);
	yyjson_read_err parse_error;
	char *text = arena_copy(arena, bytes);
	yyjson_doc *doc = text ? yyjson_read_opts(text, bytes.len, 0, NULL, &parse_error) : NULL;
	if (!doc)
		return err_set(err, ERR_REJECT, 0, "sync_job: not valid JSON at byte %zu: %s", text ? parse_error.pos : 0,
		               text ? parse_error.msg : "too large");
	int result = job_from_object(yyjson_doc_get_root(doc), arena, job, err);
	yyjson_doc_free(doc);
	return result;
}

int msg_decode_job(struct span bytes, msgpack_zone *zone, struct arena *arena, struct sync_job *job, struct err *err)
{
	if (bytes.len && strchr("{[\" \t\r\n", bytes.at[0]))
		return decode_json_job(bytes, arena, job, err);
	enum msg_type type = MSG_TYPE_COUNT;
	union msg_any any;
	if (msg_decode(bytes, zone, &type, &any, err))
		return -1;
	if (type != MSG_sync_job)
		return err_set(err, ERR_REJECT, 0, "expected a sync_job, found a %s", msg_type_name(type));
	*job = any.sync_job;
	return 0;
}

/* ---- reference ---- */

void msg_reference(FILE *out)
{
	static const char *const types[] = {"text", "int", "bool", "bytes", "value"};
	fprintf(out, "# Messages\n\nWritten by `syncline reference messages`; the sources are `schemas/messages.def`, "
	             "`schemas/items.def` and `schemas/topics.def`.\n\n## Topics\n\n");
	topics_reference(out);
	for (unsigned m = 0; m < MSG_TYPE_COUNT; m++) {
		fprintf(out, "\n## %s, version %lld\n\n%s\n\n| field | type | | at most | meaning |\n|---|---|---|---|---|\n",
		        schemas[m].name, (long long)schemas[m].version, schemas[m].text);
		for (size_t i = 0; i < schemas[m].count; i++) {
			const struct field *f = &schemas[m].fields[i];
			char max[32] = "";
			if (f->max)
				snprintf(max, sizeof max, "%zu bytes", f->max);
			fprintf(out, "| `%s` | %s | %s | %s | %s |\n", f->name, types[f->type],
			        f->need == REQUIRED ? "required" : "", max, f->text);
		}
	}
	items_reference(out);
}
