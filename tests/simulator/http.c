/* Sockets: accepts, reads requests, writes responses, pauses and breaks where a response says so. */
#include "http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 64, READ_BYTES = 16 * 1024, HEAD_MAX = 4096 };

enum state { STATE_READING, STATE_WRITING, STATE_STALLED };

struct http_connection {
	struct http *http;
	struct http_connection *next, *previous;
	int fd;
	enum state state;
	uint32_t events; /* that epoll waits for */
	bool continued;  /* 100 Continue was sent for the request being read */
	struct out in;   /* what was received and not yet answered */
	struct request request;
	struct response response;
	char head[HEAD_MAX];
	size_t head_len, sent; /* sent: of head and body together */
	int64_t wake_ms;       /* while stalled */
};

static void accept_all(struct http *http);
static void on_event(struct http_connection *connection, uint32_t events);
static void wake_due(struct http *http);
static int next_wait_ms(const struct http *http);
static void serve(struct http_connection *connection);
static bool start(struct http_connection *connection);
static bool deliver(struct http_connection *connection);
static void finish(struct http_connection *connection);
static void drop(struct http_connection *connection, bool reset);

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int listen_on(const char *address, uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(*port)};
	socklen_t len = sizeof at;
	int on = 1;
	if (inet_pton(AF_INET, address, &at.sin_addr) != 1) {
		errno = EINVAL;
		return -1;
	}
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 ||
	    listen(fd, 1024) < 0 || getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
		close(fd);
		return -1;
	}
	*port = ntohs(at.sin_port);
	return fd;
}

int http_open(struct http *http, const char *address, uint16_t port, http_answer_function *answer, void *context)
{
	int listen_fd = listen_on(address, &port);
	if (listen_fd < 0)
		return -1;
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = {.events = EPOLLIN};
	if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &event) < 0) {
		close(listen_fd);
		if (epoll_fd >= 0)
			close(epoll_fd);
		return -1;
	}
	*http = (struct http){epoll_fd, listen_fd, port, answer, context, NULL, 0};
	return 0;
}

int http_run(struct http *http, int stop_fd)
{
	struct epoll_event events[EVENTS_MAX], stop = {.events = EPOLLIN, .data.ptr = http};
	if (epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, stop_fd, &stop) < 0)
		return -1;
	for (;;) {
		int count = epoll_wait(http->epoll_fd, events, EVENTS_MAX, next_wait_ms(http));
		if (count < 0 && errno != EINTR)
			return -1;
		/* A connection may only be freed by its own event: each has one event a turn, so none is stale. */
		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == http)
				return 0;
			if (events[i].data.ptr)
				on_event(events[i].data.ptr, events[i].events);
			else
				accept_all(http);
		}
		wake_due(http);
	}
}

void http_close(struct http *http)
{
	while (http->connections)
		drop(http->connections, false);
	close(http->listen_fd);
	close(http->epoll_fd);
}

static void accept_all(struct http *http)
{
	int fd, on = 1;
	while ((fd = accept4(http->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct http_connection *connection = must_alloc(1, sizeof *connection);
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
		/* Without it only slower, so a failure does not matter. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		connection->http = http;
		connection->fd = fd;
		connection->events = event.events;
		connection->next = http->connections;
		if (http->connections)
			http->connections->previous = connection;
		http->connections = connection;
		if (epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
			drop(connection, false);
	}
}

static void drop(struct http_connection *connection, bool reset)
{
	struct http *http = connection->http;
	if (reset) {
		/* Closing with a linger time of zero sends RST instead of FIN. */
		struct linger none = {.l_onoff = 1};
		(void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	}
	close(connection->fd);
	if (connection->state == STATE_STALLED)
		http->stalled--;
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		http->connections = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	body_unref(&connection->response.body);
	out_done(&connection->in);
	free(connection);
}

static void wait_for(struct http_connection *connection, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = connection};
	if (connection->events == events)
		return;
	connection->events = events;
	if (epoll_ctl(connection->http->epoll_fd, EPOLL_CTL_MOD, connection->fd, &event) < 0)
		abort(); /* the descriptor is open and registered: only our own mistake gets here */
}

static void on_event(struct http_connection *connection, uint32_t events)
{
	if (connection->state != STATE_READING) {
		if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP))
			drop(connection, false);
		else if (deliver(connection))
			serve(connection);
		return;
	}
	struct out *in = &connection->in;
	if (in->cap - in->len < READ_BYTES)
		out_grow(in, READ_BYTES);
	ssize_t got = read(connection->fd, in->at + in->len, in->cap - in->len - 1);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop(connection, false);
		return;
	}
	in->len += (size_t)got;
	serve(connection);
}

static void wake_due(struct http *http)
{
	if (!http->stalled)
		return;
	int64_t now = now_ms();
	for (struct http_connection *connection = http->connections, *next; connection; connection = next) {
		next = connection->next;
		if (connection->state != STATE_STALLED || connection->wake_ms > now)
			continue;
		connection->state = STATE_WRITING;
		connection->response.stall_ms = 0;
		http->stalled--;
		if (deliver(connection))
			serve(connection);
	}
}

static int next_wait_ms(const struct http *http)
{
	int64_t now, nearest = 3600000;
	if (!http->stalled)
		return -1;
	now = now_ms();
	for (const struct http_connection *connection = http->connections; connection; connection = connection->next) {
		if (connection->state == STATE_STALLED && connection->wake_ms - now < nearest)
			nearest = connection->wake_ms - now;
	}
	return nearest < 0 ? 0 : (int)nearest;
}

/* Answers the requests that are wholly there, until one cannot be sent at once. The connection may be gone afterwards. */
static void serve(struct http_connection *connection)
{
	struct request *request = &connection->request;
	while (connection->in.len) {
		int found = request_parse(request, connection->in.at, connection->in.len);
		if (found < 0) {
			drop(connection, false);
			return;
		}
		if (!found)
			break;
		if (!start(connection) || !deliver(connection))
			return;
	}
	if (connection->in.len && request->head_bytes && request->wants_continue && !connection->continued) {
		/* 25 bytes always fit into the buffer of a connection that waits for us; when not, the client goes on anyhow. */
		connection->continued = true;
		(void)!send(connection->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
	}
	wait_for(connection, EPOLLIN);
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = {
		{200, "OK"},
		{302, "Found"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{502, "Bad Gateway"},
		{503, "Service Unavailable"},
		{504, "Gateway Timeout"},
	};
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Other";
}

/* Has the request answered, and makes the head. False when the connection was closed instead. */
static bool start(struct http_connection *connection)
{
	struct response *response = &connection->response;
	const struct request *request = &connection->request;
	*response = (struct response){0};
	connection->http->answer(connection->http->context, request, response);
	if (!response->status) {
		drop(connection, false);
		return false;
	}
	assert(response->body);
	int len = snprintf(connection->head, HEAD_MAX, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\n%s%s%s%s%s\r\n",
	                   response->status, reason(response->status), response->body->len,
	                   response->content_type ? "Content-Type: " : "",
	                   response->content_type ? response->content_type : "", response->content_type ? "\r\n" : "",
	                   response->headers, request->keep_alive ? "" : "Connection: close\r\n");
	assert(len > 0 && len < HEAD_MAX);
	connection->head_len = (size_t)len;
	connection->sent = 0;
	connection->state = STATE_WRITING;
	return true;
}

/* How far it may be sent before something is to happen. */
static size_t next_stop(const struct http_connection *connection)
{
	const struct response *response = &connection->response;
	if (response->stall_ms)
		return response->stall_at ? connection->head_len + response->stall_at : 0;
	return connection->head_len + (response->cut == CUT_NONE ? response->body->len : response->cut_at);
}

/* False when it would block or failed; a failed connection is gone. */
static bool send_up_to(struct http_connection *connection, size_t end)
{
	struct body *body = connection->response.body;
	while (connection->sent < end) {
		size_t in_head = connection->sent < connection->head_len ? connection->head_len - connection->sent : 0;
		size_t in_body = connection->sent + in_head - connection->head_len;
		struct iovec parts[2] = {
			{connection->head + connection->head_len - in_head, in_head},
			{body->bytes + in_body, end - connection->sent - in_head},
		};
		struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
		ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			wait_for(connection, EPOLLOUT | EPOLLRDHUP);
		else if (sent < 0)
			drop(connection, false);
		if (sent < 0)
			return false;
		connection->sent += (size_t)sent;
	}
	return true;
}

/* Sends what may be sent now. True when the response is finished and the connection reads again; otherwise it waits, pauses
 * or is gone. */
static bool deliver(struct http_connection *connection)
{
	struct response *response = &connection->response;
	if (!send_up_to(connection, next_stop(connection)))
		return false;
	if (response->stall_ms) {
		connection->wake_ms = now_ms() + response->stall_ms;
		connection->state = STATE_STALLED;
		connection->http->stalled++;
		wait_for(connection, EPOLLRDHUP);
		return false;
	}
	if (response->cut != CUT_NONE || !connection->request.keep_alive) {
		drop(connection, response->cut == CUT_RESET);
		return false;
	}
	finish(connection);
	return true;
}

/* Makes room for the next request, which may have arrived already. */
static void finish(struct http_connection *connection)
{
	struct out *in = &connection->in;
	size_t used = connection->request.head_bytes + connection->request.body_bytes;
	assert(used <= in->len);
	in->at[used] = connection->request.end_byte;
	in->len -= used;
	memmove(in->at, in->at + used, in->len);
	body_unref(&connection->response.body);
	connection->state = STATE_READING;
	connection->continued = false;
}
