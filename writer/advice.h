/* What a person can do, as a sentence that ends in a command they can copy: for whatever fetcher the cause came from. */
#ifndef SYNCLINE_WRITER_ADVICE_H
#define SYNCLINE_WRITER_ADVICE_H

#include "common/limits.h"
#include "common/span.h"

enum { ADVICE_TEXT = LIMIT_CAUSE + 1 };

/* step as it is when it names a command of `syncline`, else with `command` and the account behind it: "give this user the
 * right on the server, then: syncline sync home". step may be absent. Returns text. */
const char *advice_text(struct span step, const char *command, struct span account, char text[ADVICE_TEXT]);

/* The same behind the end of a sync of that mode: the command asks for it again. One that read Kafka (a replay) is no sync of the
 * account, so it is retried by its id. mode may be absent. */
const char *advice_again(struct span step, struct span mode, struct span account, struct span sync,
                         char text[ADVICE_TEXT]);

#endif
