/* What all Kafka clients share. */
#include "common/kafka.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/topics.h"

enum { ADMIN_TIMEOUT_MS = 15000, PARTITIONS_MS = 1000, DESTROY_MS = 2000, SEEK_MS = 5000 };

enum err_class kafka_classify(rd_kafka_resp_err_t code)
{
	switch (code) {
	case RD_KAFKA_RESP_ERR_NO_ERROR:
		return ERR_NONE;
	case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
	case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
	case RD_KAFKA_RESP_ERR_INVALID_RECORD:
		return ERR_REJECT;
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
		return ERR_CONFIG;
	case RD_KAFKA_RESP_ERR__FATAL:
	case RD_KAFKA_RESP_ERR__FENCED:
	case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
		return ERR_FATAL;
	default:
		return ERR_RETRY;
	}
}

static void (*log_text)(const char *text);

void kafka_log_to(void (*log)(const char *text))
{
	log_text = log;
}

static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
	(void)client;
	(void)facility;
	if (log_text && level <= 4 /* LOG_WARNING */)
		log_text(text);
}

static int set(rd_kafka_conf_t *conf, const char *key, const char *value, struct err *err)
{
	char text[256];
	if (rd_kafka_conf_set(conf, key, value, text, sizeof text) != RD_KAFKA_CONF_OK)
		return err_set(err, ERR_CONFIG, 0, "Kafka setting %s: %s", key, text);
	return 0;
}

int kafka_conf(const struct settings *settings, rd_kafka_conf_t **ret, struct err *err, ...)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char bytes[16];
	rd_kafka_conf_set_log_cb(conf, on_log);
	snprintf(bytes, sizeof bytes, "%d", LIMIT_MESSAGE_BYTES);
	int result = set(conf, "bootstrap.servers", settings->kafka_brokers, err);
	const char *const shared[][2] = {
		{"client.id", *settings->worker_name ? settings->worker_name : "syncline"},
		{"message.max.bytes", bytes},
		/* Off by default in librdkafka 2.0 (fixed in 2.10): small requests would wait for the peer's acknowledgement. */
		{"socket.nagle.disable", "true"},
		{"reconnect.backoff.ms", "100"},
		{"reconnect.backoff.max.ms", "5000"},
	};
	for (size_t i = 0; result == 0 && i < COUNT_OF(shared); i++)
		result = set(conf, shared[i][0], shared[i][1], err);
	va_list pairs;
	va_start(pairs, err);
	const char *key;
	while (result == 0 && (key = va_arg(pairs, const char *)))
		result = set(conf, key, va_arg(pairs, const char *), err);
	va_end(pairs);
	if (result)
		rd_kafka_conf_destroy(conf);
	else
		*ret = conf;
	return result;
}

/* The name under which Kafka keeps this worker's partitions over a restart. The number of partitions belongs to it: a member
 * that comes back under its old name gets its old partitions without an assignment, so that those that were added meanwhile
 * would be nobody's until some other member comes or goes. */
static int name_member(const struct settings *settings, unsigned topics, char *name, size_t size, struct err *err)
{
	int partitions = 0;
	name[0] = '\0';
	if (!*settings->worker_name)
		return 0;
	if (kafka_count_partitions(settings, topics, &partitions, err))
		return -1;
	snprintf(name, size, "%s.%d", settings->worker_name, partitions);
	return 0;
}

int kafka_conf_consumer(const struct settings *settings, const char *group, unsigned topics, rd_kafka_conf_t **conf,
                        struct err *err)
{
	char session[16], queue_kb[16], id[TOPIC_NAME_MAX], instance[LIMIT_SETTING + 64];
	snprintf(session, sizeof session, "%lld", (long long)settings->kafka_session_ms);
	snprintf(queue_kb, sizeof queue_kb, "%d", LIMIT_CONSUMER_QUEUE_KB);
	snprintf(id, sizeof id, "%.100s%s", settings->kafka_prefix, group);
	if (name_member(settings, topics, instance, sizeof instance, err))
		return -1;
	/* No auto commit: it also commits, without a member id, what was lost in a session timeout, and for that a broker
	 * that is back fences a static member off, which is fatal (librdkafka#5585).
	 * Reset "error": for librdkafka "no offset yet" and "offset gone" are one case. Both are answered by us (kafka_starts.h), so
	 * that the second is told instead of skipped. */
	return kafka_conf(settings, conf, err, "group.id", id, "group.instance.id", instance, "session.timeout.ms", session,
	                  "heartbeat.interval.ms", "2000", "enable.auto.commit", "false", "enable.auto.offset.store",
	                  "false", "auto.offset.reset", "error", "fetch.wait.max.ms", "100", "queued.max.messages.kbytes",
	                  queue_kb, "queued.min.messages", "1000", "fetch.message.max.bytes", "524288",
	                  "partition.assignment.strategy", "range", "allow.auto.create.topics", "false",
	                  "topic.metadata.refresh.interval.ms", "10000", NULL);
}

static rd_kafka_NewTopic_t *new_topic(const struct settings *settings, enum topic topic)
{
	char name[TOPIC_NAME_MAX], hours[32], bytes[16], why[128];
	const struct topic_spec *spec = &topic_specs[topic];
	rd_kafka_NewTopic_t *request = rd_kafka_NewTopic_new(topic_name(settings->kafka_prefix, topic, name),
	                                                     spec->partitions, -1, why, sizeof why);
	snprintf(hours, sizeof hours, "%lld", spec->retention_hours * 3600000LL);
	snprintf(bytes, sizeof bytes, "%d", LIMIT_MESSAGE_BYTES);
	if (request) {
		rd_kafka_NewTopic_set_config(request, "retention.ms", hours);
		rd_kafka_NewTopic_set_config(request, "max.message.bytes", bytes);
	}
	return request;
}

static int read_result(rd_kafka_event_t *event, int *made, struct err *err)
{
	if (!event)
		return err_set(err, ERR_RETRY, 0, "Kafka did not answer in %d s; is kafka_brokers right?",
		               ADMIN_TIMEOUT_MS / 1000);
	if (rd_kafka_event_error(event))
		return err_set(err, kafka_classify(rd_kafka_event_error(event)), 0, "Kafka: %s",
		               rd_kafka_event_error_string(event));
	size_t count = 0;
	const rd_kafka_topic_result_t **topics =
		rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
	for (size_t i = 0; i < count; i++) {
		rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);
		if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
			++*made;
		else if (code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
			return err_set(err, kafka_classify(code), 0, "Kafka topic %s: %s", rd_kafka_topic_result_name(topics[i]),
			               rd_kafka_err2str(code));
	}
	return 0;
}

int kafka_create_topics(const struct settings *settings, int *made, struct err *err)
{
	rd_kafka_conf_t *conf;
	char text[256];
	if (kafka_conf(settings, &conf, err, NULL))
		return -1;
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	if (!client) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_FATAL, 0, "Kafka client: %s", text);
	}
	rd_kafka_NewTopic_t *topics[TOPIC_COUNT];
	for (unsigned i = 0; i < TOPIC_COUNT; i++)
		topics[i] = new_topic(settings, (enum topic)i);
	rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
	rd_kafka_CreateTopics(client, topics, TOPIC_COUNT, NULL, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ADMIN_TIMEOUT_MS);
	*made = 0;
	int result = read_result(event, made, err);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_NewTopic_destroy_array(topics, TOPIC_COUNT);
	rd_kafka_queue_destroy(queue);
	kafka_destroy(client);
	return result;
}

int32_t kafka_partition_of(struct span key, int32_t count)
{
	/* The topic is not looked at. */
	return rd_kafka_msg_partitioner_consistent(NULL, key.at, key.len, count, NULL, NULL);
}

const char *kafka_mend(rd_kafka_resp_err_t code)
{
	/* A KRaft controller speaks Kafka's protocol, and knows neither topics nor groups. */
	return code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE
	           ? "kafka_brokers must name a broker (of version 0.11 or later), not the port of a controller"
	           : "";
}

static rd_kafka_resp_err_t ask_partitions(rd_kafka_t *client, const char *name, int *count)
{
	const struct rd_kafka_metadata *metadata = NULL;
	rd_kafka_topic_t *topic = rd_kafka_topic_new(client, name, NULL);
	*count = 0;
	if (!topic)
		return rd_kafka_last_error();
	rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, topic, &metadata, PARTITIONS_MS);
	if (!code && metadata->topic_cnt == 1 && !metadata->topics[0].err)
		*count = metadata->topics[0].partition_cnt;
	if (metadata)
		rd_kafka_metadata_destroy(metadata);
	rd_kafka_topic_destroy(topic);
	return code;
}

int kafka_partitions(rd_kafka_t *client, const char *name)
{
	int count;
	IGNORE(ask_partitions(client, name, &count)); /* then it is 0 */
	return count;
}

int kafka_count_partitions(const struct settings *settings, unsigned topics, int *count, struct err *err)
{
	rd_kafka_conf_t *conf;
	char text[256], name[TOPIC_NAME_MAX];
	if (kafka_conf(settings, &conf, err, NULL))
		return -1;
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	if (!client) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_FATAL, 0, "Kafka client: %s", text);
	}
	int result = 0;
	*count = 0;
	for (unsigned i = 0; i < TOPIC_COUNT && result == 0; i++) {
		if (!(topics & (1u << i)))
			continue;
		int more;
		const char *mend = kafka_mend(
			ask_partitions(client, topic_name(settings->kafka_prefix, (enum topic)i, name), &more));
		*count += more;
		if (*mend)
			result = err_set(err, ERR_CONFIG, 0, "Kafka at %s does not list topics: %s", settings->kafka_brokers, mend);
		else if (!more)
			result = err_set(err, ERR_RETRY, 0,
			                 "Kafka does not tell of topic %s; is it there? syncline migrate makes it", name);
	}
	kafka_destroy(client);
	return result;
}

rd_kafka_error_t *kafka_seek(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list)
{
	/* librdkafka 2.0 takes the timeout 1,000 times too short (mended in 2.1). */
	return rd_kafka_seek_partitions(client, list, SEEK_MS * (rd_kafka_version() < 0x020100ff ? 1000 : 1));
}

struct ending {
	rd_kafka_t *client;
	int done; /* becomes readable */
};

static void *destroy(void *context)
{
	static const uint64_t one = 1;
	struct ending ending = *(struct ending *)context;
	free(context);
	rd_kafka_destroy(ending.client);
	IGNORE(write(ending.done, &one, sizeof one) < 0); /* then it is waited for in vain */
	return NULL;
}

void kafka_destroy(rd_kafka_t *client)
{
	pthread_t thread;
	struct ending *ending = malloc(sizeof *ending);
	int done = eventfd(0, EFD_CLOEXEC);
	if (ending)
		*ending = (struct ending){client, done};
	if (!ending || done < 0 || pthread_create(&thread, NULL, destroy, ending)) {
		free(ending);
		rd_kafka_destroy(client);
	} else {
		pthread_detach(thread);
		if (poll(&(struct pollfd){.fd = done, .events = POLLIN}, 1, DESTROY_MS) <= 0)
			return; /* the thread goes on with it */
		kafka_drain_fd(done);
	}
	if (done >= 0)
		close(done);
}

int kafka_event_fd(rd_kafka_queue_t *queue, struct err *err)
{
	static const uint64_t one = 1;
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_FATAL, 0, "no descriptor for Kafka's events");
	rd_kafka_queue_io_event_enable(queue, fd, &one, sizeof one);
	return fd;
}

void kafka_drain_fd(int fd)
{
	uint64_t count;
	IGNORE(read(fd, &count, sizeof count) < 0); /* nothing in it: nothing to empty */
}
