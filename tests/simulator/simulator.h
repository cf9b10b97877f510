/* The simulated server: everything behind the sockets. Gets a request, gives a response. One thread. */
#ifndef SIMULATOR_SIMULATOR_H
#define SIMULATOR_SIMULATOR_H

#include "auth.h"
#include "cache.h"
#include "edit.h"
#include "fault.h"
#include "grants.h"
#include "journal.h"
#include "jwt.h"
#include "library.h"
#include "limit.h"
#include "pause.h"

struct simulator {
	const struct flavour *flavour;
	struct login login; /* texts are the options', not owned */
	struct grants grants;
	struct jwt_key *developer_key; /* NULL: none */
	struct library library;
	struct cache cache;
	struct faults faults;
	struct edits edits;
	struct limit limit;
	struct pause pause;
	struct journal journal;
	struct out scratch, query; /* of the request at hand */
	uint64_t serial;           /* requests so far */
	bool gzip, fat, empty_404, no_total;
};

/* Fills *response, which is all zero before; its body is the caller's to give back. context is a struct simulator. */
void simulator_answer(void *context, const struct request *request, struct response *response);

#endif
