/* A delivery: one event on its way to one webhook, and its log.
 *
 * take (or test) -> post -> done. Taken by one sender at a time, of all that run; what a sender that died had in hand is taken
 * again LIMIT_WEBHOOK_BUSY_S later: each event is delivered at least once, always under the same message id. */
#ifndef SYNCLINE_CONSOLE_DELIVERY_H
#define SYNCLINE_CONSOLE_DELIVERY_H

#include "common/backoff.h"
#include "common/settings.h"
#include "console/limits.h"
#include "console/webhook.h"
#include "console/webhook_post.h"

enum { DELIVERY_MESSAGE = 96, DELIVERY_TYPE = 32 };

struct delivery {
	char webhook_id[WEBHOOK_ID], message_id[DELIVERY_MESSAGE], type[DELIVERY_TYPE], target[WEBHOOK_TARGET];
	int tries;           /* this one included */
	bool internal, last; /* last: it is not tried again, whatever comes of it */
	char *sealed, *body; /* owned */
};
void delivery_free(struct delivery *delivery);

/* After a first try at once, 14 more over some nine hours: a receiver may be down for a night. */
extern const struct backoff delivery_backoff;

/* *due: something waits for its time, which has come. */
int delivery_due(struct pg *pg, bool *due, struct err *err) MUST_USE;

/* At most `most` into deliveries, one of a webhook; *count: how many. The caller frees each. console_url: for the links in
 * messages, "" without. */
int delivery_take(struct pg *pg, const char *console_url, int most, struct delivery *deliveries, int *count,
                  struct err *err) MUST_USE;

/* A message of type webhook.test, to be posted by the caller; it is tried once. by: who asks. REJECT: no such webhook. */
int delivery_test(struct pg *pg, const char *webhook_id, const char *by, const char *console_url,
                  struct delivery *delivery, struct err *err) MUST_USE;

/* Signs it and starts it; it comes back from posts_finished as the owner. CONFIG: it cannot be unsealed. */
int delivery_post(struct posts *posts, const struct vault *vault, struct delivery *delivery, struct err *err) MUST_USE;

/* What came of it. */
enum delivery_fate { DELIVERY_DELIVERED, DELIVERY_RETRIED, DELIVERY_GIVEN_UP, DELIVERY_SWITCHED_OFF };

/* Writes down what came of it, and when it is tried again (*wait_ms, if it is). A receiver that answers 410 (Gone) wants no more:
 * its webhook is switched off. */
int delivery_done(struct pg *pg, const struct delivery *delivery, const struct post_end *end, enum delivery_fate *fate,
                  int64_t *wait_ms, struct err *err) MUST_USE;

/* Gives it back for the next sender: it was not tried, or nobody knows what came of it. */
int delivery_give_back(struct pg *pg, const struct delivery *delivery, const char *why, struct err *err) MUST_USE;

/* Makes a test, posts it and waits for its end: what came of it. The whole takes LIMIT_WEBHOOK_MS at most. */
int delivery_try(struct pg *pg, const struct settings *settings, const char *webhook_id, const char *by,
                 struct post_end *end, struct err *err) MUST_USE;

/* Forgets what was over LIMIT_WEBHOOK_DAYS ago. */
int delivery_prune(struct pg *pg, struct err *err) MUST_USE;

/* How long a try may take: request_timeout_ms, and LIMIT_WEBHOOK_MS at most. */
int64_t delivery_timeout_ms(const struct settings *settings);

#endif
