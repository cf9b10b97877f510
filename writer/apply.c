/* The order of one transaction. */
#include "writer/apply.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crash.h"
#include "common/text.h"
#include "writer/copy.h"
#include "writer/params.h"
#include "writer/session.h"
#include "writer/transaction.h"

#define LOCK_TIMEOUT "55P03"

struct apply {
	const struct settings *settings;
	struct pg *pg;
	bool prepared;
	int staged_only;
	struct stage stage;
	struct buf copy;
	struct applied applied;
	struct library libraries[LIMIT_BATCH_MESSAGES];
	struct page pages[LIMIT_BATCH_MESSAGES];
};

int apply_open(const struct settings *settings, struct pg *pg, struct apply **ret, struct err *err)
{
	struct apply *apply = calloc(1, sizeof *apply);
	if (!apply)
		return err_set(err, ERR_FATAL, 0, "no memory for the writer's batch");
	apply->settings = settings;
	apply->pg = pg;
	stage_init(&apply->stage);
	buf_init(&apply->copy, LIMIT_STAGE_BYTES);
	*ret = apply;
	return 0;
}

void apply_close(struct apply **apply)
{
	if (!*apply)
		return;
	stage_done(&(*apply)->stage);
	buf_done(&(*apply)->copy);
	free((*apply)->applied.events);
	free(*apply);
	*apply = NULL;
}

int transaction_copy(struct transaction *transaction, const char *table, struct buf *rows, struct err *err)
{
	char sql[LIMIT_STATEMENT_BYTES];
	copy_end(rows);
	if (rows->starved)
		return err_set(err, ERR_RETRY, 0, "no memory for the rows of a batch");
	if (!buf_ok(rows))
		return err_set(err, ERR_FATAL, 0, "the rows of a batch do not fit in %d bytes", LIMIT_STAGE_BYTES);
	snprintf(sql, sizeof sql, "COPY %s FROM STDIN BINARY", table);
	return pg_copy(transaction->pg, sql, buf_span(rows), err) ? err_wrap(err, "%.*s: ", (int)strcspn(table, " "), table)
	                                                          : 0;
}

void applied_event(struct applied *applied, const struct input *input, const struct news *news)
{
	struct span sync = news->sync ? span_of(news->sync) : input->sync;
	if (applied->event_count == applied->event_cap) {
		size_t cap = applied->event_cap ? 2 * applied->event_cap : 16;
		struct event *grown = realloc(applied->events, cap * sizeof *grown);
		assert(grown && "no memory: ends as if killed, nothing is lost");
		applied->events = grown;
		applied->event_cap = cap;
	}
	struct event *event = &applied->events[applied->event_count++];
	*event = (struct event){0};
	/* All of these are checked by the schema to fit. */
	IGNORE(!span_copy(sync, event->sync, sizeof event->sync));
	IGNORE(!span_copy(input->account, event->account, sizeof event->account));
	snprintf(event->event, sizeof event->event, "%s", news->event);
	snprintf(event->category, sizeof event->category, "%s", news->of_category ? category_name(input->category) : "");
	snprintf(event->text, sizeof event->text, "%s", news->text);
	text_mend(event->text, sizeof event->text - 1); /* what was cut to fit may end in half a character */
	snprintf(event->next_step, sizeof event->next_step, "%s", news->next_step ? news->next_step : "");
}

/* Pages refer to their sync's row. Usually its `started` mark has made it. */
static int ensure_sync(struct transaction *transaction, const struct input *input, struct span *last, struct err *err)
{
	if (span_equal(input->sync, *last))
		return 0;
	struct params params;
	*last = input->sync;
	params_init(&params);
	params_text(&params, input->sync);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_int(&params, input->position.epoch);
	int result = params_run(&params, transaction->pg, "q_write_sync_missing", NULL, err);
	params_done(&params);
	return result;
}

static int make_syncs(struct transaction *transaction, struct err *err)
{
	struct span last = {0};
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		bool is_mark = is_live(input, MSG_sync_mark);
		if (is_mark && input->event == EVENT_STARTED && marks_started(transaction, input, err))
			return -1;
		bool refers = is_live(input, MSG_items) || is_live(input, MSG_walk_end) ||
		              (is_mark && input->event == EVENT_CATEGORY_FAILED);
		if (refers && ensure_sync(transaction, input, &last, err))
			return -1;
	}
	return 0;
}

/* After the items: an end is judged by all that stands before it. */
static int settle_all(struct transaction *transaction, struct err *err)
{
	for (size_t i = 0; i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		if (is_live(input, MSG_sync_mark) && marks_other(transaction, input, err))
			return -1;
		if (is_live(input, MSG_walk_end) && settle_walk(transaction, input, err))
			return -1;
	}
	return 0;
}

static int run_steps(struct transaction *transaction, struct err *err)
{
	if (library_claim(transaction, err) || make_syncs(transaction, err))
		return -1;
	ledger_collect(transaction);
	if (rows_write(transaction, err) || ledger_write(transaction, err) || rejects_write(transaction, err) ||
	    gaps_note(transaction, err) || settle_all(transaction, err))
		return -1;
	return library_save_positions(transaction, err);
}

static struct transaction begin(struct apply *apply, struct input **inputs, size_t count)
{
	assert(count <= LIMIT_BATCH_MESSAGES);
	struct applied *applied = &apply->applied;
	*applied = (struct applied){.events = applied->events, .event_cap = applied->event_cap};
	for (size_t i = 0; i < count; i++) {
		inputs[i]->dropped = inputs[i]->superseded = inputs[i]->is_first = inputs[i]->unstaged = false;
		inputs[i]->account_id = 0;
	}
	return (struct transaction){
		.pg = apply->pg,
		.settings = apply->settings,
		.prefix = apply->settings->kafka_prefix,
		.inputs = inputs,
		.count = count,
		.stage = &apply->stage,
		.copy = &apply->copy,
		.libraries = apply->libraries,
		.pages = apply->pages,
		.applied = applied,
		.staged_only = &apply->staged_only,
	};
}

/* The error that counts is the one before; a connection that is gone needs no ROLLBACK. */
static void roll_back(struct apply *apply)
{
	struct err ignored;
	if (!pg_connected(apply->pg) || pg_exec(apply->pg, "ROLLBACK", &ignored))
		apply->prepared = false;
}

/* Somebody has held a lock for longer than any batch takes. Whether this helped, the repeat will tell. */
static void unblock(struct apply *apply)
{
	struct params none = {0};
	struct err ignored;
	IGNORE(params_run(&none, apply->pg, "q_write_unblock", NULL, &ignored));
}

int apply_run(struct apply *apply, struct input **inputs, size_t count, const struct applied **applied, struct err *err)
{
	struct transaction transaction = begin(apply, inputs, count);
	if (session_ensure(apply->pg, &apply->prepared, err) || pg_exec(apply->pg, "BEGIN", err))
		return -1;
	if (run_steps(&transaction, err)) {
		CRASH_POINT("writer: a batch is refused, not rolled back");
		bool blocked = strcmp(pg_sqlstate(apply->pg), LOCK_TIMEOUT) == 0;
		roll_back(apply);
		if (blocked)
			unblock(apply);
		return -1;
	}
	CRASH_POINT("writer: before commit");
	/* When the connection is lost here nobody knows whether it was committed. The repeat finds out: if it was, every
	 * position is taken and nothing happens twice. */
	if (pg_exec(apply->pg, "COMMIT", err))
		return -1;
	CRASH_POINT("writer: after commit, before the offsets");
	*applied = &apply->applied;
	return 0;
}

int apply_probe(struct apply *apply, struct input *input, size_t from, size_t to, struct err *err)
{
	struct transaction transaction = begin(apply, &input, 1);
	if (session_ensure(apply->pg, &apply->prepared, err) || pg_exec(apply->pg, "BEGIN", err))
		return -1;
	int result = library_claim(&transaction, err);
	if (result == 0 && !input->dropped) {
		ledger_collect(&transaction);
		result = rows_probe(&transaction, from, to, err);
	}
	roll_back(apply);
	return result;
}
