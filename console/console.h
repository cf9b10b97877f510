/* What every part of the console is given: the process' handles, and one visit: a request with who asks, what they may,
 * and a connection to the database. A visit is one thread's; handles that it shares say so themselves.
 *
 * The console is `syncline serve`: pages for people, a REST API for programs, and an OpenSubsonic endpoint for players, all
 * on one port. Each is a table of routes. */
#ifndef SYNCLINE_CONSOLE_H
#define SYNCLINE_CONSOLE_H

#include "console/http.h"
#include "ctl/ctl.h"

/* Each includes the ones before. */
enum scope { SCOPE_NONE, SCOPE_READ, SCOPE_OPERATE, SCOPE_ADMIN };

struct console {
	const struct settings *settings;
	struct pg_pool *pgs;
	struct guard *guard;
	struct authorizations *authorizations;
	struct shelf_keeper *shelf_keeper;
	struct live *live;
	struct lag_watch *lag;
	struct ticker *scheduler;
	struct webhook_sender *webhook_sender;
	bool open;       /* no user exists and only this machine can come here: everybody who does may do all */
	char secret[65]; /* of this process: what the forms of an open console are signed with */
};

struct visitor {
	enum scope scope;
	char name[64];       /* of the user or token; "" nobody */
	bool by_cookie;      /* a browser: what changes something must prove that it comes from our own page */
	char csrf[65];       /* what proves it; "" for tokens */
	char session_id[65]; /* digest under which the session is stored; "" none */
};

enum { ROUTE_PARTS = 4 };

struct visit {
	struct console *console;
	struct http_request *request;
	struct http_response *response;
	struct ctl ctl; /* with the database open, its settings those of the process */
	struct visitor visitor;
	const struct route_table *table; /* that the path is in; NULL: in none */
	const char *parts[ROUTE_PARTS];  /* what stood in the {}s of the route, decoded */
};

#define VISIT_OUT(visit) (&(visit)->response->body)

#endif
