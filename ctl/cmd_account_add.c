/* `syncline account add`: checks what was typed, asks for the secret, tries it, seals it, stores it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/vault.h"
#include "ctl/account_input.h"
#include "ctl/args.h"
#include "ctl/term.h"
#include "fetcher/probe.h"
#include "fetcher/provider.h"

struct input {
	const char *name, *provider, *url, *user, *auth, *password_file, *password;
	bool from_stdin, no_test;
};

static int check(const struct input *input, struct account *account, struct err *err)
{
	static const char *const modes[] = {"auto", "token", "password", "apikey"};
	bool known = false;
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		known |= strcmp(input->auth, modes[i]) == 0;
	if (input->password)
		return err_set(
			err, ERR_CONFIG, 0,
			"a password on the command line can be read by every user of this machine and "
			"stays in the shell's history; leave it out to be asked, or use --password-stdin or --password-file");
	if (!input->provider || !input->url)
		return err_set(err, ERR_CONFIG, 0, "%s is missing", input->provider ? "--url" : "--provider");
	if (!known)
		return err_set(err, ERR_CONFIG, 0, "--auth must be auto, token, password or apikey, not '%s'", input->auth);
	if (!provider_find(input->provider))
		return err_set(err, ERR_CONFIG, 0, "there is no provider '%s'; there is %s", input->provider, provider_names());
	if (!*input->user && strcmp(input->auth, "apikey") != 0)
		return err_set(err, ERR_CONFIG, 0, "--user is missing (only --auth apikey does without)");
	if (account_check_name(input->name, err) || account_check_url(input->url, account->url, err))
		return -1;
	if (!span_copy(span_of(input->name), account->name, sizeof account->name) ||
	    !span_copy(span_of(input->provider), account->provider, sizeof account->provider) ||
	    !span_copy(span_of(input->user), account->username, sizeof account->username) ||
	    !span_copy(span_of(input->auth), account->auth, sizeof account->auth))
		return err_set(err, ERR_CONFIG, 0, "--user is longer than %zu bytes", sizeof account->username - 1);
	return 0;
}

/* The first line, without its end. */
static int read_line(int fd, const char *where, char *secret, struct err *err)
{
	size_t used = 0;
	ssize_t got;
	while (used <= LIMIT_SECRET && (got = read(fd, secret + used, LIMIT_SECRET + 1 - used)) > 0)
		used += (size_t)got;
	char *end = memchr(secret, '\n', used);
	size_t len = end ? (size_t)(end - secret) : used;
	if (len > LIMIT_SECRET)
		return err_set(err, ERR_CONFIG, 0, "%s: the secret is longer than %d bytes", where, LIMIT_SECRET);
	if (len && secret[len - 1] == '\r')
		len--;
	secret[len] = '\0';
	return 0;
}

static int read_file(const char *path, char *secret, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_CONFIG, errno, "%s: %s", path, strerror(errno));
	int result = read_line(fd, path, secret, err);
	close(fd);
	return result;
}

static int read_secret(const struct input *input, struct account *account, struct err *err)
{
	char prompt[LIMIT_ACCOUNT + 400];
	int result;
	if (input->password_file)
		result = read_file(input->password_file, account->secret, err);
	else if (input->from_stdin)
		result = read_line(STDIN_FILENO, "standard input", account->secret, err);
	else {
		snprintf(prompt, sizeof prompt,
		         "%s for %s%s%.100s: ", strcmp(input->auth, "apikey") == 0 ? "API key" : "Password", account->username,
		         *account->username ? " at " : "", account->url);
		result = term_secret(prompt, account->secret, sizeof account->secret, err);
	}
	if (result == 0 && !*account->secret)
		result = err_set(err, ERR_CONFIG, 0, "the password is empty");
	return result;
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

static int refuse_existing(struct ctl *ctl, const char *name, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(ctl->pg, "SELECT 1 FROM account WHERE name = $1", 1, &name, &row, err))
		return -1;
	if (PQntuples(row))
		return err_set(err, ERR_CONFIG, 0, "there is an account '%s' already; `syncline account show %s`", name, name);
	return 0;
}

static int store(struct ctl *ctl, const struct vault *vault, const struct account *account, struct err *err)
{
	unsigned char sealed[VAULT_SEALED_MAX];
	char hex[2 * VAULT_SEALED_MAX + 3] = "\\x";
	size_t len = 0;
	int64_t rows = 0;
	if (vault_seal(vault, span_of(account->name), span_of(account->secret), sealed, &len, err))
		return -1;
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 + 2 * i, 3, "%02x", sealed[i]);
	const char *values[] = {account->name, account->provider, account->url, account->username, account->auth, hex};
	if (pg_run(ctl->pg,
	           "INSERT INTO account (name, provider, url, username, auth, secret) "
	           "VALUES ($1, $2, $3, $4, $5, $6::bytea) ON CONFLICT DO NOTHING",
	           6, values, &rows, err))
		return -1;
	return rows ? 0 : err_set(err, ERR_CONFIG, 0, "account '%s' was added by somebody else just now", account->name);
}

/* What can be refused is refused before a secret is asked for. */
static int add(struct ctl *ctl, const struct input *input, struct account *account, struct vault **vault,
               struct err *err)
{
	if (check(input, account, err) || vault_open(ctl->settings.key_file, vault, err) || ctl_database(ctl, true, err) ||
	    refuse_existing(ctl, input->name, err) || read_secret(input, account, err) ||
	    (!input->no_test && test(ctl, account, err)))
		return -1;
	return store(ctl, *vault, account, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the name"};
	struct err err;
	struct input input = {.user = "", .auth = "auto"};
	const struct option_spec options[] = {
		{"provider", OPTION_TEXT, &input.provider, 0},
		{"url", OPTION_TEXT, &input.url, 0},
		{"user", OPTION_TEXT, &input.user, 0},
		{"auth", OPTION_TEXT, &input.auth, 0},
		{"password-file", OPTION_TEXT, &input.password_file, 0},
		{"password-stdin", OPTION_FLAG, &input.from_stdin, 0},
		{"password", OPTION_TEXT, &input.password, 0},
		{"no-test", OPTION_FLAG, &input.no_test, 0},
	};
	const struct args args = {ctl, options, COUNT_OF(options), false, 1, 1, names};
	if (args_read(&args, argc, argv, &input.name, &err))
		return ctl_fail(&err);
	static struct account account;
	struct vault *vault = NULL;
	int result = add(ctl, &input, &account, &vault, &err);
	account_wipe(&account);
	vault_close(&vault);
	if (result)
		return ctl_fail(&err);
	printf("Account %s added. Next: syncline sync %s --wait\n", input.name, input.name);
	return EXIT_OK;
}

const struct command command_account_add = {
	.name = "account add",
	.args = "NAME --provider opensubsonic --url URL [--user USER] [--auth HOW]",
	.help = "store an account, after trying its sign-in",
	.text =
		"The password or API key is asked for on the terminal, or read from a file or standard input (first line).\n"
		"It is sealed with the key file before it is stored, and never shown again.\n\n"
		"  NAME               a-z, 0-9, '.', '_', '-'; how all other commands call it; cannot be changed\n"
		"  --provider P       opensubsonic (Navidrome, Gonic, Supysonic, LMS, ... and Subsonic itself)\n"
		"  --url URL          the server's address, without /rest and without a password\n"
		"  --user U           user name at the server\n"
		"  --auth HOW         auto (default: the best that works), token, password, apikey\n"
		"  --password-file F  read it from a file\n"
		"  --password-stdin   read it from standard input\n"
		"  --no-test          do not try to sign in\n\n"
		"  syncline account add home --provider opensubsonic --url https://music.example.org --user anna\n"
		"  pass show music | syncline account add home --provider opensubsonic --url http://nas:4533 --user anna \\\n"
		"      --password-stdin\n",
	.run = run,
};
