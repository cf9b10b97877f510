/* The producer. */
#include "common/kafka_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka.h"
#include "common/stats.h"

struct kafka_out {
	rd_kafka_t *client;
	rd_kafka_topic_t *topics[TOPIC_COUNT];
	rd_kafka_queue_t *queue;
	kafka_out_delivered *on_delivered;
	void *context;
	size_t inflight_bytes;
	int inflight, fd;
	int64_t failed;
	bool fatal;
	struct err fatal_err;
};

/* librdkafka takes a message for delivered when Kafka has acknowledged a later one of its partition, although Kafka had refused
 * it: it supposes that Kafka would never take the later one then. Kafka does, of a producer that is new to the partition, when its
 * leader came up in between (chaos 17/3). Such a report has no offset. */
static bool is_delivered(const rd_kafka_message_t *message)
{
	return !message->err && message->offset >= 0;
}

static void on_report(rd_kafka_t *client, const rd_kafka_message_t *message, void *context)
{
	(void)client;
	struct kafka_out *out = context;
	bool delivered = is_delivered(message);
	out->inflight_bytes -= message->len;
	out->inflight--;
	out->failed += !delivered;
	if (!out->on_delivered)
		return;
	struct err err;
	if (message->err)
		IGNORE(err_set(&err, kafka_classify(message->err), message->err,
		               "Kafka did not take a message of %zu bytes: %s", message->len,
		               rd_kafka_err2str(message->err))); /* fills only */
	else if (!delivered)
		IGNORE(err_set(&err, ERR_RETRY, 0,
		               "Kafka refused a message of %zu bytes and took a later one; it may not have this one",
		               message->len)); /* fills only */
	out->on_delivered(out->context, message->_private, delivered ? NULL : &err);
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *context)
{
	struct kafka_out *out = context;
	char text[256] = "";
	stats_add(STAT_kafka_errors_total, 1);
	if (code != RD_KAFKA_RESP_ERR__FATAL || out->fatal)
		return;
	out->fatal = true;
	rd_kafka_resp_err_t cause = rd_kafka_fatal_error(client, text, sizeof text);
	const char *mend = kafka_mend(cause);
	IGNORE(err_set(&out->fatal_err, *mend ? ERR_CONFIG : ERR_FATAL, cause, "Kafka producer: %s%s%s",
	               *text ? text : reason, *mend ? "; " : "", mend)); /* fills only */
}

static int open_topics(struct kafka_out *out, const struct settings *settings, struct err *err)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		char name[TOPIC_NAME_MAX];
		rd_kafka_topic_conf_t *conf = rd_kafka_topic_conf_new();
		rd_kafka_topic_conf_set(conf, "compression.type", topic_specs[i].compression, NULL, 0);
		out->topics[i] = rd_kafka_topic_new(out->client, topic_name(settings->kafka_prefix, (enum topic)i, name), conf);
		if (!out->topics[i])
			return err_set(err, ERR_FATAL, 0, "Kafka topic %s: %s", name, rd_kafka_err2str(rd_kafka_last_error()));
	}
	return 0;
}

int kafka_out_open(const struct settings *settings, kafka_out_delivered *on_delivered, void *context,
                   struct kafka_out **ret, struct err *err)
{
	struct kafka_out *out = calloc(1, sizeof *out);
	rd_kafka_conf_t *conf;
	char text[256], queue_kb[16];
	if (!out)
		return err_set(err, ERR_FATAL, 0, "no memory for a Kafka producer");
	out->on_delivered = on_delivered;
	out->context = context;
	out->fd = -1;
	snprintf(queue_kb, sizeof queue_kb, "%d", LIMIT_PRODUCER_QUEUE_KB);
	/* No message timeout: a message that timed out here, with later ones delivered, would be a hole that the writer's
	 * position rule makes permanent. Bounded by the queue's size; a stopping worker drops what is left.
	 * One request in flight to a broker: of several, one that is refused for a moment (no leader yet) lets those behind it overtake
	 * it, and librdkafka 2.0 then calls it delivered or ends for ever with "sequence desynchronization" (librdkafka#4438).
	 * linger 5: throughput comes from large messages here, and a person waits for the first row. */
	if (kafka_conf(settings, &conf, err, "enable.idempotence", "true", "max.in.flight.requests.per.connection", "1",
	               "linger.ms", "5", "queue.buffering.max.kbytes", queue_kb, "queue.buffering.max.messages", "50000",
	               "message.timeout.ms", "0", "sticky.partitioning.linger.ms", "0", NULL)) {
		free(out);
		return -1;
	}
	rd_kafka_conf_set_opaque(conf, out);
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	rd_kafka_conf_set_error_cb(conf, on_error);
	out->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	if (!out->client) {
		rd_kafka_conf_destroy(conf);
		free(out);
		return err_set(err, ERR_CONFIG, 0, "Kafka producer: %s", text);
	}
	if (open_topics(out, settings, err)) {
		kafka_out_close(&out);
		return -1;
	}
	*ret = out;
	return 0;
}

void kafka_out_close(struct kafka_out **ptr)
{
	struct kafka_out *out = *ptr;
	if (!out)
		return;
	if (out->queue) {
		rd_kafka_queue_io_event_enable(out->queue, -1, NULL, 0);
		rd_kafka_queue_destroy(out->queue);
	}
	rd_kafka_purge(out->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	rd_kafka_poll(out->client, 0);
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		if (out->topics[i])
			rd_kafka_topic_destroy(out->topics[i]);
	}
	kafka_destroy(out->client);
	if (out->fd >= 0)
		close(out->fd);
	free(out);
	*ptr = NULL;
}

int kafka_out_send(struct kafka_out *out, enum topic topic, struct span key, struct buf *value, void *token,
                   struct err *err)
{
	if (!buf_ok(value)) {
		bool starved = value->starved;
		buf_reset(value, 0);
		return starved ? err_set(err, ERR_RETRY, 0, "no memory for a message")
		               : err_set(err, ERR_REJECT, 0, "a message larger than %zu bytes cannot be sent", value->max);
	}
	size_t len;
	char *bytes = buf_take(value, &len);
	if (out->fatal || rd_kafka_produce(out->topics[topic], RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_FREE, bytes, len,
	                                   key.at, key.len, token)) {
		rd_kafka_resp_err_t code = out->fatal ? RD_KAFKA_RESP_ERR__FATAL : rd_kafka_last_error();
		free(bytes);
		return err_set(err, kafka_classify(code), code, "Kafka topic %s: %s", topic_specs[topic].name,
		               rd_kafka_err2str(code));
	}
	out->inflight_bytes += len;
	out->inflight++;
	return 0;
}

int kafka_out_poll(struct kafka_out *out, int timeout_ms)
{
	rd_kafka_poll(out->client, timeout_ms);
	return out->inflight;
}

int kafka_out_check(const struct kafka_out *out, struct err *err)
{
	if (!out->fatal)
		return 0;
	*err = out->fatal_err;
	return -1;
}

int kafka_out_flush(struct kafka_out *out, int timeout_ms, struct err *err)
{
	int64_t deadline_ms = clock_ms() + timeout_ms;
	while (out->inflight && clock_ms() < deadline_ms && !out->fatal)
		rd_kafka_flush(out->client, 50);
	if (out->inflight)
		return err_set(err, out->fatal ? ERR_FATAL : ERR_RETRY, 0, "Kafka did not take %d messages in %d ms",
		               out->inflight, timeout_ms);
	return 0;
}

int64_t kafka_out_failed(const struct kafka_out *out)
{
	return out->failed;
}

size_t kafka_out_inflight_bytes(const struct kafka_out *out)
{
	return out->inflight_bytes;
}

bool kafka_out_room(const struct kafka_out *out)
{
	return out->inflight_bytes < LIMIT_INFLIGHT_BYTES && out->inflight < LIMIT_INFLIGHT_MESSAGES;
}

int kafka_out_fd(struct kafka_out *out, struct err *err)
{
	if (out->fd >= 0)
		return out->fd;
	out->queue = rd_kafka_queue_get_main(out->client);
	return out->fd = kafka_event_fd(out->queue, err);
}
