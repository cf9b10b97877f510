/* PKCE with S256, and the redirect's parameters. */
#include "ctl/authorize.h"

#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/random.h>

#include "common/text.h"
#include "common/vault.h"
#include "fetcher/oauth.h"
#include "fetcher/provider.h"

enum { URL_SAFE = sodium_base64_VARIANT_URLSAFE_NO_PADDING, PARAMETER = 1024 };

const char *authorize_loopback(int64_t port, char uri[AUTHORIZE_REDIRECT])
{
	snprintf(uri, AUTHORIZE_REDIRECT, "http://127.0.0.1:%lld/callback", (long long)port);
	return uri;
}

int authorize_begin(const char *redirect_uri, struct authorize *ret, struct err *err)
{
	unsigned char random[64];
	if (!span_copy(span_of(redirect_uri), ret->redirect_uri, sizeof ret->redirect_uri))
		return err_set(err, ERR_CONFIG, 0, "the redirect URI is longer than %zu bytes", sizeof ret->redirect_uri - 1);
	if (getrandom(random, sizeof random, 0) != sizeof random)
		return err_set(err, ERR_FATAL, 0, "the system gives no random numbers");
	sodium_bin2base64(ret->verifier, sizeof ret->verifier, random, 48, URL_SAFE);
	sodium_bin2hex(ret->state, sizeof ret->state, random + 48, 16);
	vault_wipe(random, sizeof random);
	return 0;
}

void authorize_wipe(struct authorize *authorize)
{
	vault_wipe(authorize, sizeof *authorize);
}

static void add_parameter(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "&%s=", name);
	provider_escape(out, span_of(value));
}

const char *authorize_url(const struct authorize *authorize, const char *account_url, const char *client_id,
                          const char *scopes, char url[AUTHORIZE_URL])
{
	char base[OAUTH_URL], challenge[48];
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct buf out;
	SHA256((const unsigned char *)authorize->verifier, strlen(authorize->verifier), digest);
	sodium_bin2base64(challenge, sizeof challenge, digest, sizeof digest, URL_SAFE);
	buf_init(&out, AUTHORIZE_URL - 1);
	buf_printf(&out, "%s?response_type=code", oauth_authorize_url(account_url, base));
	add_parameter(&out, "client_id", client_id);
	add_parameter(&out, "scope", scopes);
	add_parameter(&out, "redirect_uri", authorize->redirect_uri);
	add_parameter(&out, "state", authorize->state);
	add_parameter(&out, "code_challenge_method", "S256");
	add_parameter(&out, "code_challenge", challenge);
	snprintf(url, AUTHORIZE_URL, "%s", buf_text(&out));
	buf_done(&out);
	return url;
}

/* ---- the redirect ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Of a form: percent-encoding, and "+" for a space. false: too long, broken, or with a NUL in it. */
static bool unescape(struct span text, char *to, size_t size)
{
	size_t used = 0;
	for (size_t i = 0; i < text.len; i++) {
		int byte = (unsigned char)text.at[i];
		if (byte == '%') {
			int high = i + 2 < text.len ? hex_digit(text.at[i + 1]) : -1;
			int low = i + 2 < text.len ? hex_digit(text.at[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			byte = high << 4 | low;
			i += 2;
		} else if (byte == '+') {
			byte = ' ';
		}
		if (byte == 0 || used + 1 >= size)
			return false;
		to[used++] = (char)byte;
	}
	to[used] = '\0';
	return true;
}

/* The parameter's value; false: absent or not readable. */
static bool find(struct span query, const char *name, char value[PARAMETER + 1])
{
	size_t len = strlen(name);
	while (query.len) {
		const char *end = memchr(query.at, '&', query.len);
		struct span part = {query.at, end ? (size_t)(end - query.at) : query.len};
		if (part.len > len && memcmp(part.at, name, len) == 0 && part.at[len] == '=')
			return unescape((struct span){part.at + len + 1, part.len - len - 1}, value, PARAMETER + 1);
		size_t skip = part.len + (end != NULL);
		query = (struct span){query.at + skip, query.len - skip};
	}
	return false;
}

/* What stands between "?" and "#", of an address that was pasted with what people paste around it. */
static struct span query_of(struct span redirect)
{
	while (redirect.len && strchr(" \t\r\n\"'<>", redirect.at[redirect.len - 1]))
		redirect.len--;
	const char *mark = redirect.len ? memchr(redirect.at, '?', redirect.len) : NULL;
	if (mark) {
		redirect.len -= (size_t)(mark + 1 - redirect.at);
		redirect.at = mark + 1;
	}
	const char *end = redirect.len ? memchr(redirect.at, '#', redirect.len) : NULL;
	if (end)
		redirect.len = (size_t)(end - redirect.at);
	return redirect;
}

static bool is_ours(const struct authorize *authorize, const char *state)
{
	return strlen(state) == strlen(authorize->state) &&
	       sodium_memcmp(state, authorize->state, strlen(authorize->state)) == 0;
}

int authorize_read(const struct authorize *authorize, struct span redirect, char code[AUTHORIZE_CODE + 1],
                   struct err *err)
{
	char state[PARAMETER + 1], value[PARAMETER + 1];
	struct span query = query_of(redirect);
	if (!find(query, "state", state))
		return err_set(err, ERR_REJECT, 0, "that is not the address a sign-in ends at (it has no state)");
	if (!is_ours(authorize, state))
		return err_set(err, ERR_REJECT, 0, "that is the answer to another sign-in than this one");
	if (find(query, "error", value)) {
		text_mend(value, 100);
		return strcmp(value, "access_denied") == 0
		           ? err_set(err, ERR_CONFIG, 0, "the sign-in was refused: the question was answered with Cancel")
		           : err_set(err, ERR_CONFIG, 0, "the provider refused the sign-in: %s", value);
	}
	if (!find(query, "code", value) || !*value)
		return err_set(err, ERR_REJECT, 0, "that address has no code in it");
	memcpy(code, value, AUTHORIZE_CODE + 1);
	vault_wipe(value, sizeof value);
	return 0;
}
