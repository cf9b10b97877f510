/* What goes back for one request, and how badly it is delivered. */
#ifndef SIMULATOR_RESPONSE_H
#define SIMULATOR_RESPONSE_H

#include "body.h"

enum cut { CUT_NONE, CUT_CLOSE, CUT_RESET };

struct response {
	int status;               /* 0: the connection is closed without an answer */
	const char *content_type; /* NULL: no such header */
	char headers[2048];       /* further ones, each with its CRLF */
	struct body *body;        /* never NULL when status is set; owned, given back by the server */
	/* Delivery: bytes of the body after which it stops, for stall_ms or for good. The declared length stays that of all. */
	size_t stall_at, cut_at;
	int64_t stall_ms; /* 0: no pause; before the status line when stall_at is 0 */
	enum cut cut;
};

#endif
