/* The table of ways. */
#include "ctl/sign_in.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/account_input.h"

extern const struct sign_in_way sign_in_password, sign_in_spotify, sign_in_apple, sign_in_jellyfin;

const struct sign_in_way *const sign_in_ways[] = {&sign_in_password, &sign_in_spotify, &sign_in_apple,
                                                  &sign_in_jellyfin, NULL};

const char *sign_in_providers(void)
{
	return "opensubsonic, spotify, applemusic, jellyfin";
}

const struct sign_in_way *sign_in_find(const char *provider)
{
	for (size_t i = 0; sign_in_ways[i]; i++) {
		if (strcmp(sign_in_ways[i]->provider, provider) == 0)
			return sign_in_ways[i];
	}
	return NULL;
}

bool sign_in_has_field(const struct sign_in_way *way, const char *field)
{
	for (size_t i = 0; way->fields[i]; i++) {
		if (strcmp(way->fields[i], field) == 0)
			return true;
	}
	return false;
}

int sign_in_wrong(struct sign_in *sign_in, const char *field, struct err *err, const char *format, ...)
{
	char text[sizeof err->text];
	va_list values;
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	sign_in->field = field;
	return err_set(err, ERR_CONFIG, 0, "%s", text);
}

/* Who is given, where. */
static int check_new(const struct sign_in_way *way, struct sign_in *sign_in, struct err *err)
{
	const char *url = sign_in->url ? sign_in->url : way->url;
	struct account *account = sign_in->account;
	if (account_check_name(account->name, err)) {
		sign_in->field = "name";
		return -1;
	}
	if (!url)
		return sign_in_wrong(sign_in, "url", err, "is missing");
	if (account_check_url(url, account->url, err)) {
		sign_in->field = "url";
		return -1;
	}
	snprintf(account->provider, sizeof account->provider, "%s", way->provider);
	return 0;
}

int sign_in_check(const struct sign_in_way *way, struct sign_in *sign_in, struct err *err)
{
	assert(sign_in->account && sign_in->settings);
	sign_in->field = NULL;
	if (!sign_in->again && check_new(way, sign_in, err))
		return -1;
	return way->check(sign_in, err);
}

int sign_in_run(const struct sign_in_way *way, struct sign_in *sign_in, struct err *err)
{
	assert(way->run);
	sign_in->field = NULL;
	sign_in->quotes = false;
	return way->run(sign_in, err);
}

void sign_in_done(struct sign_in *sign_in)
{
	credentials_wipe(&sign_in->credentials);
	account_wipe(sign_in->account);
}
