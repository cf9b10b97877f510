/* The adapters there are. */
#include "fetcher/provider.h"

extern const struct provider provider_opensubsonic;

static const struct provider *const providers[] = {&provider_opensubsonic};

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
	return "opensubsonic";
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
