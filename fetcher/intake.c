/* Which job is taken next: those of people first, and those of the background only while a few slots stay free. Each
 * queue is a consumer of its own, so that an urgent job never stands behind others in a partition or a prefetch queue. */
#include <stdlib.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/stats.h"
#include "common/text.h"
#include "fetcher/fetcher_internal.h"

int intake_open(struct fetcher *fetcher, struct err *err)
{
	const struct kafka_in_options people = {.settings = fetcher->settings,
	                                        .group = GROUP_FETCHER,
	                                        .topics = 1u << TOPIC_JOBS};
	const struct kafka_in_options background = {.settings = fetcher->settings,
	                                            .group = GROUP_BACKGROUND,
	                                            .topics = 1u << TOPIC_BACKGROUND};
	return kafka_in_open(&people, &fetcher->queues[QUEUE_PEOPLE].in, err) ||
	               kafka_in_open(&background, &fetcher->queues[QUEUE_BACKGROUND].in, err)
	           ? -1
	           : 0;
}

void intake_close(struct fetcher *fetcher)
{
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		kafka_in_release(&fetcher->queues[i].held);
		kafka_in_close(&fetcher->queues[i].in);
	}
}

struct job_queue *intake_queue(struct fetcher *fetcher, const struct kafka_place *job)
{
	return &fetcher->queues[job->topic == TOPIC_BACKGROUND ? QUEUE_BACKGROUND : QUEUE_PEOPLE];
}

const char *intake_obstacle(struct fetcher *fetcher)
{
	const char *people = kafka_in_obstacle(fetcher->queues[QUEUE_PEOPLE].in);
	return kafka_in_obstacle(fetcher->queues[QUEUE_BACKGROUND].in) ? people : NULL;
}

/* With a single slot there is nothing to reserve: both take turns in it. */
static int64_t slots_for(const struct fetcher *fetcher, unsigned queue)
{
	int64_t slots = fetcher->settings->slots, reserved = fetcher->settings->reserved_slots;
	if (queue == QUEUE_PEOPLE)
		return slots;
	return reserved < slots ? slots - reserved : 1;
}

static bool has_room(const struct fetcher *fetcher, unsigned queue)
{
	return !fetcher->draining && (int64_t)fetcher->sync_count < slots_for(fetcher, queue) &&
	       kafka_out_room(fetcher->out);
}

/* *job tells as much as could be read. */
static int take(struct fetcher *fetcher, const struct kafka_message *message, struct job *job, struct err *err)
{
	return job_read(fetcher, message, job, err) ? -1 : claim_job(fetcher, job, err);
}

/* The job is settled in one way or another, or kept in hand for a later try. */
static void handle(struct fetcher *fetcher, struct job_queue *queue, struct kafka_message *message)
{
	struct err err;
	struct job job = {0};
	fetcher->took_job = true;
	if (take(fetcher, message, &job, &err) == 0) {
		queue->retries = 0;
		kafka_in_release(message);
		return;
	}
	if (err.class == ERR_REJECT || err.class == ERR_CONFIG) {
		text_mend(err.text, LIMIT_CAUSE); /* it may quote the job, and is sent on */
		const char *reason = err.class == ERR_CONFIG ? "cannot_start" : "bad_job";
		log_warn("job rejected", "%s; see: syncline rejects --all", err.text);
		publish_job_reject(fetcher, message, &job.lease, reason, err.text);
		stats_add(STAT_jobs_rejected_total, 1);
		kafka_in_release(message);
		return;
	}
	struct backoff policy = {200, 10000, 0};
	int64_t wait_ms = backoff_next_ms(&policy, queue->retries++, (uint32_t)rand());
	if (queue->retries % 10 == 1)
		log_warn("job waits", "%s; trying again in %lld ms", err.text, (long long)wait_ms);
	queue->held = *message;
	queue->has_held = true;
	queue->retry_ms = clock_ms() + wait_ms;
}

/* true: the held job was tried once more. */
static bool retry_held(struct fetcher *fetcher, struct job_queue *queue, bool room)
{
	if (!queue->has_held || !room || clock_ms() < queue->retry_ms)
		return false;
	struct kafka_message message = queue->held;
	queue->has_held = false;
	queue->held = (struct kafka_message){0};
	handle(fetcher, queue, &message);
	return true;
}

/* Of the jobs that are gone those with a row are sent again by the reconciler. */
static void tell_gaps(struct fetcher *fetcher, struct kafka_in *in)
{
	struct kafka_gap gap;
	char text[KAFKA_GAP_TEXT];
	while (kafka_in_tell_gap(in, fetcher->out, &gap))
		log_error("jobs lost", "%s; those that `syncline sync` asked for come again by themselves",
		          kafka_gap_text(fetcher->settings, &gap, text));
}

/* Polled also when paused, or while something more urgent waits: that keeps the membership. */
static void take_from(struct fetcher *fetcher, unsigned number)
{
	struct job_queue *queue = &fetcher->queues[number];
	struct kafka_message message;
	struct err err;
	bool room = has_room(fetcher, number) && !fetcher->took_job;
	if (queue->rewind && kafka_in_rewind(queue->in, &err) == 0)
		queue->rewind = false;
	kafka_in_pause(queue->in, queue->has_held || !has_room(fetcher, number));
	if (retry_held(fetcher, queue, room))
		return;
	if (!room && !queue->has_held && has_room(fetcher, number))
		return; /* its turn comes as soon as the other queue has nothing */
	int got = kafka_in_poll(queue->in, 0, &message, &err);
	tell_gaps(fetcher, queue->in);
	if (got < 0 && !(fetcher->trouble.class == ERR_FATAL || fetcher->trouble.class == ERR_CONFIG))
		fetcher->trouble = err;
	if (got == 1 && (queue->has_held || !room)) {
		/* Fetched before the pause: read again later. */
		kafka_in_release(&message);
		queue->rewind = true;
	} else if (got == 1) {
		handle(fetcher, queue, &message);
	}
}

void intake_turn(struct fetcher *fetcher)
{
	fetcher->took_job = false;
	fetcher->trouble = (struct err){0};
	for (unsigned i = 0; i < QUEUE_COUNT; i++)
		take_from(fetcher, i);
}
