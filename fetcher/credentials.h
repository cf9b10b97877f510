/* The credentials of an account at a provider that wants more than a password: what stands in account.secret, and which
 * of it each provider needs.
 *
 * At rest they are one JSON object, sealed (common/vault.h); in clear they exist only in struct credentials and in the
 * text it is made from, for as long as they are used, and both are wiped by whoever holds them. No error text quotes a
 * value. Pure: no clock, no network. */
#ifndef SYNCLINE_FETCHER_CREDENTIALS_H
#define SYNCLINE_FETCHER_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "common/limits.h"
#include "common/span.h"

/* Longest values. Spotify's tokens have 130 to 400 characters, Apple's user token about 400, a signed JWT 300; all of an
 * account's together must fit LIMIT_SECRET as JSON. */
enum {
	CREDENTIALS_ID = 128,
	CREDENTIALS_KEY = 1024, /* a P-256 key in PEM has 260 */
	CREDENTIALS_TOKEN = 2048,
	CREDENTIALS_SCOPE = 512,
};

/* "" and 0: not there. Moments in ms since 1970. */
struct credentials {
	/* Spotify: an app's id, what the user's sign-in gave, and the access token that was made of it last. A client secret
	 * only where the app has one and the account was added with it. */
	char client_id[CREDENTIALS_ID + 1], client_secret[CREDENTIALS_ID + 1];
	char refresh_token[CREDENTIALS_TOKEN + 1], access_token[CREDENTIALS_TOKEN + 1];
	char scope[CREDENTIALS_SCOPE + 1]; /* granted, words with a space between */
	int64_t expires_at;                /* of the access token */
	int64_t authorized_at;             /* when the user signed in: the refresh token dies six months later */
	int64_t redirect_port;             /* of the redirect URI registered with the app; 0: the usual one */
	/* Apple: what signs the developer token (or such a token itself), and the user's token. */
	char team_id[CREDENTIALS_ID + 1], key_id[CREDENTIALS_ID + 1];
	char private_key[CREDENTIALS_KEY + 1]; /* PEM, PKCS#8 */
	char developer_token[CREDENTIALS_TOKEN + 1];
	char user_token[CREDENTIALS_TOKEN + 1];
	int64_t user_token_at; /* when it was given to us */
	/* Jellyfin: whose library is asked for; access_token is the sign-in's, or an API key. Neither ends by itself. */
	char user_id[CREDENTIALS_ID + 1];
};

/* Is the account's secret such an object? false: it is a password or key as it stands (opensubsonic). */
bool credentials_used(const char *provider);

/* The text of account.secret. CONFIG: no such object, a value that is too long or holds characters that no token has, or
 * one missing that the provider needs; the text tells which and quotes none. *ret is untouched then. Members that are
 * not known are ignored. */
int credentials_parse(const char *provider, const char *secret, struct credentials *ret, struct err *err) MUST_USE;

/* The other way: members that are "" or 0 are left out. CONFIG: longer than LIMIT_SECRET. RETRY: no memory.
 * The caller wipes text. */
int credentials_text(const struct credentials *credentials, char text[LIMIT_SECRET + 1], struct err *err) MUST_USE;

/* Sets one text member, by its name in JSON, to a value from outside. false: it is no text, is empty or too long, or holds
 * characters that such a value may not have; nothing is changed then. */
bool credentials_set(struct credentials *credentials, const char *member, struct span value) MUST_USE;

/* What one app's requests are counted under by its provider, for the throttle: "spotify:CLIENT", "applemusic:TEAM/KEY",
 * "applemusic:DIGEST" of a developer token that was given. Where no app is named (a server of one's own) text stays as it is.
 * No secret can be read from it. Returns text. */
enum { CREDENTIALS_THROTTLE = 2 * CREDENTIALS_ID + 32 };
const char *credentials_throttle_key(const char *provider, const struct credentials *credentials,
                                     char text[CREDENTIALS_THROTTLE]);

/* Overwrites all of it. */
void credentials_wipe(struct credentials *credentials);

#endif
