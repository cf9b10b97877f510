/* Goal: rows of a message become exactly the COPY bytes Postgres wants, whatever the message's columns are called and in
 * whatever order they stand; and a row's hash depends on its content only. Method: messages by hand, bytes compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "writer/batch.h"
#include "writer/copy.h"
#include "writer/stage.h"

#define SYNC "01900000-0000-7000-8000-00000000000a"

/* One message of one row under test. */
struct sample {
	struct buf columns, values, bytes;
	struct input *input;
	struct stage stage;
};

static int open_sample(void **state)
{
	struct sample *sample = calloc(1, sizeof *sample);
	assert_non_null(sample);
	buf_init(&sample->columns, 10000);
	buf_init(&sample->values, 100000);
	buf_init(&sample->bytes, 200000);
	stage_init(&sample->stage);
	*state = sample;
	return 0;
}

static int close_sample(void **state)
{
	struct sample *sample = *state;
	buf_done(&sample->columns);
	buf_done(&sample->values);
	buf_done(&sample->bytes);
	input_free(sample->input);
	stage_done(&sample->stage);
	free(sample);
	return 0;
}

static void pack_names(struct buf *out, const char *names)
{
	size_t count = 1;
	for (const char *c = names; *c; c++)
		count += *c == ' ';
	msg_pack_array(out, count);
	while (*names) {
		size_t len = strcspn(names, " ");
		msg_pack_text(out, (struct span){names, len});
		names += len + (names[len] == ' ');
	}
}

/* values: what msg_pack_array and the values of one row have written. */
static void read_sample(struct sample *sample, const char *kind, const char *category, const char *columns)
{
	struct items items = {.sync = span_of(SYNC),
	                      .account = span_of("home"),
	                      .category = span_of(category),
	                      .epoch = 1,
	                      .kind = span_of(kind),
	                      .parent = span_of("p"),
	                      .page = 7};
	struct buf rows;
	buf_reset(&sample->columns, 10000);
	buf_reset(&sample->bytes, 200000);
	pack_names(&sample->columns, columns);
	buf_init(&rows, 200000);
	msg_pack_array(&rows, 1);
	buf_add(&rows, sample->values.at, sample->values.len);
	items.columns.bytes = buf_span(&sample->columns);
	items.rows.bytes = buf_span(&rows);
	msg_encode(MSG_items, &items, &sample->bytes);
	buf_done(&rows);
	input_free(sample->input);
	struct kafka_message message = {.value = buf_span(&sample->bytes)};
	struct err err;
	assert_int_equal(input_read(&message, &sample->input, &err), 0);
	buf_reset(&sample->values, 100000);
}

/* The hash, and the encoded item columns behind it. */
static struct span encode(struct sample *sample, uint64_t *hash)
{
	/* Header 19; row: count 2, page 8, ord 8, account 8, sync 20, then the hash's length 4 and value 8. */
	enum { HASH_AT = 19 + 2 + 8 + 8 + 8 + 20 + 4, COLUMNS_AT = HASH_AT + 8 };
	char why[STAGE_WHY];
	stage_reset(&sample->stage);
	assert_string_equal(sample->input->bad, "");
	assert_null(stage_row(&sample->stage, sample->input, 0, why));
	const struct buf *rows = &sample->stage.rows[sample->input->kind];
	assert_true(buf_ok(rows) && rows->len > COLUMNS_AT);
	if (hash)
		memcpy(hash, rows->at + HASH_AT, sizeof *hash);
	return (struct span){rows->at + COLUMNS_AT, rows->len - COLUMNS_AT};
}

static const char *refusal_of(struct sample *sample)
{
	static char why[STAGE_WHY];
	stage_reset(&sample->stage);
	assert_string_equal(sample->input->bad, "");
	return stage_row(&sample->stage, sample->input, 0, why);
}

static void assert_hex(struct span bytes, size_t skip, const char *hex)
{
	char text[512] = "";
	size_t want = strlen(hex) / 2;
	assert_true(bytes.len >= skip + want && sizeof text > 2 * want);
	for (size_t i = 0; i < want; i++)
		snprintf(text + 2 * i, 3, "%02x", (unsigned char)bytes.at[skip + i]);
	assert_string_equal(text, hex);
}

static void text_is_its_length_and_bytes(void **state)
{
	struct sample *sample = *state;
	msg_pack_array(&sample->values, 2);
	msg_pack_text(&sample->values, span_of("a1"));
	msg_pack_text(&sample->values, span_of("Bj\xc3\xb6rk"));
	read_sample(sample, "artist", "artists", "id name");
	/* The seven other columns are NULL. */
	assert_hex(encode(sample, NULL), 0,
	           "000000026131"
	           "00000006426ac3b6726b"
	           "ffffffff"
	           "ffffffff"
	           "ffffffff"
	           "ffffffff"
	           "ffffffff"
	           "ffffffff"
	           "ffffffff");
}

static void every_other_type_is_as_postgres_wants_it(void **state)
{
	struct sample *sample = *state;
	msg_pack_array(&sample->values, 6);
	msg_pack_text(&sample->values, span_of("x"));
	msg_pack_int(&sample->values, -2);
	msg_pack_bool(&sample->values, true);
	msg_pack_int(&sample->values, 946684800000001LL); /* one microsecond after 2000 */
	msg_pack_array(&sample->values, 2);
	msg_pack_text(&sample->values, span_of("a"));
	msg_pack_text(&sample->values, span_of(""));
	msg_pack_text(&sample->values, span_of("{}"));
	read_sample(sample, "album", "albums", "id duration_ms compilation added_at genres extra");
	/* id; title to song_count are seven NULLs or absent. */
	struct span bytes = encode(sample, NULL);
	assert_hex(bytes, 0, "0000000178");
	size_t at = 5 + 6 * 4; /* title, artist_id, artist_name, artist_ids, artist_names, song_count */
	assert_hex(bytes, at,
	           "00000008"
	           "fffffffffffffffe");
	at += 12 + 4; /* release_date */
	assert_hex(bytes, at,
	           "0000001d"
	           "00000001"
	           "00000000"
	           "00000019"
	           "00000002"
	           "00000001"
	           "00000001"
	           "61"
	           "00000000");
	at += 4 + 0x1d;
	assert_hex(bytes, at,
	           "00000001"
	           "01");
	at += 5 + 2 * 4; /* mbid, artwork */
	assert_hex(bytes, at,
	           "00000008"
	           "0000000000000001");
	at += 12 + 3 * 4; /* starred_at, rating, play_count */
	assert_hex(bytes, at,
	           "00000003"
	           "01"
	           "7b7d");
	assert_int_equal(bytes.len, at + 7 + 4 * 4); /* upc, type, label, catalog_id */
}

static void an_empty_list_has_no_dimension(void **state)
{
	struct sample *sample = *state;
	msg_pack_array(&sample->values, 2);
	msg_pack_text(&sample->values, span_of("x"));
	msg_pack_array(&sample->values, 0);
	read_sample(sample, "album", "albums", "id artist_ids");
	assert_hex(encode(sample, NULL), 5 + 3 * 4,
	           "0000000c"
	           "00000000"
	           "00000000"
	           "00000019");
}

static void entries_carry_their_playlist(void **state)
{
	struct sample *sample = *state;
	char why[STAGE_WHY];
	msg_pack_array(&sample->values, 1);
	msg_pack_int(&sample->values, 3);
	read_sample(sample, "entry", "playlists", "position");
	stage_reset(&sample->stage);
	assert_null(stage_row(&sample->stage, sample->input, 0, why));
	const struct buf *rows = &sample->stage.rows[KIND_entry];
	assert_hex((struct span){rows->at, rows->len}, 19 + 2 + 8 + 8 + 8 + 20 + 12,
	           "0000000170"
	           "00000008"
	           "0000000000000003");
}

static uint64_t hash_of(struct sample *sample, const char *columns, const char *const *values, size_t count)
{
	uint64_t hash;
	msg_pack_array(&sample->values, count);
	for (size_t i = 0; i < count; i++)
		msg_pack_text(&sample->values, values[i] ? span_of(values[i]) : (struct span){0});
	read_sample(sample, "artist", "artists", columns);
	encode(sample, &hash);
	return hash;
}

static void the_hash_is_of_the_content_and_not_of_the_message(void **state)
{
	struct sample *sample = *state;
	const char *const plain[] = {"a", "A"}, *const turned[] = {"A", "a"}, *const wide[] = {"a", "new", "A", NULL};
	uint64_t hash = hash_of(sample, "id name", plain, 2);
	assert_true(hash == hash_of(sample, "name id", turned, 2));
	assert_true(hash == hash_of(sample, "id unheard_of name mbid", wide, 4));
	assert_true(hash == hash_of(sample, "id name mbid", plain, 2)); /* a row that ends early */
}

static void the_hash_tells_content_apart(void **state)
{
	struct sample *sample = *state;
	const char *const a[] = {"a", "A"}, *const b[] = {"a", "B"}, *const moved[] = {"a", NULL, "A"},
					  *const empty[] = {"a", "A", ""};
	uint64_t hash = hash_of(sample, "id name", a, 2);
	assert_true(hash != hash_of(sample, "id name", b, 2));
	assert_true(hash != hash_of(sample, "id name sort_name", moved, 3));
	assert_true(hash != hash_of(sample, "id name sort_name", empty, 3)); /* "" is not "not told" */
}

/* Stored rows carry it: another value here means that every row of every library is written again. */
static void the_hash_is_the_same_for_ever(void **state)
{
	struct sample *sample = *state;
	const char *const a[] = {"a", "A"};
	uint64_t hash = hash_of(sample, "id name", a, 2);
	assert_hex((struct span){(const char *)&hash, 8}, 0, "0315831fccf5eeda");
}

static void a_wrong_value_refuses_its_row_and_names_the_column(void **state)
{
	struct sample *sample = *state;
	static const struct row {
		const char *name, *columns;
		int64_t value; /* an integer where text should be, or the reverse */
		const char *text, *want;
	} rows[] = {
		{"number as name", "id name", 5, NULL, "name is not text"},
		{"text as number", "id album_count", 0, "five", "album_count is not a whole number"},
		{"text as time", "id starred_at", 0, "2020", "starred_at is not a time"},
		{"a time before time", "id starred_at", INT64_MIN, NULL, "starred_at is not a time"},
		{"not UTF-8", "id name", 0, "\xff", "name is not text"},
		{"not UTF-8 in JSON", "id extra", 0, "\xc0\x80", "extra is not JSON"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		msg_pack_array(&sample->values, 2);
		msg_pack_text(&sample->values, span_of("a"));
		if (rows[i].text)
			msg_pack_text(&sample->values, span_of(rows[i].text));
		else
			msg_pack_int(&sample->values, rows[i].value);
		read_sample(sample, "artist", "artists", rows[i].columns);
		const char *why = refusal_of(sample);
		if (!why || strcmp(why, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, why ? why : "taken");
	}
}

static void a_row_without_its_key_is_refused(void **state)
{
	struct sample *sample = *state;
	char longest[LIMIT_ID + 2];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	const char *const keys[] = {NULL, "", longest};
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		msg_pack_array(&sample->values, 1);
		msg_pack_text(&sample->values, keys[i] ? span_of(keys[i]) : (struct span){0});
		read_sample(sample, "artist", "artists", "id");
		assert_string_equal(refusal_of(sample), "id is missing, empty or too long");
	}
}

static void a_refused_row_leaves_no_bytes_behind(void **state)
{
	struct sample *sample = *state;
	char why[STAGE_WHY];
	msg_pack_array(&sample->values, 2);
	msg_pack_text(&sample->values, span_of("a"));
	msg_pack_int(&sample->values, 1);
	read_sample(sample, "artist", "artists", "id name");
	stage_reset(&sample->stage);
	assert_non_null(stage_row(&sample->stage, sample->input, 0, why));
	assert_int_equal(sample->stage.rows[KIND_artist].len, 19); /* the header alone */
	assert_int_equal(sample->stage.counts[KIND_artist], 0);
}

static void refused_rows_are_found_again(void **state)
{
	struct sample *sample = *state;
	msg_pack_array(&sample->values, 1);
	msg_pack_text(&sample->values, span_of("a"));
	read_sample(sample, "artist", "artists", "id");
	struct input *input = sample->input;
	input->row_count = 100; /* only the list is under test */
	const size_t rows[] = {50, 3, 99, 50, 0, 7, 8, 9, 10, 11, 12};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		input_refuse(input, rows[i], "why");
	assert_int_equal(input->refusal_count, COUNT_OF(rows) - 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_non_null(input_refusal(input, rows[i]));
	assert_null(input_refusal(input, 4));
	assert_null(input_refusal(input, 98));
}

static void positions_compare_in_order_of_weight(void **state)
{
	(void)state;
	const struct position base = {5, 1, 10, 2};
	static const struct row {
		struct position position;
		bool above;
	} rows[] = {
		{{5, 1, 10, 2}, false}, {{5, 1, 10, 3}, true},  {{5, 1, 10, 1}, false}, {{5, 1, 11, 0}, true},
		{{5, 2, 0, 0}, true},   {{5, 0, 99, 9}, false}, {{6, 0, -1, 0}, true},  {{4, 9, 99, 9}, false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (position_above(&rows[i].position, &base) != rows[i].above)
			fail_msg("row %zu", i);
	}
}

/* bytes must outlive the input. */
static struct input *input_of(enum msg_type type, const void *message, struct buf *bytes)
{
	buf_init(bytes, 100000);
	msg_encode(type, message, bytes);
	struct kafka_message raw = {.value = buf_span(bytes)};
	struct input *input;
	struct err err;
	assert_int_equal(input_read(&raw, &input, &err), 0);
	return input;
}

static void items_behind_an_end_begin_the_next_batch(void **state)
{
	(void)state;
	struct batch *batch = calloc(1, sizeof *batch);
	struct buf bytes[3];
	const struct walk_end end = {.sync = span_of(SYNC),
	                             .account = span_of("home"),
	                             .category = span_of("artists"),
	                             .epoch = 1};
	struct sync_mark started = {.sync = span_of(SYNC),
	                            .account = span_of("home"),
	                            .event = span_of("started"),
	                            .category = span_of("albums"),
	                            .epoch = 2};
	batch_init(batch);
	batch_add(batch, input_of(MSG_walk_end, &end, &bytes[0]), 5);
	batch_add(batch, input_of(MSG_sync_mark, &started, &bytes[1]), 5); /* another category: not in the way */
	assert_false(batch_is_full(batch, 10));
	started.category = span_of("artists");
	batch_add(batch, input_of(MSG_sync_mark, &started, &bytes[2]), 5);
	assert_true(batch_is_full(batch, 10));
	assert_int_equal(batch->count, 2);
	batch_clear(batch, 9);
	assert_int_equal(batch->count, 1);
	assert_int_equal(batch->first_ms, 9);
	batch_drop(batch);
	for (size_t i = 0; i < COUNT_OF(bytes); i++)
		buf_done(&bytes[i]);
	free(batch);
}

static void messages_the_schema_cannot_judge_are_refused_with_a_reason(void **state)
{
	struct sample *sample = *state;
	static const struct row {
		const char *kind, *category, *columns, *want;
	} rows[] = {
		{"song", "tracks", "id", "unknown kind 'song'"},
		{"track", "songs", "id", "unknown category 'songs'"},
		{"track", "albums", "id", "rows of kind 'track' do not belong to albums"},
		{"track", "tracks", "title", "the rows have no column 'id'"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		msg_pack_array(&sample->values, 1);
		msg_pack_text(&sample->values, span_of("x"));
		read_sample(sample, rows[i].kind, rows[i].category, rows[i].columns);
		assert_string_equal(sample->input->bad, rows[i].want);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_sample, close_sample)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_is_its_length_and_bytes),
		TEST(every_other_type_is_as_postgres_wants_it),
		TEST(an_empty_list_has_no_dimension),
		TEST(entries_carry_their_playlist),
		TEST(the_hash_is_of_the_content_and_not_of_the_message),
		TEST(the_hash_tells_content_apart),
		TEST(the_hash_is_the_same_for_ever),
		TEST(a_wrong_value_refuses_its_row_and_names_the_column),
		TEST(a_row_without_its_key_is_refused),
		TEST(a_refused_row_leaves_no_bytes_behind),
		TEST(refused_rows_are_found_again),
		cmocka_unit_test(positions_compare_in_order_of_weight),
		cmocka_unit_test(items_behind_an_end_begin_the_next_batch),
		TEST(messages_the_schema_cannot_judge_are_refused_with_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
