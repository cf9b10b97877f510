/* An HTTP/1.1 server: one thread, one epoll, keep-alive and pipelining, no TLS. Delivers responses as badly as they ask
 * for.
 *
 * http_open → http_run until told to stop → http_close. */
#ifndef SIMULATOR_HTTP_H
#define SIMULATOR_HTTP_H

#include "request.h"
#include "response.h"

struct http_connection;

typedef void http_answer_function(void *context, const struct request *request, struct response *response);

struct http {
	int epoll_fd, listen_fd;
	uint16_t port; /* that it listens on */
	http_answer_function *answer;
	void *context;
	struct http_connection *connections;
	unsigned stalled; /* connections that pause on purpose */
};

/* Listens on an IPv4 address; port 0 takes any free one. -1 with errno set, and nothing left open, on failure. */
int http_open(struct http *http, const char *address, uint16_t port, http_answer_function *answer, void *context);
/* Serves until stop_fd is readable. -1 with errno set when waiting fails. */
int http_run(struct http *http, int stop_fd);
void http_close(struct http *http);

#endif
