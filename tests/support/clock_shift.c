/* Preloaded into a worker: its clocks are off as the file SYNCLINE_CLOCK_SHIFT says, which may change while it runs:
 *
 *	SECONDS                    a step: the wall clock is off by that; the monotonic clock is left alone, as a step leaves it
 *	SECONDS PPM FROM UNTIL     and a slew: between two moments of the true monotonic clock, in ms, both clocks go faster by
 *	                           PPM millionths (slower, if negative), and keep what they have gained
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

struct shift {
	long long seconds, ppm, from_ms, until_ms;
};

static struct shift read_shift(void)
{
	static const char *path;
	char text[128] = "";
	struct shift shift = {0};
	if (!path)
		path = getenv("SYNCLINE_CLOCK_SHIFT");
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return shift;
	if (read(file, text, sizeof text - 1) > 0)
		sscanf(text, "%lld %lld %lld %lld", &shift.seconds, &shift.ppm, &shift.from_ms, &shift.until_ms);
	close(file);
	return shift;
}

static int true_time(clockid_t clock, struct timespec *time)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	return real(clock, time);
}

static long long gained_ns(const struct shift *shift)
{
	struct timespec now;
	if (shift->ppm == 0 || true_time(CLOCK_MONOTONIC, &now))
		return 0;
	long long at_ms = now.tv_sec * 1000LL + now.tv_nsec / NS_PER_MS;
	if (at_ms > shift->until_ms)
		at_ms = shift->until_ms;
	return at_ms > shift->from_ms ? (at_ms - shift->from_ms) * shift->ppm : 0; /* a millionth of a ms is a ns */
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = true_time(clock, time);
	if (result || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
		return result;
	struct shift shift = read_shift();
	long long ns = time->tv_nsec + gained_ns(&shift);
	time->tv_sec += ns / NS_PER_S + (clock == CLOCK_REALTIME ? shift.seconds : 0);
	time->tv_nsec = ns % NS_PER_S;
	if (time->tv_nsec < 0) {
		time->tv_nsec += NS_PER_S;
		time->tv_sec--;
	}
	return 0;
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
