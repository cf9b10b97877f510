/* Messages as they come from Kafka. Input: the bytes of one. Holds: what decodes has its texts valid and in their limits, and
 * encoding and decoding it again gives the same. */
#include "tests/fuzz/fuzz.h"

#include "common/msg.h"

/* What is kept as it came must become bytes before it can be encoded. */
static void pack_object(struct msg_object *object, msgpack_sbuffer *bytes)
{
	msgpack_packer packer;
	if (!object->object)
		return;
	msgpack_packer_init(&packer, bytes, msgpack_sbuffer_write);
	assert(msgpack_pack_object(&packer, *object->object) == 0);
	object->bytes = (struct span){bytes->data, bytes->size};
}

static void encode(enum msg_type type, union msg_any *message, struct buf *out)
{
	msgpack_sbuffer columns, rows, ids;
	msgpack_sbuffer_init(&columns);
	msgpack_sbuffer_init(&rows);
	msgpack_sbuffer_init(&ids);
	if (type == MSG_items) {
		pack_object(&message->items.columns, &columns);
		pack_object(&message->items.rows, &rows);
		pack_object(&message->items.rejected_ids, &ids);
	}
	msg_encode(type, message, out);
	assert(buf_ok(out));
	msgpack_sbuffer_destroy(&columns);
	msgpack_sbuffer_destroy(&rows);
	msgpack_sbuffer_destroy(&ids);
}

#define CHECK_STR(at, max) fuzz_check_text(at, max)
#define CHECK_BIN(at, max) assert((at).len <= (max))
#define CHECK_INT(at, max) (void)(at)
#define CHECK_BOOL(at, max) (void)(at)
#define CHECK_OBJ(at, max) (void)(at)
#define MESSAGE(name, version, text) \
	static void check_##name(const struct name *message) \
	{
#define FIELD(name, field, type, need, max, text) CHECK_##type(message->field, max);
#define END(name) }
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

static void check(enum msg_type type, const union msg_any *message)
{
	switch (type) {
#define MESSAGE(name, version, text) \
	case MSG_##name: \
		check_##name(&message->name); \
		return;
#define FIELD(message, name, type, need, max, text)
#define END(name)
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
	case MSG_TYPE_COUNT:
		break;
	}
	assert(false && "a type that there is not");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_exact(fuzz_input(data, size));
	struct buf first, second;
	msgpack_zone zone;
	enum msg_type type, again;
	union msg_any message;
	struct err err = {0};
	assert(msgpack_zone_init(&zone, 8192));
	buf_init(&first, 2 * LIMIT_MESSAGE_BYTES);
	buf_init(&second, 2 * LIMIT_MESSAGE_BYTES);
	if (msg_decode(input, &zone, &type, &message, &err)) {
		fuzz_check_err(&err);
		assert(err.class == ERR_REJECT);
	} else {
		check(type, &message);
		encode(type, &message, &first);
		assert(msg_decode(buf_span(&first), &zone, &again, &message, &err) == 0 && again == type);
		encode(type, &message, &second);
		assert(span_equal(buf_span(&first), buf_span(&second)));
	}
	buf_done(&first);
	buf_done(&second);
	msgpack_zone_destroy(&zone);
	free((void *)(uintptr_t)input.at);
	return 0;
}
