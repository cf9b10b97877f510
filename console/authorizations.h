/* Sign-ins at a provider that wait for the user to agree in a browser: what was asked for, found again by the state that the
 * redirect carries, and only by the session that asked.
 *
 * In memory of one process, for AUTHORIZATION_MS and at most AUTHORIZATIONS; when more wait, the oldest is forgotten, and its
 * answer is told to begin again. Any thread. */
#ifndef SYNCLINE_CONSOLE_AUTHORIZATIONS_H
#define SYNCLINE_CONSOLE_AUTHORIZATIONS_H

#include "ctl/authorize.h"
#include "fetcher/credentials.h"

/* Ten minutes: signing in at the provider, with a second factor, and agreeing. */
enum { AUTHORIZATIONS = 32, AUTHORIZATION_MS = 10 * 60 * 1000 };

/* Holds secrets: wiped by whoever has it. */
struct authorization {
	char session[65]; /* of the visitor who asked: its proof (visitor.csrf) */
	char account[LIMIT_ACCOUNT + 1], url[LIMIT_URL], client_id[CREDENTIALS_ID + 1], client_secret[CREDENTIALS_ID + 1];
	bool again, other_user;
	struct authorize authorize;
};

struct authorizations;

/* NULL: no memory. */
struct authorizations *authorizations_open(void);
void authorizations_close(struct authorizations **authorizations);

/* Copies it. now_ms: clock_ms. */
void authorizations_put(struct authorizations *authorizations, const struct authorization *authorization,
                        int64_t now_ms);
/* Takes out the one that this session asked for under this state: an answer counts once. false: there is none (any more). */
bool authorizations_take(struct authorizations *authorizations, const char *session, const char *state, int64_t now_ms,
                         struct authorization *ret);

#endif
