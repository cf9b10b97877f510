/* The table of ways, and the table of their options. */
#include "ctl/sign_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "ctl/args.h"

extern const struct sign_in_way sign_in_password, sign_in_spotify, sign_in_apple, sign_in_jellyfin;

static const struct sign_in_way *const ways[] = {&sign_in_password, &sign_in_spotify, &sign_in_apple,
                                                 &sign_in_jellyfin};

const char *sign_in_providers(void)
{
	return "opensubsonic, spotify, applemusic, jellyfin";
}

/* clang-format off */
#define OPTION(name, kind, member, provider, of) {name, kind, offsetof(struct sign_in_options, member), provider, of}
enum { OF_ADD = 1, OF_LOGIN = 2, OF_BOTH = OF_ADD | OF_LOGIN };
static const struct option {
	const char *name;
	enum option_kind kind;
	size_t at;
	const char *provider; /* whose names stand in it; NULL: of all */
	int of;               /* which commands have it; not of login is what cannot be changed */
} options_known[] = {
	OPTION("provider", OPTION_TEXT, provider, NULL, OF_ADD),
	OPTION("url", OPTION_TEXT, url, NULL, OF_ADD),
	OPTION("no-test", OPTION_FLAG, no_test, NULL, OF_BOTH),
	OPTION("no-sync", OPTION_FLAG, no_sync, NULL, OF_LOGIN),
	OPTION("user", OPTION_TEXT, user, "opensubsonic or jellyfin", OF_BOTH),
	OPTION("auth", OPTION_TEXT, auth, "opensubsonic or jellyfin", OF_BOTH),
	OPTION("password-file", OPTION_TEXT, password_file, "opensubsonic or jellyfin", OF_BOTH),
	OPTION("password-stdin", OPTION_FLAG, password_stdin, "opensubsonic or jellyfin", OF_BOTH),
	OPTION("password", OPTION_TEXT, password, "opensubsonic or jellyfin", OF_BOTH),
	OPTION("client-id", OPTION_TEXT, client_id, "spotify", OF_BOTH),
	OPTION("client-secret-stdin", OPTION_FLAG, client_secret_stdin, "spotify", OF_BOTH),
	OPTION("redirect-port", OPTION_NUMBER, redirect_port, "spotify", OF_BOTH),
	OPTION("paste", OPTION_FLAG, paste, "spotify", OF_BOTH),
	OPTION("other-user", OPTION_FLAG, other_user, "spotify", OF_BOTH),
	OPTION("team-id", OPTION_TEXT, team_id, "applemusic", OF_BOTH),
	OPTION("key-id", OPTION_TEXT, key_id, "applemusic", OF_BOTH),
	OPTION("key-file", OPTION_TEXT, key_file, "applemusic", OF_BOTH),
	OPTION("developer-token-file", OPTION_TEXT, developer_token_file, "applemusic", OF_BOTH),
	OPTION("user-token-file", OPTION_TEXT, user_token_file, "applemusic", OF_BOTH),
	OPTION("user-token-stdin", OPTION_FLAG, user_token_stdin, "applemusic", OF_BOTH),
};
/* clang-format on */

int sign_in_read(struct ctl *ctl, bool again, int argc, char **argv, struct sign_in_options *options, struct err *err)
{
	static const char *const names[] = {"the name"};
	struct option_spec specs[COUNT_OF(options_known)];
	size_t count = 0;
	*options = (struct sign_in_options){0};
	for (size_t i = 0; i < COUNT_OF(options_known); i++) {
		const struct option *known = &options_known[i];
		if (known->of & (again ? OF_LOGIN : OF_ADD))
			specs[count++] = (struct option_spec){known->name, known->kind, (char *)options + known->at, 65535};
	}
	const struct args args = {ctl, specs, count, false, 1, 1, names};
	return args_read(&args, argc, argv, &options->name, err);
}

static bool is_given(const struct option *known, const struct sign_in_options *options)
{
	const void *at = (const char *)options + known->at;
	if (known->kind == OPTION_TEXT)
		return *(const char *const *)at != NULL;
	return known->kind == OPTION_FLAG ? *(const bool *)at : *(const int64_t *)at != 0;
}

int sign_in_find(const struct sign_in_options *options, const char *provider, const struct sign_in_way **ret,
                 struct err *err)
{
	const struct sign_in_way *way = NULL;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		if (strcmp(ways[i]->provider, provider) == 0)
			way = ways[i];
	}
	if (!way)
		return err_set(err, ERR_CONFIG, 0, "there is no provider '%s'; there is %s", provider, sign_in_providers());
	for (size_t i = 0; i < COUNT_OF(options_known); i++) {
		const struct option *known = &options_known[i];
		if (known->provider && !strstr(known->provider, provider) && is_given(known, options))
			return err_set(err, ERR_CONFIG, 0, "--%s is for accounts at %s, not at %s", known->name, known->provider,
			               provider);
	}
	*ret = way;
	return 0;
}

/* ---- what people give ---- */

/* Byte by byte up to the line's end: what follows is another line's reader's. */
static int read_some(int fd, bool line, const char *what, char *text, size_t size, struct err *err)
{
	size_t used = 0;
	char byte;
	ssize_t got;
	while ((got = read(fd, &byte, 1)) == 1 && !(line && byte == '\n')) {
		if (used + 1 >= size)
			return err_set(err, ERR_CONFIG, 0, "%s is longer than %zu bytes", what, size - 1);
		text[used++] = byte;
	}
	if (got < 0)
		return err_set(err, ERR_CONFIG, errno, "%s: %s", what, strerror(errno));
	if (line && used && text[used - 1] == '\r')
		used--;
	text[used] = '\0';
	return used ? 0 : err_set(err, ERR_CONFIG, 0, "%s is empty", what);
}

static int read_file(bool line, const char *what, const char *path, char *text, size_t size, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_CONFIG, errno, "%s: %s: %s", what, path, strerror(errno));
	int result = read_some(fd, line, what, text, size, err);
	close(fd);
	return result;
}

int sign_in_line_of_stdin(const char *what, char *text, size_t size, struct err *err)
{
	return read_some(STDIN_FILENO, true, what, text, size, err);
}

int sign_in_line_of_file(const char *what, const char *path, char *text, size_t size, struct err *err)
{
	return read_file(true, what, path, text, size, err);
}

int sign_in_file(const char *what, const char *path, char *text, size_t size, struct err *err)
{
	return read_file(false, what, path, text, size, err);
}
