/* What came back for one request: the body as it is, and of the headers those that are looked at.
 *
 * Header lines are read here, away from the network, because they are the part of an answer that no format protects. */
#ifndef SYNCLINE_FETCHER_ANSWER_H
#define SYNCLINE_FETCHER_ANSWER_H

#include <curl/curl.h>

#include "common/buf.h"

struct answer {
	CURLcode code;    /* CURLE_OK: a whole answer came */
	bool too_large;   /* the body passed its limits and was dropped */
	bool no_memory;   /* the body was dropped for want of memory */
	bool unreached;   /* it ended before anything was asked: without a name's address, or a connection */
	long status;      /* HTTP; 0 when there was none */
	struct span body; /* as received, perhaps compressed; one that came plain and large is compressed here */
	char content_type[128], encoding[16], date[64], retry_after[64], location[256];
	int64_t total; /* x-total-count, -1 when not told */
	char error[CURL_ERROR_SIZE];
};

/* Takes one header line, its end included, if it is one that is looked at. Values are trimmed, and cut where they are longer
 * than any that is of use; the last of several counts. */
void answer_take_header(struct answer *answer, struct span line);

#endif
