/* What stands in account.secret once it is unsealed. Input: the provider, then JSON. Holds: what is taken is written as the
 * same again, and no error quotes a value. */
#include "tests/fuzz/fuzz.h"

#include "common/buf.h"
#include "fetcher/credentials.h"

#define CANARY "c4nary"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const providers[] = {"spotify", "applemusic", "jellyfin"};
	struct span input = fuzz_input(data, size);
	const char *provider = providers[fuzz_byte(&input) % COUNT_OF(providers)];
	struct credentials credentials, again;
	char secret[LIMIT_SECRET + 1], text[LIMIT_SECRET + 1], key[CREDENTIALS_THROTTLE] = "as it was";
	struct err err = {0};
	if (!span_copy(input, secret, sizeof secret))
		return 0;
	if (credentials_parse(provider, secret, &credentials, &err)) {
		assert(err.class == ERR_CONFIG && *err.text && !strstr(err.text, CANARY));
	} else if (credentials_text(&credentials, text, &err) == 0) {
		assert(credentials_parse(provider, text, &again, &err) == 0);
		assert(strcmp(credentials.access_token, again.access_token) == 0);
		assert(strcmp(credentials.private_key, again.private_key) == 0);
		assert(credentials.expires_at == again.expires_at);
		fuzz_check_text(span_of(credentials_throttle_key(provider, &credentials, key)), sizeof key - 1);
	}
	return 0;
}
