/* A consumer with an assignment of its own. */
#include "common/kafka_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/kafka.h"

enum { ASK_MS = 1000 };

struct kafka_read {
	rd_kafka_t *client;
	enum topic which;
	char name[TOPIC_NAME_MAX];
};

int kafka_read_open(const struct settings *settings, enum topic topic, struct kafka_read **ret, struct err *err)
{
	struct kafka_read *read = calloc(1, sizeof *read);
	rd_kafka_conf_t *conf;
	char text[256], queue_kb[16];
	if (!read)
		return err_set(err, ERR_RETRY, 0, "no memory to read from Kafka");
	read->which = topic;
	topic_name(settings->kafka_prefix, topic, read->name);
	snprintf(queue_kb, sizeof queue_kb, "%d", LIMIT_CONSUMER_QUEUE_KB);
	/* Reset earliest: what was deleted while it was read is noticed by whoever counts. */
	if (kafka_conf(settings, &conf, err, "group.id", "syncline-read", "enable.auto.commit", "false",
	               "enable.auto.offset.store", "false", "auto.offset.reset", "earliest", "enable.partition.eof", "true",
	               "fetch.wait.max.ms", "100", "queued.max.messages.kbytes", queue_kb, "queued.min.messages", "1000",
	               "fetch.message.max.bytes", "524288", "allow.auto.create.topics", "false", NULL)) {
		free(read);
		return -1;
	}
	read->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	if (!read->client) {
		rd_kafka_conf_destroy(conf);
		free(read);
		return err_set(err, ERR_CONFIG, 0, "Kafka client: %s", text);
	}
	rd_kafka_poll_set_consumer(read->client);
	*ret = read;
	return 0;
}

void kafka_read_close(struct kafka_read **read)
{
	if (!*read)
		return;
	rd_kafka_destroy_flags((*read)->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	free(*read);
	*read = NULL;
}

static int fail(const struct kafka_read *read, rd_kafka_resp_err_t code, struct err *err)
{
	return err_set(err, kafka_classify(code), code, "Kafka topic %s: %s", read->name, rd_kafka_err2str(code));
}

int kafka_read_partition(struct kafka_read *read, struct span key, int32_t *partition, struct err *err)
{
	int count = kafka_partitions(read->client, read->name);
	if (count == 0)
		return err_set(err, ERR_RETRY, 0, "Kafka does not tell the partitions of %s; is it there?", read->name);
	*partition = kafka_partition_of(key, count);
	return 0;
}

/* time: -1 end, -2 begin; see lag.c for why not by the watermark call. */
static int ask(struct kafka_read *read, int32_t partition, int64_t time, int64_t *offset, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, read->name, partition)->offset = time;
	rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(read->client, list, ASK_MS);
	if (!code)
		code = list->elems[0].err;
	*offset = list->elems[0].offset;
	rd_kafka_topic_partition_list_destroy(list);
	return code ? fail(read, code, err) : 0;
}

int kafka_read_bounds(struct kafka_read *read, int32_t partition, int64_t *begin, int64_t *end, struct err *err)
{
	return ask(read, partition, -2, begin, err) ? -1 : ask(read, partition, -1, end, err);
}

int kafka_read_seek(struct kafka_read *read, int32_t partition, int64_t offset, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, read->name, partition)->offset = offset;
	rd_kafka_resp_err_t code = rd_kafka_assign(read->client, list);
	rd_kafka_topic_partition_list_destroy(list);
	return code ? fail(read, code, err) : 0;
}

int kafka_read_next(struct kafka_read *read, int timeout_ms, struct kafka_message *message, bool *end, struct err *err)
{
	rd_kafka_message_t *raw = rd_kafka_consumer_poll(read->client, timeout_ms);
	*end = false;
	if (!raw)
		return 0;
	if (!raw->err) {
		*message = (struct kafka_message){
			.place = {.topic = read->which, .partition = raw->partition, .offset = raw->offset},
			.key = {raw->key, raw->key_len},
			.value = {raw->payload ? raw->payload : "", raw->len},
			.time_ms = rd_kafka_message_timestamp(raw, NULL),
			.raw = raw,
		};
		return 1;
	}
	rd_kafka_resp_err_t code = raw->err;
	rd_kafka_message_destroy(raw);
	*end = code == RD_KAFKA_RESP_ERR__PARTITION_EOF;
	return *end ? 0 : fail(read, code, err);
}
