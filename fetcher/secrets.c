/* Each secret in each form, looked for by its first characters. */
#include "fetcher/secrets.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "common/vault.h"
#include "fetcher/provider.h"

enum {
	LEAST = 4,  /* characters of a secret */
	TELLING = 8 /* of its beginning, by which it is found */
};

/* Hexadecimal digits are written in small letters or in large ones. */
enum digits { NO_DIGITS, DIGITS_BEHIND_PERCENT, ALL_DIGITS };

static bool is_digit(const char *form, size_t at, enum digits digits)
{
	return digits == ALL_DIGITS ||
	       (digits == DIGITS_BEHIND_PERCENT && ((at >= 1 && form[at - 1] == '%') || (at >= 2 && form[at - 2] == '%')));
}

static size_t common_length(const char *text, const char *form, enum digits digits)
{
	size_t len = 0;
	while (text[len] &&
	       (text[len] == form[len] ||
	        (is_digit(form, len, digits) && tolower((unsigned char)text[len]) == tolower((unsigned char)form[len]))))
		len++;
	return len;
}

static void cover(char *text, const char *form, enum digits digits)
{
	size_t len = strlen(form), least = len < TELLING ? len : TELLING;
	for (; len >= LEAST && *text; text++) {
		size_t same = common_length(text, form, digits);
		if (same >= least)
			memset(text, '*', same);
	}
}

/* Only what finds it is needed of a form: its beginning, which stays so whatever follows. */
static void cover_encoded(char *text, const char *secret)
{
	struct buf form;
	buf_init(&form, 3 * LIMIT_SECRET + 1);
	provider_escape(&form, span_of(secret));
	if (buf_ok(&form))
		cover(text, buf_text(&form), DIGITS_BEHIND_PERCENT);
	buf_reset(&form, SIZE_MAX);
	for (const char *at = secret; *at; at++)
		buf_printf(&form, "%02x", (unsigned char)*at);
	if (buf_ok(&form))
		cover(text, buf_text(&form), ALL_DIGITS);
	if (form.at)
		vault_wipe(form.at, form.cap);
	buf_done(&form);
}

static void cover_pair(char *text, const struct credentials *credentials)
{
	char pair[2 * CREDENTIALS_ID + 2];
	unsigned char form[4 * sizeof pair / 3 + 4];
	if (*credentials->client_secret) {
		int len = snprintf(pair, sizeof pair, "%s:%s", credentials->client_id, credentials->client_secret);
		EVP_EncodeBlock(form, (const unsigned char *)pair, len);
		cover(text, (const char *)form, NO_DIGITS);
		vault_wipe(pair, sizeof pair);
		vault_wipe(form, sizeof form);
	}
}

static void hide(char *text, const char *secret)
{
	cover(text, secret, NO_DIGITS);
	cover_encoded(text, secret);
}

void secrets_hide(char *text, const struct account *account, const struct credentials *credentials)
{
	if (account && !credentials)
		hide(text, account->secret);
	if (!credentials)
		return;
	const char *const secrets[] = {credentials->client_secret, credentials->refresh_token, credentials->access_token,
	                               credentials->developer_token, credentials->user_token};
	for (size_t i = 0; i < COUNT_OF(secrets); i++)
		hide(text, secrets[i]);
	cover_pair(text, credentials);
}
