/* What the fetcher says to Kafka, and what happens when Kafka has it: only then does a cursor move or a job count as
 * taken. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "common/stats.h"
#include "fetcher/fetcher_internal.h"

/* Remembered for each message until its delivery report. */
struct ticket {
	struct fetcher *fetcher;
	struct sync *sync; /* NULL: about a job only */
	enum category category;
	struct started *started; /* the job to finish, shared by several marks; or NULL */
	bool has_cursor;
	char cursor[LIMIT_CURSOR]; /* "end": the category is through */
};

/* A job whose marks are on their way. */
struct started {
	struct kafka_place job;
	int left;
	bool failed;
};

static void report_job(struct fetcher *fetcher, struct started *started, bool delivered)
{
	started->failed |= !delivered;
	if (--started->left)
		return;
	struct job_queue *queue = intake_queue(fetcher, &started->job);
	if (started->failed)
		queue->rewind = true; /* the job was not made durable: read it again */
	else
		kafka_in_finish(queue->in, &started->job);
	CRASH_POINT("fetcher: a job is durable, its offset is not");
	free(started);
}

void publish_delivered(void *context, void *opaque, const struct err *err)
{
	(void)context;
	struct ticket *ticket = opaque;
	if (!ticket)
		return; /* the news of a gap */
	struct sync *sync = ticket->sync;
	if (ticket->started)
		report_job(ticket->fetcher, ticket->started, err == NULL);
	CRASH_POINT("fetcher: after a report, before the cursor is saved");
	if (sync) {
		sync->inflight--;
		/* After one lost message no later cursor may be saved: the resumed walk would skip the lost page. */
		if (err && !sync->failed_delivery) {
			sync->failed_delivery = true;
			log_error("page not delivered", "account=%s sync=%s: %s; another fetcher will go on at the last saved page",
			          sync->account.name, sync->lease.sync, err->text);
		}
		if (ticket->has_cursor && !sync->failed_delivery) {
			memcpy(sync->saved[ticket->category], ticket->cursor, sizeof ticket->cursor);
			sync->unsaved |= 1u << ticket->category;
		}
	}
	free(ticket);
}

static struct ticket *ticket_of(struct fetcher *fetcher, struct sync *sync, enum category category)
{
	struct ticket *ticket = calloc(1, sizeof *ticket);
	assert(ticket && "no memory: ends as if killed, nothing is lost");
	*ticket = (struct ticket){.fetcher = fetcher, .sync = sync, .category = category};
	return ticket;
}

/* Sends, and on failure reports at once, as if Kafka had refused it. */
static void send_message(struct fetcher *fetcher, enum topic topic, const char *key, enum msg_type type,
                         const void *message, struct ticket *ticket)
{
	struct buf bytes;
	struct err err;
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	msg_encode(type, message, &bytes);
	if (ticket->sync)
		ticket->sync->inflight++;
	if (kafka_out_send(fetcher->out, topic, span_of(key), &bytes, ticket, &err)) {
		log_warn("not sent", "%s: %s", msg_type_name(type), err.text);
		publish_delivered(NULL, ticket, &err);
	} else {
		CRASH_POINT("fetcher: after produce, before its report");
	}
	buf_done(&bytes);
}

enum { KEY_MAX = LIMIT_ACCOUNT + 32 };

static const char *category_key(const char *account, enum category category, char key[KEY_MAX])
{
	snprintf(key, KEY_MAX, "%s/%s", account, category_name(category));
	return key;
}

static struct ticket *category_ticket(struct sync *sync, const char *cursor)
{
	struct ticket *ticket = ticket_of(sync->fetcher, sync, sync->category);
	ticket->has_cursor = true;
	snprintf(ticket->cursor, sizeof ticket->cursor, "%s", cursor);
	return ticket;
}

void publish_page(struct sync *sync, const struct answer *answer, const struct publishing *publishing)
{
	char key[KEY_MAX], next[CURSOR_TEXT];
	walk_count_requests(sync);
	struct raw_page page = {
		.sync = span_of(sync->lease.sync),
		.account = span_of(sync->account.name),
		.provider = span_of(sync->session.provider->name),
		.category = span_of(category_name(sync->category)),
		.request = span_of(sync->request->name),
		.epoch = sync->lease.epoch,
		.walk = sync->cursor.walk,
		.page = sync->cursor.page,
		.parent = span_of(publishing->parent),
		.first = publishing->first,
		.more = publishing->next > 0,
		.next = publishing->next,
		.refused = span_of(publishing->refused),
		.cursor = span_of(publishing->cursor_before),
		.status = answer->status,
		.content_type = span_of(answer->content_type),
		.encoding = span_of(answer->encoding),
		.count = publishing->count,
		.skip = publishing->skip,
		.total = sync->totals[sync->category],
		.is_last = sync->cursor.ended,
		.fetched_at = clock_wall_ms(),
		.body = answer->body,
	};
	sync->cursor.page++;
	sync->cursor.received += publishing->count;
	page.next_cursor = span_of(cursor_text(&sync->cursor, next));
	send_message(sync->fetcher, TOPIC_PAGES, category_key(sync->account.name, sync->category, key), MSG_raw_page, &page,
	             category_ticket(sync, next));
	sync->pages++;
	sync->items += publishing->count;
	stats_add(STAT_pages_fetched_total, 1);
	stats_add(STAT_items_fetched_total, publishing->count);
}

void publish_walk_end(struct sync *sync, const char *fence_after, bool again, bool unchanged)
{
	char key[KEY_MAX], next[CURSOR_TEXT];
	walk_count_requests(sync);
	struct walk_end end = {
		.sync = span_of(sync->lease.sync),
		.account = span_of(sync->account.name),
		.category = span_of(category_name(sync->category)),
		.epoch = sync->lease.epoch,
		.walk = sync->cursor.walk,
		.pages = sync->cursor.page,
		.received = sync->cursor.received,
		.total = sync->totals_exact[sync->category] ? sync->totals[sync->category] : 0,
		.fence_before = span_of(sync->cursor.fence),
		.fence_after = span_of(fence_after),
		.moved = sync->cursor.moved,
		.snapshot = walk_is_snapshot(sync),
		.again = again,
		.unchanged = unchanged,
		.unlisted = sync->cursor.told > sync->cursor.shown ? sync->cursor.told - sync->cursor.shown : 0,
		.early = sync->cursor.early,
		.requests = sync->cursor.requests,
		.needed = sync->cursor.needed + walk_pages_of(sync, walk_plan(sync)->list, sync->cursor.offset),
	};
	/* Another walk begins where its cursor says, should this fetcher end here. */
	struct cursor over = {.walk = sync->cursor.walk + 1, .plan = sync->cursor.plan, .requests = sync->cursor.requests};
	send_message(sync->fetcher, TOPIC_PAGES, category_key(sync->account.name, sync->category, key), MSG_walk_end, &end,
	             category_ticket(sync, again ? cursor_text(&over, next) : "end"));
}

void publish_again(struct sync *sync, const struct raw_page *original, const struct kafka_place *from)
{
	char key[KEY_MAX], next[CURSOR_TEXT];
	struct raw_page page = *original;
	page.sync = span_of(sync->lease.sync);
	page.epoch = sync->lease.epoch;
	page.walk = sync->cursor.walk;
	page.page = sync->cursor.page++;
	page.total = sync->totals[sync->category];
	page.is_last = false; /* a replay's end is its walk_end alone */
	page.cursor = (struct span){0};
	page.replayed = true;
	page.from_partition = from->partition;
	page.from_offset = from->offset;
	sync->cursor.received += page.count;
	page.next_cursor = span_of(cursor_text(&sync->cursor, next));
	send_message(sync->fetcher, TOPIC_PAGES, category_key(sync->account.name, sync->category, key), MSG_raw_page, &page,
	             category_ticket(sync, next));
	sync->pages++;
	sync->items += page.count;
	stats_add(STAT_pages_replayed_total, 1);
}

void publish_replay_end(struct sync *sync)
{
	char key[KEY_MAX];
	const struct walk_end end = {
		.sync = span_of(sync->lease.sync),
		.account = span_of(sync->account.name),
		.category = span_of(category_name(sync->category)),
		.epoch = sync->lease.epoch,
		.walk = sync->cursor.walk,
		.pages = sync->cursor.page,
		.received = sync->cursor.received,
		.replayed = true,
	};
	send_message(sync->fetcher, TOPIC_PAGES, category_key(sync->account.name, sync->category, key), MSG_walk_end, &end,
	             category_ticket(sync, "end"));
}

static struct sync_mark mark_message(const struct lease *lease, const struct mark *mark, char set[CATEGORY_SET_TEXT])
{
	return (struct sync_mark){
		.sync = span_of(lease->sync),
		.account = span_of(lease->account),
		.event = span_of(mark->event),
		.category = span_of(mark->category),
		.epoch = lease->epoch,
		.mode = span_of(lease_mode(lease)),
		.categories = span_of(category_set_text(lease->categories, set)),
		.priority = span_of(lease->background ? "background" : NULL),
		.into = span_of(mark->into),
		.until = mark->until_wall_ms,
		.cause = span_of(mark->cause),
		.next_step = span_of(mark->next_step),
		.needs_auth = mark->needs_auth,
		.at = clock_wall_ms(),
	};
}

void publish_mark(struct sync *sync, enum category category, const struct mark *mark)
{
	char key[KEY_MAX], set[CATEGORY_SET_TEXT], step[OUTCOME_STEP];
	struct sync_mark message = mark_message(&sync->lease, mark, set);
	message.walk = sync->cursor.walk;
	walk_count_requests(sync);
	message.requests = sync->cursor.requests;
	message.next_step = span_of(outcome_step_of(mark->next_step, sync->account.name, step));
	bool ends = strcmp(mark->event, "category_failed") == 0;
	struct ticket *ticket = ends ? category_ticket(sync, "end") : ticket_of(sync->fetcher, sync, category);
	ticket->category = category;
	send_message(sync->fetcher, TOPIC_PAGES, category_key(sync->account.name, category, key), MSG_sync_mark, &message,
	             ticket);
}

static struct started *started_of(const struct kafka_place *job, int marks)
{
	struct started *started = calloc(1, sizeof *started);
	assert(started && "no memory: ends as if killed, nothing is lost");
	*started = (struct started){.job = *job, .left = marks};
	return started;
}

void publish_started(struct sync *sync, const struct job *job, int64_t now_ms)
{
	int marks = __builtin_popcount(sync->lease.categories);
	struct started *started = started_of(&job->place, marks);
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		if (!(sync->lease.categories & (1u << i)))
			continue;
		char key[KEY_MAX], set[CATEGORY_SET_TEXT];
		enum category category = (enum category)i;
		struct mark mark = {.event = "started", .category = category_name(category)};
		struct sync_mark message = mark_message(&sync->lease, &mark, set);
		message.at = now_ms;
		message.requested_by = span_of(job->requested_by);
		struct ticket *ticket = ticket_of(sync->fetcher, sync, category);
		ticket->started = started;
		send_message(sync->fetcher, TOPIC_PAGES, category_key(sync->account.name, category, key), MSG_sync_mark,
		             &message, ticket);
	}
}

static struct ticket *job_ticket(struct fetcher *fetcher, const struct kafka_place *job)
{
	struct ticket *ticket = ticket_of(fetcher, NULL, CATEGORY_ARTISTS);
	ticket->started = started_of(job, 1);
	return ticket;
}

void publish_job_mark(struct fetcher *fetcher, const struct job *job, const struct mark *mark)
{
	char key[KEY_MAX], set[CATEGORY_SET_TEXT], step[OUTCOME_STEP];
	struct sync_mark message = mark_message(&job->lease, mark, set);
	message.requested_by = span_of(job->requested_by);
	message.next_step = span_of(outcome_step_of(mark->next_step, job->lease.account, step));
	/* About the sync as a whole: any category's partition will do, always the same one. */
	send_message(fetcher, TOPIC_PAGES, category_key(job->lease.account, CATEGORY_ARTISTS, key), MSG_sync_mark, &message,
	             job_ticket(fetcher, &job->place));
}

void publish_job_moved(struct fetcher *fetcher, const struct job *job)
{
	char set[CATEGORY_SET_TEXT];
	const struct sync_job message = {
		.account = span_of(job->lease.account),
		.sync = span_of(job->lease.sync),
		.mode = span_of(lease_mode(&job->lease)),
		.categories = span_of(category_set_text(job->lease.categories, set)),
		.requested_by = span_of(job->requested_by),
		.priority = span_of("background"),
	};
	send_message(fetcher, TOPIC_BACKGROUND, job->lease.account, MSG_sync_job, &message,
	             job_ticket(fetcher, &job->place));
}

void publish_job_reject(struct fetcher *fetcher, const struct kafka_message *job, const struct lease *lease,
                        const char *reason, const char *text)
{
	char topic[TOPIC_NAME_MAX];
	struct span original = job->value;
	if (original.len > LIMIT_REJECT_BYTES)
		original.len = LIMIT_REJECT_BYTES;
	struct reject reject = {
		.reason = span_of(reason),
		.text = span_of(text),
		.topic = span_of(topic_name(fetcher->settings->kafka_prefix, job->place.topic, topic)),
		.partition = job->place.partition,
		.offset = job->place.offset,
		.position = REJECT_WHOLE,
		.sync = span_of(*lease->sync ? lease->sync : NULL),
		.account = span_of(*lease->account ? lease->account : NULL),
		.original = original,
		.at = clock_wall_ms(),
	};
	send_message(fetcher, TOPIC_REJECTS, "jobs", MSG_reject, &reject, job_ticket(fetcher, &job->place));
}
