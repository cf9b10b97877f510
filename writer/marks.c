/* Marks: what fetchers tell of a sync, as rows. */
#include <string.h>

#include "writer/params.h"
#include "writer/transaction.h"

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

static int mark_job(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct params params;
	int64_t rows = 0;
	static const char *const names[] = {"q_mark_joined", "q_mark_deferred", "q_mark_refused"};
	params_init(&params);
	add_job(&params, input);
	params_int(&params, mark->at);
	add_text(&params, mark->cause);
	if (input->event == EVENT_JOINED)
		params_text_or_null(&params, mark->into);
	else
		add_text(&params, mark->next_step);
	if (input->event == EVENT_DEFERRED)
		params_int_or_null(&params, mark->until);
	int result = params_run(&params, transaction->pg, names[input->event - EVENT_JOINED], &rows, err);
	params_done(&params);
	if (result == 0 && rows && input->event == EVENT_JOINED)
		result = raise_joined(transaction, mark, err);
	if (result == 0 && rows && input->event == EVENT_REFUSED)
		applied_event(transaction->applied, input, "failed", false, "the job was refused");
	return result;
}

static int mark_parked(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct params params;
	params_init(&params);
	params_text(&params, input->sync);
	params_int(&params, input->position.epoch);
	if (input->event == EVENT_PARKED) {
		params_int(&params, mark->until);
		add_text(&params, mark->cause);
		add_text(&params, mark->next_step);
	}
	const char *name = input->event == EVENT_PARKED ? "q_mark_parked" : "q_mark_resumed";
	int result = params_run(&params, transaction->pg, name, NULL, err);
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
	case EVENT_RESUMED:
		return mark_parked(transaction, input, err);
	case EVENT_JOINED:
	case EVENT_DEFERRED:
	case EVENT_REFUSED:
		return mark_job(transaction, input, err);
	}
	return 0;
}
