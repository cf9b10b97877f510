/* A request of an adapter's table as an address with signed parameters. */
#ifndef SYNCLINE_FETCHER_QUERY_H
#define SYNCLINE_FETCHER_QUERY_H

#include "fetcher/provider.h"
#include "fetcher/transfer.h"

struct query_args {
	int size;          /* items wanted, without the overlap */
	int64_t offset;    /* items behind; a request with an offset begins one item early (PAGING_OFFSET) ... */
	bool exactly;      /* ... unless this is set */
	const char *id;    /* of the child; NULL: none */
	const char *after; /* PAGING_AFTER: where to go on; NULL or "": at the beginning */
};

/* Signs and starts it. The rendered text, which holds credentials, is wiped before this returns. */
int query_send(const struct session *session, const struct request *request, const struct query_args *args,
               struct transfer *transfer, struct err *err) MUST_USE;

#endif
