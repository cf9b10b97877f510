/* Signing an account in with what a person gave, on the command line or in a page: each provider has its way, chosen by a
 * table, and each way is a file (sign_in_*.c). Nothing here reads files, asks a terminal or prints.
 *
 * Its owner sets what is given and calls sign_in_check, then sign_in_run (where a password does) or the two steps of
 * sign_in_spotify.h (where the user agrees in a browser), stores the account, and calls sign_in_done in every case. */
#ifndef SYNCLINE_CTL_SIGN_IN_H
#define SYNCLINE_CTL_SIGN_IN_H

#include "common/settings.h"
#include "fetcher/account.h"
#include "fetcher/credentials.h"

/* The names of fields are those of the command's options, "key-file"; a page's inputs have the same. */
enum { SIGN_IN_TOLD = 400 };

struct sign_in {
	const struct settings *settings;
	/* name; of a stored one (again) also all else. Username, auth and secret become what is to be stored. */
	struct account *account;
	bool again, no_test, other_user;
	/* Given; NULL: not, and when again the stored one counts. */
	const char *url;
	const char *user, *auth, *password;    /* a password or API key: OpenSubsonic, Jellyfin */
	const char *client_id, *client_secret; /* Spotify */
	const char *team_id, *key_id, *private_key, *developer_token, *user_token; /* Apple Music */
	/* Found. */
	const char *field; /* whose value an error is about: its text is a predicate then ("is missing"); NULL: none's */
	bool quotes;       /* an error's text quotes the server's answer */
	char told[SIGN_IN_TOLD];        /* to whom it signed in, a sentence that quotes the server; "" untested */
	char warning[SIGN_IN_TOLD];     /* what will not work; "" nothing */
	struct credentials credentials; /* under way */
};

struct sign_in_way {
	const char *provider, *title; /* "opensubsonic", and its name for people */
	const char *url;              /* where no url is given; NULL: there is none to assume */
	const char *const *fields;    /* that may be given, ended by NULL */
	const char *const *modes;     /* what auth may be, the best first, ended by NULL; NULL: there is no choice */
	/* Judges what is given without asking anybody, and puts username and auth into the account. What may still be asked for
	 * after it (a password, the user's token) may be missing. */
	int (*check)(struct sign_in *sign_in, struct err *err);
	/* Tries it at the provider and fills account->secret; NULL: the user agrees in a browser. */
	int (*run)(struct sign_in *sign_in, struct err *err);
};

/* Ended by NULL. */
extern const struct sign_in_way *const sign_in_ways[];
/* NULL: there is no such provider. */
const struct sign_in_way *sign_in_find(const char *provider);
/* "opensubsonic, spotify, applemusic, jellyfin" */
const char *sign_in_providers(void);
bool sign_in_has_field(const struct sign_in_way *way, const char *field);

/* Name and address first (of a new account; the address of a stored one stays), then as the way does. CONFIG: what is given is
 * no good; sign_in->field tells which. */
int sign_in_check(const struct sign_in_way *way, struct sign_in *sign_in, struct err *err) MUST_USE;

/* Blocks, at most request_timeout_ms a request. CONFIG: something is missing, or the provider refused. RETRY: it does not
 * answer. err->code: 401 when user name and password or key were refused, otherwise the HTTP status of the answer, 0 when there
 * was none. */
int sign_in_run(const struct sign_in_way *way, struct sign_in *sign_in, struct err *err) MUST_USE;

/* Overwrites what is secret in it and in its account. */
void sign_in_done(struct sign_in *sign_in);

/* ---- for the ways ---- */

/* CONFIG, with field and a predicate: "is missing: ...". Returns -1. */
int sign_in_wrong(struct sign_in *sign_in, const char *field, struct err *err, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* User name and auth (one of the way's modes) of those ways that know a password or API key, into the account. */
int sign_in_check_password(struct sign_in *sign_in, const char *const *modes, struct err *err) MUST_USE;
/* The password into account->secret. CONFIG: it is missing or too long. */
int sign_in_take_password(struct sign_in *sign_in, struct err *err) MUST_USE;
/* Asks the server for a greeting with what is in the account, and fills told. Errors as of sign_in_run. */
int sign_in_try(struct sign_in *sign_in, struct err *err) MUST_USE;

#endif
