/* A provider's OAuth 2.0 token endpoint: what is asked of it, and what its answer means. Only for spotify so far.
 *
 * Pure: it makes texts and judges an answer; who sends the request is the fetcher's loop or the command line. Facts:
 * RFC 6749 (4.1.3, 5.1, 5.2, 6), RFC 7636 (PKCE), Spotify's authorization guide. */
#ifndef SYNCLINE_FETCHER_OAUTH_H
#define SYNCLINE_FETCHER_OAUTH_H

#include "fetcher/credentials.h"
#include "fetcher/outcome.h"

#define SPOTIFY_URL "https://api.spotify.com"

/* Where the user agrees, or where tokens are given, for an account's url: accounts.spotify.com for Spotify itself, else the
 * same origin (a simulator, a proxy). Returns url. */
enum { OAUTH_URL = LIMIT_URL + 48 };
const char *oauth_authorize_url(const char *account_url, char url[OAUTH_URL]);
const char *oauth_token_url(const char *account_url, char url[OAUTH_URL]);

/* A POST of a form (application/x-www-form-urlencoded: Spotify refuses JSON). Holds secrets: wiped by its owner. */
struct oauth_request {
	char url[OAUTH_URL];
	char form[3 * (2 * CREDENTIALS_TOKEN + CREDENTIALS_ID) + 256];
	char authorization[2 * CREDENTIALS_ID * 3 / 2 + 16]; /* the header's value, "Basic ..."; "" when there is none */
};
void oauth_request_wipe(struct oauth_request *request);

/* grant_type=refresh_token. With a client secret the app signs in by Authorization: Basic; without one (PKCE) the
 * client_id stands in the form. */
void oauth_refresh(const char *account_url, const struct credentials *credentials, struct oauth_request *ret);

/* grant_type=authorization_code. redirect_uri must be, byte for byte, the one of the authorize URL. */
void oauth_redeem(const char *account_url, const struct credentials *credentials, const char *code,
                  const char *verifier, const char *redirect_uri, struct oauth_request *ret);

/* Fills *verdict; when it is OUTCOME_OK, access_token, expires_at (now_ms + what the answer tells) and scope of
 * *credentials are the new ones, and refresh_token too if the answer holds one: absent means that the old one stays.
 *
 *   OK           200 with an access token
 *   NEEDS_AUTH   400 invalid_grant: the refresh token (or the code) is dead; a person must sign in again
 *   OPERATOR     the app is refused (invalid_client ...), or the address is wrong
 *   THROTTLED    429, 503 with Retry-After
 *   RETRY        everything else, above all 5xx, timeouts and pages that are no answer of a token endpoint: never a
 *                reason to sign in again
 *
 * next_step is static text, the general case; who knows the account's name may set a better one. The cause quotes the
 * server's error and never anything of *credentials. */
void oauth_judge(const struct answer *answer, int64_t now_ms, struct credentials *credentials, struct verdict *verdict);

#endif
