/* JWT with OpenSSL 3, which signs in DER: a JWT wants the two numbers as they are, 32 bytes each. */
#include "fetcher/apple_token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "common/json.h"
#include "common/vault.h"

enum { LIFE_S = 3600, RENEW_PERCENT = 80, NUMBER = 32, DER_MAX = 80, CLAIMS_MAX = 1536 };

static const char not_a_key[] =
	"the private key is no P-256 key in PEM as Apple gives it (AuthKey_KEYID.p8, which begins "
	"with -----BEGIN PRIVATE KEY-----)";

void apple_token_wipe(struct apple_token *token)
{
	vault_wipe(token, sizeof *token);
}

/* ---- signing ---- */

/* Instead of OpenSSL's own, which would ask on the terminal. */
static int no_password(char *to, int size, int writing, void *context)
{
	(void)to, (void)size, (void)writing, (void)context;
	return -1;
}

static EVP_PKEY *read_key(const char *pem)
{
	char group[32] = "";
	size_t len = 0;
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	if (key && EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &len) == 1 &&
	    strcmp(group, "prime256v1") == 0)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static bool sign_der(EVP_PKEY *key, struct span text, unsigned char der[DER_MAX], size_t *len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	*len = DER_MAX;
	bool made = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	            EVP_DigestSign(context, der, len, (const unsigned char *)text.at, text.len) == 1;
	EVP_MD_CTX_free(context);
	return made;
}

static bool sign(EVP_PKEY *key, struct span text, unsigned char raw[2 * NUMBER])
{
	unsigned char der[DER_MAX];
	const unsigned char *at = der;
	size_t len;
	if (!sign_der(key, text, der, &len))
		return false;
	ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)len);
	bool made = numbers && BN_bn2binpad(ECDSA_SIG_get0_r(numbers), raw, NUMBER) == NUMBER &&
	            BN_bn2binpad(ECDSA_SIG_get0_s(numbers), raw + NUMBER, NUMBER) == NUMBER;
	ECDSA_SIG_free(numbers);
	return made;
}

static size_t add_base64(char *text, size_t used, size_t size, const void *bytes, size_t len)
{
	enum { URL_SAFE = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
	if (used + sodium_base64_encoded_len(len, URL_SAFE) > size)
		return size;
	sodium_bin2base64(text + used, size - used, bytes, len, URL_SAFE);
	return used + strlen(text + used);
}

/* Team and key ids are visible ASCII; only quotes and backslashes would need more. */
static bool is_plain(const char *text)
{
	return strpbrk(text, "\"\\") == NULL;
}

static bool write_token(const struct credentials *credentials, EVP_PKEY *key, int64_t now_s, char *text, size_t size)
{
	char header[2 * CREDENTIALS_ID], claims[2 * CREDENTIALS_ID];
	unsigned char raw[2 * NUMBER];
	int header_len = snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", credentials->key_id);
	int claims_len = snprintf(claims, sizeof claims, "{\"iss\":\"%s\",\"iat\":%lld,\"exp\":%lld}", credentials->team_id,
	                          (long long)now_s, (long long)now_s + LIFE_S);
	size_t used = add_base64(text, 0, size, header, (size_t)header_len);
	if (used + 1 < size)
		text[used++] = '.';
	used = add_base64(text, used, size, claims, (size_t)claims_len);
	if (used + 1 >= size || !sign(key, (struct span){text, used}, raw))
		return false;
	text[used++] = '.';
	return add_base64(text, used, size, raw, sizeof raw) < size;
}

static int make(const struct credentials *credentials, int64_t now_wall_ms, struct apple_token *token, struct err *err)
{
	EVP_PKEY *key = read_key(credentials->private_key);
	if (!key)
		return err_set(err, ERR_CONFIG, 0, "%s", not_a_key);
	struct apple_token made = {.expires_at = now_wall_ms + 1000LL * LIFE_S,
	                           .renew_at = now_wall_ms + 10LL * LIFE_S * RENEW_PERCENT};
	bool written = is_plain(credentials->key_id) && is_plain(credentials->team_id) &&
	               write_token(credentials, key, now_wall_ms / 1000, made.text, sizeof made.text);
	EVP_PKEY_free(key);
	if (!written)
		return err_set(err, ERR_CONFIG, 0,
		               "Apple's developer token cannot be signed with this key, team id and key id");
	*token = made;
	apple_token_wipe(&made);
	return 0;
}

/* ---- a token that was given ---- */

bool apple_token_expiry(const char *text, int64_t *at_ms)
{
	unsigned char claims[CLAIMS_MAX];
	size_t len = 0;
	int64_t seconds = 0;
	const char *first = strchr(text, '.'), *second = first ? strchr(first + 1, '.') : NULL;
	if (!second || sodium_base642bin(claims, sizeof claims, first + 1, (size_t)(second - first - 1), NULL, &len, NULL,
	                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING))
		return false;
	yyjson_doc *doc = yyjson_read((const char *)claims, len, 0);
	yyjson_val *root = yyjson_doc_get_root(doc);
	bool is_jwt = yyjson_is_obj(root);
	if (is_jwt && json_int(yyjson_obj_get(root, "exp"), &seconds) && seconds > 0 && seconds < INT64_MAX / 1000)
		*at_ms = 1000 * seconds;
	else if (is_jwt)
		*at_ms = 0;
	yyjson_doc_free(doc);
	return is_jwt;
}

static int take_given(const struct credentials *credentials, int64_t now_wall_ms, struct apple_token *token,
                      struct err *err)
{
	int64_t at_ms = 0;
	if (!apple_token_expiry(credentials->developer_token, &at_ms))
		return err_set(err, ERR_CONFIG, 0, "Apple's developer token is no JWT (three parts with a dot between)");
	if (at_ms && at_ms <= now_wall_ms)
		return err_set(err, ERR_CONFIG, 0,
		               "Apple's developer token has expired; give a new one, or the key that signs them, with: "
		               "syncline account login");
	*token = (struct apple_token){.expires_at = at_ms, .renew_at = at_ms ? at_ms : INT64_MAX};
	memcpy(token->text, credentials->developer_token, sizeof token->text);
	return 0;
}

int apple_token_get(const struct credentials *credentials, int64_t now_wall_ms, struct apple_token *token,
                    struct err *err)
{
	if (*token->text && now_wall_ms < token->renew_at)
		return 0;
	if (*credentials->developer_token)
		return take_given(credentials, now_wall_ms, token, err);
	return make(credentials, now_wall_ms, token, err);
}
