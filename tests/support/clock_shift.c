/* Preloaded into a worker: its wall clock is off by as many seconds as the file SYNCLINE_CLOCK_SHIFT says, which may change
 * while it runs. The monotonic clock is left alone, as a stepped clock leaves it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift_s(void)
{
	static const char *path;
	char text[32] = "";
	if (!path)
		path = getenv("SYNCLINE_CLOCK_SHIFT");
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return 0;
	ssize_t len = read(file, text, sizeof text - 1);
	close(file);
	return len > 0 ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(clock, time);
	if (result == 0 && clock == CLOCK_REALTIME)
		time->tv_sec += shift_s();
	return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;
	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now))
		return -1;
	*time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return 0;
}

time_t time(time_t *to)
{
	struct timespec now;
	if (clock_gettime(CLOCK_REALTIME, &now))
		return (time_t)-1;
	if (to)
		*to = now.tv_sec;
	return now.tv_sec;
}
