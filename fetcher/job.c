/* A request to sync: what the schema cannot check of it. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "fetcher/fetcher_internal.h"

static int check_mode(const struct sync_job *message, struct job *job, struct err *err)
{
	if (!lease_set_mode(&job->lease, message->mode))
		return err_set(err, ERR_REJECT, 0,
		               "sync_job: mode must be full, incremental, replay or replay-rejects, not '%.*s'",
		               SPAN_ARG(message->mode));
	if (category_set_parse(message->categories, &job->lease.categories, err)) {
		err->class = ERR_REJECT;
		return err_wrap(err, "sync_job: ");
	}
	return 0;
}

/* A redelivery has the same place, and so the same id. */
static int check_id(const struct sync_job *message, const struct kafka_message *raw, struct job *job, struct err *err)
{
	if (message->sync.len && !uuid_valid(message->sync))
		return err_set(err, ERR_REJECT, 0, "sync_job: field 'sync' must be a lower-case UUID; leave it out to get one");
	/* By the topic too: partitions of both have the same numbers. */
	uint64_t place = (uint64_t)raw->place.topic << 60 ^ (uint64_t)raw->place.partition << 48 ^
	                 (uint64_t)raw->place.offset;
	if (message->sync.len)
		IGNORE(!span_copy(message->sync, job->lease.sync, sizeof job->lease.sync)); /* 36 characters fit */
	else
		uuid_derive(raw->time_ms, place, job->lease.sync);
	return 0;
}

static int check_priority(const struct sync_job *message, const struct kafka_message *raw, struct job *job,
                          struct err *err)
{
	bool normal = span_is(message->priority, "normal"), background = span_is(message->priority, "background");
	if (message->priority.len && !normal && !background)
		return err_set(err, ERR_REJECT, 0, "sync_job: priority must be normal or background, not '%.20s'",
		               message->priority.at);
	job->lease.background = background || (!normal && raw->place.topic == TOPIC_BACKGROUND);
	return 0;
}

static int check_time(const struct sync_job *message, struct job *job, struct err *err)
{
	int64_t latest_ms = clock_wall_ms() + (int64_t)LIMIT_AHEAD_DAYS * 24 * 3600 * 1000;
	if (message->not_before < 0 || message->not_before > latest_ms)
		return err_set(err, ERR_REJECT, 0,
		               "sync_job: not_before is %lld, no time within the next %d days; it is ms since 1970",
		               (long long)message->not_before, LIMIT_AHEAD_DAYS);
	job->not_before_ms = message->not_before;
	return 0;
}

int job_read(struct fetcher *fetcher, const struct kafka_message *raw, struct job *job, struct err *err)
{
	struct sync_job message;
	msgpack_zone zone;
	*job = (struct job){.place = raw->place, .asked_ms = raw->time_ms};
	msgpack_zone_init(&zone, 4096);
	arena_reset(&fetcher->job_arena);
	int result = msg_decode_job(raw->value, &zone, &fetcher->job_arena, &message, err);
	if (result == 0) {
		/* The schema has checked that they fit. */
		IGNORE(!span_copy(message.account, job->lease.account, sizeof job->lease.account));
		IGNORE(!span_copy(message.requested_by, job->requested_by, sizeof job->requested_by));
		if (message.account.len == 0)
			result = err_set(err, ERR_REJECT, 0, "sync_job: field 'account' is empty");
	}
	if (result == 0)
		result = check_id(&message, raw, job, err) || check_mode(&message, job, err) ||
		         check_priority(&message, raw, job, err) || check_time(&message, job, err);
	msgpack_zone_destroy(&zone);
	return result ? -1 : 0;
}
