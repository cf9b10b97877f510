/* Saved answers of which nobody says what they are (syncline parse). Input: what is said, then the body. Holds: a guess is a
 * request there is, and the page can then be parsed with its own count; otherwise the text says why. */
#include "tests/fuzz/fuzz.h"

#include "parser/parse.h"
#include "parser/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const providers[] = {NULL, "opensubsonic", "spotify", "applemusic", "jellyfin", "other"};
	static const char *const categories[] = {NULL, "artists", "albums", "tracks", "playlists", "moods"};
	static struct parse *parse;
	struct span input = fuzz_input(data, size);
	struct parsed parsed;
	struct err err = {0};
	if (!parse)
		assert(parse_open(&parse, &err) == 0);
	unsigned said = fuzz_byte(&input);
	struct span body = fuzz_exact(input);
	struct raw_page page = {
		.provider = span_of(providers[said % COUNT_OF(providers)]),
		.category = span_of(categories[said / COUNT_OF(providers) % COUNT_OF(categories)]),
		.body = body,
	};
	if (parse_guess(parse, &page, &err)) {
		fuzz_check_err(&err);
	} else {
		const struct provider_mappings *provider = mappings_find(page.provider);
		assert(provider && mapping_find(provider, page.request) && page.count >= 0);
		assert(parse_page(parse, &page, &parsed, &err) == 0);
		assert(parsed.received == page.count && parsed.received == parsed.stored + parsed.rejected);
		assert(parsed.reject_count == 0 || parsed.rejects[0].position >= 0);
	}
	free((void *)(uintptr_t)body.at);
	return 0;
}
