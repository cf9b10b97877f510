/* Messages that Kafka lost. Where their topic was made anew, what was rejected of the old one gives up its places. They are noted
 * at the unfinished syncs whose they may be. These are told by the partition: the one in which
 * the messages of an account's category stand. The reconciler then puts back to work those that nobody drives any more. */
#include "common/kafka.h"
#include "writer/params.h"
#include "writer/transaction.h"

enum { KEY_MAX = LIMIT_ACCOUNT + 32 };

static bool is_in_partition(const PGresult *rows, int i, const struct reject *gap)
{
	char key[KEY_MAX];
	int len = snprintf(key, sizeof key, "%s/%s", pg_text(rows, i, "account"), pg_text(rows, i, "category"));
	return kafka_partition_of((struct span){key, (size_t)len}, (int32_t)gap->partitions) == gap->partition;
}

static int note(struct transaction *transaction, const char *sync, const struct reject *gap, struct err *err)
{
	struct params params;
	params_init(&params);
	params_text(&params, span_of(sync));
	params_text(&params, gap->text);
	int result = params_run(&params, transaction->pg, "q_gap_note", NULL, err);
	params_done(&params);
	return result;
}

static bool has_messages_of_syncs(struct transaction *transaction, struct span topic)
{
	char pages[TOPIC_NAME_MAX], items[TOPIC_NAME_MAX];
	return span_is(topic, topic_name(transaction->prefix, TOPIC_PAGES, pages)) ||
	       span_is(topic, topic_name(transaction->prefix, TOPIC_ITEMS, items));
}

static int note_all(struct transaction *transaction, const struct reject *gap, struct err *err)
{
	struct params params;
	PG_RESULT *rows = NULL;
	params_init(&params);
	params_int(&params, gap->at);
	params_text(&params, gap->text);
	int result = params_query(&params, transaction->pg, "q_gap_candidates", &rows, err);
	params_done(&params);
	for (int i = 0; result == 0 && i < PQntuples(rows); i++) {
		if (is_in_partition(rows, i, gap))
			result = note(transaction, pg_text(rows, i, "sync"), gap, err);
	}
	return result;
}

static int put_aside(struct transaction *transaction, const struct reject *gap, struct err *err)
{
	struct params params;
	params_init(&params);
	params_text(&params, gap->topic);
	params_int(&params, gap->partition);
	params_int(&params, gap->at);
	int result = params_run(&params, transaction->pg, "q_gap_aside", NULL, err);
	params_done(&params);
	return result;
}

int gaps_note(struct transaction *transaction, struct err *err)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < transaction->count; i++) {
		const struct input *input = transaction->inputs[i];
		const struct reject *reject = &input->any.reject;
		if (*input->bad || input->type != MSG_reject || !span_is(reject->reason, KAFKA_GAP_REASON))
			continue;
		if (reject->anew && put_aside(transaction, reject, err))
			return -1;
		if (reject->partitions > 0 && reject->partitions <= INT32_MAX &&
		    has_messages_of_syncs(transaction, reject->topic))
			result = note_all(transaction, reject, err);
	}
	return result;
}
