/* The turn: collect a batch, write it, finish its messages; when the database cannot, wait with the batch in hand. */
#include "writer/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/crash.h"
#include "common/health.h"
#include "common/kafka_in.h"
#include "common/kafka_out.h"
#include "common/log.h"
#include "common/stats.h"
#include "writer/apply.h"
#include "writer/batch.h"
#include "writer/reconcile.h"
#include "writer/split.h"

enum {
	POLL_MS = 100, /* with nothing in hand */
	LINGER_MS = 5, /* with something: an input silent this long is idle, and the batch is written */
	WARN_MS = 30000,
	EVENTS_MS = 3000, /* for the last events, when closing */
};

struct writer {
	const struct settings *settings;
	struct pg *pg;
	struct kafka_in *in;
	struct kafka_out *out;
	struct apply *apply;
	struct batch batch;
	struct reconcile reconcile;
	bool waiting; /* the database refused for a reason that may pass: try again at retry_ms */
	int tries;
	struct err refusal;
	int64_t retry_ms, warned_ms, reconcile_warned_ms;
	int64_t progress_ms, progress_rows;
};

/* The messages come again to whoever gets the partitions. */
static void drop_batch(void *context)
{
	struct writer *writer = context;
	batch_drop(&writer->batch);
}

static int open_kafka(struct writer *writer, struct err *err)
{
	const struct kafka_in_options options = {
		.settings = writer->settings,
		.group = GROUP_WRITER,
		.topics = 1u << TOPIC_ITEMS | 1u << TOPIC_REJECTS,
		.on_revoke = drop_batch,
		.context = writer,
	};
	if (kafka_out_open(writer->settings, NULL, NULL, &writer->out, err))
		return -1;
	return kafka_in_open(&options, &writer->in, err);
}

static int open_postgres(struct writer *writer, struct err *err)
{
	if (pg_open(writer->settings->postgres, "syncline-writer", &writer->pg, err))
		return -1;
	pg_limit(writer->pg, LIMIT_ANSWER_WRITER_MS);
	pg_heed_stop(writer->pg, writer->settings->drain_ms);
	return pg_check_schema(writer->pg, err);
}

int writer_open(const struct settings *settings, struct writer **ret, struct err *err)
{
	struct writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		return err_set(err, ERR_FATAL, 0, "no memory for the writer");
	writer->settings = settings;
	batch_init(&writer->batch);
	if (open_postgres(writer, err) || apply_open(settings, writer->pg, &writer->apply, err) ||
	    open_kafka(writer, err)) {
		writer_close(&writer);
		return -1;
	}
	reconcile_init(&writer->reconcile, settings, writer->pg, writer->out);
	*ret = writer;
	return 0;
}

void writer_close(struct writer **ptr)
{
	struct writer *writer = *ptr;
	struct err ignored;
	if (!writer)
		return;
	batch_drop(&writer->batch);
	kafka_in_close(&writer->in);
	if (writer->out)
		IGNORE(kafka_out_flush(writer->out, EVENTS_MS, &ignored)); /* events are news, the rows are the truth */
	kafka_out_close(&writer->out);
	reconcile_done(&writer->reconcile);
	apply_close(&writer->apply);
	pg_close(&writer->pg);
	free(writer);
	*ptr = NULL;
}

/* ---- after a transaction ---- */

/* An event is lost when this process dies between the commit and here. Whoever must not miss one asks the database. */
static void publish_event(struct writer *writer, const struct event *event)
{
	struct buf value;
	struct err err;
	const struct sync_event message = {
		.sync = span_of(event->sync),
		.account = span_of(event->account),
		.event = span_of(event->event),
		.category = span_of(*event->category ? event->category : NULL),
		.text = span_of(event->text),
		.next_step = span_of(*event->next_step ? event->next_step : NULL),
		.at = clock_wall_ms(),
	};
	buf_init(&value, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_sync_event, &message, &value);
	if (kafka_out_send(writer->out, TOPIC_EVENTS, message.sync.len ? message.sync : message.account, &value, NULL,
	                   &err))
		log_warn("event not sent", "sync=%s %s: %s", event->sync, event->event, err.text);
	buf_done(&value);
	log_info(event->event, "account=%s sync=%s%s%s: %s", event->account, event->sync, *event->category ? " " : "",
	         event->category, event->text);
}

/* Ends of syncs are counted by what they came to. */
static void count_end(const struct event *event)
{
	static const struct {
		const char *state;
		enum stat stat;
	} ends[] = {{"complete", STAT_syncs_complete_total},
	            {"partial", STAT_syncs_partial_total},
	            {"failed", STAT_syncs_failed_total}};
	for (size_t i = 0; i < COUNT_OF(ends) && !*event->category; i++)
		stats_add(ends[i].stat, strcmp(event->event, ends[i].state) == 0);
}

static void account_for(void *context, const struct applied *applied)
{
	struct writer *writer = context;
	stats_add(STAT_batches_total, 1);
	stats_add(STAT_rows_total, applied->rows);
	stats_add(STAT_rows_added_total, applied->added);
	stats_add(STAT_rows_changed_total, applied->changed);
	stats_add(STAT_rows_unchanged_total, applied->rows - applied->added - applied->changed - applied->rejected);
	stats_add(STAT_rows_removed_total, applied->removed);
	stats_add(STAT_items_rejected_total, applied->rejected);
	stats_add(STAT_messages_stale_total, applied->stale);
	stats_add(STAT_messages_rejected_total, applied->bad_messages);
	stats_add(STAT_messages_unknown_total, applied->unknown_account);
	if (applied->unknown_account)
		log_warn("account unknown", "%" PRId64 " messages of account '%s' dropped: it is not in the database any more",
		         applied->unknown_account, applied->unknown_name);
	if (applied->bad_messages || applied->rejected)
		log_warn("rejected", "%" PRId64 " messages, %" PRId64 " items; see: syncline rejects", applied->bad_messages,
		         applied->rejected);
	for (size_t i = 0; i < applied->event_count; i++) {
		count_end(&applied->events[i]);
		publish_event(writer, &applied->events[i]);
	}
}

static void finish_batch(struct writer *writer)
{
	for (size_t i = 0; i < writer->batch.count; i++) {
		kafka_in_finish(writer->in, &writer->batch.inputs[i]->message.place);
		CRASH_POINT("writer: some offsets of a batch are stored");
	}
	batch_clear(&writer->batch, clock_ms());
	if (writer->tries)
		log_info("database back", "after %d tries", writer->tries);
	writer->waiting = false;
	writer->tries = 0;
	kafka_in_pause(writer->in, false);
}

/* ---- writing ---- */

/* Systemic trouble: nothing is rejected for it. CONFIG waits too, but needs a person, so it is said louder. */
static void wait_with_batch(struct writer *writer, const struct err *err)
{
	const struct backoff policy = {200, 10000, 0};
	int64_t wait_ms = backoff_next_ms(&policy, writer->tries++, (uint32_t)rand());
	writer->waiting = true;
	writer->retry_ms = clock_ms() + wait_ms;
	kafka_in_pause(writer->in, true);
	writer->refusal = *err;
	if (writer->warned_ms && clock_ms() - writer->warned_ms < WARN_MS)
		return;
	writer->warned_ms = clock_ms();
	if (err->class == ERR_CONFIG)
		log_error("a person is needed", "%s; nothing is written until this is mended, nothing is lost", err->text);
	else
		log_warn("database away", "%s; %zu messages wait, next try in %" PRId64 " ms", err->text, writer->batch.count,
		         wait_ms);
}

static int apply_batch(struct writer *writer, struct err *err)
{
	const struct applied *applied = NULL;
	struct batch *batch = &writer->batch;
	if (apply_run(writer->apply, batch->inputs, batch->count, &applied, err) == 0) {
		account_for(writer, applied);
		return 0;
	}
	if (err->class != ERR_REJECT)
		return -1;
	log_warn("batch refused", "%s; applying its %zu messages one by one", err->text, batch->count);
	return split_run(writer->apply, batch->inputs, batch->count, account_for, writer, err);
}

static int write_batch(struct writer *writer, struct err *err)
{
	struct timespec begin, end;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	int result = apply_batch(writer, err);
	clock_gettime(CLOCK_MONOTONIC, &end);
	stats_add(STAT_commit_us_total, (end.tv_sec - begin.tv_sec) * 1000000 + (end.tv_nsec - begin.tv_nsec) / 1000);
	if (result == 0) {
		finish_batch(writer);
		return 0;
	}
	if (err->class == ERR_FATAL)
		return -1;
	wait_with_batch(writer, err);
	return 0;
}

/* ---- collecting ---- */

/* One message, if there is one. Returns 1, 0 (silence) or -1. */
static int take_message(struct writer *writer, int timeout_ms, struct err *err)
{
	struct kafka_message message;
	struct input *input;
	int got = kafka_in_poll(writer->in, timeout_ms, &message, err);
	if (got < 1)
		return got;
	if (input_read(&message, &input, err))
		return -1;
	batch_add(&writer->batch, input, clock_ms());
	return got;
}

static bool is_due(const struct writer *writer)
{
	const struct batch *batch = &writer->batch;
	return batch->count && (batch_is_full(batch, (size_t)writer->settings->batch_rows) ||
	                        clock_ms() - batch->first_ms >= writer->settings->batch_age_ms);
}

/* Until the batch is due: full, old enough, or nothing more comes at once. */
static int collect(struct writer *writer, struct err *err)
{
	while (!is_due(writer)) {
		int got = take_message(writer, writer->batch.count ? LINGER_MS : POLL_MS, err);
		if (got <= 0)
			return got;
	}
	return 0;
}

/* Polling keeps the membership; a paused consumer gives nothing. What slipped in before the pause is read again later. */
static int stay_member(struct writer *writer, struct err *err)
{
	struct kafka_message message;
	int64_t left_ms = writer->retry_ms - clock_ms();
	int got = kafka_in_poll(writer->in, left_ms < 0 ? 0 : left_ms < POLL_MS ? (int)left_ms : POLL_MS, &message, err);
	if (got < 1)
		return got;
	kafka_in_release(&message);
	batch_drop(&writer->batch);
	return kafka_in_rewind(writer->in, err);
}

/* ---- beside it ---- */

static void look_after_syncs(struct writer *writer)
{
	struct err err;
	int requeued = 0;
	int result = reconcile_tick(&writer->reconcile, &requeued, &err);
	if (requeued)
		log_info("put back to work", "%d unfinished syncs without a sign of life", requeued);
	if (result == 0 || (writer->reconcile_warned_ms && clock_ms() - writer->reconcile_warned_ms < WARN_MS))
		return;
	writer->reconcile_warned_ms = clock_ms();
	log_warn("syncs not looked after", "%s; trying again", err.text);
}

/* Without Redis rows are still written, but nobody would bring back a sync whose fetcher died. */
static const char *find_obstacle(const struct writer *writer)
{
	if (writer->waiting)
		return writer->refusal.text;
	if (writer->reconcile.trouble.class != ERR_NONE)
		return writer->reconcile.trouble.text;
	return kafka_in_obstacle(writer->in);
}

static void log_progress(struct writer *writer)
{
	int64_t now_ms = clock_ms(), rows = stats_get(STAT_rows_total), took_ms = now_ms - writer->progress_ms;
	if (took_ms < writer->settings->log_progress_ms)
		return;
	if (rows > writer->progress_rows && writer->progress_ms)
		log_info("progress",
		         "%" PRId64 " rows a second; since the start %" PRId64 " rows, of which %" PRId64 " new, %" PRId64
		         " changed, %" PRId64 " removed",
		         (rows - writer->progress_rows) * 1000 / took_ms, rows, stats_get(STAT_rows_added_total),
		         stats_get(STAT_rows_changed_total), stats_get(STAT_rows_removed_total));
	writer->progress_ms = now_ms;
	writer->progress_rows = rows;
}

/* Also of gaps in what it reads itself: the reject comes back, and becomes a row like any other. */
static void tell_gaps(struct writer *writer)
{
	struct kafka_gap gap;
	char text[KAFKA_GAP_TEXT];
	while (kafka_in_tell_gap(writer->in, writer->out, &gap))
		log_error("messages lost", "%s; going on behind them", kafka_gap_text(writer->settings, &gap, text));
}

int writer_turn(struct writer *writer, enum stop_level stop, bool *idle, struct err *err)
{
	int result;
	kafka_out_poll(writer->out, 0);
	if (kafka_out_check(writer->out, err))
		return -1;
	tell_gaps(writer);
	if (writer->waiting)
		result = stay_member(writer, err);
	else
		result = stop == STOP_RUN ? collect(writer, err) : 0;
	if (result < 0)
		return -1;
	if (writer->batch.count == 0)
		writer->waiting = writer->waiting && writer->retry_ms > clock_ms();
	if (!writer->waiting)
		kafka_in_pause(writer->in, false);
	if (writer->batch.count && (!writer->waiting || clock_ms() >= writer->retry_ms) && write_batch(writer, err))
		return -1;
	if (!writer->waiting && stop == STOP_RUN)
		look_after_syncs(writer);
	stats_set(STAT_postgres_up, !writer->waiting && pg_connected(writer->pg));
	health_obstacle(stop == STOP_RUN ? find_obstacle(writer) : "stopping");
	log_progress(writer);
	stats_add(STAT_turns_total, 1);
	*idle = writer->batch.count == 0;
	return 0;
}
