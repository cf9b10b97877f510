/* Tables of routes, and the way from a request to one of them. */
#ifndef SYNCLINE_CONSOLE_ROUTER_H
#define SYNCLINE_CONSOLE_ROUTER_H

#include "console/console.h"

/* How an error is told, and who is not signed in: as a page, as RFC 9457 problem details, or the table's own way. */
enum route_family { FAMILY_PAGE, FAMILY_API, FAMILY_OWN };

struct route {
	const char *method; /* "GET", "POST", ... */
	const char *path;   /* "/accounts/{}/syncs": a {} takes one segment, decoded */
	enum scope scope;   /* the least that is needed; SCOPE_NONE: everybody */
	void (*run)(struct visit *visit);
	bool without_csrf;     /* its request cannot carry the proof: signing in, and what other hosts send */
	bool without_database; /* for what must answer at any time; it knows no visitor, so its scope is SCOPE_NONE */
};

struct route_table {
	enum route_family family;
	const struct route *routes; /* ended by a NULL method */
	/* FAMILY_OWN: fills the body, which is empty, and its type; the status is set. */
	void (*problem)(struct visit *visit, const char *title, const char *detail);
};

/* Ended by NULL. */
extern const struct route_table *const route_tables[];

/* The console's whole answer to a request; for http_open, context is the console. */
void router_answer(void *context, struct http_request *request, struct http_response *response);

/* ---- for handlers ---- */

/* Ends the visit with an error, told the way of its family: a short title, and a sentence with what to do. */
void visit_problem(struct visit *visit, unsigned status, const char *title, const char *detail);
/* The same of an error: 404 REJECT, 409 CONFIG, 503 RETRY, else 500. */
void visit_fail(struct visit *visit, const struct err *err);

#endif
