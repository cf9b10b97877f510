/* Marks: what fetchers tell of a sync, as rows. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "writer/advice.h"
#include "writer/params.h"
#include "writer/settle.h"
#include "writer/transaction.h"

enum { UTC_TEXT = 32 };

/* "2026-11-29T13:00:00Z" */
static const char *utc_text(int64_t ms, char text[UTC_TEXT])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	if (!gmtime_r(&seconds, &utc) || strftime(text, UTC_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		snprintf(text, UTC_TEXT, "an unknown time");
	return text;
}

static bool is_known(struct span mode)
{
	return span_is(mode, "full") || span_is(mode, "replay") || span_is(mode, "replay-rejects");
}

/* sync, account, mode, categories, requested_by, priority: what every statement that may make a sync's row begins with. */
static void add_job(struct params *params, const struct input *input)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	char set[CATEGORY_SET_TEXT];
	params_text(params, input->sync);
	params_int(params, input->account_id);
	params_text(params, is_known(mark->mode) ? mark->mode : span_of("incremental"));
	params_text(params, span_of(category_set_text(input->categories, set)));
	params_text(params, mark->requested_by.at ? mark->requested_by : span_of(""));
	params_text(params, span_of(span_is(mark->priority, "background") ? "background" : "normal"));
}

static void add_text(struct params *params, struct span text)
{
	params_text(params, text.at ? text : span_of(""));
}

int marks_started(struct transaction *transaction, const struct input *input, struct err *err)
{
	struct params params;
	char set[CATEGORY_SET_TEXT];
	params_init(&params);
	add_job(&params, input);
	params_int(&params, input->position.epoch);
	params_int(&params, input->any.sync_mark.at);
	int result = params_run(&params, transaction->pg, "q_mark_started", NULL, err);
	params_done(&params);
	if (result)
		return -1;
	params_init(&params);
	params_text(&params, input->sync);
	params_text(&params, span_of(category_set_text(input->categories, set)));
	params_int(&params, input->position.epoch);
	result = params_run(&params, transaction->pg, "q_mark_categories", NULL, err);
	params_done(&params);
	return result;
}

/* What a person's request has joined is a person's by then. */
static int raise_joined(struct transaction *transaction, const struct sync_mark *mark, struct err *err)
{
	struct params params;
	if (span_is(mark->priority, "background"))
		return 0;
	params_init(&params);
	params_text_or_null(&params, mark->into);
	int result = params_run(&params, transaction->pg, "q_mark_raised", NULL, err);
	params_done(&params);
	return result;
}

/* Who joins a sync waits for its end. Its row is locked first: it may be ending at this moment. */
static int mark_joined(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct params params;
	PG_RESULT *worker = NULL;
	int64_t rows = 0;
	char step[ADVICE_TEXT], text[LIMIT_CAUSE + 1];
	snprintf(step, sizeof step, "syncline watch %.*s", SPAN_ARG(mark->into));
	snprintf(text, sizeof text, "joined sync %.*s: %.*s", SPAN_ARG(mark->into), SPAN_ARG(mark->cause));
	params_init(&params);
	params_text(&params, mark->into);
	int result = params_query(&params, transaction->pg, "q_settle_sync_lock", &worker, err);
	params_done(&params);
	if (result)
		return -1;
	params_init(&params);
	add_job(&params, input);
	params_int(&params, mark->at);
	add_text(&params, mark->cause);
	params_text_or_null(&params, mark->into);
	params_text(&params, span_of(step));
	result = params_run(&params, transaction->pg, "q_mark_joined", &rows, err);
	params_done(&params);
	if (result || rows == 0)
		return result;
	const struct news news = {.event = "joined", .text = text, .next_step = step};
	applied_event(transaction->applied, input, &news);
	return raise_joined(transaction, mark, err) ? -1 : ending_of_joined(transaction, input, mark->into, err);
}

static int mark_deferred(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct params params;
	params_init(&params);
	add_job(&params, input);
	add_text(&params, mark->cause);
	add_text(&params, mark->next_step);
	params_int_or_null(&params, mark->until);
	int result = params_run(&params, transaction->pg, "q_mark_deferred", NULL, err);
	params_done(&params);
	return result;
}

/* What has begun is not ended by one fetcher that cannot take it: it may be that one's key file. */
static int mark_hindered(struct transaction *transaction, const struct input *input, const char *step, struct err *err)
{
	struct params params;
	params_init(&params);
	params_text(&params, input->sync);
	add_text(&params, input->any.sync_mark.cause);
	params_text(&params, span_of(step));
	int result = params_run(&params, transaction->pg, "q_mark_hindered", NULL, err);
	params_done(&params);
	return result;
}

static int mark_refused(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct params params;
	int64_t rows = 0;
	char step[ADVICE_TEXT], text[LIMIT_CAUSE + 1];
	advice_again(mark->next_step, mark->mode, input->account, input->sync, step);
	snprintf(text, sizeof text, "%.*s%s", mark->cause.len < 400 ? (int)mark->cause.len : 400,
	         mark->cause.len ? mark->cause.at : "the job was refused", settle_kept("failed", 0));
	params_init(&params);
	add_job(&params, input);
	params_int(&params, mark->at);
	add_text(&params, mark->cause);
	params_text(&params, span_of(step));
	int result = params_run(&params, transaction->pg, "q_mark_refused", &rows, err);
	params_done(&params);
	if (result == 0 && !rows)
		return mark_hindered(transaction, input, step, err);
	const struct news news = {.event = "failed", .text = text, .next_step = step};
	if (result == 0)
		applied_event(transaction->applied, input, &news);
	return result;
}

static int mark_parked(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct params params;
	int64_t rows = 0;
	char step[ADVICE_TEXT], at[UTC_TEXT], text[LIMIT_CAUSE + 1];
	advice_text(mark->next_step, "syncline watch", input->account, step);
	snprintf(text, sizeof text, "%.*s; goes on at %s%s", mark->cause.len < 400 ? (int)mark->cause.len : 400,
	         mark->cause.len ? mark->cause.at : "", utc_text(mark->until, at), settle_kept("throttled", 1));
	params_init(&params);
	params_text(&params, input->sync);
	params_int(&params, input->position.epoch);
	params_int(&params, mark->until);
	add_text(&params, mark->cause);
	params_text(&params, span_of(step));
	int result = params_run(&params, transaction->pg, "q_mark_parked", &rows, err);
	params_done(&params);
	const struct news news = {.event = "throttled", .text = text, .next_step = step};
	if (result == 0 && rows)
		applied_event(transaction->applied, input, &news);
	return result;
}

static int mark_resumed(struct transaction *transaction, const struct input *input, struct err *err)
{
	struct params params;
	params_init(&params);
	params_text(&params, input->sync);
	params_int(&params, input->position.epoch);
	int result = params_run(&params, transaction->pg, "q_mark_resumed", NULL, err);
	params_done(&params);
	return result;
}

int marks_other(struct transaction *transaction, const struct input *input, struct err *err)
{
	switch (input->event) {
	case EVENT_STARTED:
		return 0;
	case EVENT_CATEGORY_FAILED:
		return settle_failed(transaction, input, err);
	case EVENT_PARKED:
		return mark_parked(transaction, input, err);
	case EVENT_RESUMED:
		return mark_resumed(transaction, input, err);
	case EVENT_JOINED:
		return mark_joined(transaction, input, err);
	case EVENT_DEFERRED:
		return mark_deferred(transaction, input, err);
	case EVENT_REFUSED:
		return mark_refused(transaction, input, err);
	}
	return 0;
}
