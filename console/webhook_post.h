/* Messages on their way to receivers, through libcurl: bounded in time and in what is read of the answer, without redirects or
 * proxies, and to no address of an internal network unless that is allowed.
 *
 * open -> (start, up to POSTS_MAX; wait; next finished)* -> close. One thread. Each takes a connection of its own, so that none
 * is used that was judged by another's rule. */
#ifndef SYNCLINE_CONSOLE_WEBHOOK_POST_H
#define SYNCLINE_CONSOLE_WEBHOOK_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "common/span.h"
#include "console/limits.h"

struct posts;

/* At once: a slow receiver takes one of them for LIMIT_WEBHOOK_MS at most. */
enum { POSTS_MAX = 8, POST_ERROR = 300 };

/* timeout_ms: for a whole answer. */
int posts_open(int64_t timeout_ms, struct posts **posts, struct err *err) MUST_USE;
/* Breaks off what is on its way. NULL-safe. */
void posts_close(struct posts **posts);

struct posting {
	const char *url;     /* http or https */
	const char *headers; /* lines ended by a line feed */
	struct span body;
	bool internal; /* may go to any address, and without TLS */
};
/* All is copied. owner comes back with its end, and must not be NULL. At most POSTS_MAX, by assert. */
int posts_start(struct posts *posts, const struct posting *posting, void *owner, struct err *err) MUST_USE;

/* Until something happens, at most timeout_ms. */
void posts_wait(struct posts *posts, int timeout_ms);

struct post_end {
	bool delivered; /* a status of 200 to 299, whatever became of the rest */
	int status;     /* HTTP; 0: no answer */
	int took_ms;
	char error[POST_ERROR]; /* why it was not delivered, for a person; holds no path of the address */
};
/* The owner of the next one that has ended; NULL: none has. */
void *posts_finished(struct posts *posts, struct post_end *end);
/* The owner of one that has not ended, which is broken off; NULL: there is none. */
void *posts_break_off(struct posts *posts);
int posts_count(const struct posts *posts);

#endif
