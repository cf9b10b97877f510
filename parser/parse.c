/* Envelope, list, entries, parts. */
#include "parser/parse.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/inflate.h"
#include "common/json.h"
#include "common/text.h"
#include "parser/entries.h"
#include "parser/envelope.h"
#include "parser/guess.h"
#include "parser/fields.h"
#include "parser/jsonout.h"

/* Buffers larger than this are given back between pages: a page of 500 songs takes a quarter of it. */
enum { KEEP_BYTES = 1024 * 1024 };
/* An array of up to 65,535 elements in MessagePack begins with 0xdc and two bytes that can be filled in at the end. */
enum { ARRAY16_BYTES = 3 };
/* A whole number in MessagePack at its longest. */
enum { POSITION_BYTES = 9 };
_Static_assert(LIMIT_PART_ROWS <= UINT16_MAX, "rows of a part are counted in 16 bits");

struct compiled {
	const struct mapping *mapping;
	struct fields *fields;
};

struct parse {
	struct compiled *compiled; /* those asked for so far */
	size_t compiled_count;
	struct buf inflated, mended, rows, extra, original, rejected_ids;
	struct buf columns[KIND_COUNT]; /* packed names */
	struct arena item_arena, page_arena;
	struct buf *parts;
	size_t part_count, part_cap;
	struct reject *rejects;
	size_t reject_count, reject_cap;
	/* The page in hand. */
	const struct raw_page *page;
	const struct mapping *mapping;
	int64_t part_first; /* where the part in hand begins */
	size_t part_rows, rejected_id_count;
	struct parsed figures;
	bool no_memory, item_starved;
};

/* ---- life cycle ---- */

static void pack_columns(enum item_kind_id kind, struct buf *out)
{
	buf_init(out, 4096);
	msg_pack_array(out, item_kinds[kind].count);
	for (size_t i = 0; i < item_kinds[kind].count; i++)
		msg_pack_text(out, span_of(item_kinds[kind].columns[i].name));
}

int parse_open(struct parse **ret, struct err *err)
{
	struct parse *parse = calloc(1, sizeof *parse);
	if (!parse)
		return err_set(err, ERR_FATAL, 0, "no memory for the parser");
	buf_init(&parse->inflated, LIMIT_UNPACKED_BYTES);
	buf_init(&parse->mended, LIMIT_UNPACKED_BYTES);
	buf_init(&parse->rows, LIMIT_MESSAGE_BYTES);
	buf_init(&parse->extra, LIMIT_EXTRA_BYTES);
	buf_init(&parse->original, LIMIT_REJECT_BYTES);
	buf_init(&parse->rejected_ids, LIMIT_BODY_BYTES);
	arena_init(&parse->item_arena, LIMIT_ITEM_BYTES);
	arena_init(&parse->page_arena, LIMIT_PAGE_BYTES);
	bool packed = true;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		pack_columns((enum item_kind_id)i, &parse->columns[i]);
		packed &= buf_ok(&parse->columns[i]);
	}
	if (!packed) {
		parse_close(&parse);
		return err_set(err, ERR_FATAL, 0, "no memory for the parser");
	}
	*ret = parse;
	return 0;
}

static void drop_parts(struct parse *parse)
{
	for (size_t i = 0; i < parse->part_count; i++)
		buf_done(&parse->parts[i]);
	parse->part_count = 0;
}

void parse_close(struct parse **ptr)
{
	struct parse *parse = *ptr;
	if (!parse)
		return;
	drop_parts(parse);
	for (size_t i = 0; i < parse->compiled_count; i++)
		fields_close(&parse->compiled[i].fields);
	for (unsigned i = 0; i < KIND_COUNT; i++)
		buf_done(&parse->columns[i]);
	buf_done(&parse->inflated);
	buf_done(&parse->mended);
	buf_done(&parse->rows);
	buf_done(&parse->extra);
	buf_done(&parse->original);
	buf_done(&parse->rejected_ids);
	arena_done(&parse->item_arena);
	arena_done(&parse->page_arena);
	free(parse->compiled);
	free(parse->parts);
	free(parse->rejects);
	free(parse);
	*ptr = NULL;
}

/* Room for one more element; NULL when there is no memory. */
static void *grow(struct parse *parse, void *array, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return array;
	size_t wanted = *cap ? *cap * 2 : 16;
	void *grown = realloc(array, wanted * size);
	if (!grown) {
		parse->no_memory = true;
		return NULL;
	}
	*cap = wanted;
	return grown;
}

static const struct fields *fields_of(struct parse *parse, const struct mapping *mapping, struct err *err)
{
	for (size_t i = 0; i < parse->compiled_count; i++) {
		if (parse->compiled[i].mapping == mapping)
			return parse->compiled[i].fields;
	}
	struct compiled *compiled = realloc(parse->compiled, (parse->compiled_count + 1) * sizeof *compiled);
	struct fields *fields = NULL;
	if (!compiled) {
		IGNORE(err_set(err, ERR_FATAL, 0, "no memory for a mapping")); /* fills only */
		return NULL;
	}
	parse->compiled = compiled;
	if (fields_open(mapping, &fields, err))
		return NULL;
	compiled[parse->compiled_count++] = (struct compiled){mapping, fields};
	return fields;
}

/* ---- messages ---- */

static void begin_rows(struct parse *parse, int64_t first)
{
	buf_reset(&parse->rows, KEEP_BYTES);
	buf_add(&parse->rows, "\xdc\0\0", ARRAY16_BYTES);
	parse->part_first = first;
	parse->part_rows = 0;
}

/* ids, positions: empty; they are the message's. */
static void add_figures(struct parse *parse, struct items *items, struct buf *ids, struct buf *positions)
{
	const struct raw_page *page = parse->page;
	const struct parsed *figures = &parse->figures;
	items->last_part = true;
	items->received = figures->received;
	items->stored = figures->stored;
	items->rejected = figures->rejected;
	items->warnings = figures->warnings;
	items->unidentified = figures->unidentified;
	items->total = page->total;
	items->next_cursor = page->next_cursor;
	items->is_last = page->is_last;
	items->next = page->next;
	msg_pack_array(ids, parse->rejected_id_count);
	buf_add(ids, buf_span(&parse->rejected_ids).at, parse->rejected_ids.len);
	if (parse->rejected_id_count)
		items->rejected_ids.bytes = buf_span(ids);
	if (!page->replayed)
		return;
	msg_pack_array(positions, parse->reject_count);
	for (size_t i = 0; i < parse->reject_count; i++)
		msg_pack_int(positions, parse->rejects[i].position);
	items->rejected_positions.bytes = buf_span(positions);
}

/* Did anything lack memory since the page began? What was made then may lack it too, whatever else it looks like: an item would
 * be refused for its size, a reject have no text. */
static bool starved(const struct parse *parse)
{
	return parse->item_starved || parse->item_arena.starved || parse->page_arena.starved || parse->extra.starved ||
	       parse->original.starved || parse->rejected_ids.starved;
}

/* The packed rows so far become a message. */
static void end_part(struct parse *parse, bool last)
{
	const struct raw_page *page = parse->page;
	struct buf ids, positions;
	struct buf *parts = grow(parse, parse->parts, parse->part_count, &parse->part_cap, sizeof *parts);
	if (!parts)
		return;
	parse->parts = parts;
	if (buf_ok(&parse->rows)) {
		parse->rows.at[1] = (char)(parse->part_rows >> 8);
		parse->rows.at[2] = (char)(parse->part_rows & 0xff);
	}
	struct items items = {
		.sync = page->sync,
		.account = page->account,
		.category = page->category,
		.epoch = page->epoch,
		.walk = page->walk,
		.page = page->page,
		.part = (int64_t)parse->part_count,
		.part_first = parse->part_first,
		.kind = span_of(item_kinds[parse->figures.kind].name),
		.parent = parse->figures.kind == KIND_entry || page->refused.len ? page->parent : (struct span){0},
		.first = page->first,
		.more = page->more,
		.refused = page->refused,
		.columns = {.bytes = buf_span(&parse->columns[parse->figures.kind])},
		.rows = {.bytes = buf_span(&parse->rows)},
		.fetched_at = page->fetched_at,
		.replayed = page->replayed,
		.from_partition = page->from_partition,
		.from_offset = page->from_offset,
	};
	buf_init(&ids, LIMIT_BODY_BYTES + 16);
	buf_init(&positions, LIMIT_PAGE_REJECTS * POSITION_BYTES + 16);
	if (last)
		add_figures(parse, &items, &ids, &positions);
	struct buf *part = &parse->parts[parse->part_count++];
	buf_init(part, LIMIT_MESSAGE_BYTES);
	buf_reserve(part, parse->rows.len + ids.len + 1024);
	msg_encode(MSG_items, &items, part);
	parse->no_memory |= !buf_ok(part) || !buf_ok(&parse->rows) || !buf_ok(&ids) || !buf_ok(&positions);
	buf_done(&ids);
	buf_done(&positions);
}

/* Rejects are zeroed but for what is known of the page. */
static struct reject *add_reject(struct parse *parse)
{
	const struct raw_page *page = parse->page;
	struct reject *rejects = grow(parse, parse->rejects, parse->reject_count, &parse->reject_cap, sizeof *rejects);
	if (!rejects)
		return NULL;
	parse->rejects = rejects;
	struct reject *reject = &rejects[parse->reject_count++];
	*reject = (struct reject){
		.sync = page->sync,
		.account = page->account,
		.category = page->category,
		.walk = page->walk,
		.page = page->page,
	};
	return reject;
}

static struct span keep(struct parse *parse, struct span text)
{
	const char *copy = text.len ? arena_copy(&parse->page_arena, text) : NULL;
	return (struct span){copy, copy ? text.len : 0};
}

/* ---- an entry ---- */

/* The id of an item that is refused, when there is one that can be used. */
static struct span readable_id(struct parse *parse, yyjson_val *item)
{
	yyjson_val *id = json_member(fields_item(parse->mapping, item), "id");
	if (!id)
		id = yyjson_obj_get(item, "id"); /* of the wrapper */
	struct conversion conversion = {.arena = &parse->item_arena, .check_text = true};
	struct value value = {0};
	if (!id || yyjson_is_null(id) || !convert_id(&conversion, id, &value) || value.type != VALUE_TEXT)
		return (struct span){0};
	return keep(parse, value.text);
}

static void count_reject(struct parse *parse, struct span id)
{
	size_t before = parse->rejected_ids.len;
	parse->figures.rejected++;
	if (id.len)
		msg_pack_text(&parse->rejected_ids, id);
	if (id.len && buf_ok(&parse->rejected_ids)) {
		parse->rejected_id_count++;
		return;
	}
	parse->rejected_ids.len = before;
	parse->figures.unidentified += parse->figures.kind != KIND_entry; /* whose playlist is known */
}

static void refuse_item(struct parse *parse, const struct conversion *conversion, yyjson_val *item)
{
	struct span id = {0};
	assert(conversion->reason);
	if (parse->reject_count < LIMIT_PAGE_REJECTS && parse->page_arena.used_bytes < LIMIT_PAGE_REJECTS_BYTES) {
		id = readable_id(parse, item);
		buf_reset(&parse->original, SIZE_MAX);
		jsonout_value(&parse->original, item);
		struct reject *reject = add_reject(parse);
		if (!reject)
			return;
		reject->reason = span_of(conversion->reason);
		reject->text = keep(parse, span_of(conversion->problem));
		reject->position = conversion->position;
		reject->kind = span_of(item_kinds[parse->figures.kind].name);
		reject->field = conversion->field ? span_of(conversion->field) : (struct span){0};
		reject->item = id;
		reject->original = keep(parse, buf_span(&parse->original));
	}
	count_reject(parse, id);
}

static void take_item(struct parse *parse, const struct fields *fields, bool clean, int64_t position, yyjson_val *item)
{
	struct conversion conversion = {.arena = &parse->item_arena,
	                                .check_text = !clean,
	                                .parent = parse->page->parent,
	                                .position = position,
	                                .first = parse->page->first};
	if (parse->part_rows == LIMIT_PART_ROWS || parse->rows.len > LIMIT_PART_BYTES) {
		end_part(parse, false);
		begin_rows(parse, conversion.first + position);
	}
	parse->item_starved |= parse->item_arena.starved || parse->extra.starved || parse->original.starved;
	arena_reset(&parse->item_arena);
	if (!fields_take(fields, &conversion, item, &parse->extra, &parse->rows)) {
		refuse_item(parse, &conversion, item);
		return;
	}
	parse->part_rows++;
	parse->figures.stored++;
	parse->figures.warnings += conversion.warnings;
}

/* ---- a page ---- */

static int open_body(struct parse *parse, const struct raw_page *page, yyjson_doc **doc, bool *clean, struct err *err)
{
	struct span plain;
	if (inflate_body(page->encoding, page->body, &parse->inflated, &plain, err))
		return -1;
	int result = json_read_loose(plain, &parse->mended, doc, clean, err);
	buf_reset(&parse->inflated, KEEP_BYTES); /* the document has a copy */
	buf_reset(&parse->mended, KEEP_BYTES);
	return result;
}

static void begin_page(struct parse *parse, const struct raw_page *page)
{
	enum category category;
	static const enum item_kind_id kinds[CATEGORY_COUNT] = {KIND_artist, KIND_album, KIND_track, KIND_playlist};
	drop_parts(parse);
	arena_reset(&parse->page_arena);
	buf_reset(&parse->rejected_ids, KEEP_BYTES);
	buf_reset(&parse->extra, KEEP_BYTES);
	buf_reset(&parse->original, KEEP_BYTES);
	parse->page = page;
	parse->reject_count = parse->rejected_id_count = 0;
	parse->no_memory = parse->item_starved = false;
	arena_reset(&parse->item_arena);
	parse->figures = (struct parsed){.received = page->count > 0 ? page->count : 0};
	if (category_find(page->category, &category))
		parse->figures.kind = kinds[category]; /* until the mapping says it */
	begin_rows(parse, 0);
}

/* Errors may quote the body, which may be no text at all. */
static struct span sentence(struct parse *parse, const char *text)
{
	char *copy = arena_copy(&parse->page_arena, span_of(text));
	return copy ? text_mend(copy, LIMIT_CAUSE) : (struct span){0};
}

/* One reject for all of it, and figures that say so. */
static void bad_page(struct parse *parse, const char *reason, const char *text)
{
	struct reject *reject = add_reject(parse);
	if (!reject)
		return;
	reject->reason = span_of(reason);
	reject->text = sentence(parse, text);
	reject->position = REJECT_WHOLE;
	reject->original = parse->page->body;
	if (reject->original.len > LIMIT_REJECT_BYTES)
		reject->original.len = LIMIT_REJECT_BYTES;
	parse->figures.rejected = parse->figures.unidentified = parse->figures.received;
}

/* Does the page say of its list what is true? Else it is a bad page. */
static bool check_figures(struct parse *parse, int64_t found)
{
	const struct raw_page *page = parse->page;
	char text[LIMIT_CAUSE];
	bool counts = page->count >= 0 && page->skip >= 0 && found - page->skip == page->count;
	if (counts && page->first >= 0 && page->first <= INT32_MAX)
		return true;
	if (counts)
		snprintf(text, sizeof text, "a playlist has no position %lld; report it with the page's bytes",
		         (long long)page->first);
	else
		snprintf(text, sizeof text,
		         "the list %s has %lld entries, of which %lld belong to the page before, but the fetcher "
		         "counted %lld; report it with the page's bytes",
		         parse->mapping->list, (long long)found, (long long)page->skip, (long long)page->count);
	bad_page(parse, "count_mismatch", text);
	return false;
}

static int take_list(struct parse *parse, yyjson_val *root, bool clean, struct err *err)
{
	if (!check_figures(parse, entries_count(parse->mapping, root)))
		return 0;
	const struct fields *fields = fields_of(parse, parse->mapping, err);
	if (!fields)
		return -1;
	struct entries entries = entries_begin(parse->mapping, root);
	yyjson_val *entry;
	for (int64_t i = -parse->page->skip; (entry = entries_next(&entries)); i++) {
		if (i >= 0)
			take_item(parse, fields, clean, i, entry);
	}
	return 0;
}

static int take_page(struct parse *parse, struct err *err)
{
	const struct raw_page *page = parse->page;
	const struct provider_mappings *provider = mappings_find(page->provider);
	parse->mapping = provider ? mapping_find(provider, page->request) : NULL;
	if (!parse->mapping) {
		char text[LIMIT_CAUSE];
		snprintf(text, sizeof text,
		         "answers of '%.*s' to '%.*s' are not known here; update syncline-parser, then start the "
		         "sync again",
		         SPAN_ARG(page->provider), SPAN_ARG(page->request));
		bad_page(parse, "unknown_request", text);
		return 0;
	}
	/* A list that is read only for its ids (albums, on the way to their tracks) comes here as the mere end of a walk. */
	if (page->count > 0 || span_is(page->category, category_name(parse->mapping->category)))
		parse->figures.kind = parse->mapping->kind;
	JSON_DOC *doc = NULL;
	bool clean = false;
	if (page->refused.len) { /* the body is the provider's excuse, not a list */
		check_figures(parse, 0);
		return 0;
	}
	if (open_body(parse, page, &doc, &clean, err) ||
	    envelope_check(provider, page->count, yyjson_doc_get_root(doc), err)) {
		if (err->class != ERR_REJECT)
			return -1;
		bad_page(parse, "bad_page", err->text);
		return 0;
	}
	return take_list(parse, yyjson_doc_get_root(doc), clean, err);
}

int parse_page(struct parse *parse, const struct raw_page *page, struct parsed *parsed, struct err *err)
{
	assert(parse && page && parsed);
	begin_page(parse, page);
	if (take_page(parse, err))
		return -1;
	end_part(parse, true);
	if (parse->no_memory || starved(parse))
		return err_set(err, ERR_FATAL, 0, "no memory to parse a page of %zu bytes", page->body.len);
	assert(parse->figures.received == parse->figures.stored + parse->figures.rejected);
	parse->figures.parts = parse->parts;
	parse->figures.part_count = parse->part_count;
	parse->figures.rejects = parse->rejects;
	parse->figures.reject_count = parse->reject_count;
	*parsed = parse->figures;
	return 0;
}

int parse_guess(struct parse *parse, struct raw_page *page, struct err *err)
{
	const struct said said = {page->provider, page->category, page->request};
	struct guessed guessed;
	JSON_DOC *doc = NULL;
	bool clean;
	if (open_body(parse, page, &doc, &clean, err))
		return -1;
	yyjson_val *root = yyjson_doc_get_root(doc);
	if (guess_mapping(&said, root, &guessed, err) || envelope_check(guessed.provider, -1, root, err))
		return -1;
	page->provider = span_of(guessed.provider->name);
	page->category = span_of(category_name(guessed.mapping->category));
	page->request = span_of(guessed.mapping->request);
	page->count = entries_count(guessed.mapping, root) - page->skip;
	return 0;
}
