/* Signals as input. */
#include "common/stop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/clock.h"

enum { STOP_POLL_MS = 500 }; /* a thread that asked whether to go on may have read the signal */

static int fd = -1;
/* Over level and drain_since_ms: the console's threads ask, too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum stop_level level;
static int64_t drain_since_ms;

int stop_open(struct err *err)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_FATAL, errno, "signals cannot be read: %s", strerror(errno));
	/* A peer that closes a socket must be an error of that socket, not the end of the process. */
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

enum stop_level stop_level(int64_t drain_ms)
{
	struct signalfd_siginfo info;
	pthread_mutex_lock(&lock);
	while (fd >= 0 && read(fd, &info, sizeof info) == sizeof info) {
		if (level == STOP_RUN)
			drain_since_ms = clock_ms();
		level = level == STOP_RUN ? STOP_DRAIN : STOP_NOW;
	}
	if (level == STOP_DRAIN && clock_ms() - drain_since_ms > drain_ms)
		level = STOP_NOW;
	enum stop_level now = level;
	pthread_mutex_unlock(&lock);
	return now;
}

void stop_wait(void)
{
	while (stop_level(0) == STOP_RUN)
		poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, STOP_POLL_MS);
}

int stop_fd(void)
{
	return fd;
}
