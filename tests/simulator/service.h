/* A family of servers: how its requests are told apart, refused and answered, and what its errors look like. One for
 * OpenSubsonic, Spotify and Apple Music each; the way of a request through limit, edits, faults, cache and log is the
 * simulator's and the same for all. */
#ifndef SIMULATOR_SERVICE_H
#define SIMULATOR_SERVICE_H

#include "auth.h"
#include "grants.h"
#include "ids.h"
#include "jwt.h"
#include "library.h"
#include "page.h"
#include "request.h"
#include "response.h"

enum { ENDPOINT_MAX = 32 };

/* One request, and what it is answered from. The second part is found out on the way. */
struct call {
	const struct library *library;
	const struct flavour *flavour;
	const struct login *login;
	const struct request *request;
	struct grants *grants;
	const struct jwt_key *developer_key; /* that tokens must be signed with; NULL: any is taken */
	int64_t now_ms;                      /* since 1970 */
	uint64_t serial;                     /* another one for each request */
	bool fat;                            /* bodies are as large as they get */
	bool empty_404;                      /* an empty list is 404 */
	bool no_total;                       /* lists do not say how long they are */

	char endpoint[ENDPOINT_MAX]; /* as faults, edits and the log name it */
	char id[ID_TEXT_MAX];        /* out of the path; "": none */
	char part[16];               /* what stands behind the id there, where one endpoint has several; "": nothing */
	char user[USER_MAX];         /* who asks, as far as the request tells without being checked; "": unknown */
	bool unlimited;              /* another host's: no rate limit applies */
	const void *page;            /* the service's own row for the endpoint; NULL: it knows none */
	uint32_t index;              /* of the item the id names */
};

/* An error as servers tell it; unused parts are 0 or "". */
struct fault_text {
	int status;                /* HTTP's */
	int64_t code;              /* the provider's own, or another status told in the body */
	const char *text, *reason; /* plain text */
};

struct service {
	const char *content_type;
	/* Whether the path is one of this service's; then endpoint, id, user and page are set. */
	bool (*route)(struct call *call);
	/* Answers what is no page: refusals, tokens, redirects. True: *response is filled. False: write may be called. */
	bool (*settle)(struct call *call, struct out *scratch, struct response *response);
	/* Whether the page depends on the library, the endpoint and the parameters alone: then it may be kept. */
	bool (*cacheable)(const struct call *call);
	/* Writes the page into out; what a fault wants wrong in it is in spoil. */
	void (*write)(const struct call *call, const struct spoil *spoil, struct out *out, struct page *page);
	/* Writes the body of an error into out and gives the HTTP status that goes with it. */
	int (*fail)(const struct flavour *flavour, const struct fault_text *text, struct out *out);
	/* The members of a page that holds nothing; NULL: Subsonic's envelope, and nothing in it. */
	const char *empty;
	/* Truth. Writes the id an item is given to this user under; false: it counts but is never shown. */
	bool (*truth_item)(const struct library *library, const struct flavour *flavour, const char *user, enum kind kind,
	                   uint32_t index, struct out *out);
	/* Whether the name is "" although the library has one. NULL: never. */
	bool (*truth_nameless)(enum kind kind, uint32_t index);
	/* Whether a playlist's entries are given at all. NULL: always. */
	bool (*truth_readable)(const struct library *library, const struct flavour *flavour, uint32_t playlist);
	/* What the columns behind the position say of an entry of this playlist that holds this track. */
	void (*truth_entry)(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
	                    struct out *out);
	bool personal;     /* pages differ from user to user, not only in what they may read */
	bool etag;         /* pages carry one */
	bool plain_limits; /* a limit is told as text, by the proxy in front */
};

#endif
