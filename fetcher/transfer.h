/* One request and its answer, through libcurl: capped, timed, without redirects, and never with credentials in a text.
 *
 * A transfer set drives many at once: start -> (wait -> next finished)* . One thread. A transfer is reused for the next
 * request of the same walk, so connections are kept. The answer's body belongs to the transfer until the next start. */
#ifndef SYNCLINE_FETCHER_TRANSFER_H
#define SYNCLINE_FETCHER_TRANSFER_H

#include "common/settings.h"
#include "fetcher/answer.h"

struct transfer_set;
struct transfer;

int transfer_set_open(const struct settings *settings, struct transfer_set **set, struct err *err) MUST_USE;
void transfer_set_close(struct transfer_set **set);

/* owner comes back with the finished transfer. */
int transfer_open(struct transfer_set *set, void *owner, struct transfer **transfer, struct err *err) MUST_USE;
/* Ends it, also while under way. */
void transfer_close(struct transfer **transfer);

/* What to ask. All is copied; what is secret in the copies is wiped with the next start or the end. */
struct asking {
	const char *url;     /* without parameters */
	const char *query;   /* goes behind it, or as a form when form_post; "" for none */
	const char *headers; /* further ones, lines ended by a line feed; "" for none */
	bool form_post;
};
int transfer_start(struct transfer *transfer, const struct asking *asking, struct err *err) MUST_USE;

/* Waits until something happens, at most timeout_ms; also wakes for the extra descriptors (readable). */
void transfer_wait(struct transfer_set *set, const int *fds, size_t count, int timeout_ms);

/* The next finished one: its owner, with the answer; NULL when none is. */
void *transfer_finished(struct transfer_set *set, const struct answer **answer);

#endif
