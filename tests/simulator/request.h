/* One HTTP request as read from a connection: method, path, parameters of query and form together. */
#ifndef SIMULATOR_REQUEST_H
#define SIMULATOR_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

enum { PARAM_MAX = 48, REQUEST_HEAD_MAX = 64 * 1024, REQUEST_BODY_MAX = 1024 * 1024 };

struct param {
	const char *key, *value; /* decoded */
};

struct request {
	const char *method, *path;
	struct param params[PARAM_MAX];
	unsigned param_count; /* further ones are ignored */
	unsigned form_from;   /* params from here on came in the body */
	const char *host, *authorization,
		*user_token;  /* headers of these names, the last as Music-User-Token; "" when absent */
	const char *body; /* as it came, ended by a NUL; "" when it is a form */
	bool keep_alive, accepts_gzip, wants_continue;
	size_t head_bytes, body_bytes;
	char end_byte; /* what stood behind the body; the caller puts it back when done */
};

/* Looks for one whole request at the start of the bytes. 1: found, its text decoded in place within bytes, to which
 * *request points; the bytes must stay until it was answered, and
 * bytes[len] must be writable: the body is ended by a NUL. 0: more bytes are needed. -1: not HTTP, too large, or a
 * transfer coding; the connection is to be closed. */
int request_parse(struct request *request, char *bytes, size_t len);

/* The first of that name; NULL when there is none. */
const char *request_param(const struct request *request, const char *key);
/* A whole number, or fallback when it is absent or not one. */
int64_t request_int(const struct request *request, const char *key, int64_t fallback);
/* As request_param, of what came in the body: some servers do not look for it in the URL. */
const char *request_form(const struct request *request, const char *key);
/* "k=v&k=v" without passwords, tokens and codes, or with *** for them. For logs and matching; not encoded again. */
void request_query(const struct request *request, bool show_hidden, struct out *out);

#endif
