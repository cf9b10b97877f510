/* With libsodium. */
#include "console/webhook_signature.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

static const char prefix[] = "whsec_";
/* What receivers may have chosen themselves, by the standard. */
enum { KEY_MIN = 24, KEY_MAX = 64 };

void webhook_secret_new(char secret[WEBHOOK_SECRET])
{
	unsigned char key[WEBHOOK_SECRET_BYTES];
	randombytes_buf(key, sizeof key);
	memcpy(secret, prefix, sizeof prefix);
	sodium_bin2base64(secret + sizeof prefix - 1, WEBHOOK_SECRET - sizeof prefix + 1, key, sizeof key,
	                  sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(key, sizeof key);
}

static bool read_secret(const char *secret, unsigned char key[KEY_MAX], size_t *len)
{
	const char *text = secret + sizeof prefix - 1;
	return strncmp(secret, prefix, sizeof prefix - 1) == 0 &&
	       sodium_base642bin(key, KEY_MAX, text, strlen(text), NULL, len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       *len >= KEY_MIN;
}

int webhook_sign(const char *secret, const char *message_id, int64_t timestamp_s, struct span body,
                 char signature[WEBHOOK_SIGNATURE], struct err *err)
{
	unsigned char key[KEY_MAX], digest[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	char head[256];
	size_t len = 0;
	assert(!strchr(message_id, '.'));
	if (!read_secret(secret, key, &len))
		return err_set(err, ERR_FATAL, 0, "a webhook's secret is not \"%s\" with %d to %d bytes in base64", prefix,
		               KEY_MIN, KEY_MAX);
	int used = snprintf(head, sizeof head, "%s.%" PRId64 ".", message_id, timestamp_s);
	assert(used > 0 && (size_t)used < sizeof head);
	crypto_auth_hmacsha256_init(&state, key, len);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)head, (unsigned long long)used);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.at, body.len);
	crypto_auth_hmacsha256_final(&state, digest);
	memcpy(signature, "v1,", 4);
	sodium_bin2base64(signature + 3, WEBHOOK_SIGNATURE - 3, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&state, sizeof state);
	return 0;
}
