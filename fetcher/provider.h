/* What an adapter is: requests, plans and fences as data, and two small functions (how to sign, what a body means).
 *
 * An adapter never talks to the network, Kafka or a clock: the walk drives it. Adding one is a file in providers/ with
 * its tables, and a line in registry.c. */
#ifndef SYNCLINE_FETCHER_PROVIDER_H
#define SYNCLINE_FETCHER_PROVIDER_H

#include <yyjson.h>

#include "common/buf.h"
#include "common/category.h"
#include "fetcher/account.h"

/* What an answer means for the walk. */
enum outcome {
	OUTCOME_OK,
	OUTCOME_RETRY,          /* ask the same again later */
	OUTCOME_CONTRADICTION,  /* the answer denies what the one before said: ask again, then walk again */
	OUTCOME_SMALLER_PAGE,   /* too large: ask for less */
	OUTCOME_THROTTLED,      /* not before verdict.retry_after_ms; not a failure */
	OUTCOME_SIGN_OTHERWISE, /* this way of signing in is not understood: try the next one */
	OUTCOME_NEEDS_AUTH,     /* the credentials are refused */
	OUTCOME_FORBIDDEN,      /* this resource may not be read, others may */
	OUTCOME_MISSING,        /* this resource is not there */
	OUTCOME_UNSUPPORTED,    /* the server does not know this request */
	OUTCOME_EMPTY,          /* well-formed way of saying that there is nothing at all */
	OUTCOME_OPERATOR,       /* a person must change an address or a setting */
};

struct verdict {
	enum outcome outcome;
	int64_t retry_after_ms; /* for THROTTLED; -1: not told */
	bool said_by_server;    /* by the provider's envelope, not by HTTP or the network */
	char cause[400];        /* sentence without credentials */
	const char *next_step;  /* what a person can do; static text */
};

enum paging {
	PAGING_NONE,   /* one answer holds all */
	PAGING_OFFSET, /* {size} and {offset}; pages overlap by one item */
};

/* One kind of request. Its name is also its path and what the parser chooses its mapping by. */
struct request {
	const char *name;
	/* Query with {size}, {offset}, {id}, {past} replaced; values are escaped. */
	const char *query;
	enum paging paging;
	const char *list;      /* dotted path of the list in the answer */
	const char *inner;     /* member of each element that holds the real list (indexes of artists), or NULL */
	const char *count;     /* member of each item that counts items of a later category, or NULL */
	enum category counted; /* that category */
	const char *announced; /* dotted path of the number of items the answer itself announces, or NULL */
};

/* How to read a category: pages of `list`, and for each listed item an answer of `child` if there is one. Plans of a
 * category are tried in order: the next one when the first page of this one is empty or not supported. */
struct plan {
	const struct request *list;
	const struct request *child;
	bool list_is_published; /* false: the list only tells the ids of the children */
};
enum { PLANS_MAX = 4 };

/* A part of a fence: a request, and the values of its answer that are put together. A part that fails is left out. */
struct fence_part {
	const struct request *request;
	const char *values[4]; /* dotted paths; a list's path means the digest of the list */
	bool for_skip_only;    /* tells changes that do not disturb a walk (favourites) */
	bool tells_all;        /* any change of the library moves it (a time of change, not a count) */
};
enum { FENCE_PARTS_MAX = 5 };

/* What is known of a server and of how to talk to it, for one sync. */
struct session {
	const struct provider *provider;
	const struct account *account;
	int sign_mode;          /* meaning is the adapter's; starts at its first_sign_mode */
	bool form_post;         /* send parameters as a form instead of in the address */
	char server[96];        /* "supysonic 0.7.2", for people */
	unsigned fences_absent; /* bit per part: the server has shown that it has none */
};

struct provider {
	const char *name;
	struct plan plans[CATEGORY_COUNT][PLANS_MAX]; /* ended by list == NULL */
	struct fence_part fences[FENCE_PARTS_MAX];    /* ended by request == NULL */
	struct fence_part playlist_fences[FENCE_PARTS_MAX];
	const struct request *hello;  /* first request: are we understood and let in? */
	const struct request *extras; /* second: what the server can do; its failure means nothing. Or NULL */
	int page_size_max;
	bool library_is_catalogue;
	/* The first way to sign in for an account. */
	int (*first_sign_mode)(const struct account *account);
	/* The next way after mode, -1 when there is none. */
	int (*next_sign_mode)(const struct account *account, int mode);
	/* Appends the signed parameters (escaped, joined by &). */
	void (*sign)(const struct session *session, struct buf *query);
	/* Fills verdict from a parsed body: the envelope's own idea of success. root may be NULL (no JSON). Returns false when
	 * the body says nothing and the HTTP status decides. */
	bool (*judge)(yyjson_val *root, struct verdict *verdict);
	/* Reads facts about the server from the answers of hello and extras. */
	void (*learn)(const struct request *request, yyjson_val *root, struct session *session);
};

/* NULL: no such provider. */
const struct provider *provider_find(const char *name);
/* Names for help texts: "opensubsonic". */
const char *provider_names(void);

/* Appends text percent-encoded (RFC 3986 unreserved characters stay). */
void provider_escape(struct buf *out, struct span text);

#endif
