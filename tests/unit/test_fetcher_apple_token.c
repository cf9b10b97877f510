/* Goal: Apple takes our developer token: an ES256 JWT with raw numbers, an hour long, made again in time; and people hear
 * in advance when a sign-in ends. Method: keys made here, signatures verified with the public half, JWTs taken apart. */
#include "unit.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "fetcher/apple_token.h"
#include "fetcher/expiry.h"

static const int64_t now = 1795000000123, hour = 3600000, day = 24LL * 3600000;
static EVP_PKEY *key;
static struct credentials credentials;

static void write_pem(EVP_PKEY *from, char *pem, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, from, NULL, NULL, 0, NULL, NULL), 1);
	int len = BIO_read(bio, pem, (int)size - 1);
	assert_true(len > 0);
	pem[len] = '\0';
	BIO_free(bio);
}

static int make_key(void **state)
{
	(void)state;
	key = EVP_EC_gen("P-256");
	credentials = (struct credentials){.team_id = "TEAM123456", .key_id = "KEY1234567"};
	write_pem(key, credentials.private_key, sizeof credentials.private_key);
	return key ? 0 : -1;
}

static int free_key(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

/* base64url, by hand: the code under test must not judge itself. */
static size_t decode(struct span text, unsigned char *bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0, count = 0;
	size_t used = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *letter = memchr(letters, text.at[i], 64);
		assert_non_null(letter);
		bits = bits << 6 | (unsigned)(letter - letters);
		count += 6;
		if (count >= 8) {
			count -= 8;
			bytes[used++] = (unsigned char)(bits >> count);
		}
	}
	bytes[used] = '\0';
	return used;
}

struct parts {
	struct span signed_text;
	char header[512], claims[512];
	unsigned char signature[256];
	size_t signature_len;
};

static struct parts take_apart(const char *text)
{
	struct parts parts;
	const char *first = strchr(text, '.'), *second = strchr(first + 1, '.');
	decode((struct span){text, (size_t)(first - text)}, (unsigned char *)parts.header);
	decode((struct span){first + 1, (size_t)(second - first - 1)}, (unsigned char *)parts.claims);
	parts.signature_len = decode(span_of(second + 1), parts.signature);
	parts.signed_text = (struct span){text, (size_t)(second - text)};
	return parts;
}

static bool verifies(const struct parts *parts)
{
	unsigned char der[128], *at = der;
	ECDSA_SIG *numbers = ECDSA_SIG_new();
	ECDSA_SIG_set0(numbers, BN_bin2bn(parts->signature, 32, NULL), BN_bin2bn(parts->signature + 32, 32, NULL));
	int len = i2d_ECDSA_SIG(numbers, &at);
	ECDSA_SIG_free(numbers);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	            EVP_DigestVerify(context, der, (size_t)len, (const unsigned char *)parts->signed_text.at,
	                             parts->signed_text.len) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

static void a_signed_token_names_team_and_key_and_lives_an_hour(void **state)
{
	(void)state;
	struct apple_token token = {0};
	struct err err;
	assert_int_equal(apple_token_get(&credentials, now, &token, &err), 0);
	struct parts parts = take_apart(token.text);
	assert_string_equal(parts.header, "{\"alg\":\"ES256\",\"kid\":\"KEY1234567\"}");
	assert_string_equal(parts.claims, "{\"iss\":\"TEAM123456\",\"iat\":1795000000,\"exp\":1795003600}");
	assert_true(token.expires_at == now + hour);
}

/* Many, because a number with leading zeros (one signature in 128) is where raw and DER part. */
static void signatures_are_two_raw_numbers_and_hold_under_the_public_key(void **state)
{
	(void)state;
	struct err err;
	for (int i = 0; i < 600; i++) {
		struct apple_token token = {0};
		assert_int_equal(apple_token_get(&credentials, now, &token, &err), 0);
		struct parts parts = take_apart(token.text);
		assert_int_equal(parts.signature_len, 64); /* DER has 70 to 72 and begins with 0x30 */
		assert_true(verifies(&parts));
		assert_null(strpbrk(token.text, "+/="));
	}
}

static void a_token_is_kept_until_four_fifths_of_its_life(void **state)
{
	(void)state;
	struct apple_token token = {0};
	struct err err;
	char first[sizeof token.text];
	assert_int_equal(apple_token_get(&credentials, now, &token, &err), 0);
	memcpy(first, token.text, sizeof first);
	assert_int_equal(apple_token_get(&credentials, now + hour * 8 / 10 - 1, &token, &err), 0);
	assert_string_equal(token.text, first);
	assert_int_equal(apple_token_get(&credentials, now + hour * 8 / 10, &token, &err), 0);
	assert_string_not_equal(token.text, first);
	assert_true(token.expires_at == now + hour * 8 / 10 + hour);
}

static void refuses_key(const char *pem)
{
	struct credentials other = {.team_id = "T", .key_id = "K"};
	struct apple_token token = {0};
	struct err err;
	snprintf(other.private_key, sizeof other.private_key, "%s", pem);
	assert_int_equal(apple_token_get(&other, now, &token, &err), -1);
	assert_err(&err, ERR_CONFIG, "no P-256 key in PEM");
	assert_null(strstr(err.text, "MIG"));
	assert_string_equal(token.text, "");
}

static void only_a_p256_key_in_pem_signs(void **state)
{
	(void)state;
	char pem[CREDENTIALS_KEY + 1];
	EVP_PKEY *wide = EVP_EC_gen("P-384");
	write_pem(wide, pem, sizeof pem);
	EVP_PKEY_free(wide);
	refuses_key(pem);
	EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	write_pem(other, pem, sizeof pem);
	EVP_PKEY_free(other);
	refuses_key(pem);
	refuses_key("canary");
	refuses_key("-----BEGIN PRIVATE KEY-----\nMIGcanary\n-----END PRIVATE KEY-----\n");
	refuses_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGcanary\n-----END ENCRYPTED PRIVATE KEY-----\n");
}

static void ids_cannot_break_out_of_the_claims(void **state)
{
	(void)state;
	struct credentials other = credentials;
	struct apple_token token = {0};
	struct err err;
	snprintf(other.team_id, sizeof other.team_id, "T\",\"exp\":9");
	assert_int_equal(apple_token_get(&other, now, &token, &err), -1);
	assert_err(&err, ERR_CONFIG, "cannot be signed");
}

/* {"alg":"ES256"} . {"exp":1795003600} . x */
#define GIVEN "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjE3OTUwMDM2MDB9.eA"

static void a_given_token_is_sent_as_it_is_until_its_own_end(void **state)
{
	(void)state;
	struct credentials given = {.developer_token = GIVEN};
	struct apple_token token = {0};
	struct err err;
	assert_int_equal(apple_token_get(&given, now, &token, &err), 0);
	assert_string_equal(token.text, GIVEN);
	assert_true(token.expires_at == 1795003600000);
	assert_int_equal(apple_token_get(&given, 1795003600000, &token, &err), -1);
	assert_err(&err, ERR_CONFIG, "has expired");
}

static void a_given_token_without_an_end_is_taken_and_a_word_is_not(void **state)
{
	(void)state;
	struct credentials given = {.developer_token = "e30.e30.x"}; /* {} */
	struct apple_token token = {0};
	struct err err;
	assert_int_equal(apple_token_get(&given, now, &token, &err), 0);
	assert_int_equal(token.expires_at, 0);
	static const char *const words[] = {"canary", "a.b", "a.!!.c", "a..c", "e30.W10.x"}; /* the last: [] */
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct credentials other = {0};
		token = (struct apple_token){0};
		snprintf(other.developer_token, sizeof other.developer_token, "%s", words[i]);
		assert_int_equal(apple_token_get(&other, now, &token, &err), -1);
		assert_err(&err, ERR_CONFIG, "no JWT");
		assert_null(strstr(err.text, "canary"));
	}
}

/* ---- when a sign-in ends ---- */

static void spotify_ends_half_a_year_after_the_sign_in_whatever_was_refreshed(void **state)
{
	(void)state;
	struct credentials spotify = {.authorized_at = now, .expires_at = now + hour};
	struct expiry expiry;
	assert_true(expiry_find("spotify", &spotify, &expiry));
	assert_true(expiry.at_ms == now + 181 * day);
	assert_string_equal(expiry.what, "the sign-in at Spotify");
}

static void of_apples_two_tokens_the_one_that_ends_first_is_told(void **state)
{
	(void)state;
	struct credentials apple = {.user_token_at = now, .developer_token = GIVEN};
	struct expiry expiry;
	assert_true(expiry_find("applemusic", &apple, &expiry));
	assert_string_equal(expiry.what, "Apple's developer token");
	assert_true(expiry.at_ms == 1795003600000 && !expiry.about);
	apple.developer_token[0] = '\0';
	assert_true(expiry_find("applemusic", &apple, &expiry));
	assert_string_equal(expiry.what, "Apple's user token");
	assert_true(expiry.at_ms == now + 180 * day && expiry.about);
}

static void what_tells_no_end_has_none(void **state)
{
	(void)state;
	struct credentials nothing = {.client_id = "c"};
	struct expiry expiry;
	assert_false(expiry_find("spotify", &nothing, &expiry));
	assert_false(expiry_find("applemusic", &nothing, &expiry));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_token_names_team_and_key_and_lives_an_hour),
		cmocka_unit_test(signatures_are_two_raw_numbers_and_hold_under_the_public_key),
		cmocka_unit_test(a_token_is_kept_until_four_fifths_of_its_life),
		cmocka_unit_test(only_a_p256_key_in_pem_signs),
		cmocka_unit_test(ids_cannot_break_out_of_the_claims),
		cmocka_unit_test(a_given_token_is_sent_as_it_is_until_its_own_end),
		cmocka_unit_test(a_given_token_without_an_end_is_taken_and_a_word_is_not),
		cmocka_unit_test(spotify_ends_half_a_year_after_the_sign_in_whatever_was_refreshed),
		cmocka_unit_test(of_apples_two_tokens_the_one_that_ends_first_is_told),
		cmocka_unit_test(what_tells_no_end_has_none),
	};
	return cmocka_run_group_tests(tests, make_key, free_key);
}
