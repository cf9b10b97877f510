/* A few connections, each read to the end of its head. */
#include "ctl/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/vault.h"

enum { CLIENTS = 8, HEAD = 8 * 1024, PAGE = 8 * 1024 };

struct client {
	int fd; /* -1: free */
	size_t used;
	char head[HEAD + 1];
};

struct loopback {
	int listener;
	struct client clients[CLIENTS];
	struct client *waiting; /* for loopback_answer */
};

/* clang-format off */
static const char page[] =
	"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
	"<title>%s</title><style>"
	":root{color-scheme:light dark}"
	"body{font:17px/1.6 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0;padding:0 1.5rem}"
	"main{max-width:30rem}h1{font-size:1.5rem;margin:0 0 .4rem}p{margin:0;opacity:.75}"
	"b{display:inline-grid;place-items:center;width:2.6rem;height:2.6rem;border-radius:50%%;color:#fff;background:%s;"
	"font-size:1.3rem;margin-bottom:1rem}"
	"</style><main><b aria-hidden=\"true\">%s</b><h1>%s</h1><p>%s</p></main></html>\n";
/* clang-format on */

int loopback_open(int64_t port, struct loopback **ret, struct err *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons((uint16_t)port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;
	struct loopback *loopback = calloc(1, sizeof *loopback);
	if (!loopback)
		return err_set(err, ERR_FATAL, 0, "no memory to wait for the browser");
	for (int i = 0; i < CLIENTS; i++)
		loopback->clients[i].fd = -1;
	loopback->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* A sign-in right behind another finds the port in TIME_WAIT. */
	setsockopt(loopback->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (loopback->listener < 0 || bind(loopback->listener, (struct sockaddr *)&address, sizeof address) ||
	    listen(loopback->listener, CLIENTS)) {
		int code = errno;
		loopback_close(&loopback);
		return err_set(err, ERR_CONFIG, code,
		               "port %lld of this machine: %s; use another one with --redirect-port, registered with the app, or "
		               "--paste",
		               (long long)port, strerror(code));
	}
	*ret = loopback;
	return 0;
}

static void hang_up(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	vault_wipe(client->head, client->used); /* it held the code */
	client->used = 0;
}

void loopback_close(struct loopback **ptr)
{
	struct loopback *loopback = *ptr;
	if (!loopback)
		return;
	for (int i = 0; i < CLIENTS; i++)
		hang_up(&loopback->clients[i]);
	if (loopback->listener >= 0)
		close(loopback->listener);
	free(loopback);
	*ptr = NULL;
}

/* ---- answers ---- */

static void escape(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&' || *text == '"')
			buf_printf(out, "&#%d;", *text);
		else
			buf_add_byte(out, *text);
	}
}

static void respond(struct client *client, const char *status, const char *type, const char *body)
{
	struct buf out;
	buf_init(&out, 2 * PAGE);
	buf_printf(&out,
	           "HTTP/1.1 %s\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n"
	           "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
	           "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n%s",
	           status, type, strlen(body), body);
	/* A page fits the socket's buffer; a browser that is gone misses it. */
	if (buf_ok(&out))
		IGNORE(send(client->fd, out.at, out.len, MSG_NOSIGNAL) < 0);
	buf_done(&out);
	shutdown(client->fd, SHUT_WR);
	hang_up(client);
}

void loopback_answer(struct loopback *loopback, bool good, const char *title, const char *text)
{
	struct buf heading, sentence, out;
	buf_init(&heading, PAGE / 2);
	buf_init(&sentence, PAGE / 2);
	buf_init(&out, PAGE);
	escape(&heading, title);
	escape(&sentence, text);
	buf_printf(&out, page, buf_text(&heading), good ? "#1a7f37" : "#b3261e", good ? "&#10003;" : "!",
	           buf_text(&heading), buf_text(&sentence));
	respond(loopback->waiting, good ? "200 OK" : "400 Bad Request", "text/html", buf_text(&out));
	loopback->waiting = NULL;
	buf_done(&heading);
	buf_done(&sentence);
	buf_done(&out);
}

/* ---- requests ---- */

static void take_connection(struct loopback *loopback)
{
	int fd = accept4(loopback->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	for (int i = 0; i < CLIENTS; i++) {
		if (loopback->clients[i].fd < 0) {
			loopback->clients[i].fd = fd;
			return;
		}
	}
	/* All taken by connections that say nothing: the oldest place makes room. */
	hang_up(&loopback->clients[0]);
	loopback->clients[0].fd = fd;
}

/* "GET /callback?..." with its head whole. Everything else that is whole is answered here. */
static bool is_redirect(struct client *client, struct span *query)
{
	static const char path[] = "GET /callback?";
	client->head[client->used] = '\0';
	if (!strstr(client->head, "\r\n\r\n")) {
		if (client->used == HEAD)
			hang_up(client);
		return false;
	}
	if (strncmp(client->head, path, strlen(path)) != 0) {
		respond(client, "404 Not Found", "text/plain", "There is nothing here.\n");
		return false;
	}
	const char *at = client->head + strlen(path);
	*query = (struct span){at, strcspn(at, " \r\n")};
	return true;
}

static bool read_some(struct client *client, struct span *query)
{
	ssize_t got = recv(client->fd, client->head + client->used, HEAD - client->used, 0);
	if (got <= 0) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			hang_up(client);
		return false;
	}
	client->used += (size_t)got;
	return is_redirect(client, query);
}

static bool turn(struct loopback *loopback, int timeout_ms, struct span *query)
{
	struct pollfd fds[CLIENTS + 1];
	fds[CLIENTS] = (struct pollfd){.fd = loopback->listener, .events = POLLIN};
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = (struct pollfd){.fd = loopback->clients[i].fd, .events = POLLIN};
	if (poll(fds, CLIENTS + 1, timeout_ms) <= 0)
		return false;
	for (int i = 0; i < CLIENTS; i++) {
		if (fds[i].revents && read_some(&loopback->clients[i], query)) {
			loopback->waiting = &loopback->clients[i];
			return true;
		}
	}
	if (fds[CLIENTS].revents)
		take_connection(loopback);
	return false;
}

int loopback_wait(struct loopback *loopback, int64_t deadline_ms, struct span *query, struct err *err)
{
	int64_t left;
	while ((left = deadline_ms - clock_ms()) > 0) {
		if (turn(loopback, left < 1000 ? (int)left : 1000, query))
			return 0;
	}
	return err_set(err, ERR_CONFIG, 0, "nobody signed in in time; run the command again, or with --paste");
}
