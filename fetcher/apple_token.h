/* Apple's developer token: a JWT that names the team, signed ES256 (RFC 7515, 7518 3.4) with the team's private key.
 *
 * Signed here, for an hour and anew at 80 % of it, when the credentials hold the key; or the one they hold, as it is. No
 * network. Apple takes at most 15,777,000 s between iat and exp. */
#ifndef SYNCLINE_FETCHER_APPLE_TOKEN_H
#define SYNCLINE_FETCHER_APPLE_TOKEN_H

#include "fetcher/credentials.h"

/* Kept by its owner from request to request; starts as all 0. Wiped with apple_token_wipe. */
struct apple_token {
	char text[CREDENTIALS_TOKEN + 1];
	int64_t renew_at, expires_at; /* ms since 1970; expires_at 0: the given token does not tell */
};

/* Makes token->text good for now: signs when there is none or it is time to. CONFIG: the key cannot be read or is no
 * P-256 key, or the given token has expired or is no JWT; the text tells what to do and quotes nothing of either. */
int apple_token_get(const struct credentials *credentials, int64_t now_wall_ms, struct apple_token *token,
                    struct err *err) MUST_USE;

/* When a JWT's claims let it end, in ms since 1970; 0: it tells no end. false: it is no JWT. The signature is not looked
 * at. */
bool apple_token_expiry(const char *text, int64_t *at_ms) MUST_USE;

void apple_token_wipe(struct apple_token *token);

#endif
