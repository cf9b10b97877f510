/* One request to a provider and its answer, while a person waits for a sign-in. Blocks, at most request_timeout_ms. */
#ifndef SYNCLINE_CTL_ASK_H
#define SYNCLINE_CTL_ASK_H

#include "common/settings.h"
#include "fetcher/transfer.h"

enum { ASK_HEADERS = 4 };

struct ask {
	const char *url;
	const char *form;                 /* POSTed when not NULL, else it is a GET */
	const char *headers[ASK_HEADERS]; /* whole lines, NULL at the end */
	struct buf body;                  /* what answer.body points to; ask_done wipes it */
	struct answer answer;
};

/* Fills ask->answer, also when nobody answered (answer.code). FATAL: no memory. Call ask_done in every case. */
int ask_run(const struct settings *settings, struct ask *ask, struct err *err) MUST_USE;
void ask_done(struct ask *ask);

#endif
