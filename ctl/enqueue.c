/* The row and the job. */
#include "ctl/enqueue.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/msg.h"
#include "common/sql.h"
#include "ctl/deliver.h"
#include "ctl/figure.h"
#include "ctl/person.h"

int enqueue_check_mode(const char *where, const char *mode, struct err *err)
{
	if (strcmp(mode, "full") == 0 || strcmp(mode, "incremental") == 0)
		return 0;
	return err_set(err, ERR_CONFIG, 0, "%s must be full or incremental, not '%s'", where, mode);
}

static int produce(struct ctl *ctl, const struct wish *wish, const char *sync, const char *by, struct err *err)
{
	struct buf value;
	const struct sync_job job = {
		.account = span_of(wish->account),
		.sync = span_of(sync),
		.mode = span_of(wish->mode),
		.categories = span_of(wish->categories),
		.requested_by = span_of(by),
		.priority = span_of(wish->background ? "background" : NULL),
	};
	buf_init(&value, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_sync_job, &job, &value);
	int result = deliver(ctl, wish->background ? TOPIC_BACKGROUND : TOPIC_JOBS, wish->account, &value, err);
	buf_done(&value);
	return result;
}

static int insert(struct ctl *ctl, const struct wish *wish, const char *by, struct enqueued *enqueued, struct err *err)
{
	char not_before[24];
	const char *values[] = {enqueued->sync,
	                        wish->account_id,
	                        wish->mode,
	                        wish->categories,
	                        by,
	                        wish->background ? "background" : "normal",
	                        wish->not_before_ms ? not_before : NULL};
	PG_RESULT *row = NULL;
	snprintf(not_before, sizeof not_before, "%lld", (long long)wish->not_before_ms);
	if (pg_query(ctl->pg, sql_text("q_ctl_enqueue"), COUNT_OF(values), values, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "account '%s' has just been removed", wish->account);
	snprintf(enqueued->state, sizeof enqueued->state, "%s", pg_text(row, 0, "state"));
	return 0;
}

/* What Kafka has refused is taken back, what it may have stays: the reconciler sends the job of a row that nobody takes. */
static int not_sent(struct ctl *ctl, struct enqueued *enqueued, struct err *err)
{
	struct err ignored;
	const char *sync = enqueued->sync;
	int64_t rows = 0;
	if (err->class != ERR_RETRY)
		IGNORE(pg_run(ctl->pg, "DELETE FROM sync WHERE sync_id = $1::uuid AND state = 'queued' AND epoch = 0", 1, &sync,
		              &rows, &ignored)); /* the first error is the one to tell */
	enqueued->stored = rows == 0;
	if (enqueued->stored)
		return err_wrap(err, "the sync is stored as %s and begins by itself; to call it off: syncline cancel %s; ",
		                sync, sync);
	return err_wrap(err, "the sync was not started: ");
}

/* The row first: whoever sees the job finds it. */
int enqueue_sync(struct ctl *ctl, const struct wish *wish, struct enqueued *enqueued, struct err *err)
{
	char by[PERSON_TEXT];
	uuid_new(enqueued->sync);
	if (wish->by)
		snprintf(by, sizeof by, "%.60s", wish->by);
	else
		person_name(by);
	enqueued->stored = false;
	if (insert(ctl, wish, by, enqueued, err))
		return -1;
	enqueued->stored = true;
	if (strcmp(enqueued->state, "queued") != 0 || produce(ctl, wish, enqueued->sync, by, err) == 0)
		return 0;
	return not_sent(ctl, enqueued, err);
}

void enqueue_tell(const struct ctl *ctl, const struct wish *wish, const struct enqueued *enqueued)
{
	char ago[FIGURE_TEXT];
	if (ctl->json) {
		printf("{\"sync\":\"%s\",\"account\":\"%s\",\"mode\":\"%s\",\"categories\":\"%s\",\"priority\":\"%s\","
		       "\"state\":\"%s\"}\n",
		       enqueued->sync, wish->account, wish->mode, wish->categories, wish->background ? "background" : "normal",
		       enqueued->state);
		return;
	}
	printf("%s\n", enqueued->sync);
	if (strcmp(enqueued->state, "paused") == 0)
		printf("Account %s is paused, and this sync waits. To let it begin: syncline resume %s\n", wish->account,
		       wish->account);
	else if (strcmp(enqueued->state, "scheduled") == 0)
		printf("It begins %s. To call it off: syncline cancel %s\n",
		       figure_ago(wish->not_before_ms - clock_wall_ms(), ago), enqueued->sync);
	else
		printf("To watch it: syncline watch %s\n", wish->account);
}
