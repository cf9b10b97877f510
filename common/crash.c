/* Test builds only. KILL, which nothing can catch: no buffer is flushed, no connection closed in order. */
#include "common/crash.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

void crash_point(const char *name)
{
	static long passes;
	const char *wanted = getenv("SYNCLINE_CRASH_AT");
	size_t len = strlen(name);
	if (!wanted || strncmp(wanted, name, len) != 0 || (wanted[len] != '\0' && wanted[len] != ':'))
		return;
	long pass = wanted[len] == ':' ? strtol(wanted + len + 1, NULL, 10) : 1;
	if (++passes == pass)
		raise(SIGKILL);
}
