/* A sync whose pages come from sync.pages: what makes the rows of a category is published again, so that the parsers of today
 * read it. No request is sent.
 *
 * Per category: wait until the writer has applied everything before this sync's start (its `started` mark moves the library's
 * epoch; what is known of the newest complete walk and of removals is true from then on); look through the partition once to
 * choose (selection.h); go through it again and publish what was chosen; say how it ended. The cursor's offset is the place
 * in the partition, its text what the first look found, so that a takeover ends as the first attempt would have. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/kafka_read.h"
#include "common/log.h"
#include "common/sql.h"
#include "common/stats.h"
#include "fetcher/fetcher_internal.h"
#include "fetcher/selection.h"

enum {
	SETTLE_MS = 200, /* between two looks at the writer's progress */
	LOST_MS = 10000, /* the sync's start may be on its way for so long before Kafka is asked whether anything is */
	WAIT_MS = 5,     /* for Kafka's next fetch */
	RETRY_MS = 500,  /* when a service does not answer */
	LOOKED_AT = 256, /* messages of one step: a turn is shared with other syncs */
	PUBLISHED = 32,
	WARN_MS = 30000,
};

/* What the first look found, kept in the cursor. */
struct findings {
	int64_t end;      /* the partition's end then: what comes later is this replay's own */
	int64_t pages;    /* to be published */
	int64_t items;    /* in them */
	int64_t of_pages; /* the complete walk has; 0: there is none */
	int64_t missing_pages, first_missing, missing_lists, lost_rejects;
};

struct replay {
	struct kafka_read *read;
	struct selection *selection;
	struct findings findings;
	msgpack_zone zone;
	enum { REPLAY_SETTLING, REPLAY_LOOKING, REPLAY_SENDING } step;
	int32_t partition;
	int64_t behind; /* offsets below are published already */
	int64_t warned_ms, settling_ms;
	char key[LIMIT_ACCOUNT + 32], complete_at[32];
};

int replay_open(struct sync *sync, struct err *err)
{
	struct replay *replay = calloc(1, sizeof *replay);
	if (!replay || !msgpack_zone_init(&replay->zone, 8192)) {
		free(replay);
		return err_set(err, ERR_RETRY, 0, "no memory for a replay");
	}
	sync->replay = replay;
	return kafka_read_open(sync->fetcher->settings, TOPIC_PAGES, &replay->read, err);
}

void replay_close(struct replay **replay)
{
	if (!*replay)
		return;
	selection_close(&(*replay)->selection);
	kafka_read_close(&(*replay)->read);
	msgpack_zone_destroy(&(*replay)->zone);
	free(*replay);
	*replay = NULL;
}

/* ---- the cursor ---- */

static void write_findings(const struct findings *found, struct cursor *cursor)
{
	snprintf(cursor->last_id, sizeof cursor->last_id,
	         "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, found->end,
	         found->pages, found->items, found->of_pages, found->missing_pages, found->first_missing,
	         found->missing_lists, found->lost_rejects);
}

/* false: this attempt is the first. */
static bool read_findings(const struct cursor *cursor, struct findings *found)
{
	int64_t *const fields[] = {&found->end,           &found->pages,         &found->items,
	                           &found->of_pages,      &found->missing_pages, &found->first_missing,
	                           &found->missing_lists, &found->lost_rejects};
	const char *at = cursor->last_id;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		char *end;
		*fields[i] = strtoll(at, &end, 10);
		if (end == at)
			return false;
		at = end;
	}
	return true;
}

void replay_begin(struct sync *sync, const char *text)
{
	struct replay *replay = sync->replay;
	struct cursor cursor = {0};
	if (*text && !cursor_parse(span_of(text), &cursor))
		log_warn("cursor not understood", "account=%s %s: starting the category over", sync->account.name,
		         category_name(sync->category));
	sync->cursor = cursor;
	sync->stage = STAGE_REPLAY;
	replay->step = REPLAY_SETTLING;
	replay->settling_ms = clock_ms();
	replay->findings = (struct findings){0};
	snprintf(replay->key, sizeof replay->key, "%s/%s", sync->account.name, category_name(sync->category));
}

/* ---- before: what is known ---- */

/* begin: the first offset that the partition has; 0 where that is not asked. */
static int query(struct sync *sync, const char *name, int count, int64_t begin, PGresult **rows, struct err *err)
{
	char id[24], partition[16], topic[TOPIC_NAME_MAX], first[24];
	const char *values[] = {id, category_name(sync->category), topic, partition, sync->lease.sync, first};
	snprintf(first, sizeof first, "%" PRId64, begin);
	snprintf(id, sizeof id, "%" PRId64, sync->account.id);
	snprintf(partition, sizeof partition, "%" PRId32, sync->replay->partition);
	topic_name(sync->fetcher->settings->kafka_prefix, TOPIC_PAGES, topic);
	return pg_query(sync->fetcher->pg, sql_text(name), count, values, rows, err);
}

static int know_cancelled(struct sync *sync, struct err *err)
{
	PG_RESULT *rows = NULL;
	if (query(sync, "q_replay_cancelled", 2, 0, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++)
		IGNORE(!selection_cancelled(sync->replay->selection, span_of(pg_text(rows, i, "sync")),
		                            pg_int(rows, i, "epoch"), pg_int(rows, i, "walk"),
		                            pg_int(rows, i, "page"))); /* as many as the query gives are taken */
	return 0;
}

static int know_playlists(struct sync *sync, struct err *err)
{
	PG_RESULT *rows = NULL;
	if (sync->category != CATEGORY_PLAYLISTS)
		return 0;
	if (query(sync, "q_replay_playlists", 1, 0, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++)
		selection_known(sync->replay->selection, span_of(pg_text(rows, i, "id")), pg_bool(rows, i, "removed"),
		                pg_bool(rows, i, "readable"));
	return 0;
}

static int know_rejects(struct sync *sync, int64_t begin, int64_t *lost, struct err *err)
{
	PG_RESULT *rows = NULL;
	*lost = 0;
	if (sync->lease.replay != REPLAY_REJECTS)
		return 0;
	if (query(sync, "q_replay_rejects", 6, begin, &rows, err))
		return -1;
	for (int i = 0; i < PQntuples(rows); i++) {
		int64_t offset = pg_int(rows, i, "kafka_offset");
		if (offset < begin)
			++*lost;
		else
			IGNORE(!selection_want(sync->replay->selection, offset)); /* as many as the query gives are taken */
	}
	return 0;
}

static int open_selection(struct sync *sync, const PGresult *library, struct err *err)
{
	struct replay *replay = sync->replay;
	const struct selection_options options = {
		.walk = {.sync = pg_text(library, 0, "sync"),
	             .walk = pg_int(library, 0, "walk"),
	             .pages = pg_int(library, 0, "pages"),
	             .epoch = pg_int(library, 0, "walk_epoch"),
	             .born = pg_int(library, 0, "born")},
		.has_entries = sync->category == CATEGORY_PLAYLISTS,
		.only_wanted = sync->lease.replay == REPLAY_REJECTS,
	};
	selection_close(&replay->selection);
	snprintf(replay->complete_at, sizeof replay->complete_at, "%s", pg_text(library, 0, "complete_at"));
	return selection_open(&options, &replay->selection, err);
}

/* The partition is opened at its beginning, and how far to read is known. */
static int begin_look(struct sync *sync, const PGresult *library, struct err *err)
{
	struct replay *replay = sync->replay;
	struct findings found = {0};
	int64_t begin, end, lost;
	bool resumed = read_findings(&sync->cursor, &found);
	if (open_selection(sync, library, err) ||
	    kafka_read_partition(replay->read, span_of(replay->key), &replay->partition, err) ||
	    kafka_read_bounds(replay->read, replay->partition, &begin, &end, err) || know_cancelled(sync, err) ||
	    know_playlists(sync, err) || know_rejects(sync, begin, &lost, err) ||
	    kafka_read_seek(replay->read, replay->partition, begin, err))
		return -1;
	replay->findings = found;
	if (!resumed)
		replay->findings = (struct findings){.end = end, .of_pages = pg_int(library, 0, "pages"), .lost_rejects = lost};
	replay->behind = sync->cursor.offset;
	replay->step = REPLAY_LOOKING;
	return 0;
}

/* Its start is behind the writers, or Kafka has lost it: then the next claim sends another one. */
static bool start_is_lost(struct sync *sync)
{
	int64_t messages;
	struct err ignored;
	if (clock_ms() - sync->replay->settling_ms < LOST_MS)
		return false;
	sync->replay->settling_ms = clock_ms(); /* asked again as late */
	return pressure_backlog(sync->fetcher, &messages, &ignored) == 0 && messages == 0;
}

static int settle(struct sync *sync, struct err *err)
{
	PG_RESULT *library = NULL;
	bool lost = start_is_lost(sync); /* asked before the library is: what has arrived since then counts */
	if (query(sync, "q_replay_library", 2, 0, &library, err))
		return -1;
	if (PQntuples(library) && pg_int(library, 0, "epoch") >= sync->lease.epoch)
		return begin_look(sync, library, err);
	if (lost)
		sync_abandon(sync, "the writers know nothing of its start, and nothing is on its way to them");
	sync->wake_ms = clock_ms() + SETTLE_MS;
	return 0;
}

/* ---- after: how it ended ---- */

/* "": everything was derived again. */
static void judge(const struct sync *sync, struct buf *cause)
{
	const struct findings *found = &sync->replay->findings;
	int64_t vanished = found->pages - sync->cursor.page;
	bool all = sync->lease.replay == REPLAY_ALL;
	if (all && found->missing_pages)
		buf_printf(cause,
		           "; Kafka no longer has %" PRId64 " of the %" PRId64 " pages, from page %" PRId64
		           " on, of the complete walk of %s",
		           found->missing_pages, found->of_pages, found->first_missing, sync->replay->complete_at);
	if (all && found->missing_lists)
		buf_printf(cause, "; Kafka no longer has the entries of %" PRId64 " playlists", found->missing_lists);
	if (all && found->of_pages == 0)
		buf_add_text(cause, "; the category was never read to its end, so only what was read could be derived again");
	if (found->lost_rejects)
		buf_printf(cause, "; Kafka no longer has %" PRId64 " pages with rejects", found->lost_rejects);
	if (vanished > 0)
		buf_printf(cause, "; %" PRId64 " pages went from Kafka while they were read", vanished);
}

static void finish(struct sync *sync)
{
	struct verdict verdict = {.next_step = "syncline sync NAME --mode full"};
	struct buf cause;
	buf_init(&cause, LIMIT_CAUSE);
	judge(sync, &cause);
	if (cause.len)
		snprintf(verdict.cause, sizeof verdict.cause, "%s", buf_text(&cause) + 2);
	buf_done(&cause);
	log_info("replayed", "account=%s %s: %" PRId64 " items in %d pages%s%s", sync->account.name,
	         category_name(sync->category), sync->cursor.received, sync->cursor.page, *verdict.cause ? "; " : "",
	         verdict.cause);
	selection_close(&sync->replay->selection);
	if (*verdict.cause) {
		sync_fail_category(sync, &verdict);
		return;
	}
	publish_replay_end(sync);
	sync_next_category(sync);
}

/* ---- the two ways ---- */

static int begin_sending(struct sync *sync, struct err *err)
{
	struct replay *replay = sync->replay;
	struct findings *found = &replay->findings;
	struct selection_found chosen;
	selection_find(replay->selection, &chosen);
	if (!*sync->cursor.last_id) {
		found->pages = chosen.pages;
		found->items = chosen.items;
		found->missing_pages = chosen.missing_pages;
		found->first_missing = chosen.first_missing;
		found->missing_lists = chosen.missing_lists;
		write_findings(found, &sync->cursor);
		log_info("replaying", "account=%s %s: %" PRId64 " items in %" PRId64 " pages of Kafka", sync->account.name,
		         category_name(sync->category), found->items, found->pages);
	}
	sync->totals[sync->category] = found->items;
	if (chosen.from < 0) {
		finish(sync);
		return 0;
	}
	if (kafka_read_seek(replay->read, replay->partition, chosen.from, err))
		return -1;
	replay->step = REPLAY_SENDING;
	return 0;
}

static void look_at(struct sync *sync, const struct kafka_message *message, enum msg_type type,
                    const union msg_any *any)
{
	struct selection *selection = sync->replay->selection;
	if (type == MSG_raw_page && sync->replay->step == REPLAY_LOOKING) {
		selection_look(selection, message->place.offset, &any->raw_page);
	} else if (type == MSG_raw_page) {
		bool takes = selection_takes(selection, message->place.offset, &any->raw_page);
		if (!takes || message->place.offset < sync->replay->behind)
			return;
		sync->cursor.offset = message->place.offset + 1;
		publish_again(sync, &any->raw_page, &message->place);
	} else if (type == MSG_walk_end) {
		selection_look_mark(selection, any->walk_end.epoch, any->walk_end.walk, any->walk_end.pages);
	} else if (type == MSG_sync_mark && span_is(any->sync_mark.event, "started")) {
		selection_look_mark(selection, any->sync_mark.epoch, 0, -1);
	}
}

/* What cannot be read now was a reject then, and is one still. */
static void take(struct sync *sync, const struct kafka_message *message)
{
	union msg_any any;
	enum msg_type type;
	struct err unread;
	if (!span_is(message->key, sync->replay->key))
		return;
	msgpack_zone_clear(&sync->replay->zone);
	if (msg_decode(message->value, &sync->replay->zone, &type, &any, &unread) == 0)
		look_at(sync, message, type, &any);
}

/* Some messages of the partition. Returns 1 at the end of what was there at the start, 0 before it, or -1. */
static int go_through(struct sync *sync, int most, struct err *err)
{
	struct replay *replay = sync->replay;
	for (int i = 0; i < most && kafka_out_room(sync->fetcher->out); i++) {
		struct kafka_message message;
		bool at_end;
		int got = kafka_read_next(replay->read, 0, &message, &at_end, err);
		if (got < 0)
			return -1;
		if (got == 0 && !at_end)
			sync->wake_ms = clock_ms() + WAIT_MS;
		if (got == 0)
			return at_end;
		int64_t offset = message.place.offset;
		if (offset < replay->findings.end)
			take(sync, &message);
		kafka_in_release(&message);
		if (offset + 1 >= replay->findings.end)
			return 1;
	}
	return 0;
}

static int do_step(struct sync *sync, struct err *err)
{
	struct replay *replay = sync->replay;
	int result;
	switch (replay->step) {
	case REPLAY_SETTLING:
		return settle(sync, err);
	case REPLAY_LOOKING:
		result = go_through(sync, LOOKED_AT, err);
		return result > 0 ? begin_sending(sync, err) : result;
	case REPLAY_SENDING:
		result = go_through(sync, PUBLISHED, err);
		if (result > 0)
			finish(sync);
		return result < 0 ? -1 : 0;
	}
	return 0;
}

void replay_step(struct sync *sync)
{
	struct err err;
	if (sync->stage == STAGE_HELLO)
		sync_next_category(sync);
	if (sync->stage != STAGE_REPLAY || do_step(sync, &err) == 0)
		return;
	sync->wake_ms = clock_ms() + RETRY_MS;
	if (clock_ms() - sync->replay->warned_ms < WARN_MS)
		return;
	sync->replay->warned_ms = clock_ms();
	log_warn("replay waits", "account=%s %s: %s; trying again", sync->account.name, category_name(sync->category),
	         err.text);
}
