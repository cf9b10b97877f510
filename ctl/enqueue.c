/* The job, and its delivery. */
#include "ctl/enqueue.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/kafka_out.h"
#include "common/msg.h"
#include "common/stop.h"
#include "ctl/person.h"

enum { DELIVERY_MS = 15000 };

struct delivery {
	bool reported, failed;
	struct err err;
};

static void on_delivered(void *context, void *token, const struct err *err)
{
	struct delivery *delivery = context;
	(void)token;
	delivery->reported = true;
	delivery->failed = err != NULL;
	if (err)
		delivery->err = *err;
}

/* RETRY also when nothing is known: the job may still arrive, and then makes its row again. */
static int produce(struct ctl *ctl, const struct wish *wish, const char *sync, const char *by, struct err *err)
{
	struct delivery delivery = {0};
	struct kafka_out *out = NULL;
	struct buf value;
	const struct sync_job job = {
		.account = span_of(wish->account),
		.sync = span_of(sync),
		.mode = span_of(wish->mode),
		.categories = span_of(wish->categories),
		.requested_by = span_of(by),
	};
	if (kafka_out_open(&ctl->settings, on_delivered, &delivery, &out, err))
		return -1;
	buf_init(&value, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_sync_job, &job, &value);
	int result = kafka_out_send(out, TOPIC_JOBS, span_of(wish->account), &value, NULL, err);
	int64_t deadline_ms = clock_ms() + DELIVERY_MS;
	while (result == 0 && !delivery.reported && clock_ms() < deadline_ms && stop_level(0) == STOP_RUN)
		kafka_out_poll(out, 100);
	if (result == 0 && !delivery.reported)
		result = err_set(err, ERR_RETRY, 0,
		                 "Kafka (%s) did not take the job in %d s; is it running, and has syncline migrate "
		                 "made its topics? see syncline doctor",
		                 ctl->settings.kafka_brokers, DELIVERY_MS / 1000);
	if (result == 0 && delivery.failed) {
		*err = delivery.err;
		result = -1;
	}
	buf_done(&value);
	kafka_out_close(&out);
	return result;
}

/* The row first: whoever sees the job finds it. Nothing may be left waiting for a job that was never sent. */
int enqueue_sync(struct ctl *ctl, const struct wish *wish, char sync[UUID_TEXT], struct err *err)
{
	struct err ignored;
	char by[PERSON_TEXT];
	uuid_new(sync);
	person_name(by);
	const char *values[] = {sync, wish->account_id, wish->mode, wish->categories, by};
	if (pg_run(ctl->pg,
	           "INSERT INTO sync (sync_id, account_id, mode, categories, requested_by) "
	           "VALUES ($1::uuid, $2::int, $3, $4, $5)",
	           5, values, NULL, err))
		return -1;
	if (produce(ctl, wish, sync, by, err) == 0)
		return 0;
	IGNORE(pg_run(ctl->pg, "DELETE FROM sync WHERE sync_id = $1::uuid AND state = 'queued' AND epoch = 0", 1, values,
	              NULL, &ignored)); /* the first error is the one to tell; the reconciler would send the job again */
	return err_wrap(err, "the sync was not started: ");
}
