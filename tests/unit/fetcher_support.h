/* A server for one exchange: it reads a request whole, sends the bytes it was given, and hangs up. Its own thread, so that
 * the code under test may wait. */
#ifndef SYNCLINE_TESTS_UNIT_FETCHER_SUPPORT_H
#define SYNCLINE_TESTS_UNIT_FETCHER_SUPPORT_H

#include "unit.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "loopback_listener.h"

struct small_server {
	int listener;
	char url[64];
	pthread_t thread;
	struct span response;
	bool silent; /* answers nothing until the client hangs up */
	char request[64 * 1024];
	int requests;
};

static inline void small_server_open(struct small_server *server)
{
	int port;
	server->listener = loopback_listener(&port);
	snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", port);
	server->requests = 0;
}

static inline void small_server_close(struct small_server *server)
{
	close(server->listener);
}

/* Is all of it there: the head, and as much of a body as it announces? */
static inline bool request_is_whole(const char *request, size_t used)
{
	const char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "\r\ncontent-length:");
	if (!end)
		return false;
	return used >= (size_t)(end + 4 - request) + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

static inline void *serve_one(void *context)
{
	struct small_server *server = context;
	char rest[256];
	size_t used = 0, sent = 0;
	ssize_t got = 1;
	int fd = accept(server->listener, NULL, NULL);
	if (fd < 0)
		return NULL;
	server->request[0] = '\0';
	while (!request_is_whole(server->request, used) &&
	       (got = recv(fd, server->request + used, sizeof server->request - 1 - used, 0)) > 0) {
		used += (size_t)got;
		server->request[used] = '\0';
	}
	server->requests++;
	while (!server->silent && sent < server->response.len &&
	       (got = send(fd, server->response.at + sent, server->response.len - sent, MSG_NOSIGNAL)) > 0)
		sent += (size_t)got;
	while (server->silent && recv(fd, rest, sizeof rest, 0) > 0) {
	}
	close(fd);
	return NULL;
}

/* Takes the next request; small_server_end waits until it was served. response must live until then. */
static inline void small_server_begin(struct small_server *server, struct span response)
{
	server->response = response;
	assert_int_equal(pthread_create(&server->thread, NULL, serve_one, server), 0);
}

static inline void small_server_end(struct small_server *server)
{
	assert_int_equal(pthread_join(server->thread, NULL), 0);
}

#endif
