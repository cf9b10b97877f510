/* What users granted to the client: authorization codes, refresh tokens that work once, access tokens that end.
 *
 * A refresh token is refresh-<user>-<n>; the n that works is 1 at first and rises with each use. An access token names its
 * user, its number and its end, and carries a check, so that thousands of users need no table of tokens.
 *
 * Apple's user tokens, and Jellyfin's, are user-<user> and, once that was taken back n times, user-<user>.<n + 1>.
 *
 * grants_open → sign-ins and checks → grants_close. One thread. */
#ifndef SIMULATOR_GRANTS_H
#define SIMULATOR_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "out.h"

enum {
	USER_MAX = 64,
	TOKEN_MAX = 160,
	SCOPE_MAX = 256,
	GRANT_CODE_MAX = 64,
	GRANT_BUCKETS = 4096,
	GRANT_ASKED_MAX = 16
};

struct grant_user;

/* An authorization code under way from the redirect to the token endpoint. */
struct grant_code {
	char code[40], user[USER_MAX], scope[SCOPE_MAX], challenge[64],
		redirect_uri[256]; /* code "": free; challenge "": none */
};

struct grants {
	struct grant_user *users[GRANT_BUCKETS];
	struct grant_code codes[GRANT_CODE_MAX]; /* a ring */
	uint64_t codes_made;
	/* As the options say. */
	const char *user; /* the only one, unless any_user */
	bool any_user;
	bool keep_refresh;                     /* refreshing gives no new refresh token and the old one stays */
	int64_t life_s;                        /* of access tokens */
	const char *client_id, *client_secret; /* NULL: any */
	/* Who sits at the browser, and whether they refuse; set by the control interface. */
	char consent_user[USER_MAX], consent_scope[SCOPE_MAX];
	bool consent_denied;
	uint64_t refreshes, reused; /* answered; and refused because that refresh token was used before */
	unsigned asked_at_once;     /* the most requests for a token that one user had under way */
};

/* What a check of a token says. */
enum token_state { TOKEN_GOOD, TOKEN_EXPIRED, TOKEN_BAD };

/* What of a user is taken back. */
enum revoke { REVOKE_ALL, REVOKE_ACCESS, REVOKE_REFRESH };

void grants_open(struct grants *grants);
void grants_close(struct grants *grants);
/* Forgets users and codes: all refresh tokens begin at 1 again. Options stay. */
void grants_reset(struct grants *grants);

/* The user of an access, refresh or Apple user token, unchecked; false when it has no such shape. */
bool grants_user_of(const char *token, char user[USER_MAX]);
/* Whether there is such a user to sign in. */
bool grants_knows(const struct grants *grants, const char *user);
/* Makes an access token for the user. */
void grants_make_access(struct grants *grants, const char *user, int64_t now_ms, char token[TOKEN_MAX]);
enum token_state grants_check_access(struct grants *grants, const char *token, int64_t now_ms, char user[USER_MAX]);
/* Takes a refresh token: false when it does not work (any more). It is used up unless keep_refresh is set. */
bool grants_use_refresh(struct grants *grants, const char *token, char user[USER_MAX]);
/* A request for a token of that user came, and its answer is sent in so many ms. */
void grants_asked(struct grants *grants, const char *user, int64_t now_ms, int64_t answer_ms);
/* The user's refresh token that works now. */
void grants_refresh_token(struct grants *grants, const char *user, char token[TOKEN_MAX]);
/* Whether an Apple user token is one that was not taken back. */
bool grants_check_user_token(struct grants *grants, const char *token, char user[USER_MAX]);
/* The user token of that user that works now: Jellyfin's tokens are such, too. */
void grants_user_token(struct grants *grants, const char *user, char token[TOKEN_MAX]);
/* A new grant: what was revoked works again, with these scopes. The refresh token becomes another one. */
void grants_renew(struct grants *grants, const char *user, const char *scope);
void grants_revoke(struct grants *grants, const char *user, enum revoke what);
/* Space-separated; every scope there is for a user who never granted any in particular. */
const char *grants_scope(struct grants *grants, const char *user);
void grants_set_scope(struct grants *grants, const char *user, const char *scope);
bool grants_has_scope(struct grants *grants, const char *user, const char *scope);
/* A place for a new code, its text already set; the oldest one is given up. */
struct grant_code *grants_new_code(struct grants *grants);
/* NULL when there is none; the caller empties code->code when it is used. */
struct grant_code *grants_find_code(struct grants *grants, const char *code);

#endif
