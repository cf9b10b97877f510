/* One sign-in by OAuth 2.0 authorization code with PKCE (RFC 6749 4.1, RFC 7636): the secrets of this one try, the address
 * that the user opens, and what comes back in the redirect. Pure but for random numbers. */
#ifndef SYNCLINE_CTL_AUTHORIZE_H
#define SYNCLINE_CTL_AUTHORIZE_H

#include <stdint.h>

#include "common/err.h"
#include "common/limits.h"
#include "common/span.h"

enum {
	AUTHORIZE_REDIRECT = LIMIT_SETTING + 64,
	AUTHORIZE_URL = LIMIT_URL + 3 * AUTHORIZE_REDIRECT + 2048,
	AUTHORIZE_CODE = 1024
};

struct authorize {
	char verifier[65];                     /* 48 random bytes: 64 characters of RFC 7636's 43 to 128 */
	char state[33];                        /* ours to recognize: an answer without it belongs to another sign-in */
	char redirect_uri[AUTHORIZE_REDIRECT]; /* must be registered with the app, byte for byte */
};

/* Returns uri: "http://127.0.0.1:PORT/callback", where a command listens. */
const char *authorize_loopback(int64_t port, char uri[AUTHORIZE_REDIRECT]);

/* New random numbers. FATAL: the system has none. CONFIG: the redirect URI is too long. */
int authorize_begin(const char *redirect_uri, struct authorize *ret, struct err *err) MUST_USE;

/* Where the user agrees to these scopes (words with a space between). Holds no secret: the verifier's digest only.
 * Returns url. */
const char *authorize_url(const struct authorize *authorize, const char *account_url, const char *client_id,
                          const char *scopes, char url[AUTHORIZE_URL]);

/* The redirect: its query ("code=...&state=..."), or a whole address as a person pastes it. code[AUTHORIZE_CODE + 1]
 * becomes what the token endpoint wants.
 * REJECT: it is not this sign-in's answer (another state, no state, no code). CONFIG: the user or the provider refused; the
 * text says so. No text quotes code or state. */
int authorize_read(const struct authorize *authorize, struct span redirect, char code[AUTHORIZE_CODE + 1],
                   struct err *err) MUST_USE;

void authorize_wipe(struct authorize *authorize);

#endif
