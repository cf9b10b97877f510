/* A transfer of the fetcher's, alone in its set. */
#include "ctl/ask.h"

#include "common/inflate.h"
#include "common/vault.h"

enum { BODY_MAX = 256 * 1024 };

int ask_run(const struct settings *settings, const struct asking *asking, struct ask *ask, struct err *err)
{
	struct err unreadable;
	*ask = (struct ask){0};
	buf_init(&ask->scratch, BODY_MAX);
	if (transfer_set_open(settings, &ask->set, err) || transfer_open(ask->set, ask, &ask->transfer, err) ||
	    transfer_start(ask->transfer, asking, err))
		return -1;
	while (!transfer_finished(ask->set, &ask->answer))
		transfer_wait(ask->set, NULL, 0, 1000);
	if (inflate_body(span_of(ask->answer->encoding), ask->answer->body, &ask->scratch, &ask->body, &unreadable))
		ask->body = (struct span){0};
	return 0;
}

void ask_done(struct ask *ask)
{
	/* The transfer's own memory, which it would give back as it is. */
	if (ask->answer && ask->answer->body.len)
		vault_wipe((void *)(uintptr_t)ask->answer->body.at, ask->answer->body.len);
	if (ask->scratch.at)
		vault_wipe(ask->scratch.at, ask->scratch.cap);
	buf_done(&ask->scratch);
	transfer_close(&ask->transfer);
	transfer_set_close(&ask->set);
}
