/* What the end of a category makes needless: ledgers of its account that no proof asks for any more, and rejects that are
 * history, its account's or nobody's. */
#include "common/category.h"
#include "common/topics.h"
#include "writer/params.h"
#include "writer/session.h"
#include "writer/transaction.h"

static int prune_lists(struct transaction *transaction, struct params *params, struct err *err)
{
	if (pg_exec(transaction->pg, SESSION_COMPARE_ON, err) ||
	    params_run(params, transaction->pg, "q_settle_prune_lists", NULL, err))
		return -1;
	return pg_exec(transaction->pg, SESSION_COMPARE_OFF, err);
}

/* By the keys of the account's syncs, so outside of SESSION_COMPARE. */
static int merge(struct transaction *transaction, struct params *params, bool *gone, struct err *err)
{
	PG_RESULT *row = NULL;
	if (params_query(params, transaction->pg, "q_settle_merge", &row, err))
		return -1;
	*gone = pg_int(row, 0, "gone") > 0;
	return 0;
}

int prune_ledger(struct transaction *transaction, const struct input *input, bool complete, struct err *err)
{
	struct params params;
	bool gone = true;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	int result = complete ? params_run(&params, transaction->pg, "q_settle_prune", NULL, err)
	                      : merge(transaction, &params, &gone, err);
	if (result == 0 && gone)
		result = prune_lists(transaction, &params, err);
	params_done(&params);
	return result;
}

int prune_rejects(struct transaction *transaction, const struct input *input, struct err *err)
{
	struct params params;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_int(&params, topic_specs[TOPIC_REJECTS].retention_hours);
	params_int(&params, LIMIT_PRUNED_REJECTS);
	int result = params_run(&params, transaction->pg, "q_settle_prune_rejects", NULL, err);
	params_done(&params);
	return result;
}
