/* Rows of webhook_delivery, and what is sent of them. */
#include "console/delivery.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/sql.h"
#include "common/uuid.h"
#include "console/limits.h"

enum { STATUS_GONE = 410, HEADERS = 512, NUMBER = 24 };

const struct backoff delivery_backoff = {.base_ms = 5000, .max_ms = 2 * 3600 * 1000, .tries_max = 14};

void delivery_free(struct delivery *delivery)
{
	free(delivery->sealed);
	free(delivery->body);
	*delivery = (struct delivery){0};
}

int64_t delivery_timeout_ms(const struct settings *settings)
{
	return settings->request_timeout_ms < LIMIT_WEBHOOK_MS ? settings->request_timeout_ms : LIMIT_WEBHOOK_MS;
}

int delivery_due(struct pg *pg, bool *due, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg, sql_text("q_webhook_due"), 0, NULL, &row, err))
		return -1;
	*due = pg_bool(row, 0, "due");
	return 0;
}

/* ---- from its row ---- */

static int read_row(const PGresult *rows, int i, struct delivery *delivery, struct err *err)
{
	*delivery = (struct delivery){.tries = (int)pg_int(rows, i, "tries"), .internal = pg_bool(rows, i, "internal")};
	snprintf(delivery->webhook_id, sizeof delivery->webhook_id, "%s", pg_text(rows, i, "webhook_id"));
	snprintf(delivery->message_id, sizeof delivery->message_id, "%s", pg_text(rows, i, "message_id"));
	snprintf(delivery->type, sizeof delivery->type, "%s", pg_text(rows, i, "type"));
	snprintf(delivery->target, sizeof delivery->target, "%s", pg_text(rows, i, "target"));
	delivery->sealed = strdup(pg_text(rows, i, "sealed"));
	delivery->body = strdup(pg_text(rows, i, "body"));
	if (delivery->sealed && delivery->body)
		return 0;
	delivery_free(delivery);
	return err_set(err, ERR_RETRY, 0, "no memory for a webhook's message");
}

int delivery_take(struct pg *pg, const char *console_url, int most, struct delivery *deliveries, int *count,
                  struct err *err)
{
	char many[NUMBER], seconds[NUMBER];
	const char *values[] = {console_url, many, seconds};
	PG_RESULT *rows = NULL;
	snprintf(many, sizeof many, "%d", most);
	snprintf(seconds, sizeof seconds, "%d", DELIVERY_BUSY_S);
	if (pg_query(pg, sql_text("q_webhook_take"), COUNT_OF(values), values, &rows, err))
		return -1;
	assert(PQntuples(rows) <= most);
	for (*count = 0; *count < PQntuples(rows); ++*count) {
		if (read_row(rows, *count, &deliveries[*count], err))
			return -1;
	}
	return 0;
}

int delivery_test(struct pg *pg, const char *webhook_id, const char *by, const char *console_url,
                  struct delivery *delivery, struct err *err)
{
	char uuid[UUID_TEXT], message_id[DELIVERY_MESSAGE];
	const char *values[] = {webhook_id, message_id, by, console_url};
	PG_RESULT *row = NULL;
	uuid_new(uuid);
	snprintf(message_id, sizeof message_id, "test-%s", uuid);
	if (webhook_find(pg, webhook_id, err) ||
	    pg_query(pg, sql_text("q_webhook_test"), COUNT_OF(values), values, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "webhook %.20s has just been removed", webhook_id);
	if (read_row(row, 0, delivery, err))
		return -1;
	delivery->last = true;
	return 0;
}

/* ---- to its receiver ---- */

int delivery_post(struct posts *posts, const struct vault *vault, struct delivery *delivery, struct err *err)
{
	char secret[WEBHOOK_SECRET], url[LIMIT_URL], signature[WEBHOOK_SIGNATURE], headers[HEADERS];
	int64_t now_s = clock_wall_ms() / 1000;
	const struct span body = span_of(delivery->body);
	const struct posting posting = {url, headers, body, delivery->internal};
	int result = webhook_unseal(vault, delivery->target, delivery->sealed, secret, url, err);
	if (result == 0)
		result = webhook_sign(secret, delivery->message_id, now_s, body, signature, err);
	if (result == 0) {
		int len = snprintf(headers, sizeof headers,
		                   "webhook-id: %s\nwebhook-timestamp: %" PRId64 "\nwebhook-signature: %s\n",
		                   delivery->message_id, now_s, signature);
		assert(len > 0 && len < HEADERS);
		result = posts_start(posts, &posting, delivery, err);
	}
	vault_wipe(secret, sizeof secret);
	vault_wipe(url, sizeof url);
	return result;
}

/* ---- what came of it ---- */

static int write_down(struct pg *pg, const struct delivery *delivery, const struct post_end *end, int64_t wait_ms,
                      struct err *err)
{
	char tries[NUMBER], status[NUMBER], took[NUMBER], wait[NUMBER];
	snprintf(tries, sizeof tries, "%d", delivery->tries);
	snprintf(status, sizeof status, "%d", end->status);
	snprintf(took, sizeof took, "%d", end->took_ms);
	snprintf(wait, sizeof wait, "%" PRId64, wait_ms);
	const char *values[] = {delivery->webhook_id,
	                        delivery->message_id,
	                        tries,
	                        end->status ? status : NULL,
	                        took,
	                        end->error,
	                        end->delivered ? "true" : "false",
	                        wait_ms >= 0 ? wait : NULL};
	return pg_run(pg, sql_text("q_webhook_done"), COUNT_OF(values), values, NULL, err);
}

int delivery_done(struct pg *pg, const struct delivery *delivery, const struct post_end *end, enum delivery_fate *fate,
                  int64_t *wait_ms, struct err *err)
{
	*wait_ms = -1;
	if (end->delivered) {
		*fate = DELIVERY_DELIVERED;
		return write_down(pg, delivery, end, -1, err);
	}
	if (end->status == STATUS_GONE) {
		const char *values[] = {delivery->webhook_id, "the receiver answered 410: it wants no more messages"};
		*fate = DELIVERY_SWITCHED_OFF;
		return write_down(pg, delivery, end, -1, err) || pg_run(pg, sql_text("q_webhook_off"), 2, values, NULL, err)
		           ? -1
		           : 0;
	}
	if (!delivery->last)
		*wait_ms = backoff_next_ms(&delivery_backoff, delivery->tries - 1, randombytes_random());
	*fate = *wait_ms < 0 ? DELIVERY_GIVEN_UP : DELIVERY_RETRIED;
	return write_down(pg, delivery, end, *wait_ms, err);
}

int delivery_give_back(struct pg *pg, const struct delivery *delivery, const char *why, struct err *err)
{
	struct post_end end = {0};
	snprintf(end.error, sizeof end.error, "%s", why);
	return write_down(pg, delivery, &end, 0, err);
}

int delivery_prune(struct pg *pg, struct err *err)
{
	char days[NUMBER];
	const char *values[] = {days};
	snprintf(days, sizeof days, "%d", LIMIT_WEBHOOK_DAYS);
	return pg_run(pg, sql_text("q_webhook_prune"), 1, values, NULL, err);
}

/* ---- a test ---- */

static int post_and_wait(const struct settings *settings, const struct vault *vault, struct delivery *delivery,
                         struct post_end *end, struct err *err)
{
	struct posts *posts = NULL;
	if (posts_open(delivery_timeout_ms(settings), &posts, err))
		return -1;
	int result = delivery_post(posts, vault, delivery, err);
	while (result == 0 && !posts_finished(posts, end))
		posts_wait(posts, 1000);
	posts_close(&posts);
	return result;
}

int delivery_try(struct pg *pg, const struct settings *settings, const char *webhook_id, const char *by,
                 struct post_end *end, struct err *err)
{
	struct vault *vault = NULL;
	struct delivery delivery = {0};
	enum delivery_fate fate;
	int64_t wait_ms;
	if (vault_open(settings->key_file, &vault, err))
		return -1;
	int result = delivery_test(pg, webhook_id, by, settings->console_url, &delivery, err);
	if (result == 0)
		result = post_and_wait(settings, vault, &delivery, end, err);
	if (result == 0)
		result = delivery_done(pg, &delivery, end, &fate, &wait_ms, err);
	delivery_free(&delivery);
	vault_close(&vault);
	return result;
}
