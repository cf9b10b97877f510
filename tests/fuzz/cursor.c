/* Cursors as Redis and the ledger give them back. Input: the text. Holds: what is taken is written as the same cursor. */
#include "tests/fuzz/fuzz.h"

#include "fetcher/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_exact(fuzz_input(data, size));
	struct cursor cursor, again;
	char text[CURSOR_TEXT], twice[CURSOR_TEXT];
	if (cursor_parse(input, &cursor)) {
		cursor_text(&cursor, text);
		assert(cursor_parse(span_of(text), &again));
		assert(strcmp(text, cursor_text(&again, twice)) == 0);
		assert(cursor.offset == again.offset && cursor.page == again.page && cursor.ended == again.ended);
		assert(strcmp(cursor.fence, again.fence) == 0 && strcmp(cursor.last_id, again.last_id) == 0);
	}
	free((void *)(uintptr_t)input.at);
	return 0;
}
