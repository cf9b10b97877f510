/* Messages: structs, encoder and decoder, all from schemas/messages.def.
 *
 * Decoding checks type, version, required fields, UTF-8 and maximum sizes, and skips unknown names. Decoded spans point
 * into the bytes that were decoded, OBJ values into the zone: both must outlive the struct. Errors are REJECT, or RETRY when
 * there was no memory: then nothing is known of the message. */
#ifndef SYNCLINE_MSG_H
#define SYNCLINE_MSG_H

#include <msgpack.h>
#include <stdint.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/limits.h"
#include "common/span.h"

/* A MessagePack value: `bytes` is what is encoded, `object` what was decoded. */
struct msg_object {
	struct span bytes;
	const msgpack_object *object;
};

#define MSG_C_STR struct span
#define MSG_C_INT int64_t
#define MSG_C_BOOL bool
#define MSG_C_BIN struct span
#define MSG_C_OBJ struct msg_object
#define MESSAGE(name, version, text) struct name {
#define FIELD(message, name, type, need, max, text) MSG_C_##type name;
/* clang-format off */
#define END(name) };
/* clang-format on */
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END

enum msg_type {
#define MESSAGE(name, version, text) MSG_##name,
#define FIELD(message, name, type, need, max, text)
#define END(name)
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
	MSG_TYPE_COUNT
};

/* What a reject is of, when it is not of an item at its position. A page may be rejected as a whole and lost afterwards. */
enum reject_position { REJECT_WHOLE = -1, REJECT_GAP = -2 };

/* Any one of them. */
union msg_any {
#define MESSAGE(name, version, text) struct name name;
#define FIELD(message, name, type, need, max, text)
#define END(name)
#include "schemas/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
};

/* "sync_job" */
const char *msg_type_name(enum msg_type type);

/* Appends the encoded message; check buf_ok once afterwards. message is the struct of that type. */
void msg_encode(enum msg_type type, const void *message, struct buf *out);

/* Reads any message: fills *type and the matching member of *message. zone must be initialized; it is cleared by the
 * caller when the message is done with. */
int msg_decode(struct span bytes, msgpack_zone *zone, enum msg_type *type, union msg_any *message, struct err *err)
	MUST_USE;

/* Reads a sync_job from MessagePack or, when the first byte is '{' or white space, from JSON. arena holds the JSON's
 * text. */
struct arena;
int msg_decode_job(struct span bytes, msgpack_zone *zone, struct arena *arena, struct sync_job *job, struct err *err)
	MUST_USE;

/* MessagePack of one value at a time, for values of type OBJ. */
void msg_pack_array(struct buf *out, size_t count);
void msg_pack_text(struct buf *out, struct span text); /* absent span: nil */
void msg_pack_int(struct buf *out, int64_t value);
void msg_pack_bool(struct buf *out, bool value);
void msg_pack_nil(struct buf *out);

/* docs/messages.md, topics and item columns included. */
void msg_reference(FILE *out);

#endif
