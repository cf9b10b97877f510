/* Reads HTTP/1.1 requests: just what clients of a test server send, and refuses the rest. */
#include "request.h"

#include <stdlib.h>
#include <strings.h>

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)(digit | 0x20);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* In place; an encoded NUL would end the text early and becomes '?'. */
static void decode(char *text)
{
	char *to = text;
	for (const char *at = text; *at; at++) {
		if (*at == '%' && hex_value(at[1]) >= 0 && hex_value(at[2]) >= 0) {
			*to = (char)(hex_value(at[1]) * 16 + hex_value(at[2]));
			if (!*to)
				*to = '?';
			to++;
			at += 2;
		} else {
			*to++ = *at == '+' ? ' ' : *at;
		}
	}
	*to = 0;
}

static void parse_params(struct request *request, char *text)
{
	char *rest = text, *pair;
	while (request->param_count < PARAM_MAX && (pair = strsep(&rest, "&"))) {
		char *value = strchr(pair, '=');
		if (!*pair)
			continue;
		if (value)
			*value++ = 0;
		else
			value = pair + strlen(pair);
		decode(pair);
		decode(value);
		request->params[request->param_count++] = (struct param){pair, value};
	}
}

/* False when it makes the request one we do not read. */
static bool parse_header(struct request *request, const char *line, bool *form)
{
	if (strncasecmp(line, "content-length:", 15) == 0) {
		request->body_bytes = strtoul(line + 15, NULL, 10);
		return request->body_bytes <= REQUEST_BODY_MAX;
	}
	if (strncasecmp(line, "transfer-encoding:", 18) == 0)
		return false;
	if (strncasecmp(line, "connection:", 11) == 0)
		request->keep_alive = strcasestr(line + 11, "close") == NULL;
	else if (strncasecmp(line, "accept-encoding:", 16) == 0)
		request->accepts_gzip = strcasestr(line + 16, "gzip") != NULL;
	else if (strncasecmp(line, "expect:", 7) == 0)
		request->wants_continue = true;
	else if (strncasecmp(line, "content-type:", 13) == 0)
		*form = strcasestr(line + 13, "application/x-www-form-urlencoded") != NULL;
	return true;
}

/* The headers kept as text; in place, so only when the whole request is there. */
static void keep_headers(struct request *request, char *line, const char *end)
{
	const struct {
		const char *name;
		const char **value;
	} kept[] = {
		{"host:", &request->host},
		{"authorization:", &request->authorization},
		{"music-user-token:", &request->user_token},
	};
	for (char *next; line < end && *line != '\r'; line = next + 2) {
		next = memchr(line, '\r', (size_t)(end - line));
		if (!next)
			return;
		*next = 0;
		for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
			size_t len = strlen(kept[i].name);
			if (strncasecmp(line, kept[i].name, len) == 0)
				*kept[i].value = line + len + strspn(line + len, " \t");
		}
	}
}

/* "GET /path?query HTTP/1.1" */
static bool parse_first_line(struct request *request, char *line, char **query)
{
	char *target = strchr(line, ' ');
	char *version = target ? strchr(target + 1, ' ') : NULL;
	if (!version || strncmp(version + 1, "HTTP/1.", 7) != 0)
		return false;
	*target++ = 0;
	*version++ = 0;
	request->method = line;
	request->path = target;
	request->keep_alive &= version[7] != '0';
	*query = strchr(target, '?');
	if (*query)
		*(*query)++ = 0;
	return true;
}

/* Reads the headers from copies of their lines, because the bytes must stay untouched until all have come. 1: the body is a
 * form, 0: it is not, -1: refused. */
static int measure(const char *bytes, size_t head_bytes, struct request *request)
{
	bool form = false;
	for (const char *line = bytes; line < bytes + head_bytes;) {
		const char *end = memchr(line, '\r', (size_t)(bytes + head_bytes - line));
		char copy[256];
		size_t len = end ? (size_t)(end - line) : 0;
		if (!len)
			break;
		if (len < sizeof copy) {
			memcpy(copy, line, len);
			copy[len] = 0;
			if (line != bytes && !parse_header(request, copy, &form))
				return -1;
		}
		line = end + 2;
	}
	return form;
}

int request_parse(struct request *request, char *bytes, size_t len)
{
	const char *end = memmem(bytes, len, "\r\n\r\n", 4);
	char *query;
	*request = (struct request){.keep_alive = true, .host = "", .authorization = "", .user_token = ""};
	if (!end)
		return len > REQUEST_HEAD_MAX ? -1 : 0;
	request->head_bytes = (size_t)(end + 4 - bytes);
	if (memchr(bytes, 0, request->head_bytes))
		return -1; /* from here on the head is text */
	int form = measure(bytes, request->head_bytes, request);
	if (form < 0)
		return -1;
	if (len - request->head_bytes < request->body_bytes)
		return 0;
	char *behind = bytes + request->head_bytes + request->body_bytes;
	request->end_byte = *behind;
	*behind = 0;
	char *first_end = strchr(bytes, '\r');
	*first_end = 0;
	keep_headers(request, first_end + 2, bytes + request->head_bytes);
	if (!parse_first_line(request, bytes, &query))
		return -1;
	if (query)
		parse_params(request, query);
	request->form_from = request->param_count;
	request->body = form ? "" : bytes + request->head_bytes;
	if (form && request->body_bytes)
		parse_params(request, bytes + request->head_bytes);
	return 1;
}

const char *request_param(const struct request *request, const char *key)
{
	for (unsigned i = 0; i < request->param_count; i++) {
		if (strcmp(request->params[i].key, key) == 0)
			return request->params[i].value;
	}
	return NULL;
}

const char *request_form(const struct request *request, const char *key)
{
	for (unsigned i = request->form_from; i < request->param_count; i++) {
		if (strcmp(request->params[i].key, key) == 0)
			return request->params[i].value;
	}
	return NULL;
}

int64_t request_int(const struct request *request, const char *key, int64_t fallback)
{
	const char *text = request_param(request, key);
	char *end;
	if (!text || !*text)
		return fallback;
	long long value = strtoll(text, &end, 10);
	return *end ? fallback : value;
}

static bool is_secret(const char *key)
{
	static const char *const secrets[] = {
		"p",          "t", "s", "apiKey", "code", "code_verifier", "refresh_token", "access_token", "client_secret",
		"user_token",
	};
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		if (strcmp(secrets[i], key) == 0)
			return true;
	}
	return false;
}

void request_query(const struct request *request, bool show_hidden, struct out *out)
{
	for (unsigned i = 0; i < request->param_count; i++) {
		const struct param *param = &request->params[i];
		bool secret = is_secret(param->key);
		if (secret && !show_hidden)
			continue;
		if (out->len)
			out_byte(out, '&');
		out_str(out, param->key);
		out_byte(out, '=');
		out_str(out, secret ? "***" : param->value);
	}
}
