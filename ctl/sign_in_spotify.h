/* The two steps of a sign-in at Spotify: the user agrees in a browser (OAuth authorization code with PKCE), and what comes back
 * is redeemed. Between sign_in_check and these stands whoever shows the address and takes the redirect: the terminal
 * (consent.h), or the console. */
#ifndef SYNCLINE_CTL_SIGN_IN_SPOTIFY_H
#define SYNCLINE_CTL_SIGN_IN_SPOTIFY_H

#include "ctl/authorize.h"
#include "ctl/sign_in.h"

/* The address at which the user agrees; returns url. */
const char *sign_in_spotify_url(const struct sign_in *sign_in, const struct authorize *authorize,
                                char url[AUTHORIZE_URL]);

/* Redeems the code (of authorize_read) for tokens, asks who it was (unless no_test), and fills the account's secret and
 * username. CONFIG: refused, or another user than before. Errors as of sign_in_run. */
int sign_in_spotify_finish(struct sign_in *sign_in, const struct authorize *authorize, const char *code,
                           struct err *err) MUST_USE;

#endif
