/* `syncline rejects show`: one reject, whole: what came, where it stands, what is wrong and what can be done. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/inflate.h"
#include "common/json.h"
#include "common/kafka_read.h"
#include "common/msg.h"
#include "common/text.h"
#include "ctl/args.h"
#include "ctl/figure.h"
#include "ctl/rejects.h"
#include "ctl/term.h"

enum {
	SHOWN_BYTES = 4096, /* a screen or two; --whole shows all */
	HEX_COLUMNS = 16,
	READ_MS = 10000,
};

/* ---- what can be done ---- */

static const char *advice_of(const char *reason)
{
	static const struct {
		const char *reason, *advice;
	} advices[] = {
		{"missing_field", "fill it in at the provider, or ignore it: everything else of the page is here"},
		{"nul_in_text", "correct the item's tags on the server, then sync again"},
		{"invalid_utf8", "correct the item's tags on the server, then sync again"},
		{"not_music", "nothing: it does not belong into a music library"},
		{"bad_page", "after an update that understands it: syncline rejects replay ACCOUNT; else sync again"},
		{"count_mismatch", "after an update that understands it: syncline rejects replay ACCOUNT; else sync again"},
		{"unknown_request", "update syncline-parser, then: syncline rejects replay ACCOUNT"},
		{"bad_message", "update the program that could not read it, then: syncline rejects replay, or sync again"},
		{"bad_job", "correct the job and send it again"},
		{"cannot_start", "mend what it says, then ask for the sync again"},
		{"kafka_gap", "nothing by hand: the syncs concerned say themselves what they lack"},
	};
	for (size_t i = 0; i < COUNT_OF(advices); i++) {
		if (strcmp(advices[i].reason, reason) == 0)
			return advices[i].advice;
	}
	return "correct it at the provider and sync again; after an update that takes it: syncline rejects replay ACCOUNT";
}

/* ---- bytes ---- */

static void print_hex(struct span bytes)
{
	for (size_t at = 0; at < bytes.len; at += HEX_COLUMNS) {
		printf("  %08zx ", at);
		for (size_t i = at; i < at + HEX_COLUMNS; i++) {
			if (i < bytes.len)
				printf(" %02x", (unsigned char)bytes.at[i]);
			else
				fputs("   ", stdout);
		}
		fputs("  ", stdout);
		for (size_t i = at; i < at + HEX_COLUMNS && i < bytes.len; i++)
			putchar(bytes.at[i] >= ' ' && bytes.at[i] <= '~' ? bytes.at[i] : '.');
		putchar('\n');
	}
}

/* NULL: it is no JSON. The caller frees it. */
static char *pretty_of(struct span bytes, size_t *len)
{
	struct err ignored;
	JSON_DOC *doc = NULL;
	if (json_read(bytes, &doc, &ignored))
		return NULL;
	return yyjson_write(doc, YYJSON_WRITE_PRETTY_TWO_SPACES, len);
}

static void print_bytes(struct span bytes, size_t shown, const char *where)
{
	char count[FIGURE_TEXT], all[FIGURE_TEXT];
	size_t len = 0;
	char *pretty = pretty_of(bytes, &len);
	/* What was cut at the limit may end inside a character. */
	bool text = pretty || text_valid(bytes.len == LIMIT_REJECT_BYTES ? text_cut(bytes, bytes.len - 1) : bytes);
	struct span rest = pretty ? (struct span){pretty, len} : bytes;
	size_t whole = rest.len;
	rest = text && rest.len > shown ? text_cut(rest, shown)
	                                : (struct span){rest.at, rest.len < shown ? rest.len : shown};
	/* Line by line: what cleans a text makes line ends spaces. */
	while (text && rest.len) {
		const char *end = memchr(rest.at, '\n', rest.len);
		struct span line = {rest.at, end ? (size_t)(end - rest.at) : rest.len};
		fputs("  ", stdout);
		term_write(stdout, line);
		putchar('\n');
		rest.at += line.len + (end != NULL);
		rest.len -= line.len + (end != NULL);
	}
	if (!text)
		print_hex(rest);
	if (whole > shown)
		printf("  ... cut at %s of %s bytes; --whole shows all%s\n", figure_count((int64_t)shown, count),
		       figure_count((int64_t)whole, all), where);
	free(pretty);
}

/* ---- the whole, from Kafka ---- */

static int print_page(const struct raw_page *page, struct err *err)
{
	struct buf scratch;
	struct span plain;
	buf_init(&scratch, LIMIT_UNPACKED_BYTES);
	int result = inflate_body(page->encoding, page->body, &scratch, &plain, err);
	if (result == 0)
		print_bytes(plain, SIZE_MAX, "");
	buf_done(&scratch);
	return result;
}

/* The page's body, or the message's own bytes. */
static int print_message(const struct kafka_message *message, struct err *err)
{
	union msg_any any;
	enum msg_type type;
	struct err unread;
	msgpack_zone zone;
	msgpack_zone_init(&zone, 8192);
	int result = 0;
	if (msg_decode(message->value, &zone, &type, &any, &unread) == 0 && type == MSG_raw_page)
		result = print_page(&any.raw_page, err);
	else
		print_bytes(message->value, SIZE_MAX, "");
	msgpack_zone_destroy(&zone);
	return result;
}

static int gone(const struct reject_place *place, struct err *err)
{
	if (place->offset < 0)
		return err_set(err, ERR_REJECT, 0,
		               "%s was deleted and made anew since, and the message is gone with it. What the reject itself holds is "
		               "shown without --whole",
		               place->topic);
	return err_set(err, ERR_REJECT, 0,
	               "%s [%" PRId64 "] no longer has offset %" PRId64
	               ": it was kept too short. What the reject itself holds "
	               "is shown without --whole",
	               place->topic, place->partition, place->offset);
}

static int read_message(struct kafka_read *read, const struct reject_place *place, struct err *err)
{
	struct kafka_message message;
	int64_t begin, end, deadline_ms = clock_ms() + READ_MS;
	bool at_end = false;
	int got = 0;
	if (kafka_read_bounds(read, (int32_t)place->partition, &begin, &end, err))
		return -1;
	if (place->offset < begin || place->offset >= end)
		return gone(place, err);
	if (kafka_read_seek(read, (int32_t)place->partition, place->offset, err))
		return -1;
	while (got == 0 && !at_end && clock_ms() < deadline_ms)
		got = kafka_read_next(read, 100, &message, &at_end, err);
	if (got < 0)
		return -1;
	if (got == 0)
		return err_set(err, ERR_RETRY, 0, "Kafka did not give the message in %d s", READ_MS / 1000);
	int result = message.place.offset == place->offset ? print_message(&message, err) : gone(place, err);
	kafka_in_release(&message);
	return result;
}

static int print_whole(struct ctl *ctl, const struct reject_place *place, struct err *err)
{
	struct kafka_read *read = NULL;
	enum topic topic = reject_place_topic(&ctl->settings, place);
	if (topic == TOPIC_COUNT)
		return err_set(err, ERR_REJECT, 0, "topic %s is not one of this installation's", place->topic);
	if (kafka_read_open(&ctl->settings, topic, &read, err))
		return -1;
	int result = read_message(read, place, err);
	kafka_read_close(&read);
	return result;
}

/* ---- all of it ---- */

static void print_line(const char *name, const char *text)
{
	if (!*text)
		return;
	term_print(stdout, PAINT_BOLD, "%-10s", name);
	putchar(' ');
	term_write(stdout, span_of(text));
	putchar('\n');
}

static void print_place(const PGresult *row)
{
	char text[128];
	if (*pg_text(row, 0, "sync"))
		snprintf(text, sizeof text, "page %" PRId64 " of walk %" PRId64 " of sync %s", pg_int(row, 0, "page"),
		         pg_int(row, 0, "walk"), pg_text(row, 0, "sync"));
	else
		snprintf(text, sizeof text, "no sync is known");
	print_line("page", text);
	if (pg_int(row, 0, "offset") >= 0)
		snprintf(text, sizeof text, "%.60s [%" PRId64 "] at offset %" PRId64, pg_text(row, 0, "topic"),
		         pg_int(row, 0, "partition"), pg_int(row, 0, "offset"));
	else
		snprintf(text, sizeof text, "gone: %.60s was deleted and made anew since", pg_text(row, 0, "topic"));
	print_line("Kafka", text);
	if (pg_int(row, 0, "position") >= 0)
		snprintf(text, sizeof text, "item %" PRId64 " of its page, from 0", pg_int(row, 0, "position"));
	else
		snprintf(text, sizeof text, "%s",
		         pg_int(row, 0, "position") == REJECT_GAP ? "from here on messages are gone"
		                                                  : "the message as a whole");
	print_line("position", text);
}

static void print_state(const PGresult *row)
{
	char text[160];
	const char *state = pg_text(row, 0, "state");
	if (strcmp(state, "replayed") == 0)
		snprintf(text, sizeof text, "replayed at %s by sync %s: it is a row now", pg_text(row, 0, "replayed_at"),
		         pg_text(row, 0, "replayed_sync"));
	else if (strcmp(state, "read_again") == 0)
		snprintf(text, sizeof text, "its list has been read again since: if it is still bad, there is a newer reject");
	else
		snprintf(text, sizeof text, "open%s%s", *pg_text(row, 0, "last_sync") ? "; rejected again by replay " : "",
		         pg_text(row, 0, "last_sync"));
	print_line("state", text);
}

static void print_advice(const PGresult *row)
{
	char advice[256];
	const char *account = pg_text(row, 0, "account"), *text = advice_of(pg_text(row, 0, "reason"));
	const char *word = *account ? strstr(text, "ACCOUNT") : NULL;
	snprintf(advice, sizeof advice, "%.*s%s%s", word ? (int)(word - text) : (int)strlen(text), text,
	         word ? account : "", word ? word + strlen("ACCOUNT") : "");
	print_line("next", advice);
}

static void print_reject(const PGresult *row)
{
	struct span original = rejects_original(row, 0);
	print_line("account", pg_text(row, 0, "account"));
	print_line("category", pg_text(row, 0, "category"));
	print_line("kind", pg_text(row, 0, "kind"));
	print_line("item", pg_text(row, 0, "item"));
	print_line("field", pg_text(row, 0, "field"));
	print_line("reason", pg_text(row, 0, "reason"));
	print_line("text", pg_text(row, 0, "text"));
	print_line("when", pg_text(row, 0, "at"));
	print_place(row);
	print_state(row);
	print_advice(row);
	bool cut = original.len == LIMIT_REJECT_BYTES;
	term_print(stdout, PAINT_BOLD, "original");
	printf("%s\n", cut ? "   the first 64 KiB; --whole reads all from Kafka" : "");
	print_bytes(original, SHOWN_BYTES, cut ? "" : ", also its page");
	PQfreemem((void *)original.at);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the place of a reject, as `syncline rejects list` shows it,"};
	struct err err;
	const char *word;
	bool whole = false;
	struct reject_place place;
	PG_RESULT *row = NULL;
	const struct option_spec options[] = {{"whole", OPTION_FLAG, &whole, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &word, &err))
		return ctl_fail(&err);
	if (!reject_place_read(&ctl->settings, word, &place)) {
		IGNORE(err_set(&err, ERR_CONFIG, 0,
		               "'%.60s' is not a place such as pages/3/1042/7; `syncline rejects list` shows them", word));
		return ctl_fail(&err);
	}
	const struct reject_filter filter = {.place = &place, .old = true, .limit = 1};
	if (ctl_database(ctl, true, &err) || rejects_query(ctl, &filter, false, &row, &err))
		return ctl_fail(&err);
	if (PQntuples(row) == 0) {
		IGNORE(err_set(&err, ERR_REJECT, 0, "there is no reject %s", word)); /* fills only */
		return ctl_fail(&err);
	}
	if (whole)
		return print_whole(ctl, &place, &err) ? ctl_fail(&err) : EXIT_OK;
	if (ctl->json)
		rejects_print_json(ctl, row, 0);
	else
		print_reject(row);
	return EXIT_OK;
}

const struct command command_rejects_show = {
	.name = "rejects show",
	.args = "PLACE [--whole] [--json]",
	.help = "one reject with its original bytes",
	.text =
		"One reject: the item, what is wrong with it, where it stands in its page and in Kafka, what became of it, what\n"
		"can be done, and the original bytes: indented where they are JSON, else as text or in hexadecimal, cut at\n"
		"4 KiB. PLACE is shown by `syncline rejects list`.\n\n"
		"  --whole   the bytes of the whole message, from Kafka: of a page, the provider's answer\n"
		"  --json    as in `syncline rejects list`\n\n"
		"  syncline rejects show pages/3/1042/7\n  syncline rejects show pages/3/1042/7 --whole | less\n\n"
		"Exit code: 0 shown, 2 not a place, 4 no such reject, or its message is no longer in Kafka.\n",
	.run = run,
};
