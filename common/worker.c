/* The frame of a worker. */
#include "common/worker.h"

#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/health.h"
#include "common/kafka.h"
#include "common/log.h"
#include "common/version.h"

enum { EXIT_STOPPED = 0, EXIT_FATAL = 1, EXIT_CONFIG = 2, WARN_EVERY_MS = 30000, OBSTACLE_MS = 10000 };

static void print_help(const struct worker *worker)
{
	printf("%s %s: %s.\n\nUsage: %s [--config FILE] [--SETTING VALUE]...\n\n"
	       "TERM or INT: finishes what is in hand and stops; a second one stops now.\n"
	       "Exit codes: 0 stopped as asked, 1 failed (start it again), 2 settings or installation (mend it first).\n\n",
	       worker->name, SYNCLINE_VERSION, worker->purpose, worker->name);
	settings_help(worker->program, stdout);
}

static void log_kafka(const char *text)
{
	log_warn("kafka client", "%s", text);
}

/* Returns -1 to go on, or the exit code. */
static int read_options(const struct worker *worker, struct settings *settings, int argc, char **argv)
{
	struct err err;
	int used;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help(worker);
			return EXIT_STOPPED;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("%s %s\n", worker->name, SYNCLINE_VERSION);
			return EXIT_STOPPED;
		}
	}
	if (settings_load(settings, worker->program, argc, argv, &used, &err)) {
		fprintf(stderr, "%s: %s\n", worker->name, err.text);
		return EXIT_CONFIG;
	}
	if (used < argc) {
		fprintf(stderr, "%s: unknown option '%s'; --help lists all\n", worker->name, argv[used]);
		return EXIT_CONFIG;
	}
	return -1;
}

/* Services may come up later than their workers: waits for them, and says what it waits for. */
static int open_patiently(const struct worker *worker, const struct settings *settings, void **state, struct err *err)
{
	struct backoff policy = {500, 10000, 0};
	for (int tries = 0; worker->open(settings, state, err); tries++) {
		if (err->class != ERR_RETRY)
			return -1;
		int64_t wait_ms = backoff_next_ms(&policy, tries, (uint32_t)rand());
		log_warn("waiting for a service", "%s; trying again in %lld ms", err->text, (long long)wait_ms);
		health_obstacle(err->text);
		int64_t until_ms = clock_ms() + wait_ms;
		while (clock_ms() < until_ms) {
			health_beat();
			if (stop_level(0) != STOP_RUN)
				return err_set(err, ERR_RETRY, 0, "stopped while waiting for a service");
			poll(&(struct pollfd){.fd = stop_fd(), .events = POLLIN}, 1, 50);
		}
	}
	return 0;
}

/* What was told last of what is in the way; "": nothing. */
struct told {
	char text[HEALTH_OBSTACLE];
	int64_t at_ms;
};

/* /readyz tells it to whoever asks; the log tells it when it stays, and what takes its place, but not each change. */
static void tell_obstacle(struct told *told)
{
	char text[HEALTH_OBSTACLE];
	int64_t blocked_ms = health_blocked_ms(text), now_ms = clock_ms();
	if (*text && (blocked_ms < OBSTACLE_MS || strcmp(text, told->text) == 0))
		return;
	if (*text && *told->text && now_ms < told->at_ms + WARN_EVERY_MS)
		return;
	if (*text)
		log_warn("not ready", "for %lld s: %s", (long long)blocked_ms / 1000, text);
	else if (*told->text)
		log_info("ready", "no longer: %s", told->text);
	snprintf(told->text, sizeof told->text, "%s", text);
	told->at_ms = now_ms;
}

static int run(const struct worker *worker, const struct settings *settings, void *state, struct err *err)
{
	int64_t warned_ms = 0;
	struct told told = {0};
	for (;;) {
		bool idle = false;
		enum stop_level stop = stop_level(settings->drain_ms);
		health_beat();
		if (stop == STOP_NOW)
			return 0;
		if (worker->turn(state, stop, &idle, err)) {
			if (err->class == ERR_FATAL || err->class == ERR_CONFIG)
				return -1;
			if (warned_ms == 0 || clock_ms() - warned_ms > WARN_EVERY_MS) {
				log_warn("trying again", "%s", err->text);
				warned_ms = clock_ms();
			}
		}
		if (stop == STOP_DRAIN && idle)
			return 0;
		if (stop == STOP_RUN)
			tell_obstacle(&told);
	}
}

static int exit_code(const struct err *err)
{
	return err->class == ERR_CONFIG ? EXIT_CONFIG : EXIT_FATAL;
}

int worker_main(const struct worker *worker, int argc, char **argv)
{
	struct settings settings;
	struct health *health = NULL;
	struct err err = {0};
	void *state = NULL;
	/* One heap for all threads, trimmed early: the workers' memory must not depend on what passed through them. */
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	int result = read_options(worker, &settings, argc, argv);
	if (result >= 0)
		return result;
	log_open(worker->name, strcmp(settings.log_format, "json") == 0);
	kafka_log_to(log_kafka);
	srand((unsigned)(clock_wall_ms() ^ getpid()));
	if (stop_open(&err) || health_open(&settings, worker->program, &health, &err) ||
	    open_patiently(worker, &settings, &state, &err)) {
		result = stop_level(0) == STOP_RUN ? exit_code(&err) : EXIT_STOPPED;
	} else {
		log_info("started", "version %s, pid %d", SYNCLINE_VERSION, (int)getpid());
		result = run(worker, &settings, state, &err) ? exit_code(&err) : EXIT_STOPPED;
	}
	health_obstacle("stopping");
	worker->close(&state);
	health_close(&health);
	if (result == EXIT_STOPPED)
		log_info("stopped", "as asked");
	else
		log_error("stopped", "%s", err.text);
	return result;
}
