/* The console's HTTP: a listener that hands each request, whole and bounded, to one function, and sends what that answers.
 *
 * open -> (answer is called, from several threads at once)* -> close. Who is slow, sends too much or goes away costs a
 * connection and LIMIT_CONSOLE_HEAD bytes, and nobody else's time. Every response carries the headers that keep browsers
 * from guessing (content type, framing, referrer, scripts), and an ETag where it is a whole text for a GET. */
#ifndef SYNCLINE_CONSOLE_HTTP_H
#define SYNCLINE_CONSOLE_HTTP_H

#include <stdint.h>
#include <sys/types.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "console/limits.h"

struct MHD_Connection;

/* Decoded, both also NUL-terminated. */
struct http_pair {
	const char *name, *value;
};

struct http_pairs {
	struct http_pair at[LIMIT_CONSOLE_PARAMETERS];
	size_t count;
};

/* Why a request could not be read whole. */
struct http_fault {
	unsigned status;  /* 400 and the like; 0: it is whole */
	const char *text; /* for who sent it */
};

struct http_request {
	const char *method; /* "GET" also for HEAD, whose body is then left out */
	const char *path;   /* still percent-encoded, without the query */
	const char *query_text;
	struct http_pairs query, form; /* form: of a body of type application/x-www-form-urlencoded */
	struct span body;              /* at most LIMIT_CONSOLE_BODY bytes */
	char address[48];              /* who asks, without the port */
	struct http_fault fault; /* then only method, path and address are to be relied on; "" for what was not read */
	struct arena arena;      /* gone after the answer was sent */
	struct MHD_Connection *connection;
};

/* An answer that is made while it is sent. Called by one thread at a time. */
struct http_stream {
	/* Puts up to max bytes at `at`. Returns how many, or one of the below. */
	ssize_t (*read)(void *state, char *at, size_t max);
	void (*close)(void *state); /* sent, broken off, or the listener closes */
};
enum { HTTP_END = -1, HTTP_BROKEN = -2, HTTP_WAIT = -3 /* asks again after http_wake */ };

struct http_response {
	unsigned status;  /* 200 at first */
	const char *type; /* text/html at first; NULL: there is no body */
	struct buf body;
	struct http_pair headers[12];
	size_t header_count;
	const struct http_stream *stream; /* instead of body */
	void *stream_state;
};

struct http_settings {
	const char *address; /* IPv4 or IPv6 */
	int64_t port, threads;
};

typedef void http_answer(void *context, struct http_request *request, struct http_response *response);

struct http;

/* CONFIG: the address is none, or the port is taken. */
int http_open(const struct http_settings *settings, http_answer *answer, void *context, struct http **http,
              struct err *err) MUST_USE;
/* Streams must have ended before, and none may begin any more. All others are served until then: libmicrohttpd 0.9.75 has a call to
 * take no new connections, but it may end the process (two threads take the listener from one epoll). NULL-safe. */
void http_close(struct http **http);

/* ---- of a request ---- */

/* NULL: not sent. */
const char *http_header(const struct http_request *request, const char *name);
/* The first of that name; NULL: there is none. */
const char *http_find(const struct http_pairs *pairs, const char *name);
/* The same, with "" when there is none, which for forms is no difference. */
const char *http_value(const struct http_pairs *pairs, const char *name);
/* A cookie's value; "" when there is none. */
const char *http_cookie(const struct http_request *request, const char *name);
/* Percent-decodes (and "+" as a space, where plus) into the arena. NULL: a broken escape, NUL, or not UTF-8. */
const char *http_decode(struct arena *arena, struct span text, bool plus);
/* name=value&... into pairs. false: broken, or too many. */
bool http_read_pairs(struct arena *arena, struct span text, struct http_pairs *pairs);

/* ---- of a response ---- */

/* Copies value; line breaks in it end it. More than there is room for are left out, by assert in our own tests. */
void http_add_header(struct http_request *request, struct http_response *response, const char *name, const char *value);
/* 303: look there with GET. target begins with "/". */
void http_redirect(struct http_request *request, struct http_response *response, const char *target);
/* A segment of a path or a value of a query, percent-encoded, appended. */
void http_encode(struct buf *out, const char *text);

/* Any thread: the stream of this connection has something to say. */
void http_wake(struct MHD_Connection *connection);

#endif
