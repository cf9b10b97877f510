/* A name server that does not answer, for a while.
 *
 * This file defines getaddrinfo for its test program. The dynamic linker takes a program's own definition before the C library's,
 * also for libcurl. Addresses that are numbers are not asked about. Include it in one file of a program. */
#ifndef SYNCLINE_TESTS_UNIT_SILENT_NAME_SERVER_H
#define SYNCLINE_TESTS_UNIT_SILENT_NAME_SERVER_H

#include "unit.h"

#include <netdb.h>
#include <pthread.h>
#include <time.h>

/* Whoever waits for it takes that long; who does not is done in less than half of it, however busy the machine. */
enum { NAME_SERVER_SECONDS = 12 };

static pthread_mutex_t name_server_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t name_server_news = PTHREAD_COND_INITIALIZER;
static bool name_server_answers;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	struct timespec until;
	int result = 0;
	(void)name;
	(void)service;
	(void)hints;
	(void)found;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += NAME_SERVER_SECONDS;
	pthread_mutex_lock(&name_server_lock);
	while (result == 0 && !name_server_answers)
		result = pthread_cond_timedwait(&name_server_news, &name_server_lock, &until);
	pthread_mutex_unlock(&name_server_lock);
	return EAI_AGAIN;
}

/* From now on it does: that it knows nothing. */
static inline void name_server_answer(void)
{
	pthread_mutex_lock(&name_server_lock);
	name_server_answers = true;
	pthread_cond_broadcast(&name_server_news);
	pthread_mutex_unlock(&name_server_lock);
}

#endif
