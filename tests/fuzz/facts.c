/* What the walk learns from a page. Input: provider, request, skipped items, two bytes of offset; the body. Holds: the fetcher
 * counts what the parser will count, ids are text that a cursor can hold, and a list that goes on goes forward. */
#include "tests/fuzz/fuzz.h"

#include "fetcher/cursor.h"
#include "fetcher/page.h"
#include "parser/entries.h"
#include "tests/fuzz/requests.h"

static void check_facts(const struct provider *provider, const struct request *request, yyjson_val *root,
                        const struct page_facts *facts)
{
	const struct mapping *mapping = mapping_find(mappings_find(span_of(provider->name)), span_of(request->name));
	assert(!mapping || entries_count(mapping, root) == facts->entries);
	assert(facts->entries >= 0 && facts->counted >= 0 && facts->announced >= -1 && facts->total >= -1);
	assert(facts->counted <= facts->entries * LIMIT_ANNOUNCED && facts->next_offset >= -1);
	fuzz_check_text(span_of(facts->first_id), LIMIT_ID);
	fuzz_check_text(span_of(facts->last_id), LIMIT_ID);
	fuzz_check_text(span_of(facts->after), LIMIT_ID);
}

/* What was learned goes into a cursor and comes back. */
static void check_cursor(const struct page_facts *facts)
{
	struct cursor cursor = {.received = facts->entries}, again;
	char text[CURSOR_TEXT];
	snprintf(cursor.last_id, sizeof cursor.last_id, "%s", facts->last_id);
	assert(cursor_parse(span_of(cursor_text(&cursor, text)), &again));
	assert(strcmp(again.last_id, cursor.last_id) == 0 && again.received == cursor.received);
}

static void check_ids(const struct request *request, yyjson_val *root, int64_t skip, const struct page_facts *facts)
{
	struct arena arena;
	const char **ids;
	size_t count;
	struct err err = {0};
	arena_init(&arena, 4 * 1024 * 1024);
	if (page_ids(request, root, skip, NULL, &arena, &ids, &count, &err)) {
		fuzz_check_err(&err);
	} else {
		assert((int64_t)count <= (facts->entries > skip ? facts->entries - skip : 0));
		for (size_t i = 0; i < count; i++)
			assert(text_valid(span_of(ids[i])) && strlen(ids[i]) <= LIMIT_ID);
	}
	assert(arena.used_bytes <= arena.max_bytes);
	arena_done(&arena);
}

/* A page that comes once more overlaps itself, with all that is remembered of it. */
static void check_known_again(const struct request *request, yyjson_val *root, const struct page_facts *facts)
{
	struct page_items items;
	page_remember(request, root, &items);
	assert(page_overlap(request, root, &items, INT64_MAX) == (int64_t)items.count);
	int64_t place = page_place(request, root, facts->last_id);
	assert(place <= facts->entries && (place > 0) == (*facts->last_id != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	const struct provider *provider = requests_provider(fuzz_byte(&input));
	const struct request *request = requests_of(provider, fuzz_byte(&input));
	int64_t skip = fuzz_byte(&input) % 4, offset = fuzz_byte(&input) * 256 + fuzz_byte(&input);
	struct span body = fuzz_exact(input);
	struct page_facts facts;
	struct buf scratch;
	yyjson_doc *doc = NULL;
	struct err err = {0};
	bool clean;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	if (request->list && json_read_loose(body, &scratch, &doc, &clean, &err) == 0) {
		yyjson_val *root = yyjson_doc_get_root(doc);
		if (page_read(request, root, &facts, &err)) {
			fuzz_check_err(&err);
		} else {
			page_goes_on(request, offset, 50, &facts);
			check_facts(provider, request, root, &facts);
			assert(request->paging != PAGING_TOTAL || !facts.entries || facts.next_offset > offset);
			check_cursor(&facts);
			check_ids(request, root, skip, &facts);
			check_known_again(request, root, &facts);
		}
	}
	yyjson_doc_free(doc);
	buf_done(&scratch);
	free((void *)(uintptr_t)body.at);
	return 0;
}
