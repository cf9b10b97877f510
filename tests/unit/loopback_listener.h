/* A port of this machine that a test's own small server listens on. */
#ifndef SYNCLINE_TESTS_LOOPBACK_LISTENER_H
#define SYNCLINE_TESTS_LOOPBACK_LISTENER_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "unit.h"

/* Returns its descriptor, for the caller to close; *port is whichever was free. Nobody who does not come is waited for longer than
 * 10 s. */
static inline int loopback_listener(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval patience = {.tv_sec = 10};
	socklen_t len = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	*port = ntohs(address.sin_port);
	return listener;
}

#endif
