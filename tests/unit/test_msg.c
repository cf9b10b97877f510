/* Goal: what is encoded is decoded to the same, and nothing else is decoded at all. Method: the schema's own list drives
 * everything: each message type is filled with random values of its fields' types and sizes, then damaged in one field
 * after another. The seed is fixed. */
#include "unit.h"

#include "common/msg.h"

enum kind { STR, INT, BOOL, BIN, OBJ };
enum { OPTIONAL, REQUIRED };

struct field {
	enum msg_type message;
	const char *name;
	enum kind kind;
	int need;
	size_t max, offset;
};

/* clang-format off */
static const struct field fields[] = {
#define MESSAGE(name, version, text)
#define FIELD(message, name, type, need, max, text) {MSG_##message, #name, type, need, max, offsetof(struct message, name)},
#define END(name)
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
};
/* clang-format on */

struct filled {
	union msg_any message;
	struct buf values[MSG_TYPE_COUNT + 40]; /* what its fields point at */
	size_t count;
};

static void *member(union msg_any *message, const struct field *field)
{
	return (char *)message + field->offset;
}

static void random_text(struct buf *out, uint64_t *seed, size_t bytes)
{
	static const char *const letters[] = {"a", "Z", "0", " ", "\"", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xb5",
	                                      "\n"};
	while (out->len < bytes) {
		const char *letter = letters[random_below(seed, COUNT_OF(letters))];
		buf_add_text(out, out->len + strlen(letter) <= bytes ? letter : "x");
	}
}

static void random_value(struct buf *out, uint64_t *seed)
{
	size_t count = random_below(seed, 5);
	msg_pack_array(out, count);
	for (size_t i = 0; i < count; i++) {
		if (random_below(seed, 2))
			msg_pack_int(out, (int64_t)next_random(seed));
		else
			msg_pack_text(out, span_of("value"));
	}
}

static size_t random_len(const struct field *field, uint64_t *seed)
{
	size_t most = field->max < 3000 ? field->max : 3000;
	switch (random_below(seed, 4)) {
	case 0:
		return 0;
	case 1:
		return most;
	default:
		return random_below(seed, most + 1);
	}
}

static void fill_field(struct filled *filled, const struct field *field, uint64_t *seed)
{
	void *at = member(&filled->message, field);
	struct buf *value = &filled->values[filled->count++];
	static const int64_t edges[] = {0, 1, -1, 127, 128, -32, -33, 65536, INT64_MAX, INT64_MIN};
	assert_true(filled->count <= COUNT_OF(filled->values));
	buf_init(value, LIMIT_MESSAGE_BYTES);
	switch (field->kind) {
	case STR:
	case BIN:
		if (field->kind == STR)
			random_text(value, seed, random_len(field, seed));
		else
			for (size_t i = random_len(field, seed); i; i--)
				buf_add_byte(value, (char)next_random(seed));
		*(struct span *)at = buf_span(value);
		break;
	case INT:
		*(int64_t *)at = random_below(seed, 3) ? edges[random_below(seed, COUNT_OF(edges))]
		                                       : (int64_t)next_random(seed);
		break;
	case BOOL:
		*(bool *)at = random_below(seed, 2);
		break;
	case OBJ:
		if (field->need == REQUIRED || random_below(seed, 2))
			random_value(value, seed);
		((struct msg_object *)at)->bytes = buf_span(value);
		break;
	}
}

static void fill(struct filled *filled, enum msg_type type, uint64_t *seed)
{
	memset(filled, 0, sizeof *filled);
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		if (fields[i].message == type)
			fill_field(filled, &fields[i], seed);
	}
}

static void empty(struct filled *filled)
{
	for (size_t i = 0; i < filled->count; i++)
		buf_done(&filled->values[i]);
}

static int write_bytes(void *data, const char *bytes, size_t len)
{
	buf_add(data, bytes, len);
	return 0;
}

static void assert_same_value(const struct field *field, const struct msg_object *sent, const struct msg_object *got)
{
	struct buf again;
	buf_init(&again, LIMIT_MESSAGE_BYTES);
	if (got->object) {
		msgpack_packer packer;
		msgpack_packer_init(&packer, &again, write_bytes);
		msgpack_pack_object(&packer, *got->object);
	}
	assert_row(field, span_equal(buf_span(&again), sent->bytes));
	buf_done(&again);
}

static void assert_same(const struct field *field, union msg_any *sent, union msg_any *got)
{
	const void *a = member(sent, field), *b = member(got, field);
	switch (field->kind) {
	case STR:
	case BIN:
		assert_row(field, span_equal(*(const struct span *)a, *(const struct span *)b));
		break;
	case INT:
		assert_row(field, *(const int64_t *)a == *(const int64_t *)b);
		break;
	case BOOL:
		assert_row(field, *(const bool *)a == *(const bool *)b);
		break;
	case OBJ:
		assert_same_value(field, a, b);
		break;
	}
}

static void every_message_comes_back_as_it_was(void **state)
{
	uint64_t seed = 20261123;
	struct buf bytes;
	(void)state;
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	for (int round = 0; round < 60 * MSG_TYPE_COUNT; round++) {
		enum msg_type type = (enum msg_type)(round % MSG_TYPE_COUNT), found = MSG_TYPE_COUNT;
		struct filled filled;
		union msg_any got;
		struct err err;
		msgpack_zone zone;
		msgpack_zone_init(&zone, 4096);
		fill(&filled, type, &seed);
		buf_reset(&bytes, SIZE_MAX);
		msg_encode(type, &filled.message, &bytes);
		assert_true(buf_ok(&bytes));
		if (msg_decode(buf_span(&bytes), &zone, &found, &got, &err))
			fail_msg("%s: %s", msg_type_name(type), err.text);
		assert_int_equal(found, type);
		for (size_t i = 0; i < COUNT_OF(fields); i++) {
			if (fields[i].message == type)
				assert_same(&fields[i], &filled.message, &got);
		}
		empty(&filled);
		msgpack_zone_destroy(&zone);
	}
	buf_done(&bytes);
}

/* ---- damage ---- */

enum damage { LEAVE_OUT, MAKE_NIL, WRONG_TYPE, TOO_LONG, AS_LONG_AS_MAY_BE, NOT_UTF8 };

static void pack_repeated(msgpack_packer *packer, enum kind kind, size_t len)
{
	char *bytes = malloc(len + 1);
	assert_non_null(bytes);
	memset(bytes, 'a', len);
	if (kind == STR)
		msgpack_pack_str_with_body(packer, bytes, len);
	else
		msgpack_pack_bin_with_body(packer, bytes, len);
	free(bytes);
}

static void pack_wrong(msgpack_packer *packer, enum kind kind)
{
	switch (kind) {
	case STR:
		msgpack_pack_bin_with_body(packer, "abc", 3);
		break;
	case INT:
		msgpack_pack_double(packer, 1.5);
		break;
	case BOOL:
		msgpack_pack_int(packer, 1);
		break;
	default:
		msgpack_pack_str_with_body(packer, "abc", 3);
	}
}

/* The same message with one field damaged. */
static void rewrite(const msgpack_object_map *map, const struct field *field, enum damage damage, struct buf *out)
{
	msgpack_packer packer;
	msgpack_packer_init(&packer, out, write_bytes);
	bool leave_out = damage == LEAVE_OUT;
	msgpack_pack_map(&packer, map->size - leave_out);
	for (uint32_t i = 0; i < map->size; i++) {
		struct span key = {map->ptr[i].key.via.str.ptr, map->ptr[i].key.via.str.size};
		bool meant = span_is(key, field->name);
		if (meant && leave_out)
			continue;
		msgpack_pack_object(&packer, map->ptr[i].key);
		if (!meant)
			msgpack_pack_object(&packer, map->ptr[i].val);
		else if (damage == MAKE_NIL)
			msgpack_pack_nil(&packer);
		else if (damage == WRONG_TYPE)
			pack_wrong(&packer, field->kind);
		else if (damage == NOT_UTF8)
			msgpack_pack_str_with_body(&packer, "\xff", 1);
		else
			pack_repeated(&packer, field->kind, field->max + (damage == TOO_LONG));
	}
}

/* A whole message with every field set, decoded by MessagePack alone. */
static void whole_message(enum msg_type type, struct filled *filled, struct buf *bytes, msgpack_unpacked *unpacked)
{
	uint64_t seed = 7;
	memset(filled, 0, sizeof *filled);
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		if (fields[i].message != type)
			continue;
		void *at = member(&filled->message, &fields[i]);
		do
			fill_field(filled, &fields[i], &seed);
		while (fields[i].kind == INT    ? *(int64_t *)at == 0
		       : fields[i].kind == BOOL ? !*(bool *)at
		       : fields[i].kind == OBJ  ? ((struct msg_object *)at)->bytes.len == 0
		                                : ((struct span *)at)->len == 0);
	}
	msg_encode(type, &filled->message, bytes);
	assert_true(buf_ok(bytes));
	msgpack_unpacked_init(unpacked);
	assert_int_equal(msgpack_unpack_next(unpacked, bytes->at, bytes->len, NULL), MSGPACK_UNPACK_SUCCESS);
	assert_int_equal(unpacked->data.type, MSGPACK_OBJECT_MAP);
}

static int decode(struct span bytes, struct err *err)
{
	msgpack_zone zone;
	enum msg_type type;
	union msg_any got;
	msgpack_zone_init(&zone, 4096);
	int result = msg_decode(bytes, &zone, &type, &got, err);
	msgpack_zone_destroy(&zone);
	return result;
}

/* words NULL: must be accepted. */
static void assert_damage(const struct field *field, enum damage damage, const char *words)
{
	struct filled filled;
	struct buf bytes, damaged;
	struct err err = {0};
	msgpack_unpacked unpacked;
	char quoted[80];
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	buf_init(&damaged, 2 * LIMIT_MESSAGE_BYTES);
	whole_message(field->message, &filled, &bytes, &unpacked);
	rewrite(&unpacked.data.via.map, field, damage, &damaged);
	assert_true(buf_ok(&damaged));
	int result = decode(buf_span(&damaged), &err);
	snprintf(quoted, sizeof quoted, "'%s'", field->name);
	assert_row(field, result == (words ? -1 : 0));
	assert_row(field, !words || (err.class == ERR_REJECT && strstr(err.text, words) && strstr(err.text, quoted)));
	msgpack_unpacked_destroy(&unpacked);
	empty(&filled);
	buf_done(&bytes);
	buf_done(&damaged);
}

static void a_required_field_must_be_there_and_an_optional_one_may_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		const char *words = fields[i].need == REQUIRED ? "is missing" : NULL;
		assert_damage(&fields[i], LEAVE_OUT, words);
		assert_damage(&fields[i], MAKE_NIL, words);
	}
}

static void a_field_of_another_type_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		assert_damage(&fields[i], WRONG_TYPE, fields[i].kind == OBJ ? NULL : "must be");
}

static void every_maximum_is_held_to_the_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		if (fields[i].kind != STR && fields[i].kind != BIN)
			continue;
		assert_true(fields[i].max > 0);
		assert_damage(&fields[i], TOO_LONG, "more than");
		assert_damage(&fields[i], AS_LONG_AS_MAY_BE, NULL);
	}
}

static void text_must_be_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		if (fields[i].kind == STR)
			assert_damage(&fields[i], NOT_UTF8, "not valid UTF-8");
	}
}

static void a_message_cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (unsigned type = 0; type < MSG_TYPE_COUNT; type++) {
		struct filled filled;
		struct buf bytes;
		msgpack_unpacked unpacked;
		buf_init(&bytes, LIMIT_MESSAGE_BYTES);
		whole_message((enum msg_type)type, &filled, &bytes, &unpacked);
		size_t step = bytes.len / 500 + 1;
		for (size_t len = 0; len < bytes.len; len += step) {
			struct err err = {0};
			char *copy = malloc(len + 1); /* of that size, so that reading past it shows */
			memcpy(copy, bytes.at, len);
			assert_int_equal(decode((struct span){copy, len}, &err), -1);
			assert_int_equal(err.class, ERR_REJECT);
			free(copy);
		}
		msgpack_unpacked_destroy(&unpacked);
		empty(&filled);
		buf_done(&bytes);
	}
}

/* ---- header ---- */

static int decode_header(const char *type, int64_t version, bool unknown, struct err *err)
{
	struct buf bytes;
	msgpack_packer packer;
	buf_init(&bytes, 1024);
	msgpack_packer_init(&packer, &bytes, write_bytes);
	msgpack_pack_map(&packer, 1U + (type ? 1 : 0) + (version ? 1 : 0) + (unknown ? 2 : 0));
	if (unknown) {
		msg_pack_text(&bytes, span_of("colour"));
		msg_pack_text(&bytes, span_of("blue"));
		msg_pack_int(&bytes, 12); /* not even a name */
		msg_pack_array(&bytes, 0);
	}
	msg_pack_text(&bytes, span_of("account"));
	msg_pack_text(&bytes, span_of("home"));
	if (type) {
		msg_pack_text(&bytes, span_of("type"));
		msg_pack_text(&bytes, span_of(type));
	}
	if (version) {
		msg_pack_text(&bytes, span_of("v"));
		msg_pack_int(&bytes, version);
	}
	int result = decode(buf_span(&bytes), err);
	buf_done(&bytes);
	return result;
}

static void names_of_tomorrow_are_skipped_and_versions_of_tomorrow_refused(void **state)
{
	static const struct {
		const char *name, *type;
		int64_t version;
		bool unknown;
		const char *want;
	} rows[] = {
		{"as it should be", "sync_job", 1, false, NULL},
		{"unknown fields", "sync_job", 1, true, NULL},
		{"newer version", "sync_job", 2, false, "sync_job: version 2 is not known here"},
		{"version 0", "sync_job", 0, false, "version"},
		{"negative version", "sync_job", -1, false, "version"},
		{"unknown type", "song", 1, false, "unknown message type 'song'"},
		{"no type", NULL, 1, false, "unknown message type"},
		{"very long type", "a_type_whose_name_goes_on_and_on_and_on_and_on_and_on", 1, false, "_and_on_'"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = {0};
		assert_row(&rows[i],
		           decode_header(rows[i].type, rows[i].version, rows[i].unknown, &err) == (rows[i].want ? -1 : 0));
		assert_row(&rows[i], !rows[i].want || (err.class == ERR_REJECT && strstr(err.text, rows[i].want)));
	}
}

static void what_is_no_map_is_refused(void **state)
{
	static const struct {
		const char *name;
		struct span bytes;
	} rows[] = {
		{"nothing", {"", 0}},          {"a number", {"\x07", 1}},   {"an array", {"\x91\x01", 2}},
		{"two maps", {"\x80\x80", 2}}, {"never used", {"\xc1", 1}}, {"a map that claims much", {"\xdf\xff\xff", 3}},
	};
	char deep[1000];
	struct err err = {0};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_row(&rows[i], decode(rows[i].bytes, &err) == -1);
		assert_row(&rows[i], err.class == ERR_REJECT);
	}
	memset(deep, '\x91', sizeof deep);
	assert_int_equal(decode((struct span){deep, sizeof deep}, &err), -1);
	assert_int_equal(err.class, ERR_REJECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_comes_back_as_it_was),
		cmocka_unit_test(a_required_field_must_be_there_and_an_optional_one_may_not),
		cmocka_unit_test(a_field_of_another_type_is_refused),
		cmocka_unit_test(every_maximum_is_held_to_the_byte),
		cmocka_unit_test(text_must_be_utf8),
		cmocka_unit_test(a_message_cut_anywhere_is_refused),
		cmocka_unit_test(names_of_tomorrow_are_skipped_and_versions_of_tomorrow_refused),
		cmocka_unit_test(what_is_no_map_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
