/* How an account signs in: each provider has its way, chosen by a table, and each way is a file (sign_in_*.c).
 *
 * `account add` and `account login` read the options, find the way, and store what it puts into account->secret. */
#ifndef SYNCLINE_CTL_SIGN_IN_H
#define SYNCLINE_CTL_SIGN_IN_H

#include "ctl/ctl.h"
#include "fetcher/account.h"

/* What was typed, of all ways together; NULL, false and 0: not given. */
struct sign_in_options {
	const char *name, *provider, *url;
	bool no_test, no_sync, other_user;
	/* a password or API key: OpenSubsonic, Jellyfin */
	const char *user, *auth, *password_file, *password;
	bool password_stdin;
	/* Spotify */
	const char *client_id;
	bool client_secret_stdin, paste;
	int64_t redirect_port;
	/* Apple Music */
	const char *team_id, *key_id, *key_file, *developer_token_file, *user_token_file;
	bool user_token_stdin;
};

struct sign_in_way {
	const char *provider;
	const char *url; /* where no --url is given; NULL: there is none to assume */
	/* Judges what was typed, before anything is asked or opened, and puts username and auth into *account. again: the
	 * account is there, and *account is what is stored of it. */
	int (*check)(const struct sign_in_options *options, bool again, struct account *account, struct err *err);
	/* Asks, listens, tries; fills account->secret (of the stored one, when again), and username where the provider tells
	 * it. What it prints is for people. */
	int (*run)(struct ctl *ctl, const struct sign_in_options *options, bool again, struct account *account,
	           struct err *err);
};

/* Reads the words of `account add` (again: `account login`). CONFIG: what args_read refuses. */
int sign_in_read(struct ctl *ctl, bool again, int argc, char **argv, struct sign_in_options *options, struct err *err)
	MUST_USE;

/* The provider's way; CONFIG: there is none, or an option was given that is another provider's. */
int sign_in_find(const struct sign_in_options *options, const char *provider, const struct sign_in_way **way,
                 struct err *err) MUST_USE;

/* "opensubsonic, spotify, applemusic, jellyfin" */
const char *sign_in_providers(void);

/* ---- for the ways ---- */

/* The first line of standard input or of a file, without its end, into text[size]. CONFIG: unreadable, too long, empty;
 * what names it in the error. */
int sign_in_line_of_stdin(const char *what, char *text, size_t size, struct err *err) MUST_USE;
int sign_in_line_of_file(const char *what, const char *path, char *text, size_t size, struct err *err) MUST_USE;
/* User name and --auth of those ways that know a password or API key, into *account: where they are not given, those of the
 * account when again, else "auto". CONFIG: as for sign_in_way.check; modes, ended by NULL, is what --auth may be. */
int sign_in_check_password(const struct sign_in_options *options, bool again, const char *const *modes,
                           struct account *account, struct err *err) MUST_USE;
/* The password or API key into account->secret, from where the options say, or from the terminal. CONFIG as above. */
int sign_in_read_password(const struct sign_in_options *options, struct account *account, struct err *err) MUST_USE;
/* Tries what is in *account and says to whom it signed in. The error says that nothing was stored. */
int sign_in_try(struct ctl *ctl, const struct account *account, struct err *err) MUST_USE;
/* The whole file. */
int sign_in_file(const char *what, const char *path, char *text, size_t size, struct err *err) MUST_USE;

#endif
