/* What the ways with a password or an API key share, and that of OpenSubsonic servers, which needs no more. */
#include <stdio.h>
#include <string.h>

#include "ctl/sign_in.h"
#include "fetcher/probe.h"

/* "auto, token, password or apikey" */
static void list_modes(const char *const *modes, char text[80])
{
	size_t used = 0;
	for (size_t i = 0; modes[i]; i++)
		used += (size_t)snprintf(text + used, 80 - used, "%s%s", i == 0 ? "" : modes[i + 1] ? ", " : " or ", modes[i]);
}

static bool is_mode(const char *auth, const char *const *modes)
{
	size_t i = 0;
	while (modes[i] && strcmp(auth, modes[i]) != 0)
		i++;
	return modes[i] != NULL;
}

int sign_in_check_password(struct sign_in *sign_in, const char *const *modes, struct err *err)
{
	struct account *account = sign_in->account;
	const char *auth = sign_in->auth ? sign_in->auth : sign_in->again ? account->auth : "auto";
	char list[80];
	if (!is_mode(auth, modes)) {
		list_modes(modes, list);
		return sign_in_wrong(sign_in, "auth", err, "must be %s, not '%.20s'", list, auth);
	}
	if (sign_in->user && !span_copy(span_of(sign_in->user), account->username, sizeof account->username))
		return sign_in_wrong(sign_in, "user", err, "is longer than %zu bytes", sizeof account->username - 1);
	if (auth != account->auth)
		snprintf(account->auth, sizeof account->auth, "%s", auth);
	return 0;
}

int sign_in_take_password(struct sign_in *sign_in, struct err *err)
{
	struct account *account = sign_in->account;
	if (!sign_in->password || !*sign_in->password)
		return sign_in_wrong(sign_in, "password", err, "is missing");
	if (!span_copy(span_of(sign_in->password), account->secret, sizeof account->secret))
		return sign_in_wrong(sign_in, "password", err, "is longer than %zu bytes", sizeof account->secret - 1);
	return 0;
}

int sign_in_try(struct sign_in *sign_in, struct err *err)
{
	const struct account *account = sign_in->account;
	struct probe_server server;
	if (probe_sign_in(sign_in->settings, account, &server, err)) {
		sign_in->quotes = err->code != 0;
		return err_wrap(err, "nothing was stored: %s: ", account->url);
	}
	snprintf(sign_in->told, sizeof sign_in->told, "Signed in to %s at %.200s with %s.", server.name, account->url,
	         server.auth);
	return 0;
}

/* ---- OpenSubsonic ---- */

static const char *const modes_known[] = {"auto", "token", "password", "apikey", NULL};

static int check(struct sign_in *sign_in, struct err *err)
{
	const struct account *account = sign_in->account;
	if (sign_in_check_password(sign_in, modes_known, err))
		return -1;
	if (!*account->username && strcmp(account->auth, "apikey") != 0)
		return sign_in_wrong(sign_in, "user", err, "is missing (only an API key does without)");
	return 0;
}

static int run(struct sign_in *sign_in, struct err *err)
{
	if (sign_in_take_password(sign_in, err))
		return -1;
	return sign_in->no_test ? 0 : sign_in_try(sign_in, err);
}

static const char *const fields[] = {"url", "user", "auth", "password", NULL};
const struct sign_in_way sign_in_password = {.provider = "opensubsonic",
                                             .title = "OpenSubsonic server",
                                             .fields = fields,
                                             .check = check,
                                             .run = run};
