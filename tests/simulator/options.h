/* The command line. */
#ifndef SIMULATOR_OPTIONS_H
#define SIMULATOR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	uint64_t artists, albums, tracks, playlists, entries, smart, seed, port, cache_mb, log_entries, token_life;
	const char *host, *flavour, *user, *password;                /* of argv or constants */
	const char *api_key, *client_id, *client_secret, *apple_key; /* NULL: none, any client */
	bool any_user, keep_refresh_token, fat, empty_404, no_total, gzip, help;
};

/* False after a message on stderr when the line is wrong. */
bool options_read(struct options *options, int argc, char **argv);
void options_help(void);

#endif
