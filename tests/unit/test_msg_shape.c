/* Goal: no count in a message is believed before the bytes for it are there. Method: rows of bytes; then every cut of a message
 * that holds every form. */
#include "unit.h"

#include <msgpack.h>

#include "common/limits.h"
#include "common/msg_shape.h"

static const struct row {
	const char *name, *bytes;
	size_t len;
	const char *fault; /* words, or NULL */
} rows[] = {
	{"nothing", "", 0, "ends too early"},
	{"nil", "\xc0", 1, NULL},
	{"a small number", "\x7f", 1, NULL},
	{"a negative one", "\xe0", 1, NULL},
	{"the byte that begins nothing", "\xc1", 1, "begins no value"},
	{"two values", "\xc0\xc0", 2, "stands behind it"},
	{"an empty array", "\x90", 1, NULL},
	{"an array with one too few", "\x92\xc0", 2, "ends too early"},
	{"a map with half a pair", "\x81\xc0", 2, "ends too early"},
	{"a map of a pair", "\x81\xc0\xc0", 3, NULL},
	{"4 billion elements", "\xdd\xff\xff\xff\xff", 5, "ends too early"},
	{"4 billion pairs", "\xdf\xff\xff\xff\xff\xc0", 6, "ends too early"},
	{"text that is not there",
     "\xdb\xff\xff\xff\xff"
     "a",
     6, "ends too early"},
	{"half a length", "\xda\x01", 2, "ends too early"},
	{"bytes of their length",
     "\xc4\x02"
     "ab",
     4, NULL},
	{"an extension of its size",
     "\xd8\x01"
     "0123456789abcdef",
     18, NULL},
	{"an extension that is short",
     "\xd8\x01"
     "0123456789abcde",
     17, "ends too early"},
	{"a double",
     "\xcb"
     "01234567",
     9, NULL},
};

static void a_value_is_whole_or_its_fault_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *fault = msg_shape_fault((struct span){rows[i].bytes, rows[i].len});
		assert_row(&rows[i], !fault == !rows[i].fault);
		assert_row(&rows[i], !fault || strstr(fault, rows[i].fault));
	}
}

static void nesting_and_number_of_values_have_a_limit(void **state)
{
	char nested[LIMIT_MESSAGE_DEPTH + 1];
	size_t len = LIMIT_MESSAGE_VALUES + 1;
	char *many = calloc(1, len + 5);
	(void)state;
	assert_non_null(many);
	memset(nested, '\x91', sizeof nested);
	nested[LIMIT_MESSAGE_DEPTH] = '\xc0';
	assert_non_null(strstr(msg_shape_fault((struct span){nested, sizeof nested}), "too deeply"));
	assert_null(msg_shape_fault((struct span){nested + 1, sizeof nested - 1}));
	for (size_t extra = 0; extra < 2; extra++) { /* the array itself is one */
		size_t count = LIMIT_MESSAGE_VALUES - 1 + extra;
		memcpy(many,
		       (unsigned char[]){0xdd, (unsigned char)(count >> 24), (unsigned char)(count >> 16),
		                         (unsigned char)(count >> 8), (unsigned char)count},
		       5);
		const char *fault = msg_shape_fault((struct span){many, 5 + count});
		assert_true(extra ? fault && strstr(fault, "too many") : !fault);
	}
	free(many);
}

/* msgpack-c is the judge of what is whole. */
static void what_passes_can_be_unpacked_and_what_is_cut_cannot(void **state)
{
	static const char all[] = "\x8b\xa1"
							  "a\x90\xa1"
							  "b\xc4\x01x\xa1"
							  "c\xc5\x00\x01x\xa1"
							  "d\xc7\x01\x05x\xa1"
							  "e\xca"
							  "0123\xa1"
							  "f\xcc\xff\xa1"
							  "g\xd3"
							  "01234567\xa1"
							  "h\xd4\x01x\xa1"
							  "i\xda\x00\x01y\xa1"
							  "j\xdc\x00\x01\xc3\xa1"
							  "k\xde\x00\x01\xc0\xc2";
	(void)state;
	for (size_t len = 0; len < sizeof all; len++) {
		msgpack_zone zone;
		msgpack_object object;
		size_t offset = 0;
		assert_true(msgpack_zone_init(&zone, 1024));
		bool passes = !msg_shape_fault((struct span){all, len});
		bool unpacks = len && msgpack_unpack(all, len, &offset, &zone, &object) == MSGPACK_UNPACK_SUCCESS;
		if (passes != unpacks || passes != (len == sizeof all - 1))
			fail_msg("%zu bytes: passes %d, unpacks %d", len, passes, unpacks);
		msgpack_zone_destroy(&zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_whole_or_its_fault_is_told),
		cmocka_unit_test(nesting_and_number_of_values_have_a_limit),
		cmocka_unit_test(what_passes_can_be_unpacked_and_what_is_cut_cannot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
