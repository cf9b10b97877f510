/* Who may ask: password, enc:hex password, token or API key, as Subsonic and OpenSubsonic have it. */
#ifndef SIMULATOR_AUTH_H
#define SIMULATOR_AUTH_H

#include "flavour.h"
#include "request.h"

struct login {
	const char *user, *password;
	const char *api_key; /* NULL: API keys are not supported */
	bool any_user;       /* every user name is taken, with the one password */
};

/* A Subsonic failure. */
struct failure {
	int code;
	const char *message;
};

/* NULL when the request is signed rightly; otherwise what a server of the flavour says. */
const struct failure *auth_check(const struct login *login, const struct flavour *flavour,
                                 const struct request *request);

#endif
