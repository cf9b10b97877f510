/* Input, parse, outputs, offset.
 *
 * An output that Kafka finally refuses ends the process instead of rewinding it. Outputs of later inputs may be on
 * their way already, and the writer drops what comes below a position it has applied: sending the lost one again after
 * them would not bring it back, only hide the hole. Ending at once purges what is still queued, so that the restart,
 * from the committed offset, sends everything from the lost output on in order; if a later one did slip through, the
 * ledger lacks a page and the category is not called complete. */
#include "parser/parser.h"

#include <assert.h>
#include <stdlib.h>

#include "common/category.h"
#include "common/clock.h"
#include "common/crash.h"
#include "common/health.h"
#include "common/kafka_in.h"
#include "common/kafka_out.h"
#include "common/log.h"
#include "common/msg.h"
#include "common/stats.h"
#include "common/text.h"
#include "parser/parse.h"

enum {
	POLL_MS = 100,     /* nothing is on its way */
	POLL_BUSY_MS = 5,  /* delivery reports are to be served soon */
	REVOKE_MS = 5000,  /* for deliveries, before partitions are given up */
	BLOCKED_MS = 1000, /* without room for so long fetching is paused, so that the group can go on without us */
	ZONE_BYTES = 8192,
};

/* An input and how many of its outputs Kafka does not have yet. */
struct input {
	struct kafka_place place;
	int left;
	bool whole;     /* nothing more will be sent for it */
	bool abandoned; /* not all of its outputs were sent: it is not ours to finish */
};

struct parser {
	const struct settings *settings;
	struct kafka_in *in;
	struct kafka_out *out;
	struct parse *parse;
	msgpack_zone zone;
	/* In the order they were read, from the oldest unfinished one: a ring, so that one that hangs bounds how far the
	 * others of its partition can run ahead of the offset that may be committed (LIMIT_PENDING). */
	struct input inputs[LIMIT_PARSER_INPUTS];
	size_t first, pending;
	struct kafka_message held; /* polled, not begun */
	/* The input in hand; its outputs are sent as far as there is room, over as many turns as it takes. */
	struct kafka_message message;
	struct input *current;     /* NULL: nothing in hand */
	struct kafka_place origin; /* under which its rejects are known: of a replayed page, that of the first copy */
	struct parsed parsed;
	struct reject refused; /* the one reject of a message that was not understood */
	size_t next_part, next_reject;
	bool pass_on;      /* the message itself is the output */
	struct err unread; /* why a message was not understood */
	bool paused, failed;
	struct err failure;
	int64_t blocked_since_ms, logged_ms;
	struct {
		int64_t pages, items, rejects;
	} since; /* since the last line of the log */
};

static void on_delivered(void *context, void *token, const struct err *err);
static void on_revoke(void *context);

int parser_open(const struct settings *settings, struct parser **ret, struct err *err)
{
	struct parser *parser = calloc(1, sizeof *parser);
	if (!parser || !msgpack_zone_init(&parser->zone, ZONE_BYTES)) {
		free(parser);
		return err_set(err, ERR_FATAL, 0, "no memory for the parser");
	}
	parser->settings = settings;
	struct kafka_in_options options = {.settings = settings,
	                                   .group = GROUP_PARSER,
	                                   .topics = 1u << TOPIC_PAGES,
	                                   .on_revoke = on_revoke,
	                                   .context = parser};
	if (parse_open(&parser->parse, err) || kafka_out_open(settings, on_delivered, parser, &parser->out, err) ||
	    kafka_in_open(&options, &parser->in, err)) {
		parser_close(&parser);
		return -1;
	}
	*ret = parser;
	return 0;
}

void parser_close(struct parser **ptr)
{
	struct parser *parser = *ptr;
	if (!parser)
		return;
	/* The producer first: what it drops is still reported, and reports touch inputs. */
	parser->failed = true; /* from here on nothing counts as delivered in order */
	if (parser->out)
		kafka_out_close(&parser->out);
	kafka_in_release(&parser->message);
	kafka_in_release(&parser->held);
	kafka_in_close(&parser->in);
	parse_close(&parser->parse);
	msgpack_zone_destroy(&parser->zone);
	free(parser);
	*ptr = NULL;
}

/* ---- inputs ---- */

static bool has_place(const struct parser *parser)
{
	return parser->pending < LIMIT_PARSER_INPUTS;
}

static struct input *take_input(struct parser *parser, const struct kafka_place *place)
{
	assert(has_place(parser));
	struct input *input = &parser->inputs[(parser->first + parser->pending++) % LIMIT_PARSER_INPUTS];
	*input = (struct input){.place = *place};
	return input;
}

/* Everything was sent and all of it has arrived. */
static bool is_finished(const struct input *input)
{
	return input->whole && input->left == 0;
}

static void finish_input(struct parser *parser, struct input *input)
{
	if (!is_finished(input))
		return;
	CRASH_POINT("parser: all outputs are in Kafka, the offset is not stored");
	if (!parser->failed && !input->abandoned)
		kafka_in_finish(parser->in, &input->place);
	while (parser->pending && is_finished(&parser->inputs[parser->first])) {
		parser->first = (parser->first + 1) % LIMIT_PARSER_INPUTS;
		parser->pending--;
	}
}

/* Runs inside kafka_out_poll, kafka_out_flush and kafka_out_close. */
static void on_delivered(void *context, void *token, const struct err *err)
{
	struct parser *parser = context;
	struct input *input = token;
	if (!input)
		return; /* the news of a gap */
	if (err && !parser->failed) {
		parser->failed = true;
		parser->failure = *err;
		parser->failure.class = ERR_FATAL;
	}
	input->left--;
	finish_input(parser, input);
}

static void let_go(struct parser *parser)
{
	struct input *input = parser->current;
	parser->current = NULL;
	kafka_in_release(&parser->message);
	input->whole = true;
	finish_input(parser, input);
}

/* Partitions go to another parser: outputs on their way are waited for, those not sent yet are its work. What was sent
 * twice because of that has equal positions, and the writer takes it once. */
static void on_revoke(void *context)
{
	struct parser *parser = context;
	struct err err;
	if (parser->out && kafka_out_flush(parser->out, REVOKE_MS, &err))
		log_warn("partitions given up early", "%s; the next parser will send those again", err.text);
	kafka_in_release(&parser->held);
	if (parser->current) {
		parser->current->abandoned = true;
		let_go(parser);
	}
}

/* ---- outputs ---- */

/* Takes the bytes of value. Only called while there is room, so that a full queue is no case of its own. */
static int send_output(struct parser *parser, enum topic topic, struct buf *value, struct err *err)
{
	CRASH_POINT("parser: before produce");
	parser->current->left++;
	if (kafka_out_send(parser->out, topic, parser->message.key, value, parser->current, err) == 0) {
		CRASH_POINT("parser: after produce, before its report");
		return 0;
	}
	parser->current->left--;
	parser->failed = true; /* the bytes are gone */
	parser->failure = *err;
	parser->failure.class = ERR_FATAL;
	return -1;
}

static int send_reject(struct parser *parser, struct reject *reject, struct err *err)
{
	char topic[TOPIC_NAME_MAX];
	struct buf bytes;
	reject->topic = span_of(topic_name(parser->settings->kafka_prefix, TOPIC_PAGES, topic));
	reject->partition = parser->origin.partition;
	reject->offset = parser->origin.offset;
	reject->at = clock_wall_ms();
	CRASH_POINT("parser: before a reject is sent");
	buf_init(&bytes, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_reject, reject, &bytes);
	int result = buf_ok(&bytes) ? send_output(parser, TOPIC_REJECTS, &bytes, err)
	                            : err_set(err, ERR_FATAL, 0, "no memory for a reject");
	buf_done(&bytes);
	return result;
}

static int send_copy(struct parser *parser, struct err *err)
{
	struct buf copy;
	buf_init(&copy, LIMIT_MESSAGE_BYTES);
	buf_add(&copy, parser->message.value.at, parser->message.value.len);
	int result = buf_ok(&copy) ? send_output(parser, TOPIC_ITEMS, &copy, err)
	                           : err_set(err, ERR_FATAL, 0, "no memory for a message");
	buf_done(&copy);
	return result;
}

/* Rejects before items: when the ledger has a page, its rejects are in Kafka or on their way. */
static int send_outputs(struct parser *parser, struct err *err)
{
	while (parser->current && kafka_out_room(parser->out)) {
		int result = 0;
		if (parser->pass_on) {
			parser->pass_on = false;
			result = send_copy(parser, err);
		} else if (parser->next_reject < parser->parsed.reject_count) {
			result = send_reject(parser, &parser->parsed.rejects[parser->next_reject++], err);
		} else if (parser->next_part < parser->parsed.part_count) {
			result = send_output(parser, TOPIC_ITEMS, &parser->parsed.parts[parser->next_part++], err);
		} else {
			let_go(parser);
		}
		if (result)
			return -1;
	}
	return 0;
}

/* ---- one message ---- */

static void refuse_message(struct parser *parser)
{
	struct span original = parser->message.value;
	if (original.len > LIMIT_REJECT_BYTES)
		original.len = LIMIT_REJECT_BYTES;
	parser->refused = (struct reject){.reason = span_of("bad_message"),
	                                  .text = text_mend(parser->unread.text, LIMIT_CAUSE),
	                                  .position = REJECT_WHOLE,
	                                  .original = original};
	enum category category;
	if (category_key_read(parser->message.key, &parser->refused.account, &category))
		parser->refused.category = span_of(category_name(category));
	parser->parsed = (struct parsed){.rejects = &parser->refused, .reject_count = 1};
	stats_add(STAT_messages_rejected_total, 1);
	parser->since.rejects++;
}

static int parse_message(struct parser *parser, const struct raw_page *page, struct err *err)
{
	if (page->replayed && page->from_partition >= 0 && page->from_partition <= INT32_MAX) {
		parser->origin.partition = (int32_t)page->from_partition;
		parser->origin.offset = page->from_offset;
	}
	if (parse_page(parser->parse, page, &parser->parsed, err)) {
		err->class = ERR_FATAL; /* no memory: the page is read again after the restart */
		return -1;
	}
	stats_add(STAT_pages_parsed_total, 1);
	stats_add(STAT_items_parsed_total, parser->parsed.stored);
	stats_add(STAT_items_rejected_total, parser->parsed.rejected);
	parser->since.pages++;
	parser->since.items += parser->parsed.stored;
	parser->since.rejects += parser->parsed.rejected;
	return 0;
}

/* The held message becomes the one in hand. */
static int take_message(struct parser *parser, struct err *err)
{
	union msg_any any;
	enum msg_type type;
	parser->message = parser->held;
	parser->held = (struct kafka_message){0};
	parser->current = take_input(parser, &parser->message.place);
	parser->origin = parser->message.place;
	parser->next_part = parser->next_reject = 0;
	parser->parsed = (struct parsed){0};
	parser->pass_on = false; /* the one before may have been given up before its copy was sent */
	msgpack_zone_clear(&parser->zone);
	int result = msg_decode(parser->message.value, &parser->zone, &type, &any, &parser->unread);
	if (result && parser->unread.class != ERR_REJECT) {
		*err = parser->unread;
		err->class = ERR_FATAL; /* no memory: the message is read again after the restart */
		return -1;
	}
	if (result) {
		IGNORE(err_wrap(&parser->unread, "syncline-parser cannot read this message: ")); /* fills only */
		refuse_message(parser);
	} else if (type == MSG_raw_page) {
		return parse_message(parser, &any.raw_page, err);
	} else if (type == MSG_walk_end || type == MSG_sync_mark) {
		parser->pass_on = true;
	} else {
		IGNORE(err_set(&parser->unread, ERR_REJECT, 0, "a %s does not belong into sync.pages", msg_type_name(type)));
		refuse_message(parser);
	}
	return 0;
}

/* ---- the turn ---- */

/* While outputs find no room nothing is taken in; when that lasts, fetching is paused, and polling goes on for the
 * group's sake. */
static void watch_room(struct parser *parser, bool can_take)
{
	int64_t now_ms = clock_ms();
	if (can_take || parser->blocked_since_ms == 0)
		parser->blocked_since_ms = can_take ? 0 : now_ms;
	bool pause = parser->blocked_since_ms && now_ms - parser->blocked_since_ms > BLOCKED_MS;
	if (pause != parser->paused)
		kafka_in_pause(parser->in, pause);
	parser->paused = pause;
}

static void log_progress(struct parser *parser)
{
	int64_t now_ms = clock_ms();
	if (now_ms - parser->logged_ms < parser->settings->log_progress_ms)
		return;
	parser->logged_ms = now_ms;
	if (parser->since.pages || parser->since.rejects)
		log_info("parsed", "%lld pages, %lld items, %lld rejected", (long long)parser->since.pages,
		         (long long)parser->since.items, (long long)parser->since.rejects);
	memset(&parser->since, 0, sizeof parser->since);
}

/* The next message into `held`, or a wait for delivery reports. */
static int wait_for_news(struct parser *parser, bool can_take, struct err *err)
{
	if (parser->held.raw || (!can_take && !parser->paused)) {
		kafka_out_poll(parser->out, POLL_BUSY_MS);
		return 0;
	}
	int result = kafka_in_poll(parser->in, parser->pending ? POLL_BUSY_MS : POLL_MS, &parser->held, err);
	return result < 0 ? -1 : 0;
}

static int check_failure(const struct parser *parser, struct err *err)
{
	if (!parser->failed)
		return 0;
	*err = parser->failure;
	return err_wrap(err, "an output was lost, ending to send it again after the restart: ");
}

static void tell_gaps(struct parser *parser)
{
	struct kafka_gap gap;
	char text[KAFKA_GAP_TEXT];
	while (kafka_in_tell_gap(parser->in, parser->out, &gap))
		log_error("messages lost", "%s; going on behind them", kafka_gap_text(parser->settings, &gap, text));
}

int parser_turn(struct parser *parser, enum stop_level stop, bool *idle, struct err *err)
{
	bool draining = stop >= STOP_DRAIN;
	stats_add(STAT_turns_total, 1);
	kafka_out_poll(parser->out, 0);
	if (kafka_out_check(parser->out, err))
		return -1;
	tell_gaps(parser);
	if (draining)
		kafka_in_release(&parser->held); /* not begun: it will be read again */
	if (parser->held.raw && !parser->current && has_place(parser) && take_message(parser, err))
		return -1;
	if (send_outputs(parser, err) || check_failure(parser, err))
		return -1;
	bool can_take = !draining && !parser->current && has_place(parser) && kafka_out_room(parser->out);
	watch_room(parser, can_take || draining);
	log_progress(parser);
	health_obstacle(draining ? "stopping" : kafka_in_obstacle(parser->in));
	*idle = !parser->current && parser->pending == 0;
	if (*idle && draining)
		return 0;
	return wait_for_news(parser, can_take, err);
}
