/* What an answer means: transport first, then the provider's envelope, then the HTTP status. */
#ifndef SYNCLINE_FETCHER_OUTCOME_H
#define SYNCLINE_FETCHER_OUTCOME_H

#include "fetcher/provider.h"
#include "fetcher/transfer.h"

/* Fills *verdict; of the session its provider is needed, and the secrets of account and credentials (either may be NULL)
 * are not quoted, whatever the server says. When it is OUTCOME_OK, *doc is the parsed body (owned by the caller), else
 * NULL. scratch is for a decompressed body, and is free again afterwards. */
void outcome_judge(const struct session *session, const struct request *request, const struct answer *answer,
                   struct buf *scratch, struct verdict *verdict, yyjson_doc **doc);

/* A next step for one account's people: the word NAME becomes the account's, so that a command can be copied as it is.
 * next_step may be NULL: "". Returns text. */
enum { OUTCOME_STEP = LIMIT_CAUSE + 1 };
const char *outcome_step_of(const char *next_step, const char *account, char text[OUTCOME_STEP]);

/* Retry-After as seconds or as an HTTP date (RFC 9110 10.2.3) into verdict->retry_after_ms: 0 for one in the past. A date is
 * reckoned from the answer's own (6.6.1), whose clock it is of, or from now_wall_ms where there is none. One longer than
 * LIMIT_PAUSE_MS is cut to that, and the cause says so. Absent or unreadable: nothing is changed. */
void outcome_take_pause(const struct answer *answer, int64_t now_wall_ms, struct verdict *verdict);

#endif
