/* Signing in to a Subsonic server: by API key (OpenSubsonic), by salted token, or by password where a server knows no more.
 *
 * Wire facts: opensubsonic/open-subsonic-api, "Authentication". Modes are of no meaning outside. */
#ifndef SYNCLINE_FETCHER_SUBSONIC_SIGN_H
#define SYNCLINE_FETCHER_SUBSONIC_SIGN_H

#include "fetcher/provider.h"

/* What the account's `auth` asks for; with "auto" the token first. */
int subsonic_first_sign_mode(const struct account *account);
/* What to try after a server refused a mode as such (not the password); -1: nothing more. */
int subsonic_next_sign_mode(const struct account *account, int mode);
/* Adds the parameters of every request, in the session's mode. The secret's own bytes are in query only with a key or a
 * password; the caller keeps it out of logs. */
void subsonic_sign(const struct session *session, struct signature *signature);

#endif
