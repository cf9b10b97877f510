/* The adapters there are. */
#include "fetcher/provider.h"

#include <stdio.h>

extern const struct provider provider_opensubsonic, provider_spotify, provider_applemusic, provider_jellyfin;

static const struct provider *const providers[] = {&provider_opensubsonic, &provider_spotify, &provider_applemusic,
                                                   &provider_jellyfin};

const struct provider *provider_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(providers); i++) {
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	}
	return NULL;
}

const char *provider_names(void)
{
	return "opensubsonic, spotify, applemusic, jellyfin";
}

int provider_first_sign_mode(const struct provider *provider, const struct account *account)
{
	for (int mode = 0; provider->sign_ways && provider->sign_ways[mode].auth; mode++) {
		if (strcmp(provider->sign_ways[mode].auth, account->auth) == 0)
			return mode;
	}
	return 0;
}

int provider_next_sign_mode(const struct provider *provider, const struct account *account, int mode)
{
	const struct sign_way *next = provider->sign_ways ? &provider->sign_ways[mode + 1] : NULL;
	return next && next->auth && next->automatic && strcmp(account->auth, "auto") == 0 ? mode + 1 : -1;
}

void provider_learn(const struct request *request, yyjson_val *root, struct session *session)
{
	if (!*session->server)
		snprintf(session->server, sizeof session->server, "%s", session->provider->title);
	if (session->provider->learn)
		session->provider->learn(request, root, session);
}

void provider_escape(struct buf *out, struct span text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] && strchr(plain, text.at[i]))
			buf_add_byte(out, text.at[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text.at[i]);
	}
}
