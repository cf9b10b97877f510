/* The listener, on libmicrohttpd: a few threads, each with epoll over its share of the connections. */
#include "console/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/hash.h"
#include "common/text.h"
#include "console/limits.h"

enum { IDLE_SECONDS = 30, STREAM_BLOCK = 16 * 1024 };

struct http {
	struct MHD_Daemon *daemon;
	http_answer *answer;
	void *context;
};

/* What lives from a request's first line to the last byte of its answer. */
struct exchange {
	struct http_request request;
	struct buf body;
	char *uri; /* as it came; cut where the query begins */
	bool begun;
};

/* The state of a response made by a stream; libmicrohttpd frees it, after the exchange or before. */
struct streaming {
	const struct http_stream *stream;
	void *state;
	struct MHD_Connection *connection;
};

/* ---- of a request ---- */

const char *http_header(const struct http_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *http_cookie(const struct http_request *request, const char *name)
{
	const char *value = MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name);
	return value ? value : "";
}

const char *http_find(const struct http_pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->at[i].name, name) == 0)
			return pairs->at[i].value;
	}
	return NULL;
}

const char *http_value(const struct http_pairs *pairs, const char *name)
{
	const char *value = http_find(pairs, name);
	return value ? value : "";
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of the escape at text.at[i]; -1: there is none. */
static int escaped_byte(struct span text, size_t i)
{
	if (text.len - i < 3)
		return -1;
	int high = hex_digit(text.at[i + 1]), low = hex_digit(text.at[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

const char *http_decode(struct arena *arena, struct span text, bool plus)
{
	size_t used = 0;
	char *to = arena_alloc(arena, text.len + 1);
	for (size_t i = 0; to && i < text.len; i++) {
		int byte = (unsigned char)text.at[i];
		if (byte == '+' && plus) {
			byte = ' ';
		} else if (byte == '%') {
			byte = escaped_byte(text, i);
			i += 2;
		}
		if (byte < 0)
			return NULL;
		to[used++] = (char)byte;
	}
	return to && text_valid((struct span){to, used}) ? to : NULL;
}

bool http_read_pairs(struct arena *arena, struct span text, struct http_pairs *pairs)
{
	while (text.len) {
		const char *end = memchr(text.at, '&', text.len);
		size_t len = end ? (size_t)(end - text.at) : text.len;
		const char *equals = memchr(text.at, '=', len);
		size_t name_len = equals ? (size_t)(equals - text.at) : len;
		if (len) {
			struct http_pair pair = {
				http_decode(arena, (struct span){text.at, name_len}, true),
				equals ? http_decode(arena, (struct span){equals + 1, len - name_len - 1}, true) : "",
			};
			if (!pair.name || !pair.value || pairs->count == LIMIT_CONSOLE_PARAMETERS)
				return false;
			pairs->at[pairs->count++] = pair;
		}
		text.at += len + (end ? 1 : 0);
		text.len -= len + (end ? 1 : 0);
	}
	return true;
}

/* ---- of a response ---- */

void http_add_header(struct http_request *request, struct http_response *response, const char *name, const char *value)
{
	size_t len = strcspn(value, "\r\n");
	assert(response->header_count < COUNT_OF(response->headers));
	const char *copy = arena_copy(&request->arena, (struct span){value, len});
	if (copy)
		response->headers[response->header_count++] = (struct http_pair){name, copy};
}

void http_redirect(struct http_request *request, struct http_response *response, const char *target)
{
	response->status = MHD_HTTP_SEE_OTHER;
	response->type = NULL;
	http_add_header(request, response, "Location", target);
}

void http_encode(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_add_byte(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

/* ---- sending ---- */

static ssize_t read_stream(void *context, uint64_t at, char *to, size_t max)
{
	struct streaming *streaming = context;
	(void)at;
	ssize_t got = streaming->stream->read(streaming->state, to, max);
	switch (got) {
	case HTTP_WAIT:
		/* Also right when http_wake came first: then libmicrohttpd does not suspend, and asks again. */
		MHD_suspend_connection(streaming->connection);
		return 0;
	case HTTP_END:
		return MHD_CONTENT_READER_END_OF_STREAM;
	case HTTP_BROKEN:
		return MHD_CONTENT_READER_END_WITH_ERROR;
	default:
		return got;
	}
}

static void close_stream(void *context)
{
	struct streaming *streaming = context;
	streaming->stream->close(streaming->state);
	free(streaming);
}

void http_wake(struct MHD_Connection *connection)
{
	MHD_resume_connection(connection);
}

static struct MHD_Response *stream_response(struct exchange *exchange, const struct http_response *from)
{
	struct streaming *streaming = malloc(sizeof *streaming);
	struct MHD_Response *response = NULL;
	if (streaming) {
		*streaming = (struct streaming){from->stream, from->stream_state, exchange->request.connection};
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, streaming,
		                                             close_stream);
	}
	if (!response) {
		from->stream->close(from->stream_state);
		free(streaming);
	}
	return response;
}

/* Is the text the one that the client has? Fills tag[24]. */
static bool is_known(const struct http_request *request, const struct http_response *response, char tag[24])
{
	const char *known = http_header(request, "If-None-Match");
	snprintf(tag, 24, "\"%016llx\"", (unsigned long long)hash_of(buf_span(&response->body)));
	return known && (strstr(known, tag) || strcmp(known, "*") == 0);
}

static struct MHD_Response *text_response(const struct http_request *request, struct http_response *from)
{
	char tag[24] = "";
	size_t len = 0;
	bool tagged = strcmp(request->method, "GET") == 0 && from->status == MHD_HTTP_OK && from->type;
	bool known = tagged && is_known(request, from, tag);
	char *bytes = known || !from->type ? NULL : buf_take(&from->body, &len);
	if (known)
		from->status = MHD_HTTP_NOT_MODIFIED;
	struct MHD_Response *response = bytes ? MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE)
	                                      : MHD_create_response_from_buffer(0, (void *)(uintptr_t) "",
	                                                                        MHD_RESPMEM_PERSISTENT);
	if (!response)
		free(bytes);
	else if (tagged)
		MHD_add_response_header(response, "ETag", tag);
	return response;
}

static bool has_header(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (strcasecmp(response->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Nothing but what this server sends may run, frame or be told anything. */
static void add_headers(const struct http_response *from, struct MHD_Response *response)
{
	static const struct http_pair always[] = {
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cache-Control", "private, no-cache"},
		{"Content-Security-Policy",
	     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
	     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	};
	if (from->type)
		MHD_add_response_header(response, "Content-Type", from->type);
	for (size_t i = 0; i < from->header_count; i++)
		MHD_add_response_header(response, from->headers[i].name, from->headers[i].value);
	for (size_t i = 0; i < COUNT_OF(always); i++) {
		if (!has_header(from, always[i].name))
			MHD_add_response_header(response, always[i].name, always[i].value);
	}
}

static enum MHD_Result send_response(struct exchange *exchange, struct http_response *from)
{
	struct MHD_Response *response = from->stream ? stream_response(exchange, from)
	                                             : text_response(&exchange->request, from);
	if (!response)
		return MHD_NO;
	add_headers(from, response);
	enum MHD_Result result = MHD_queue_response(exchange->request.connection, from->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result respond(const struct http *http, struct exchange *exchange)
{
	struct http_response response = {.status = MHD_HTTP_OK, .type = "text/html; charset=utf-8"};
	buf_init(&response.body, LIMIT_CONSOLE_ANSWER);
	http->answer(http->context, &exchange->request, &response);
	enum MHD_Result result = send_response(exchange, &response);
	buf_done(&response.body);
	return result;
}

static enum MHD_Result refuse(const struct http *http, struct exchange *exchange, unsigned status, const char *text)
{
	exchange->request.fault = (struct http_fault){status, text};
	return respond(http, exchange);
}

/* ---- receiving ---- */

static const char too_large[] = "The body is larger than this server takes.";

static void *begin(void *context, const char *uri, struct MHD_Connection *connection)
{
	(void)context;
	struct exchange *exchange = calloc(1, sizeof *exchange);
	if (!exchange)
		return NULL;
	exchange->request.connection = connection;
	arena_init(&exchange->request.arena, LIMIT_CONSOLE_ARENA);
	buf_init(&exchange->body, LIMIT_CONSOLE_BODY);
	exchange->uri = arena_copy(&exchange->request.arena, span_of(uri));
	return exchange;
}

static void finished(void *context, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode how)
{
	struct exchange *exchange = *state;
	(void)context;
	(void)connection;
	(void)how;
	if (!exchange)
		return;
	arena_done(&exchange->request.arena);
	buf_done(&exchange->body);
	free(exchange);
	*state = NULL;
}

static void read_address(struct http_request *request)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(request->connection,
	                                                               MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;
	const void *at = NULL;
	if (address && address->sa_family == AF_INET)
		at = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	else if (address && address->sa_family == AF_INET6)
		at = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	if (!at || !inet_ntop(address->sa_family, at, request->address, sizeof request->address))
		snprintf(request->address, sizeof request->address, "unknown");
}

/* The first call for a request: its head is here. */
static enum MHD_Result read_head(const struct http *http, struct exchange *exchange, const char *method)
{
	struct http_request *request = &exchange->request;
	const char *length = http_header(request, "Content-Length");
	exchange->begun = true;
	request->method = strcmp(method, "HEAD") == 0 ? "GET" : arena_copy(&request->arena, span_of(method));
	request->path = request->query_text = "";
	if (!request->method)
		return MHD_NO;
	read_address(request);
	if (!exchange->uri)
		return refuse(http, exchange, MHD_HTTP_URI_TOO_LONG, "The address is too long.");
	char *query = strchr(exchange->uri, '?');
	if (query)
		*query++ = '\0';
	request->path = exchange->uri;
	request->query_text = query ? query : "";
	if (length && strtoull(length, NULL, 10) > LIMIT_CONSOLE_BODY)
		return refuse(http, exchange, MHD_HTTP_CONTENT_TOO_LARGE, too_large);
	return MHD_YES;
}

/* The last one: the body is here. */
static enum MHD_Result run(const struct http *http, struct exchange *exchange)
{
	struct http_request *request = &exchange->request;
	const char *type = http_header(request, "Content-Type");
	request->body = buf_span(&exchange->body);
	bool is_form = type && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
	if (!buf_ok(&exchange->body))
		return refuse(http, exchange, MHD_HTTP_CONTENT_TOO_LARGE, too_large);
	if (!http_read_pairs(&request->arena, span_of(request->query_text), &request->query) ||
	    (is_form && !http_read_pairs(&request->arena, request->body, &request->form)))
		return refuse(http, exchange, MHD_HTTP_BAD_REQUEST,
		              "The parameters cannot be read: a broken escape, bytes that are no UTF-8, or too many of them.");
	return respond(http, exchange);
}

static enum MHD_Result access_handler(void *context, struct MHD_Connection *connection, const char *url,
                                      const char *method, const char *version, const char *upload, size_t *upload_len,
                                      void **state)
{
	const struct http *http = context;
	struct exchange *exchange = *state;
	(void)connection;
	(void)url;
	(void)version;
	if (!exchange)
		return MHD_NO; /* no memory */
	if (!exchange->begun)
		return read_head(http, exchange, method);
	if (*upload_len == 0)
		return run(http, exchange);
	if (!buf_ok(&exchange->body))
		return MHD_NO; /* it goes on sending what is too much */
	buf_add(&exchange->body, upload, *upload_len);
	*upload_len = 0;
	return MHD_YES;
}

/* Escapes are ours to decode: an encoded slash in an id is no slash of the path. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

/* ---- opening ---- */

static int read_listen_address(const struct http_settings *settings, struct sockaddr_storage *address, bool *is_six,
                               struct err *err)
{
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)address;
	uint16_t port = htons((uint16_t)settings->port);
	memset(address, 0, sizeof *address);
	*is_six = inet_pton(AF_INET6, settings->address, &six->sin6_addr) == 1;
	if (*is_six) {
		six->sin6_family = AF_INET6;
		six->sin6_port = port;
		return 0;
	}
	memset(address, 0, sizeof *address);
	four->sin_family = AF_INET;
	four->sin_port = port;
	if (inet_pton(AF_INET, settings->address, &four->sin_addr) != 1)
		return err_set(err, ERR_CONFIG, 0, "console_address must be an IPv4 or IPv6 address, not '%s'",
		               settings->address);
	return 0;
}

int http_open(const struct http_settings *settings, http_answer *answer, void *context, struct http **ret,
              struct err *err)
{
	struct sockaddr_storage address;
	bool is_six;
	if (read_listen_address(settings, &address, &is_six, err))
		return -1;
	struct http *http = calloc(1, sizeof *http);
	if (!http)
		return err_set(err, ERR_FATAL, ENOMEM, "no memory for the console's listener");
	http->answer = answer;
	http->context = context;
	errno = 0;
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
	http->daemon = MHD_start_daemon(flags | (is_six ? MHD_USE_IPv6 : 0), 0, NULL, NULL, access_handler, http,
	                                MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
	                                MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED,
	                                finished, NULL, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)settings->threads,
	                                MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_CONSOLE_CONNECTIONS,
	                                MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
	                                MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_CONSOLE_HEAD, MHD_OPTION_END);
	if (!http->daemon) {
		int code = errno;
		free(http);
		return err_set(err, ERR_CONFIG, code, "cannot listen on %s port %lld (%s); set console_port to a free port",
		               settings->address, (long long)settings->port, code ? strerror(code) : "is it in use?");
	}
	*ret = http;
	return 0;
}

void http_close(struct http **http)
{
	if (!*http)
		return;
	MHD_stop_daemon((*http)->daemon);
	free(*http);
	*http = NULL;
}
