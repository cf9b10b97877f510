/* One request to a provider and its answer, while a person waits for a sign-in. Blocks, at most request_timeout_ms. */
#ifndef SYNCLINE_CTL_ASK_H
#define SYNCLINE_CTL_ASK_H

#include "fetcher/transfer.h"

struct ask {
	const struct answer *answer; /* whatever came of it */
	struct span body;            /* plain, also when it was compressed; empty when it cannot be read */
	struct transfer_set *set;
	struct transfer *transfer;
	struct buf scratch;
};

/* Sends and waits. FATAL: no memory. Call ask_done in every case: it wipes what came. */
int ask_run(const struct settings *settings, const struct asking *asking, struct ask *ask, struct err *err) MUST_USE;
void ask_done(struct ask *ask);

#endif
