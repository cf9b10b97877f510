/* The end of a sync: when its last category has ended, with a cause and a next step for whatever is not as it should be, told
 * also for the syncs that joined it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "writer/params.h"
#include "writer/settle.h"
#include "writer/transaction.h"

static int trim_history(struct transaction *transaction, const struct input *input, struct err *err)
{
	struct params params;
	params_init(&params);
	params_int(&params, input->account_id);
	params_int(&params, LIMIT_HISTORY);
	int result = params_run(&params, transaction->pg, "q_settle_history", NULL, err);
	params_done(&params);
	return result;
}

int ending_of_joined(struct transaction *transaction, const struct input *input, struct span into, struct err *err)
{
	struct params params;
	PG_RESULT *rows = NULL;
	params_init(&params);
	params_text(&params, into);
	int result = params_query(&params, transaction->pg, "q_settle_joined", &rows, err);
	params_done(&params);
	for (int i = 0; result == 0 && i < PQntuples(rows); i++) {
		const struct news news = {.event = pg_text(rows, i, "state"),
		                          .text = pg_text(rows, i, "cause"),
		                          .next_step = pg_text(rows, i, "next_step"),
		                          .sync = pg_text(rows, i, "sync")};
		applied_event(transaction->applied, input, &news);
	}
	return result;
}

static const char *state_of(const PGresult *sums)
{
	int64_t complete = pg_int(sums, 0, "complete");
	if (complete == pg_int(sums, 0, "wanted"))
		return "complete";
	return complete || pg_int(sums, 0, "stored") ? "partial" : "failed";
}

static void tell(struct transaction *transaction, const struct input *input, const PGresult *sums)
{
	char report[SETTLE_REPORT], text[LIMIT_CAUSE + 1];
	const char *cause = pg_text(sums, 0, "cause"), *state = state_of(sums);
	int64_t stored = pg_int(sums, 0, "stored");
	settle_report(sums, report);
	snprintf(text, sizeof text, "%s%s%.250s%s", report, *cause ? "; " : "", cause, settle_kept(state, stored));
	const struct news news = {.event = state, .text = text, .next_step = pg_text(sums, 0, "next_step")};
	applied_event(transaction->applied, input, &news);
}

static int end(struct transaction *transaction, const struct input *input, const PGresult *sums, struct err *err)
{
	struct params params;
	params_init(&params);
	params_text(&params, input->sync);
	params_text(&params, span_of(state_of(sums)));
	params_text(&params, span_of(pg_text(sums, 0, "cause")));
	params_text(&params, span_of(pg_text(sums, 0, "next_step")));
	int result = params_run(&params, transaction->pg, "q_settle_sync", NULL, err);
	params_done(&params);
	if (result)
		return -1;
	tell(transaction, input, sums);
	return ending_of_joined(transaction, input, input->sync, err) ? -1 : trim_history(transaction, input, err);
}

int ending_of_sync(struct transaction *transaction, const struct input *input, struct err *err)
{
	struct params params;
	PG_RESULT *sync = NULL, *sums = NULL;
	params_init(&params);
	params_text(&params, input->sync);
	int result = params_query(&params, transaction->pg, "q_settle_sync_lock", &sync, err);
	bool open = result == 0 && PQntuples(sync) == 1 && !pg_bool(sync, 0, "ended");
	if (open)
		result = params_query(&params, transaction->pg, "q_settle_sync_sums", &sums, err);
	params_done(&params);
	if (result || !open || pg_int(sums, 0, "ended") < pg_int(sums, 0, "wanted"))
		return result;
	return end(transaction, input, sums, err);
}
