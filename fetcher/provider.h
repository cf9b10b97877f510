/* What an adapter is: requests, plans, fences and meanings of errors as data, and a function that signs.
 *
 * An adapter never talks to the network, Kafka or a clock: the walk drives it. Adding one is a file in providers/ with
 * its tables, and a line in registry.c. */
#ifndef SYNCLINE_FETCHER_PROVIDER_H
#define SYNCLINE_FETCHER_PROVIDER_H

#include <yyjson.h>

#include "common/buf.h"
#include "common/category.h"
#include "fetcher/account.h"
#include "fetcher/credentials.h"
#include "fetcher/request.h"
#include "fetcher/throttle.h"

/* What an answer means for the walk. */
enum outcome {
	OUTCOME_OK,
	OUTCOME_RETRY,          /* ask the same again later */
	OUTCOME_CONTRADICTION,  /* the answer denies what the one before said: ask again, then walk again */
	OUTCOME_SMALLER_PAGE,   /* too large: ask for less */
	OUTCOME_TOO_SLOW,       /* took too long: ask for less, and later */
	OUTCOME_THROTTLED,      /* not before verdict.retry_after_ms; not a failure */
	OUTCOME_SIGN_OTHERWISE, /* this way of signing in is not understood: try the next one */
	OUTCOME_TOKEN_EXPIRED,  /* a new access token is needed, then the same again */
	OUTCOME_NEEDS_AUTH,     /* the credentials are refused */
	OUTCOME_FORBIDDEN,      /* this resource may not be read, others may */
	OUTCOME_MISSING,        /* this resource is not there */
	OUTCOME_UNSUPPORTED,    /* the server does not know this request */
	OUTCOME_EMPTY,          /* well-formed way of saying that there is nothing at all */
	OUTCOME_OPERATOR,       /* a person must change an address or a setting */
};

struct verdict {
	enum outcome outcome;
	long status;            /* HTTP; 0 when there was none */
	int64_t retry_after_ms; /* for THROTTLED; -1: not told */
	bool said_by_server;    /* by the provider's envelope, not by HTTP or the network */
	char cause[400];        /* sentence without credentials */
	const char *next_step;  /* what a person can do; static text */
};

/* Which requests a rule is about. */
enum asked { ASKED_ANY, ASKED_LIST, ASKED_CHILD };

/* As an error_rule's code: any of the provider's, or no body at all. Not a page of something that stands in front of it. */
#define OWN_CODE "*"

/* What an error of the provider means. Of several that fit the first counts; without any, HTTP's own meaning. */
struct error_rule {
	long from, to; /* HTTP status */
	/* What stands at the provider's error_code, or, if it is no number, in its message; OWN_CODE; NULL: whatever. */
	const char *code;
	enum asked asked;
	enum outcome outcome;
	const char *cause; /* NULL: what the provider says, and its code */
	const char *next_step;
	int64_t wait_ms; /* THROTTLED without Retry-After; 0: the usual */
};

/* A way to sign in, by the name an account has for it (account.auth). */
struct sign_way {
	const char *auth;
	bool automatic; /* tried in turn where the account leaves it to us ("auto") */
};

/* What a request carries besides its own parameters; wiped when it is sent. */
struct signature {
	struct buf query;   /* parameters, escaped, joined by & */
	struct buf headers; /* lines, each ended by a line feed */
};

/* What is known of a server and of how to talk to it, for one sync. */
struct session {
	const struct provider *provider;
	const struct account *account;
	int sign_mode;          /* which of the provider's sign_ways */
	bool form_post;         /* send parameters as a form instead of in the address */
	char server[96];        /* "supysonic 0.7.2", for people */
	char language[16];      /* the tag in which names are asked for; "": the server's choice */
	unsigned fences_absent; /* bit per part: the server has shown that it has none */
	/* Which of a child's two ways this app may go (request.instead, unless instead_each). */
	enum { WAY_UNKNOWN, WAY_FIRST, WAY_INSTEAD } way;
	bool trying_instead;
	struct credentials *credentials; /* NULL where the account's secret is a password */
};

struct provider {
	const char *name, *title;
	struct plan plans[CATEGORY_COUNT][PLANS_MAX];    /* ended by list == NULL */
	const struct fence_part *fences[CATEGORY_COUNT]; /* ended by request == NULL; categories may share one */
	const struct request *hello;                     /* first request: are we understood and let in? */
	const struct request *extras; /* second: what the server can do; its failure means nothing. Or NULL */
	int page_size_max;
	bool library_is_catalogue;
	bool uses_oauth;           /* requests carry an access token that is refreshed (fetcher/token.h) */
	struct throttle_rate rate; /* of one credential; the setting `rates` overrides it */
	/* For servers to which HTTP 200 is not success: where their envelope says how it went, and its words for well and badly.
	 * What has no such word is no answer of theirs, and the HTTP status decides. NULL: it always does. */
	const char *status, *status_good, *status_bad;
	/* Errors: paths of code and message in their bodies, and rules ended by from == 0. */
	const char *error_code, *error_message;
	const struct error_rule *errors;
	/* Ended by auth == NULL; the first is taken where nothing else is said. NULL: there is just one. */
	const struct sign_way *sign_ways;
	/* Makes the credentials good for a request at this moment, without any network. CONFIG: a person must mend them. NULL:
	 * nothing is to be made. */
	int (*prepare)(struct session *session, int64_t now_wall_ms, struct err *err);
	/* CONFIG: it cannot be done in this way here. */
	int (*sign)(const struct session *session, struct signature *signature, struct err *err);
	/* Reads facts about the server from the answers of hello and extras. NULL: nothing is to be learned. */
	void (*learn)(const struct request *request, yyjson_val *root, struct session *session);
};

/* The way to sign in that the account names, or the first. */
int provider_first_sign_mode(const struct provider *provider, const struct account *account);
/* The next way, where a server does not understand this one; -1: there is none, or the account has named its own. */
int provider_next_sign_mode(const struct provider *provider, const struct account *account, int mode);
/* Reads facts about the server, if there is something to be learned; session.server has a name afterwards. */
void provider_learn(const struct request *request, yyjson_val *root, struct session *session);

/* NULL: no such provider. */
const struct provider *provider_find(const char *name);
/* Names for help texts: "opensubsonic". */
const char *provider_names(void);

/* Appends text percent-encoded (RFC 3986 unreserved characters stay). */
void provider_escape(struct buf *out, struct span text);

#endif
