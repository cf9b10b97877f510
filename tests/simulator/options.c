/* One table of options: it is read from, and the help is printed from it. */
#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value { VALUE_NUMBER, VALUE_TEXT, VALUE_NONE };

static const struct option {
	const char *name;
	enum value value;
	size_t at;
	uint64_t max;
	const char *fallback; /* NULL: none */
	const char *help;
} table[] = {
	{"artists", VALUE_NUMBER, offsetof(struct options, artists), 100000000, "100", "artists in the library"},
	{"albums", VALUE_NUMBER, offsetof(struct options, albums), 100000000, "500", "albums"},
	{"tracks", VALUE_NUMBER, offsetof(struct options, tracks), 100000000, "6000", "tracks; 0: an empty library"},
	{"playlists", VALUE_NUMBER, offsetof(struct options, playlists), 1000000, "10", "playlists"},
	{"entries", VALUE_NUMBER, offsetof(struct options, entries), 1000000, "50", "tracks in each playlist"},
	{"smart", VALUE_NUMBER, offsetof(struct options, smart), 1000000, "0",
     "of the playlists are smart: always changed"},
	{"seed", VALUE_NUMBER, offsetof(struct options, seed), UINT64_MAX, "1", "another seed, another library"},
	{"port", VALUE_NUMBER, offsetof(struct options, port), 65535, "0", "to listen on; 0: any free one"},
	{"host", VALUE_TEXT, offsetof(struct options, host), 0, "127.0.0.1", "IPv4 address to listen on"},
	{"flavour", VALUE_TEXT, offsetof(struct options, flavour), 0, "navidrome", "the server to be: see README.md"},
	{"user", VALUE_TEXT, offsetof(struct options, user), 0, "demo", "user name that may sign in"},
	{"password", VALUE_TEXT, offsetof(struct options, password), 0, "demo", "its password"},
	{"api-key", VALUE_TEXT, offsetof(struct options, api_key), 0, NULL, "take this API key too"},
	{"any-user", VALUE_NONE, offsetof(struct options, any_user), 0, NULL, "take every user name with that password"},
	{"token-life", VALUE_NUMBER, offsetof(struct options, token_life), 100000000, "3600",
     "seconds an access token lives"},
	{"keep-refresh-token", VALUE_NONE, offsetof(struct options, keep_refresh_token), 0, NULL,
     "refreshing gives no new one"},
	{"client-id", VALUE_TEXT, offsetof(struct options, client_id), 0, NULL, "take no other OAuth client"},
	{"client-secret", VALUE_TEXT, offsetof(struct options, client_secret), 0, NULL, "its secret, where one is given"},
	{"fat", VALUE_NONE, offsetof(struct options, fat), 0, NULL,
     "all that servers tell of artists, and of markets: large bodies"},
	{"apple-key", VALUE_TEXT, offsetof(struct options, apple_key), 0, NULL,
     "file with the public key of developer tokens"},
	{"empty-404", VALUE_NONE, offsetof(struct options, empty_404), 0, NULL, "Apple: an empty library is not found"},
	{"no-total", VALUE_NONE, offsetof(struct options, no_total), 0, NULL, "Apple: lists do not say how long they are"},
	{"gzip", VALUE_NONE, offsetof(struct options, gzip), 0, NULL, "compress for clients that accept it"},
	{"cache-mb", VALUE_NUMBER, offsetof(struct options, cache_mb), 100000, "64", "rendered pages to keep, in MB"},
	{"log-entries", VALUE_NUMBER, offsetof(struct options, log_entries), 10000000, "65536", "requests to remember"},
	{"help", VALUE_NONE, offsetof(struct options, help), 0, NULL, "print this"},
};

static bool store(struct options *options, const struct option *option, const char *text)
{
	char *to = (char *)options + option->at, *end;
	if (option->value == VALUE_TEXT) {
		memcpy(to, &text, sizeof text);
		return true;
	}
	if (option->value == VALUE_NONE) {
		*(bool *)to = true;
		return true;
	}
	unsigned long long number = strtoull(text, &end, 10);
	uint64_t value = number;
	memcpy(to, &value, sizeof value);
	return *text >= '0' && *text <= '9' && !*end && number <= option->max;
}

static const struct option *find(const char *argument)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (strncmp(argument, "--", 2) == 0 && strcmp(table[i].name, argument + 2) == 0)
			return &table[i];
	}
	return NULL;
}

bool options_read(struct options *options, int argc, char **argv)
{
	*options = (struct options){0};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].fallback)
			(void)store(options, &table[i], table[i].fallback); /* the table's own values are in range */
	}
	for (int i = 1; i < argc; i++) {
		const struct option *option = find(argv[i]);
		if (!option) {
			fprintf(stderr, "syncline-simulator: no option %s; try --help\n", argv[i]);
			return false;
		}
		const char *text = option->value == VALUE_NONE ? "" : argv[++i];
		if (!text || !store(options, option, text)) {
			fprintf(stderr, "syncline-simulator: --%s wants a %s\n", option->name,
			        option->value == VALUE_TEXT ? "text" : "whole number in its range");
			return false;
		}
	}
	return true;
}

void options_help(void)
{
	puts("syncline-simulator: a music server made from a seed, with faults on demand (see README.md)\n");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *value = table[i].value == VALUE_NUMBER ? " N" : table[i].value == VALUE_TEXT ? " TEXT" : "";
		int width = printf("  --%s%s", table[i].name, value);
		printf("%*s%s", 24 - width, "", table[i].help);
		printf(table[i].fallback ? " (%s)\n" : "%s\n", table[i].fallback ? table[i].fallback : "");
	}
}
