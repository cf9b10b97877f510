/* Wires options, library and server together, and serves until a signal. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "http.h"
#include "options.h"
#include "simulator.h"

/* Signals become readable: no handler, no race with the wait. */
static int stop_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Thousands of connections want more descriptors than the usual soft limit; without them it still serves some. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void open_simulator(struct simulator *sim, const struct options *options, const struct flavour *flavour)
{
	struct library_size size = {
		.artists = (uint32_t)options->artists,
		.albums = (uint32_t)options->albums,
		.tracks = (uint32_t)options->tracks,
		.playlists = (uint32_t)options->playlists,
		.entries = (uint32_t)options->entries,
		.smart = (uint32_t)options->smart,
		.seed = options->seed,
		.entries_stay = flavour->entries_stay,
		.alphabetical = flavour->alphabetical,
		.some_empty = flavour->alphabetical,
	};
	sim->flavour = flavour;
	sim->login = (struct login){options->user, options->password, options->api_key, options->any_user};
	sim->gzip = options->gzip;
	sim->fat = options->fat;
	sim->empty_404 = options->empty_404;
	sim->no_total = options->no_total;
	grants_open(&sim->grants);
	sim->grants.user = options->user;
	sim->grants.any_user = options->any_user;
	sim->grants.keep_refresh = options->keep_refresh_token;
	sim->grants.life_s = (int64_t)options->token_life;
	sim->grants.client_id = options->client_id;
	sim->grants.client_secret = options->client_secret;
	library_open(&sim->library, size);
	cache_init(&sim->cache, options->cache_mb * 1000 * 1000);
	journal_open(&sim->journal, (uint32_t)options->log_entries);
}

static void close_simulator(struct simulator *sim)
{
	grants_close(&sim->grants);
	jwt_key_close(sim->developer_key);
	journal_close(&sim->journal);
	cache_done(&sim->cache);
	library_close(&sim->library);
	out_done(&sim->scratch);
	out_done(&sim->query);
}

static int serve(struct simulator *sim, const struct options *options, int stop_fd)
{
	struct http http;
	if (http_open(&http, options->host, (uint16_t)options->port, simulator_answer, sim) < 0) {
		fprintf(stderr, "syncline-simulator: cannot listen on %s port %u: %s\n", options->host, (unsigned)options->port,
		        strerror(errno));
		return 1;
	}
	printf("listening on http://%s:%u\n", options->host, http.port);
	fflush(stdout);
	int result = http_run(&http, stop_fd);
	if (result < 0)
		fprintf(stderr, "syncline-simulator: waiting for events: %s\n", strerror(errno));
	http_close(&http);
	return result < 0;
}

int main(int argc, char **argv)
{
	static struct simulator sim; /* the cache's table alone is 32 kB */
	struct options options;
	if (!options_read(&options, argc, argv))
		return 2;
	if (options.help) {
		options_help();
		return 0;
	}
	const struct flavour *flavour = flavour_find(options.flavour);
	if (!flavour) {
		fprintf(stderr, "syncline-simulator: --flavour is one of %s\n", flavour_names());
		return 2;
	}
	sim.developer_key = options.apple_key ? jwt_key_open(options.apple_key) : NULL;
	if (options.apple_key && !sim.developer_key) {
		fprintf(stderr, "syncline-simulator: no public key in %s\n", options.apple_key);
		return 2;
	}
	int stop_fd = stop_signals();
	if (stop_fd < 0) {
		fprintf(stderr, "syncline-simulator: signalfd: %s\n", strerror(errno));
		return 1;
	}
	raise_descriptor_limit();
	open_simulator(&sim, &options, flavour);
	int status = serve(&sim, &options, stop_fd);
	close_simulator(&sim);
	close(stop_fd);
	return status;
}
