/* What the ways with a password or an API key share, and that of OpenSubsonic servers, which needs no more. */
#include <stdio.h>
#include <string.h>

#include "ctl/sign_in.h"
#include "ctl/term.h"
#include "fetcher/probe.h"

/* "auto, token, password or apikey" */
static void list_modes(const char *const *modes, char text[80])
{
	size_t used = 0;
	for (size_t i = 0; modes[i]; i++)
		used += (size_t)snprintf(text + used, 80 - used, "%s%s", i == 0 ? "" : modes[i + 1] ? ", " : " or ", modes[i]);
}

static int check_mode(const char *auth, const char *const *modes, struct err *err)
{
	char text[80];
	for (size_t i = 0; modes[i]; i++) {
		if (strcmp(auth, modes[i]) == 0)
			return 0;
	}
	list_modes(modes, text);
	return err_set(err, ERR_CONFIG, 0, "--auth must be %s, not '%s'", text, auth);
}

int sign_in_check_password(const struct sign_in_options *options, bool again, const char *const *modes,
                           struct account *account, struct err *err)
{
	const char *auth = options->auth ? options->auth : again ? account->auth : "auto";
	const char *user = options->user ? options->user : again ? account->username : "";
	if (options->password)
		return err_set(
			err, ERR_CONFIG, 0,
			"a password on the command line can be read by every user of this machine and "
			"stays in the shell's history; leave it out to be asked, or use --password-stdin or --password-file");
	if (check_mode(auth, modes, err))
		return -1;
	/* Where they are the account's own already, nothing is to be copied. */
	if ((user != account->username && !span_copy(span_of(user), account->username, sizeof account->username)) ||
	    (auth != account->auth && !span_copy(span_of(auth), account->auth, sizeof account->auth)))
		return err_set(err, ERR_CONFIG, 0, "--user is longer than %zu bytes", sizeof account->username - 1);
	return 0;
}

int sign_in_read_password(const struct sign_in_options *options, struct account *account, struct err *err)
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

int sign_in_try(struct ctl *ctl, const struct account *account, struct err *err)
{
	struct probe_server server;
	if (probe_sign_in(&ctl->settings, account, &server, err))
		return err_wrap(err, "nothing was stored: %s: ", account->url);
	printf("Signed in to ");
	term_write(stdout, span_of(server.name));
	printf(" at %s with %s.\n", account->url, server.auth);
	return 0;
}

/* ---- OpenSubsonic ---- */

static int check(const struct sign_in_options *options, bool again, struct account *account, struct err *err)
{
	static const char *const modes[] = {"auto", "token", "password", "apikey", NULL};
	if (sign_in_check_password(options, again, modes, account, err))
		return -1;
	if (!*account->username && strcmp(account->auth, "apikey") != 0)
		return err_set(err, ERR_CONFIG, 0, "--user is missing (only --auth apikey does without)");
	return 0;
}

static int run(struct ctl *ctl, const struct sign_in_options *options, bool again, struct account *account,
               struct err *err)
{
	(void)again;
	if (sign_in_read_password(options, account, err))
		return -1;
	return options->no_test ? 0 : sign_in_try(ctl, account, err);
}

const struct sign_in_way sign_in_password = {.provider = "opensubsonic", .check = check, .run = run};
