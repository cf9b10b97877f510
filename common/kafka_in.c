/* The consumer. Eager assignment (range): librdkafka 2.0's cooperative protocol has known hangs and lost assignments,
 * mended only in 2.6 and 2.10. */
#include "common/kafka_in.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka.h"
#include "common/kafka_presence.h"
#include "common/kafka_starts.h"
#include "common/stats.h"

enum {
	COMMIT_MS = 500,
	WAKE_MS = 1000,
	FIND_EVERY_MS = 300,
	/* The news of a gap: so long for Kafka to take it, and that often, with pauses in which work goes on. */
	TELL_MS = 500,
	TELL_EVERY_MS = 2000,
	ASK_CLOSING_MS = 1000, /* longer: a busy cluster must not be taken for one that is away */
	/* Half a queue: then there is room again for what a woken client asks for. */
	WAKE_BYTES = LIMIT_CONSUMER_QUEUE_KB * 1024 / 2,
};

struct kafka_in {
	rd_kafka_t *client;
	rd_kafka_queue_t *queue;
	struct kafka_in_options options;
	char names[TOPIC_COUNT][TOPIC_NAME_MAX];
	struct kafka_share share;
	int fd;
	bool paused, fatal, sleeps; /* see wake_client */
	bool uncommitted;           /* offsets were stored since the newest commit */
	int64_t commit_ms;          /* time of the next one */
	size_t taken;               /* bytes, since it was woken */
	struct err fatal_err;
	struct kafka_presence presence;
	struct kafka_starts starts;
	rd_kafka_topic_partition_list_t *given; /* what the group gave this member; NULL: nothing */
	/* It rests, for Kafka has not told where the group is, or refused to go on there; asked again at find_ms. */
	bool unfound;
	int64_t find_ms;
	int64_t tell_ms, tell_failed;
};

/* A list of one; the caller destroys it. */
static rd_kafka_topic_partition_list_t *only(const char *topic, int32_t partition, int64_t offset)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
	return list;
}

static enum topic topic_of(const struct kafka_in *in, const char *name)
{
	return topic_find(in->options.settings->kafka_prefix, name);
}

static void remember_partitions(struct kafka_in *in, const rd_kafka_topic_partition_list_t *list)
{
	kafka_share_empty(&in->share);
	for (int i = 0; i < list->cnt; i++) {
		enum topic topic = topic_of(in, list->elems[i].topic);
		int64_t offset = list->elems[i].offset;
		if (topic != TOPIC_COUNT) /* what is gone from the very beginning is missed when the first message comes */
			kafka_share_add(&in->share, topic, list->elems[i].partition,
			                offset == RD_KAFKA_OFFSET_BEGINNING ? 0 : offset);
	}
}

static void forget_given(struct kafka_in *in)
{
	if (in->given)
		rd_kafka_topic_partition_list_destroy(in->given);
	in->given = NULL;
}

static void assign_nothing(struct kafka_in *in)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(0);
	rd_kafka_assign(in->client, list);
	rd_kafka_topic_partition_list_destroy(list);
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

/* Not while a gap is untold: a worker that dies now finds it again. Not while a topic is gone: it may come back as another one. */
static bool may_commit(struct kafka_in *in)
{
	return in->starts.gap_count == 0 && !kafka_presence_lacks(&in->presence);
}

/* From where it is known to go on. Until Kafka tells how far the group is, from nowhere: left alone librdkafka asks for that once,
 * and a coordinator that has just moved or is loading refuses; then the partitions would rest until the next rebalance. */
static void assign(struct kafka_in *in)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_copy(in->given);
	int64_t began_ms = clock_ms();
	in->unfound = !kafka_starts_find(&in->starts, in->options.settings, in->client, &in->share, list);
	in->find_ms = clock_ms() + FIND_EVERY_MS + (clock_ms() - began_ms); /* others must have their turn */
	if (in->unfound) {
		assign_nothing(in);
	} else {
		remember_partitions(in, list);
		rd_kafka_assign(in->client, list);
		/* An assignment clears pauses, but not when the partitions were lost while paused: those would rest for ever. */
		pause_all(in, in->paused);
	}
	rd_kafka_topic_partition_list_destroy(list);
}

/* What was read next is gone, or the topic is another one: everything is begun anew behind what was finished. Nothing is
 * committed before it is known whether the topic is still the same: in another one the offset would stand for messages that nobody
 * has read. All rests first: librdkafka 2.0 does not bear it when what it is just beginning to read is assigned once more (an
 * assertion of its own), and of many such errors, one for each partition, all after the first are of what is over. */
static void begin_anew(struct kafka_in *in, const rd_kafka_message_t *raw)
{
	enum topic topic = raw->rkt ? topic_of(in, rd_kafka_topic_name(raw->rkt)) : TOPIC_COUNT;
	struct kafka_part *part = kafka_share_find(&in->share, topic, raw->partition);
	if (part)
		part->refused = raw->offset;
	in->find_ms = clock_ms() + FIND_EVERY_MS;
	if (in->unfound || !in->given)
		return;
	if (in->options.on_revoke && in->share.count)
		in->options.on_revoke(in->options.context);
	assign_nothing(in);
	in->unfound = true;
}

static void find_again(struct kafka_in *in)
{
	if (in->unfound && !kafka_presence_away(&in->presence) && clock_ms() >= in->find_ms)
		assign(in);
}

/* Runs inside poll and close. */
static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                         void *context)
{
	struct kafka_in *in = context;
	if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		forget_given(in);
		in->given = rd_kafka_topic_partition_list_copy(list);
		assign(in);
		return;
	}
	if (in->options.on_revoke && in->share.count)
		in->options.on_revoke(in->options.context);
	if (!rd_kafka_assignment_lost(client) && !in->presence.away)
		kafka_in_commit(in);
	kafka_share_empty(&in->share);
	in->unfound = false;
	forget_given(in);
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
	if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__TRANSPORT)
		kafka_presence_lost(&in->presence);
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

static int make_conf(struct kafka_in *in, rd_kafka_conf_t **conf, struct err *err)
{
	if (kafka_conf_consumer(in->options.settings, in->options.group, in->options.topics, conf, err))
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
	kafka_presence_init(&in->presence, in->client, options->settings->kafka_prefix);
	rd_kafka_poll_set_consumer(in->client);
	if (subscribe(in, err)) {
		kafka_in_close(&in);
		return -1;
	}
	*ret = in;
	return 0;
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
	if (!kafka_presence_answers(&in->presence, ASK_CLOSING_MS)) {
		kafka_presence_lost(&in->presence);
	} else {
		in->presence.away = false;
		rd_kafka_consumer_close(in->client);
		kafka_destroy(in->client);
	}
	kafka_share_empty(&in->share);
	forget_given(in);
	if (in->fd >= 0)
		close(in->fd);
	free(in);
	*ptr = NULL;
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
		enum topic topic = topic_of(in, name);
		if (topic != TOPIC_COUNT)
			kafka_presence_missing(&in->presence, topic);
		return err_set(err, ERR_RETRY, raw->err, KAFKA_NO_TOPIC, name);
	}
	enum err_class class = kafka_classify(raw->err);
	const char *text = raw->payload ? rd_kafka_message_errstr(raw) : rd_kafka_err2str(raw->err);
	return err_set(err, class == ERR_NONE ? ERR_RETRY : class, raw->err, "Kafka: %.300s", text);
}

static void fill(struct kafka_in *in, enum topic topic, rd_kafka_message_t *raw, struct kafka_message *message)
{
	*message = (struct kafka_message){
		.place = {topic, raw->partition, raw->offset, in->share.generation},
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
	rd_kafka_topic_partition_list_t *list = only(rd_kafka_topic_name(raw->rkt), raw->partition, RD_KAFKA_OFFSET_END);
	IGNORE(rd_kafka_offsets_for_times(in->client, list, WAKE_MS));
	rd_kafka_topic_partition_list_destroy(list);
}

/* Not without a coordinator: librdkafka keeps such a commit, and sends it after the session was lost without a member id,
 * for which the broker fences a static member off (librdkafka#5585). */
static void commit_now_and_then(struct kafka_in *in)
{
	if (!in->uncommitted || clock_ms() < in->commit_ms || kafka_in_away(in) || !may_commit(in))
		return;
	in->uncommitted = false;
	in->commit_ms = clock_ms() + COMMIT_MS;
	if (in->share.count && rd_kafka_commit(in->client, NULL, 1))
		in->uncommitted = true;
}

/* Something was passed over: by the client, then it comes now; or it is not there. */
static void ask_again(struct kafka_in *in, struct kafka_part *part)
{
	rd_kafka_topic_partition_list_t *list = only(in->names[part->topic], part->number, part->next);
	rd_kafka_error_t *error = kafka_seek(in->client, list);
	if (error)
		part->doubted = -1; /* not asked: the next message will be as wrong */
	rd_kafka_error_destroy(error);
	rd_kafka_topic_partition_list_destroy(list);
	stats_add(STAT_kafka_asked_again_total, 1);
}

/* Returns 1: it is the next one. 0: it is not for the caller. */
static int take(struct kafka_in *in, struct kafka_part *part, const rd_kafka_message_t *raw)
{
	int64_t from = part->next;
	assert(!watermark_full(part->watermark) && "callers pause long before the ring is full");
	switch (kafka_share_begin(part, raw->offset)) {
	case KAFKA_SEEN:
		return 0;
	case KAFKA_DOUBT:
		ask_again(in, part);
		return 0;
	case KAFKA_HOLE:
		kafka_starts_add_hole(&in->starts, part, from, raw->offset);
		return 1;
	case KAFKA_NEXT:
		break;
	}
	return 1;
}

int kafka_in_poll(struct kafka_in *in, int timeout_ms, struct kafka_message *message, struct err *err)
{
	if (in->fatal) {
		*err = in->fatal_err;
		return -1;
	}
	commit_now_and_then(in);
	find_again(in);
	rd_kafka_message_t *raw = rd_kafka_consumer_poll(in->client, timeout_ms);
	if (!raw)
		return 0;
	struct kafka_part *part = NULL;
	int result = 0;
	if (raw->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
		begin_anew(in, raw);
	else if (raw->err)
		result = poll_error(in, raw, err);
	else /* NULL: a leftover of one that is no longer ours */
		part = kafka_share_find(&in->share, topic_of(in, rd_kafka_topic_name(raw->rkt)), raw->partition);
	if (part)
		result = take(in, part, raw);
	if (!part || result <= 0) {
		rd_kafka_message_destroy(raw);
		return result;
	}
	fill(in, part->topic, raw, message);
	wake_client(in, raw);
	return 1;
}

bool kafka_in_tell_gap(struct kafka_in *in, struct kafka_out *out, struct kafka_gap *gap)
{
	struct kafka_gap *oldest = &in->starts.gaps[0];
	struct err ignored;
	if (in->starts.gap_count == 0 || clock_ms() < in->tell_ms)
		return false;
	in->tell_ms = clock_ms() + TELL_EVERY_MS;
	if (oldest->partitions == 0)
		oldest->partitions = kafka_partitions(in->client, in->names[oldest->topic]);
	if (!in->starts.telling) {
		in->tell_failed = kafka_out_failed(out);
		in->starts.telling = oldest->partitions && kafka_gap_report(in->options.settings, oldest, out, &ignored) == 0;
	}
	if (!in->starts.telling || kafka_out_flush(out, TELL_MS, &ignored))
		return false;
	/* One of those that were on their way: perhaps this one. */
	if (kafka_out_failed(out) != in->tell_failed || kafka_out_check(out, &ignored))
		return in->starts.telling = false;
	*gap = *oldest;
	kafka_starts_drop_gap(&in->starts);
	in->tell_ms = 0;
	return true;
}

void kafka_in_release(struct kafka_message *message)
{
	if (message->raw)
		rd_kafka_message_destroy(message->raw);
	*message = (struct kafka_message){0};
}

static void store(struct kafka_in *in, const struct kafka_part *part)
{
	rd_kafka_topic_partition_list_t *list = only(in->names[part->topic], part->number, part->stored);
	/* ERR__STATE: the partition was lost meanwhile; its next owner reads the message again. */
	IGNORE(rd_kafka_offsets_store(in->client, list));
	rd_kafka_topic_partition_list_destroy(list);
}

void kafka_in_finish(struct kafka_in *in, const struct kafka_place *place)
{
	const struct kafka_part *part = kafka_share_finish(&in->share, place);
	if (!part)
		return;
	store(in, part);
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
	if (may_commit(in))
		IGNORE(rd_kafka_commit(in->client, NULL, 0)); /* NO_OFFSET: nothing new to commit */
}

int kafka_in_rewind(struct kafka_in *in, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)in->share.count);
	for (size_t i = 0; i < in->share.count; i++) {
		struct kafka_part *part = &in->share.parts[i];
		if (kafka_share_rewind(part))
			rd_kafka_topic_partition_list_add(list, in->names[part->topic], part->number)->offset = part->next;
	}
	in->share.generation++;
	rd_kafka_error_t *error = list->cnt ? kafka_seek(in->client, list) : NULL;
	rd_kafka_topic_partition_list_destroy(list);
	if (!error)
		return 0;
	int result = err_set(err, ERR_RETRY, rd_kafka_error_code(error), "Kafka seek: %s", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return result;
}

bool kafka_in_away(struct kafka_in *in)
{
	return kafka_presence_away(&in->presence);
}

const char *kafka_in_obstacle(struct kafka_in *in)
{
	const char *obstacle = kafka_presence_obstacle(&in->presence);
	if (obstacle)
		return obstacle;
	if (in->unfound)
		return "Kafka does not tell yet where to read on";
	return in->share.count ? NULL : "no partitions of Kafka's yet (more workers of this kind than partitions?)";
}

int kafka_in_fd(struct kafka_in *in, struct err *err)
{
	if (in->fd >= 0)
		return in->fd;
	in->queue = rd_kafka_queue_get_consumer(in->client);
	return in->fd = kafka_event_fd(in->queue, err);
}
