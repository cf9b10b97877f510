/* What `account add` and `account login` are given: words of the command line, files, lines of standard input, and what is asked
 * for on the terminal. From it a sign-in (sign_in.h) is made, tried and told. */
#ifndef SYNCLINE_CTL_SIGN_IN_INPUT_H
#define SYNCLINE_CTL_SIGN_IN_INPUT_H

#include "ctl/consent.h"
#include "ctl/ctl.h"
#include "ctl/sign_in.h"

struct sign_in_input {
	/* What was typed, of all ways together; NULL, false and 0: not given. */
	const char *name, *provider;
	bool no_sync;
	const char *password_file, *password_word;
	bool password_stdin, client_secret_stdin;
	struct consent_options consent;
	const char *key_file, *developer_token_file, *user_token_file;
	bool user_token_stdin;
	/* The rest goes straight where it belongs. */
	struct account account;
	struct sign_in sign_in; /* of this account */
	/* Read from elsewhere. */
	char password[LIMIT_SECRET + 1], client_secret[CREDENTIALS_ID + 1], private_key[CREDENTIALS_KEY + 1];
	char developer_token[CREDENTIALS_TOKEN + 1], user_token[CREDENTIALS_TOKEN + 1];
};

/* Reads the words of `account add` (again: `account login`). CONFIG: what args_read refuses, and a password among the words.
 * The caller calls sign_in_input_done in every case. */
int sign_in_input_read(struct ctl *ctl, bool again, int argc, char **argv, struct sign_in_input *input, struct err *err)
	MUST_USE;
void sign_in_input_done(struct sign_in_input *input);

/* Reads the files, and judges what is given, before anything is asked or opened; when again, the account is loaded. CONFIG:
 * no good, or an option is another provider's; the text names the option. */
int sign_in_input_check(struct sign_in_input *input, const struct sign_in_way *way, struct err *err) MUST_USE;
/* Asks for what is missing, signs in, and prints to whom. Errors as of sign_in_run, with the option's name. */
int sign_in_input_run(struct sign_in_input *input, const struct sign_in_way *way, struct err *err) MUST_USE;

#endif
