/* The way with a password or an API key: OpenSubsonic servers. */
#include <stdio.h>
#include <string.h>

#include "ctl/sign_in.h"
#include "ctl/term.h"
#include "fetcher/probe.h"

static int check(const struct sign_in_options *options, bool again, struct account *account, struct err *err)
{
	static const char *const modes[] = {"auto", "token", "password", "apikey"};
	const char *auth = options->auth ? options->auth : again ? account->auth : "auto";
	const char *user = options->user ? options->user : again ? account->username : "";
	bool known = false;
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		known |= strcmp(auth, modes[i]) == 0;
	if (options->password)
		return err_set(
			err, ERR_CONFIG, 0,
			"a password on the command line can be read by every user of this machine and "
			"stays in the shell's history; leave it out to be asked, or use --password-stdin or --password-file");
	if (!known)
		return err_set(err, ERR_CONFIG, 0, "--auth must be auto, token, password or apikey, not '%s'", auth);
	if (!*user && strcmp(auth, "apikey") != 0)
		return err_set(err, ERR_CONFIG, 0, "--user is missing (only --auth apikey does without)");
	/* Where they are the account's own already, nothing is to be copied. */
	if ((user != account->username && !span_copy(span_of(user), account->username, sizeof account->username)) ||
	    (auth != account->auth && !span_copy(span_of(auth), account->auth, sizeof account->auth)))
		return err_set(err, ERR_CONFIG, 0, "--user is longer than %zu bytes", sizeof account->username - 1);
	return 0;
}

static int read_secret(const struct sign_in_options *options, struct account *account, struct err *err)
{
	char prompt[LIMIT_ACCOUNT + 400];
	bool is_key = strcmp(account->auth, "apikey") == 0;
	if (options->password_file)
		return sign_in_line_of_file("the password", options->password_file, account->secret, sizeof account->secret,
		                            err);
	if (options->password_stdin)
		return sign_in_line_of_stdin("the password", account->secret, sizeof account->secret, err);
	snprintf(prompt, sizeof prompt, "%s for %s%s%.100s: ", is_key ? "API key" : "Password", account->username,
	         *account->username ? " at " : "", account->url);
	if (term_secret(prompt, account->secret, sizeof account->secret, err))
		return -1;
	return *account->secret ? 0 : err_set(err, ERR_CONFIG, 0, "the password is empty");
}

static int test(struct ctl *ctl, const struct account *account, struct err *err)
{
	struct probe_server server;
	if (probe_sign_in(&ctl->settings, account, &server, err))
		return err_wrap(err, "nothing was stored: %s: ", account->url);
	printf("Signed in to ");
	term_write(stdout, span_of(server.name));
	printf(" at %s with %s.\n", account->url, server.auth);
	return 0;
}

static int run(struct ctl *ctl, const struct sign_in_options *options, bool again, struct account *account,
               struct err *err)
{
	(void)again;
	if (read_secret(options, account, err))
		return -1;
	return options->no_test ? 0 : test(ctl, account, err);
}

const struct sign_in_way sign_in_password = {.provider = "opensubsonic", .check = check, .run = run};
