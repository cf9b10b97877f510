/* Page bodies of one provider (PROVIDER) through the parser, and what it makes of them through the writer's checks.
 *
 * Input: which request, flags, then the body. Holds: every entry is a row or a reject; messages decode and stay in their
 * limits; rows have their columns' types, texts that Postgres takes and extra members that are JSON; the writer refuses
 * none of them; the same page gives the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "common/json.h"
#include "parser/entries.h"
#include "parser/parse.h"
#include "writer/stage.h"

enum { COUNTED_WRONG = 1, OVERLAP = 2, AS_GZIP = 4, REFUSED = 8, FAR = 16 };

/* As the fetcher counts. */
static int64_t count_entries(const struct mapping *mapping, struct span body)
{
	struct buf scratch;
	yyjson_doc *doc = NULL;
	bool clean;
	struct err err;
	int64_t count = 0;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	if (json_read_loose(body, &scratch, &doc, &clean, &err) == 0)
		count = entries_count(mapping, yyjson_doc_get_root(doc));
	yyjson_doc_free(doc);
	buf_done(&scratch);
	return count;
}

static void check_json(struct span text)
{
	yyjson_doc *doc = yyjson_read(text.at, text.len, YYJSON_READ_BIGNUM_AS_RAW);
	assert(text.len <= LIMIT_EXTRA_BYTES && yyjson_is_obj(yyjson_doc_get_root(doc)));
	yyjson_doc_free(doc);
}

static void check_cell(const struct column *column, const msgpack_object *value)
{
	if (value->type == MSGPACK_OBJECT_NIL)
		return;
	if (column->type == COLUMN_TEXTS) {
		assert(value->via.array.size <= LIMIT_LIST);
		for (uint32_t i = 0; i < value->via.array.size; i++)
			fuzz_check_text((struct span){value->via.array.ptr[i].via.str.ptr, value->via.array.ptr[i].via.str.size},
			                LIMIT_NAME);
	} else if (value->type == MSGPACK_OBJECT_STR) {
		struct span text = {value->via.str.ptr, value->via.str.size};
		fuzz_check_text(text, column->type == COLUMN_JSON ? LIMIT_EXTRA_BYTES : LIMIT_URL);
		if (column->type == COLUMN_JSON)
			check_json(text);
	}
}

/* The writer is the judge of types: it takes each row. Returns how many there were. */
static size_t check_part(struct span bytes)
{
	struct kafka_message message = {.value = bytes};
	struct input *input;
	struct err err;
	struct stage stage;
	char why[STAGE_WHY];
	assert(input_read(&message, &input, &err) == 0);
	assert(!*input->bad && input->type == MSG_items && bytes.len <= LIMIT_MESSAGE_BYTES);
	stage_init(&stage);
	for (size_t row = 0; row < input->row_count; row++) {
		const msgpack_object_array *cells = &input->rows[row].via.array;
		assert(cells->size == item_kinds[input->kind].count);
		for (uint32_t i = 0; i < cells->size; i++)
			check_cell(&item_kinds[input->kind].columns[i], &cells->ptr[i]);
		assert(!stage_row(&stage, input, row, why) && buf_ok(&stage.rows[input->kind]));
	}
	size_t rows = input->row_count;
	assert(rows <= LIMIT_PART_ROWS);
	stage_done(&stage);
	input_free(input);
	return rows;
}

static void check_reject(const struct reject *made)
{
	struct buf bytes;
	msgpack_zone zone;
	enum msg_type type;
	union msg_any any;
	struct err err;
	struct reject reject = *made;
	reject.topic = span_of("sync.pages"); /* the parser's program fills it */
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_reject, &reject, &bytes);
	assert(buf_ok(&bytes) && msgpack_zone_init(&zone, 1024));
	assert(msg_decode(buf_span(&bytes), &zone, &type, &any, &err) == 0 && type == MSG_reject);
	assert(reject.reason.len && reject.text.len > 5);
	msgpack_zone_destroy(&zone);
	buf_done(&bytes);
}

static void check(const struct raw_page *page, const struct parsed *parsed)
{
	size_t rows = 0;
	assert(parsed->received == (page->count > 0 ? page->count : 0));
	assert(parsed->received == parsed->stored + parsed->rejected && parsed->unidentified <= parsed->rejected);
	for (size_t i = 0; i < parsed->part_count; i++)
		rows += check_part(buf_span(&parsed->parts[i]));
	assert((int64_t)rows == parsed->stored);
	for (size_t i = 0; i < parsed->reject_count; i++)
		check_reject(&parsed->rejects[i]);
	bool whole = parsed->reject_count == 1 && parsed->rejects[0].position == -1;
	assert(whole || (int64_t)parsed->reject_count == parsed->rejected || parsed->reject_count == LIMIT_PAGE_REJECTS);
}

/* Every byte of what was made. Not watched for coverage, which took a quarter of all time and says nothing. */
__attribute__((no_sanitize("coverage"))) static uint64_t digest(const struct parsed *parsed)
{
	uint64_t sum = 14695981039346656037u;
	for (size_t i = 0; i < parsed->part_count; i++) {
		for (size_t at = 0; at < parsed->parts[i].len; at++)
			sum = (sum ^ (unsigned char)parsed->parts[i].at[at]) * 1099511628211u;
	}
	return sum;
}

static struct raw_page page_of(const struct mapping *mapping, unsigned flags, struct span body)
{
	bool entries = mapping->kind == KIND_entry;
	struct raw_page page = {
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of(PROVIDER),
		.category = span_of(category_name(mapping->category)),
		.request = span_of(mapping->request),
		.epoch = 7,
		.status = 200,
		.fetched_at = 1700000000000,
		.body = body,
		.encoding = span_of(flags & AS_GZIP ? "gzip" : ""),
		.parent = span_of(entries || flags & REFUSED ? "pl-1" : ""),
		.first = entries && flags & FAR ? INT32_MAX - 1 : 0,
		.refused = span_of(flags & REFUSED ? "it is private" : ""),
		.skip = flags & OVERLAP ? 1 : 0,
	};
	page.count = count_entries(mapping, body) - page.skip + (flags & COUNTED_WRONG ? 1 : 0);
	return page;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parse *parse;
	struct span input = fuzz_input(data, size);
	const struct provider_mappings *provider = mappings_find(span_of(PROVIDER));
	struct parsed parsed;
	struct err err;
	if (!parse)
		assert(parse_open(&parse, &err) == 0);
	const struct mapping *mapping = &provider->mappings[fuzz_byte(&input) % provider->count];
	unsigned flags = fuzz_byte(&input);
	struct span body = fuzz_exact(input);
	struct raw_page page = page_of(mapping, flags, body);
	assert(parse_page(parse, &page, &parsed, &err) == 0);
	check(&page, &parsed);
	uint64_t first = digest(&parsed);
	assert(parse_page(parse, &page, &parsed, &err) == 0);
	assert(first == digest(&parsed));
	free((void *)(uintptr_t)body.at);
	return 0;
}
