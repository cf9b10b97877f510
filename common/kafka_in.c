/* The consumer. Eager assignment (range): librdkafka 2.0's cooperative protocol has known hangs and lost assignments,
 * mended only in 2.6 and 2.10. */
#include "common/kafka_in.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka.h"
#include "common/stats.h"
#include "common/watermark.h"

enum {
	COMMIT_MS = 500,
	WAKE_MS = 1000,
	ASK_EVERY_MS = 1000, /* a cluster that is away */
	ASK_MS = 100,
	ASK_CLOSING_MS = 1000, /* longer: a busy cluster must not be taken for one that is away */
	/* Half a queue: then there is room again for what a woken client asks for. */
	WAKE_BYTES = LIMIT_CONSUMER_QUEUE_KB * 1024 / 2,
};

#define NO_TOPIC "Kafka has no topic %.200s; syncline migrate makes it"

struct partition {
	enum topic topic;
	int32_t number;
	int64_t stored;  /* offset stored for commit; -1: none since assigned */
	int64_t started; /* offset of the first message begun; -1: none */
	struct watermark *watermark;
};

struct kafka_in {
	rd_kafka_t *client;
	rd_kafka_queue_t *queue;
	struct kafka_in_options options;
	char names[TOPIC_COUNT][TOPIC_NAME_MAX];
	struct partition partitions[LIMIT_PARTITIONS];
	size_t count;
	unsigned generation;
	int fd;
	bool paused, fatal, sleeps; /* see wake_client */
	bool uncommitted;           /* offsets were stored since the newest commit */
	int64_t commit_ms;          /* time of the next one */
	size_t taken;               /* bytes, since it was woken */
	struct err fatal_err;
	bool away;        /* no broker answers; asked again at ask_ms */
	unsigned missing; /* topics that were not there when Kafka was last asked; again at ask_missing_ms */
	int64_t ask_missing_ms;
	char obstacle[300];
	int64_t ask_ms;
	struct kafka_starts starts;
};

static void forget_partitions(struct kafka_in *in)
{
	for (size_t i = 0; i < in->count; i++)
		free(in->partitions[i].watermark);
	in->count = 0;
	in->generation++;
}

static bool find_topic(const struct kafka_in *in, const char *name, enum topic *topic)
{
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		if (strcmp(in->names[i], name) == 0) {
			*topic = (enum topic)i;
			return true;
		}
	}
	return false;
}

static void remember_partitions(struct kafka_in *in, const rd_kafka_topic_partition_list_t *list)
{
	forget_partitions(in);
	for (int i = 0; i < list->cnt && in->count < LIMIT_PARTITIONS; i++) {
		struct partition *partition = &in->partitions[in->count];
		*partition = (struct partition){.number = list->elems[i].partition, .stored = -1, .started = -1};
		partition->watermark = calloc(1, sizeof *partition->watermark);
		assert(partition->watermark && "no memory: ends as if killed, nothing is lost");
		if (find_topic(in, list->elems[i].topic, &partition->topic))
			in->count++;
		else
			free(partition->watermark);
	}
}

static void pause_all(struct kafka_in *in, bool paused)
{
	rd_kafka_topic_partition_list_t *list = NULL;
	if (rd_kafka_assignment(in->client, &list) || !list)
		return;
	if (paused)
		rd_kafka_pause_partitions(in->client, list);
	else
		rd_kafka_resume_partitions(in->client, list);
	rd_kafka_topic_partition_list_destroy(list);
}

static void assign(struct kafka_in *in, rd_kafka_topic_partition_list_t *list)
{
	remember_partitions(in, list);
	kafka_starts_find(&in->starts, in->options.settings, in->client, list);
	rd_kafka_assign(in->client, list);
	/* An assignment clears pauses, but not when the partitions were lost while paused: those would rest for ever. */
	pause_all(in, in->paused);
}

/* What was read next is gone, or the topic is another one: everything is begun again at its committed offset. */
static void assign_anew(struct kafka_in *in)
{
	rd_kafka_topic_partition_list_t *list = NULL;
	if (rd_kafka_assignment(in->client, &list) || !list)
		return;
	if (in->options.on_revoke && in->count)
		in->options.on_revoke(in->options.context);
	kafka_in_commit(in);
	assign(in, list);
	rd_kafka_topic_partition_list_destroy(list);
}

/* Runs inside poll and close. */
static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                         void *context)
{
	struct kafka_in *in = context;
	if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		assign(in, list);
		return;
	}
	if (in->options.on_revoke && in->count)
		in->options.on_revoke(in->options.context);
	if (!rd_kafka_assignment_lost(client) && !in->away)
		kafka_in_commit(in);
	forget_partitions(in);
	rd_kafka_assign(client, NULL);
}

/* Of commits that nobody waits for. */
static void on_commit(rd_kafka_t *client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                      void *context)
{
	struct kafka_in *in = context;
	(void)client;
	in->uncommitted |= code && code != RD_KAFKA_RESP_ERR__NO_OFFSET;
	if (!code && list)
		kafka_starts_note(&in->starts, in->options.settings, list);
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *context)
{
	struct kafka_in *in = context;
	stats_add(STAT_kafka_errors_total, 1);
	/* One lost connection, too, until somebody answers: it may be the coordinator's. */
	in->away |= code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__TRANSPORT;
	if (code != RD_KAFKA_RESP_ERR__FATAL)
		return; /* informational: librdkafka recovers by itself */
	char text[256] = "";
	rd_kafka_resp_err_t cause = rd_kafka_fatal_error(client, text, sizeof text);
	in->fatal = true;
	IGNORE(err_set(&in->fatal_err, ERR_FATAL, cause, "Kafka consumer: %s", *text ? text : reason)); /* fills only */
}

static int subscribe(struct kafka_in *in, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(TOPIC_COUNT);
	for (unsigned i = 0; i < TOPIC_COUNT; i++) {
		topic_name(in->options.settings->kafka_prefix, (enum topic)i, in->names[i]);
		if (in->options.topics & (1u << i))
			rd_kafka_topic_partition_list_add(list, in->names[i], RD_KAFKA_PARTITION_UA);
	}
	rd_kafka_resp_err_t code = rd_kafka_subscribe(in->client, list);
	rd_kafka_topic_partition_list_destroy(list);
	return code ? err_set(err, kafka_classify(code), code, "Kafka subscribe: %s", rd_kafka_err2str(code)) : 0;
}

/* The name under which Kafka keeps this worker's partitions over a restart. The number of partitions belongs to it: a member
 * that comes back under its old name gets its old partitions without an assignment, so that those that were added meanwhile
 * would be nobody's until some other member comes or goes. */
static int name_member(const struct kafka_in *in, char *name, size_t size, struct err *err)
{
	const struct settings *settings = in->options.settings;
	int partitions = 0;
	name[0] = '\0';
	if (!*settings->worker_name)
		return 0;
	if (kafka_count_partitions(settings, in->options.topics, &partitions, err))
		return -1;
	snprintf(name, size, "%s.%d", settings->worker_name, partitions);
	return 0;
}

static int make_conf(struct kafka_in *in, rd_kafka_conf_t **conf, struct err *err)
{
	const struct settings *settings = in->options.settings;
	char session[16], queue_kb[16], group[TOPIC_NAME_MAX], instance[LIMIT_SETTING + 64];
	snprintf(session, sizeof session, "%lld", (long long)settings->kafka_session_ms);
	snprintf(queue_kb, sizeof queue_kb, "%d", LIMIT_CONSUMER_QUEUE_KB);
	snprintf(group, sizeof group, "%.100s%s", settings->kafka_prefix, in->options.group);
	if (name_member(in, instance, sizeof instance, err))
		return -1;
	/* No auto commit: it also commits, without a member id, what was lost in a session timeout, and for that a broker
	 * that is back fences a static member off, which is fatal (librdkafka#5585).
	 * Reset "error": for librdkafka "no offset yet" and "offset gone" are one case. Both are answered by us (kafka_gap.h), so
	 * that the second is told instead of skipped. */
	if (kafka_conf(settings, conf, err, "group.id", group, "group.instance.id", instance, "session.timeout.ms", session,
	               "heartbeat.interval.ms", "2000", "enable.auto.commit", "false", "enable.auto.offset.store", "false",
	               "auto.offset.reset", "error", "fetch.wait.max.ms", "100", "queued.max.messages.kbytes", queue_kb,
	               "queued.min.messages", "1000", "fetch.message.max.bytes", "524288", "partition.assignment.strategy",
	               "range", "allow.auto.create.topics", "false", "topic.metadata.refresh.interval.ms", "10000", NULL))
		return -1;
	in->sleeps = rd_kafka_conf_set(*conf, "fetch.queue.backoff.ms", "5", NULL, 0) != RD_KAFKA_CONF_OK;
	rd_kafka_conf_set_opaque(*conf, in);
	rd_kafka_conf_set_rebalance_cb(*conf, on_rebalance);
	rd_kafka_conf_set_offset_commit_cb(*conf, on_commit);
	rd_kafka_conf_set_error_cb(*conf, on_error);
	return 0;
}

int kafka_in_open(const struct kafka_in_options *options, struct kafka_in **ret, struct err *err)
{
	struct kafka_in *in = calloc(1, sizeof *in);
	if (!in)
		return err_set(err, ERR_FATAL, 0, "no memory for a Kafka consumer");
	in->options = *options;
	in->fd = -1;
	kafka_starts_init(&in->starts);
	rd_kafka_conf_t *conf;
	char text[256];
	if (make_conf(in, &conf, err)) {
		free(in);
		return -1;
	}
	in->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	if (!in->client) {
		rd_kafka_conf_destroy(conf);
		free(in);
		return err_set(err, ERR_CONFIG, 0, "Kafka consumer: %s", text);
	}
	rd_kafka_poll_set_consumer(in->client);
	if (subscribe(in, err)) {
		kafka_in_close(&in);
		return -1;
	}
	*ret = in;
	return 0;
}

static bool answers(const struct kafka_in *in, int timeout_ms)
{
	const struct rd_kafka_metadata *metadata = NULL;
	if (rd_kafka_metadata(in->client, 0, NULL, &metadata, timeout_ms))
		return false;
	rd_kafka_metadata_destroy(metadata);
	return true;
}

void kafka_in_close(struct kafka_in **ptr)
{
	struct kafka_in *in = *ptr;
	if (!in)
		return;
	if (in->queue) {
		rd_kafka_queue_io_event_enable(in->queue, -1, NULL, 0);
		rd_kafka_queue_destroy(in->queue);
	}
	/* Without a broker nothing can be committed, closing in order takes a minute, and even destroying the client takes ten
	 * seconds when a commit waits for its coordinator. Its threads end with the process. Asked now: that a broker is lost is
	 * told late, or never when nobody polls any more. */
	in->away = !answers(in, ASK_CLOSING_MS);
	if (!in->away) {
		rd_kafka_consumer_close(in->client);
		rd_kafka_destroy(in->client);
	}
	forget_partitions(in);
	if (in->fd >= 0)
		close(in->fd);
	free(in);
	*ptr = NULL;
}

static struct partition *find_partition(struct kafka_in *in, enum topic topic, int32_t number)
{
	for (size_t i = 0; i < in->count; i++) {
		if (in->partitions[i].topic == topic && in->partitions[i].number == number)
			return &in->partitions[i];
	}
	return NULL;
}

static int poll_error(struct kafka_in *in, const rd_kafka_message_t *raw, struct err *err)
{
	stats_add(STAT_kafka_errors_total, 1);
	/* The end of a partition and a rebalance in progress are not failures. */
	if (raw->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
		return 0;
	/* It was deleted, or is not made yet: either way it may come. */
	bool missing = raw->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
	               raw->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || raw->err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
	if (missing) {
		const char *name = raw->rkt ? rd_kafka_topic_name(raw->rkt) : "of ours";
		enum topic topic;
		in->missing |= find_topic(in, name, &topic) ? 1u << topic : 0;
		return err_set(err, ERR_RETRY, raw->err, NO_TOPIC, name);
	}
	enum err_class class = kafka_classify(raw->err);
	const char *text = raw->payload ? rd_kafka_message_errstr(raw) : rd_kafka_err2str(raw->err);
	return err_set(err, class == ERR_NONE ? ERR_RETRY : class, raw->err, "Kafka: %.300s", text);
}

static void fill(struct kafka_in *in, enum topic topic, rd_kafka_message_t *raw, struct kafka_message *message)
{
	*message = (struct kafka_message){
		.place = {topic, raw->partition, raw->offset, in->generation},
		.key = {raw->key, raw->key_len},
		.value = {raw->payload ? raw->payload : "", raw->len},
		.time_ms = rd_kafka_message_timestamp(raw, NULL),
		.raw = raw,
	};
}

/* Before librdkafka 2.2 (fetch.queue.backoff.ms) a client whose queue was once full sleeps up to a second before it asks
 * for more, however soon there is room (librdkafka#2879): 15 pages a second. Any question to the partition's broker wakes
 * it; this is the cheapest. Whether it is answered does not matter. */
static void wake_client(struct kafka_in *in, const rd_kafka_message_t *raw)
{
	in->taken += raw->len;
	if (!in->sleeps || in->taken < WAKE_BYTES)
		return;
	in->taken = 0;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(raw->rkt), raw->partition)->offset = RD_KAFKA_OFFSET_END;
	IGNORE(rd_kafka_offsets_for_times(in->client, list, WAKE_MS));
	rd_kafka_topic_partition_list_destroy(list);
}

/* Not without a coordinator: librdkafka keeps such a commit, and sends it after the session was lost without a member id,
 * for which the broker fences a static member off (librdkafka#5585). */
static void commit_now_and_then(struct kafka_in *in)
{
	if (!in->uncommitted || clock_ms() < in->commit_ms || kafka_in_away(in))
		return;
	in->uncommitted = false;
	in->commit_ms = clock_ms() + COMMIT_MS;
	if (in->count && rd_kafka_commit(in->client, NULL, 1))
		in->uncommitted = true;
}

int kafka_in_poll(struct kafka_in *in, int timeout_ms, struct kafka_message *message, struct err *err)
{
	if (in->fatal) {
		*err = in->fatal_err;
		return -1;
	}
	commit_now_and_then(in);
	rd_kafka_message_t *raw = rd_kafka_consumer_poll(in->client, timeout_ms);
	if (!raw)
		return 0;
	enum topic topic;
	struct partition *partition = NULL;
	if (!raw->err && find_topic(in, rd_kafka_topic_name(raw->rkt), &topic))
		partition = find_partition(in, topic, raw->partition);
	if (!partition) { /* an error, or a leftover of a partition no longer ours */
		bool lost_place = raw->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET;
		int result = raw->err && !lost_place ? poll_error(in, raw, err) : 0;
		rd_kafka_message_destroy(raw);
		if (lost_place)
			assign_anew(in);
		return result;
	}
	if (partition->started >= raw->offset || watermark_full(partition->watermark)) {
		/* A duplicate from a fetch that was under way during a pause (librdkafka before 2.4), or no room: callers pause
		 * long before the ring is full. */
		assert(!watermark_full(partition->watermark));
		rd_kafka_message_destroy(raw);
		return 0;
	}
	partition->started = raw->offset;
	watermark_begin(partition->watermark, raw->offset);
	fill(in, topic, raw, message);
	wake_client(in, raw);
	return 1;
}

bool kafka_in_take_gap(struct kafka_in *in, struct kafka_gap *gap)
{
	if (in->starts.gap_count == 0)
		return false;
	*gap = in->starts.gaps[--in->starts.gap_count];
	return true;
}

void kafka_in_release(struct kafka_message *message)
{
	if (message->raw)
		rd_kafka_message_destroy(message->raw);
	*message = (struct kafka_message){0};
}

static void store(struct kafka_in *in, const struct partition *partition)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, in->names[partition->topic], partition->number)->offset = partition->stored;
	/* ERR__STATE: the partition was lost meanwhile; its next owner reads the message again. */
	IGNORE(rd_kafka_offsets_store(in->client, list));
	rd_kafka_topic_partition_list_destroy(list);
}

void kafka_in_finish(struct kafka_in *in, const struct kafka_place *place)
{
	if (place->generation != in->generation)
		return;
	struct partition *partition = find_partition(in, place->topic, place->partition);
	int64_t commit = partition ? watermark_finish(partition->watermark, place->offset) : -1;
	if (commit < 0)
		return;
	partition->stored = commit;
	store(in, partition);
	in->uncommitted = true;
}

void kafka_in_pause(struct kafka_in *in, bool paused)
{
	if (in->paused == paused)
		return;
	in->paused = paused;
	pause_all(in, paused);
}

void kafka_in_commit(struct kafka_in *in)
{
	/* NO_OFFSET: nothing new to commit. */
	IGNORE(rd_kafka_commit(in->client, NULL, 0));
}

int kafka_in_rewind(struct kafka_in *in, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)in->count);
	for (size_t i = 0; i < in->count; i++) {
		struct partition *partition = &in->partitions[i];
		int64_t to = partition->watermark->count ? partition->watermark->slots[partition->watermark->first].offset : -1;
		watermark_reset(partition->watermark);
		partition->started = to - 1;
		if (to >= 0)
			rd_kafka_topic_partition_list_add(list, in->names[partition->topic], partition->number)->offset = to;
	}
	in->generation++;
	rd_kafka_error_t *error = NULL;
	if (list->cnt)
		/* librdkafka 2.0 takes the timeout 1,000 times too short (mended in 2.1). */
		error = rd_kafka_seek_partitions(in->client, list, 5000 * (rd_kafka_version() < 0x020100ff ? 1000 : 1));
	rd_kafka_topic_partition_list_destroy(list);
	if (!error)
		return 0;
	int result = err_set(err, ERR_RETRY, rd_kafka_error_code(error), "Kafka seek: %s", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return result;
}

/* librdkafka tells when the last broker is lost, not when the first is back. */
bool kafka_in_away(struct kafka_in *in)
{
	if (!in->away || clock_ms() < in->ask_ms)
		return in->away;
	in->away = !answers(in, ASK_MS);
	in->ask_ms = clock_ms() + ASK_EVERY_MS;
	return in->away;
}

/* Kafka tells once that a topic is not there, and not that it has come. */
static bool find_missing(struct kafka_in *in)
{
	bool due = clock_ms() >= in->ask_missing_ms;
	for (unsigned i = TOPIC_COUNT; i-- > 0;) {
		unsigned bit = 1u << i;
		if (in->missing & bit && due && kafka_partitions(in->client, in->names[i]) > 0)
			in->missing &= ~bit;
		if (in->missing & bit)
			snprintf(in->obstacle, sizeof in->obstacle, NO_TOPIC, in->names[i]);
	}
	if (due)
		in->ask_missing_ms = clock_ms() + ASK_EVERY_MS;
	return in->missing != 0;
}

const char *kafka_in_obstacle(struct kafka_in *in)
{
	if (kafka_in_away(in))
		return "Kafka does not answer";
	if (find_missing(in))
		return in->obstacle;
	return in->count ? NULL : "no partitions of Kafka's yet (more workers of this kind than partitions?)";
}

int kafka_in_fd(struct kafka_in *in, struct err *err)
{
	if (in->fd >= 0)
		return in->fd;
	in->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (in->fd < 0)
		return err_set(err, ERR_FATAL, 0, "no descriptor for Kafka's events");
	in->queue = rd_kafka_queue_get_consumer(in->client);
	static const uint64_t one = 1;
	rd_kafka_queue_io_event_enable(in->queue, in->fd, &one, sizeof one);
	return in->fd;
}
