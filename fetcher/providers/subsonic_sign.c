/* The three ways into a Subsonic server. */
#include "fetcher/providers/subsonic_sign.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/random.h>

enum sign_mode { SIGN_API_KEY, SIGN_TOKEN, SIGN_PASSWORD };

int subsonic_first_sign_mode(const struct account *account)
{
	if (strcmp(account->auth, "apikey") == 0)
		return SIGN_API_KEY;
	return strcmp(account->auth, "password") == 0 ? SIGN_PASSWORD : SIGN_TOKEN;
}

int subsonic_next_sign_mode(const struct account *account, int mode)
{
	return mode == SIGN_TOKEN && strcmp(account->auth, "auto") == 0 ? SIGN_PASSWORD : -1;
}

static void add_hex(struct buf *out, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "%02x", bytes[i]);
}

/* t = md5(password + salt), a new salt for every request. MD5 is the protocol's choice. */
static void sign_token(const struct account *account, struct buf *query)
{
	unsigned char salt[8], digest[EVP_MAX_MD_SIZE];
	char salt_text[2 * sizeof salt + 1];
	unsigned len = 0;
	if (getrandom(salt, sizeof salt, 0) != sizeof salt)
		memset(salt, 0x5a, sizeof salt); /* a poor salt still signs; the secret is not in it */
	for (size_t i = 0; i < sizeof salt; i++)
		snprintf(salt_text + 2 * i, 3, "%02x", salt[i]);
	EVP_MD_CTX *md5 = EVP_MD_CTX_new();
	EVP_DigestInit_ex(md5, EVP_md5(), NULL);
	EVP_DigestUpdate(md5, account->secret, strlen(account->secret));
	EVP_DigestUpdate(md5, salt_text, strlen(salt_text));
	EVP_DigestFinal_ex(md5, digest, &len);
	EVP_MD_CTX_free(md5);
	buf_printf(query, "&s=%s&t=", salt_text);
	add_hex(query, digest, len);
}

void subsonic_sign(const struct session *session, struct signature *signature)
{
	struct buf *query = &signature->query;
	const struct account *account = session->account;
	assert(account);
	buf_add_text(query, "v=1.16.1&c=syncline&f=json");
	if (session->sign_mode == SIGN_API_KEY) {
		buf_add_text(query, "&apiKey="); /* and no u: error 43 otherwise */
		provider_escape(query, span_of(account->secret));
		return;
	}
	buf_add_text(query, "&u=");
	provider_escape(query, span_of(account->username));
	if (session->sign_mode == SIGN_TOKEN) {
		sign_token(account, query);
		return;
	}
	buf_add_text(query, "&p=enc:");
	add_hex(query, (const unsigned char *)account->secret, strlen(account->secret));
}
