/* Gaps: judged by numbers alone, told as rejects. */
#include "common/kafka_gap.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"

const char *kafka_gap_text(const struct settings *settings, const struct kafka_gap *gap, char text[KAFKA_GAP_TEXT])
{
	static const char *const causes[] = {
		[KAFKA_GAP_DELETED] = "they were deleted before they were read",
		[KAFKA_GAP_ANEW] = "the topic was deleted and made anew",
		[KAFKA_GAP_HOLE] = "it goes on behind them, also when it is asked for them again",
	};
	char name[TOPIC_NAME_MAX], count[32] = "an unknown number of";
	topic_name(settings->kafka_prefix, gap->topic, name);
	if (gap->count >= 0)
		snprintf(count, sizeof count, "%" PRId64, gap->count);
	snprintf(text, KAFKA_GAP_TEXT, "Kafka lost %s messages of %.200s [%" PRId32 "] from offset %" PRId64 " on: %s",
	         count, name, gap->partition, gap->from, causes[gap->cause]);
	return text;
}

void kafka_gap_reject(const struct settings *settings, const struct kafka_gap *gap, char topic[TOPIC_NAME_MAX],
                      char text[KAFKA_GAP_TEXT], struct reject *reject)
{
	*reject = (struct reject){
		.reason = span_of(KAFKA_GAP_REASON),
		.text = span_of(kafka_gap_text(settings, gap, text)),
		.topic = span_of(topic_name(settings->kafka_prefix, gap->topic, topic)),
		.partition = gap->partition,
		.offset = gap->from,
		.position = REJECT_GAP,
		.partitions = gap->partitions,
		.anew = gap->cause == KAFKA_GAP_ANEW,
		.at = clock_wall_ms(),
	};
}

int kafka_gap_report(const struct settings *settings, const struct kafka_gap *gap, struct kafka_out *out,
                     struct err *err)
{
	char text[KAFKA_GAP_TEXT], topic[TOPIC_NAME_MAX];
	struct reject reject;
	struct buf bytes;
	kafka_gap_reject(settings, gap, topic, text, &reject);
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_reject, &reject, &bytes);
	int result = kafka_out_send(out, TOPIC_REJECTS, span_of(KAFKA_GAP_REASON), &bytes, NULL, err);
	buf_done(&bytes);
	return result;
}

bool kafka_reach_forgotten(const struct kafka_reach *reach)
{
	return reach->committed < 0 && reach->known >= 0;
}

int64_t kafka_gap_judge(const struct kafka_reach *reach, struct kafka_gap *gap)
{
	int64_t done = reach->finished > reach->committed ? reach->finished : reach->committed;
	/* An offset that is refused although all before it is there lies behind the end of what was meant. */
	bool shorter = done > reach->end || (reach->refused >= 0 && reach->refused >= reach->begin);
	gap->count = 0;
	if (kafka_reach_forgotten(reach) || shorter || (reach->anew && done >= 0)) {
		gap->cause = KAFKA_GAP_ANEW;
		gap->from = done >= 0 ? done : reach->known >= 0 ? reach->known : 0;
		gap->count = -1;
		return reach->begin;
	}
	if (done >= reach->begin)
		return done;
	/* A group that was never here has read nothing: what is gone from the very beginning is gone for it, too. */
	gap->cause = KAFKA_GAP_DELETED;
	gap->from = done < 0 ? 0 : done;
	gap->count = reach->begin - gap->from;
	return reach->begin;
}
