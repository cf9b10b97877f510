/* The table of options, and where their secrets come from. */
#include "ctl/sign_in_input.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ctl/args.h"
#include "ctl/line.h"
#include "ctl/term.h"

/* clang-format off */
#define OPTION(name, kind, member, field, of) {name, kind, offsetof(struct sign_in_input, member), field, of}
enum { OF_ADD = 1, OF_LOGIN = 2, OF_BOTH = OF_ADD | OF_LOGIN };
static const struct option {
	const char *name;
	enum option_kind kind;
	size_t at;
	const char *field; /* that it gives (sign_in.h); only providers that have it take the option. NULL: all do */
	int of;            /* which commands have it; not of login is what cannot be changed */
} options_known[] = {
	OPTION("provider", OPTION_TEXT, provider, NULL, OF_ADD),
	OPTION("url", OPTION_TEXT, sign_in.url, NULL, OF_ADD),
	OPTION("no-test", OPTION_FLAG, sign_in.no_test, NULL, OF_BOTH),
	OPTION("no-sync", OPTION_FLAG, no_sync, NULL, OF_LOGIN),
	OPTION("user", OPTION_TEXT, sign_in.user, "user", OF_BOTH),
	OPTION("auth", OPTION_TEXT, sign_in.auth, "auth", OF_BOTH),
	OPTION("password-file", OPTION_TEXT, password_file, "password", OF_BOTH),
	OPTION("password-stdin", OPTION_FLAG, password_stdin, "password", OF_BOTH),
	OPTION("password", OPTION_TEXT, password_word, "password", OF_BOTH),
	OPTION("client-id", OPTION_TEXT, sign_in.client_id, "client-id", OF_BOTH),
	OPTION("client-secret-stdin", OPTION_FLAG, client_secret_stdin, "client-secret", OF_BOTH),
	OPTION("redirect-port", OPTION_NUMBER, consent.redirect_port, "client-id", OF_BOTH),
	OPTION("paste", OPTION_FLAG, consent.paste, "client-id", OF_BOTH),
	OPTION("other-user", OPTION_FLAG, sign_in.other_user, "other-user", OF_BOTH),
	OPTION("team-id", OPTION_TEXT, sign_in.team_id, "team-id", OF_BOTH),
	OPTION("key-id", OPTION_TEXT, sign_in.key_id, "key-id", OF_BOTH),
	OPTION("key-file", OPTION_TEXT, key_file, "key-file", OF_BOTH),
	OPTION("developer-token-file", OPTION_TEXT, developer_token_file, "developer-token-file", OF_BOTH),
	OPTION("user-token-file", OPTION_TEXT, user_token_file, "user-token-file", OF_BOTH),
	OPTION("user-token-stdin", OPTION_FLAG, user_token_stdin, "user-token-file", OF_BOTH),
};
/* clang-format on */

int sign_in_input_read(struct ctl *ctl, bool again, int argc, char **argv, struct sign_in_input *input, struct err *err)
{
	static const char *const names[] = {"the name"};
	struct option_spec specs[COUNT_OF(options_known)];
	size_t count = 0;
	*input = (struct sign_in_input){
		.sign_in = {.settings = &ctl->settings, .account = &input->account, .again = again}};
	for (size_t i = 0; i < COUNT_OF(options_known); i++) {
		const struct option *known = &options_known[i];
		if (known->of & (again ? OF_LOGIN : OF_ADD))
			specs[count++] = (struct option_spec){known->name, known->kind, (char *)input + known->at, 65535};
	}
	const struct args args = {ctl, specs, count, false, 1, 1, names};
	return args_read(&args, argc, argv, &input->name, err);
}

void sign_in_input_done(struct sign_in_input *input)
{
	sign_in_done(&input->sign_in);
	vault_wipe(input, sizeof *input);
}

/* ---- what people give ---- */

static int read_files(struct sign_in_input *input, struct err *err)
{
	struct sign_in *sign_in = &input->sign_in;
	const struct {
		const char *path, *what;
		bool line;
		char *text;
		size_t size;
		const char **to;
	} files[] = {
		{input->password_file, "the password", true, input->password, sizeof input->password, &sign_in->password},
		{input->key_file, "--key-file", false, input->private_key, sizeof input->private_key, &sign_in->private_key},
		{input->developer_token_file, "--developer-token-file", true, input->developer_token,
	     sizeof input->developer_token, &sign_in->developer_token},
		{input->user_token_file, "--user-token-file", true, input->user_token, sizeof input->user_token,
	     &sign_in->user_token},
	};
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		if (!files[i].path)
			continue;
		if (line_of_file(files[i].line, files[i].what, files[i].path, files[i].text, files[i].size, err))
			return -1;
		*files[i].to = files[i].text;
	}
	return 0;
}

/* ---- judged ---- */

static bool is_given(const struct option *known, const struct sign_in_input *input)
{
	const void *at = (const char *)input + known->at;
	if (known->kind == OPTION_TEXT)
		return *(const char *const *)at != NULL;
	return known->kind == OPTION_FLAG ? *(const bool *)at : *(const int64_t *)at != 0;
}

/* "opensubsonic or jellyfin" */
static void list_owners(const char *field, char text[80])
{
	size_t used = 0;
	for (size_t i = 0; sign_in_ways[i]; i++) {
		if (sign_in_has_field(sign_in_ways[i], field))
			used += (size_t)snprintf(text + used, 80 - used, "%s%s", used ? " or " : "", sign_in_ways[i]->provider);
	}
}

static int check_options(const struct sign_in_input *input, const struct sign_in_way *way, struct err *err)
{
	char owners[80];
	for (size_t i = 0; i < COUNT_OF(options_known); i++) {
		const struct option *known = &options_known[i];
		if (!known->field || sign_in_has_field(way, known->field) || !is_given(known, input))
			continue;
		list_owners(known->field, owners);
		return err_set(err, ERR_CONFIG, 0, "--%s is for accounts at %s, not at %s", known->name, owners, way->provider);
	}
	if (input->password_word)
		return err_set(
			err, ERR_CONFIG, 0,
			"a password on the command line can be read by every user of this machine and "
			"stays in the shell's history; leave it out to be asked, or use --password-stdin or --password-file");
	if (input->user_token_file && input->user_token_stdin)
		return err_set(err, ERR_CONFIG, 0, "give --user-token-file or --user-token-stdin, not both");
	return 0;
}

/* The text is a predicate where it is about one field. Returns -1. */
static int name_field(const struct sign_in *sign_in, struct err *err)
{
	if (!sign_in->field)
		return -1;
	if (strcmp(sign_in->field, "name") == 0)
		return err_wrap(err, "the name ");
	return err_wrap(err, "--%s ", sign_in->field);
}

int sign_in_input_check(struct sign_in_input *input, const struct sign_in_way *way, struct err *err)
{
	if (check_options(input, way, err))
		return -1;
	if (!input->sign_in.again && !span_copy(span_of(input->name), input->account.name, sizeof input->account.name))
		return err_set(err, ERR_CONFIG, 0, "the name is longer than %d letters", LIMIT_ACCOUNT);
	if (read_files(input, err))
		return -1;
	return sign_in_check(way, &input->sign_in, err) ? name_field(&input->sign_in, err) : 0;
}

/* ---- tried ---- */

static int ask_password(struct sign_in_input *input, struct err *err)
{
	char prompt[LIMIT_ACCOUNT + 400];
	const struct account *account = &input->account;
	bool is_key = strcmp(account->auth, "apikey") == 0;
	input->sign_in.password = input->password;
	if (input->password_stdin)
		return line_of_stdin("the password", input->password, sizeof input->password, err);
	snprintf(prompt, sizeof prompt, "%s for %s%s%.100s: ", is_key ? "API key" : "Password", account->username,
	         *account->username ? " at " : "", account->url);
	if (term_secret(prompt, input->password, sizeof input->password, err))
		return -1;
	return *input->password ? 0 : err_set(err, ERR_CONFIG, 0, "the password is empty");
}

/* A new key or developer token alone leaves the user's token as it is. */
static int ask_user_token(struct sign_in_input *input, struct err *err)
{
	const struct sign_in *given = &input->sign_in;
	bool keeps = *given->credentials.user_token && (given->private_key || given->developer_token);
	if (!input->user_token_stdin && keeps)
		return 0;
	input->sign_in.user_token = input->user_token;
	return input->user_token_stdin
	           ? line_of_stdin("the user token", input->user_token, sizeof input->user_token, err)
	           : term_secret("User token of Apple Music: ", input->user_token, sizeof input->user_token, err);
}

static int ask(struct sign_in_input *input, const struct sign_in_way *way, struct err *err)
{
	if (sign_in_has_field(way, "password") && !input->sign_in.password)
		return ask_password(input, err);
	if (sign_in_has_field(way, "user-token-file") && !input->sign_in.user_token)
		return ask_user_token(input, err);
	if (!input->client_secret_stdin)
		return 0;
	if (line_of_stdin("the client secret", input->client_secret, sizeof input->client_secret, err))
		return -1;
	return credentials_set(&input->sign_in.credentials, "client_secret", span_of(input->client_secret))
	           ? 0
	           : err_set(err, ERR_CONFIG, 0, "the client secret holds characters that no such secret has");
}

int sign_in_input_run(struct sign_in_input *input, const struct sign_in_way *way, struct err *err)
{
	struct sign_in *sign_in = &input->sign_in;
	if (ask(input, way, err))
		return -1;
	if (way->run ? sign_in_run(way, sign_in, err) : consent_run(sign_in, &input->consent, err))
		return name_field(sign_in, err);
	if (*sign_in->told) {
		term_write(stdout, span_of(sign_in->told));
		putchar('\n');
	}
	if (*sign_in->warning)
		term_print(stderr, PAINT_YELLOW, "%s\n", sign_in->warning);
	return 0;
}
