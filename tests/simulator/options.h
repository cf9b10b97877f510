/* The command line. */
#ifndef SIMULATOR_OPTIONS_H
#define SIMULATOR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	uint64_t artists, albums, tracks, playlists, entries, smart, seed, port, cache_mb, log_entries;
	const char *host, *flavour, *user, *password, *api_key; /* of argv or constants; api_key NULL: none */
	bool any_user, gzip, help;
};

/* False after a message on stderr when the line is wrong. */
bool options_read(struct options *options, int argc, char **argv);
void options_help(void);

#endif
