/* The turns: as long as something is due, it is taken, sent beside others, and written down. */
#include "console/webhook_sender.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "console/delivery.h"
#include "console/ticker.h"
#include "ctl/figure.h"

/* Between two looks for work; WAIT_MS: while some is on its way, after which more is taken beside it. */
enum { LOOK_MS = 1000, WAIT_MS = 200, PRUNE_MS = 3600 * 1000 };

struct webhook_sender {
	struct pg_pool *pool;
	const struct settings *settings;
	struct ticker *ticker;
	int64_t pruned_ms; /* 0: not yet */
	atomic_bool stop;
};

/* One turn's. */
struct sending {
	struct pg *pg;
	struct posts *posts;
	struct vault *vault;
};

static void tell(const struct delivery *delivery, const struct post_end *end, enum delivery_fate fate, int64_t wait_ms)
{
	char wait[FIGURE_TEXT];
	switch (fate) {
	case DELIVERY_DELIVERED:
		return;
	case DELIVERY_RETRIED:
		log_info("webhook", "%s did not get to webhook %s (%s): %s; next try in %s", delivery->type,
		         delivery->webhook_id, delivery->target, end->error, figure_span(wait_ms, wait));
		return;
	case DELIVERY_GIVEN_UP:
		log_warn("webhook", "%s did not get to webhook %s (%s) in %d tries and is given up: %s", delivery->type,
		         delivery->webhook_id, delivery->target, delivery->tries, end->error);
		return;
	case DELIVERY_SWITCHED_OFF:
		log_warn("webhook",
		         "webhook %s (%s) is switched off: the receiver answered 410. To have it again: syncline webhook add",
		         delivery->webhook_id, delivery->target);
		return;
	}
}

/* Frees the delivery. */
static int finish(struct sending *sending, struct delivery *delivery, const struct post_end *end, struct err *err)
{
	enum delivery_fate fate;
	int64_t wait_ms;
	CRASH_POINT("sender: sent, not written down");
	int result = delivery_done(sending->pg, delivery, end, &fate, &wait_ms, err);
	if (result == 0)
		tell(delivery, end, fate, wait_ms);
	delivery_free(delivery);
	free(delivery);
	return result;
}

/* Takes over what *taken owns. One that cannot be started (another key file) is a try that failed: it must not be taken again
 * and again. */
static int start(struct sending *sending, struct delivery *taken, struct err *err)
{
	struct err trouble;
	struct post_end end = {0};
	struct delivery *delivery = malloc(sizeof *delivery);
	if (!delivery) {
		delivery_free(taken);
		return err_set(err, ERR_RETRY, 0, "no memory for a webhook's message");
	}
	*delivery = *taken;
	if (delivery_post(sending->posts, sending->vault, delivery, &trouble) == 0)
		return 0;
	snprintf(end.error, sizeof end.error, "%.*s", POST_ERROR - 1, trouble.text);
	return finish(sending, delivery, &end, err);
}

static int start_more(struct sending *sending, const char *console_url, struct err *err)
{
	struct delivery taken[POSTS_MAX];
	int count = 0, started = 0, result = 0, room = POSTS_MAX - posts_count(sending->posts);
	if (room == 0)
		return 0;
	if (delivery_take(sending->pg, console_url, room, taken, &count, err))
		result = -1;
	while (result == 0 && started < count)
		result = start(sending, &taken[started++], err);
	while (started < count)
		delivery_free(&taken[started++]); /* taken over when its time with us is over */
	return result;
}

static int harvest(struct sending *sending, struct err *err)
{
	struct post_end end;
	struct delivery *delivery;
	posts_wait(sending->posts, WAIT_MS);
	while ((delivery = posts_finished(sending->posts, &end))) {
		if (finish(sending, delivery, &end, err))
			return -1;
	}
	return 0;
}

/* What is still on its way when the turn ends before its time. */
static void break_off(struct sending *sending, bool give_back)
{
	struct err ignored;
	struct delivery *delivery;
	while ((delivery = posts_break_off(sending->posts))) {
		if (give_back) /* else it is taken over when its time with us is over */
			IGNORE(delivery_give_back(sending->pg, delivery, "broken off: the sender was stopped", &ignored));
		delivery_free(delivery);
		free(delivery);
	}
}

static int send_all(struct webhook_sender *sender, struct pg *pg, struct err *err)
{
	struct sending sending = {.pg = pg};
	int result = vault_open(sender->settings->key_file, &sending.vault, err) ||
	                     posts_open(delivery_timeout_ms(sender->settings), &sending.posts, err)
	                 ? -1
	                 : 0;
	while (result == 0 && !sender->stop) {
		result = start_more(&sending, sender->settings->console_url, err);
		if (result == 0 && posts_count(sending.posts) == 0)
			break;
		if (result == 0)
			result = harvest(&sending, err);
	}
	if (sending.posts)
		break_off(&sending, result == 0);
	posts_close(&sending.posts);
	vault_close(&sending.vault);
	return result;
}

static int prune(struct webhook_sender *sender, struct pg *pg, struct err *err)
{
	int64_t now_ms = clock_ms();
	if (sender->pruned_ms && now_ms - sender->pruned_ms < PRUNE_MS)
		return 0;
	sender->pruned_ms = now_ms;
	return delivery_prune(pg, err);
}

static int turn(void *context, struct err *err)
{
	struct webhook_sender *sender = context;
	struct pg *pg = NULL;
	bool due = false;
	if (pg_pool_take(sender->pool, &pg, err))
		return -1;
	int result = prune(sender, pg, err) || delivery_due(pg, &due, err) ? -1 : 0;
	if (result == 0 && due)
		result = send_all(sender, pg, err);
	pg_pool_give(sender->pool, pg);
	return result;
}

int webhook_sender_open(struct pg_pool *pool, const struct settings *settings, struct webhook_sender **ret,
                        struct err *err)
{
	struct webhook_sender *sender = calloc(1, sizeof *sender);
	if (!sender)
		return err_set(err, ERR_FATAL, 0, "no memory for the sender of webhooks");
	sender->pool = pool;
	sender->settings = settings;
	if (ticker_open("webhooks", LOOK_MS, turn, sender, &sender->ticker, err)) {
		free(sender);
		return -1;
	}
	*ret = sender;
	return 0;
}

void webhook_sender_close(struct webhook_sender **sender)
{
	if (!*sender)
		return;
	(*sender)->stop = true;
	ticker_close(&(*sender)->ticker);
	free(*sender);
	*sender = NULL;
}
