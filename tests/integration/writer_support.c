/* Hand-made messages into a real database. */
#include "writer_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/msg.h"
#include "common/sql.h"
#include "writer/split.h"

int bench_open(void **state)
{
	static int number;
	struct err err;
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	snprintf(bench->schema, sizeof bench->schema, "test_writer_%d_%d", (int)getpid(), number++);
	bench->settings.batch_rows = LIMIT_BATCH_ROWS;
	bench->settings.removal_percent = 20;
	bench->settings.removal_items = 50;
	bench->eye = connect_to(bench->schema);
	make_tables(bench->eye);
	must(pg_exec(bench->eye,
	             "INSERT INTO account (name, provider, url, secret, created_at) VALUES ('home', 'x', 'x', 'x', 'epoch')",
	             &err),
	     &err);
	bench->pg = connect_to(bench->schema);
	must(apply_open(&bench->settings, bench->pg, &bench->apply, &err), &err);
	batch_init(&bench->batch);
	*state = bench;
	return 0;
}

int bench_close(void **state)
{
	struct bench *bench = *state;
	batch_drop(&bench->batch);
	apply_close(&bench->apply);
	pg_close(&bench->pg);
	drop_schema(bench->eye, bench->schema);
	pg_close(&bench->eye);
	for (size_t i = 0; i < bench->kept_count; i++)
		free(bench->kept[i]);
	free(bench);
	return 0;
}

/* ---- messages ---- */

static void add_message(struct bench *bench, const char *bytes, size_t len)
{
	/* The bytes must outlive the input. */
	char *kept = malloc(len ? len : 1);
	assert_true(kept && bench->kept_count < COUNT_OF(bench->kept));
	bench->kept[bench->kept_count++] = kept;
	memcpy(kept, bytes, len);
	struct kafka_message message = {.place = {.topic = TOPIC_ITEMS, .offset = bench->offset++},
	                                .value = {kept, len},
	                                .time_ms = 1795449224547};
	if (bench->batch.later)
		fail_msg("the test adds items behind an end: run in between");
	struct input *input;
	struct err err;
	if (input_read(&message, &input, &err))
		fail_msg("%s", err.text);
	batch_add(&bench->batch, input, 0);
}

static void add_encoded(struct bench *bench, enum msg_type type, const void *message)
{
	struct buf out;
	buf_init(&out, LIMIT_MESSAGE_BYTES);
	msg_encode(type, message, &out);
	assert_true(buf_ok(&out));
	add_message(bench, out.at, out.len);
	buf_done(&out);
}

void add_bytes(struct bench *bench, const char *bytes, size_t len)
{
	add_message(bench, bytes, len);
}

static void add_start(struct bench *bench, const char *sync, int64_t epoch, const char *category,
                      const char *categories, const char *mode)
{
	const struct sync_mark mark = {.sync = span_of(sync),
	                               .account = span_of("home"),
	                               .event = span_of("started"),
	                               .category = span_of(category),
	                               .categories = span_of(categories),
	                               .mode = span_of(mode),
	                               .epoch = epoch,
	                               .at = 1};
	add_encoded(bench, MSG_sync_mark, &mark);
}

void add_started(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *categories)
{
	add_start(bench, sync, epoch, category, categories, "full");
}

void add_replay_started(struct bench *bench, const char *sync, int64_t epoch, const char *category)
{
	add_start(bench, sync, epoch, category, category, "replay");
}

static void add_failure(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *cause,
                        bool auth, const char *mode)
{
	const struct sync_mark mark = {.sync = span_of(sync),
	                               .account = span_of("home"),
	                               .event = span_of("category_failed"),
	                               .category = span_of(category),
	                               .epoch = epoch,
	                               .cause = span_of(cause),
	                               .next_step = span_of("mend it"),
	                               .needs_auth = auth,
	                               .mode = span_of(mode),
	                               .at = 1};
	add_encoded(bench, MSG_sync_mark, &mark);
}

void add_failed(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *cause,
                bool auth)
{
	add_failure(bench, sync, epoch, category, cause, auth, "full");
}

void add_replay_failed(struct bench *bench, const char *sync, int64_t epoch, const char *category, const char *cause)
{
	add_failure(bench, sync, epoch, category, cause, false, "replay");
}

static struct span next_word(const char **text)
{
	*text += strspn(*text, " ");
	struct span word = {*text, strcspn(*text, " ")};
	*text += word.len;
	return word;
}

/* "id=name=version"; what is left out is nil. */
static void pack_item(struct buf *rows, struct span word)
{
	msg_pack_array(rows, 3);
	for (int i = 0; i < 3; i++) {
		const char *equals = word.len ? memchr(word.at, '=', word.len) : NULL;
		size_t len = equals ? (size_t)(equals - word.at) : word.len;
		if (len)
			msg_pack_text(rows, (struct span){word.at, len});
		else
			msg_pack_nil(rows);
		len += equals != NULL;
		word = (struct span){word.at + len, word.len - len};
	}
}

static int64_t count_words(const char *text)
{
	int64_t count = 0;
	while (next_word(&text).len)
		count++;
	return count;
}

static int64_t pack_items(struct buf *rows, const char *items)
{
	int64_t count = *items == '#' ? strtol(items + 1, NULL, 10) : count_words(items);
	msg_pack_array(rows, (size_t)count);
	for (int64_t i = 0; i < count; i++) {
		char word[40];
		snprintf(word, sizeof word, "i%lld=name", (long long)i);
		pack_item(rows, *items == '#' ? span_of(word) : next_word(&items));
	}
	return count;
}

static void pack_names(struct buf *out, const char *names)
{
	struct span name;
	msg_pack_array(out, (size_t)count_words(names));
	while ((name = next_word(&names)).len)
		msg_pack_text(out, name);
}

static void pack_positions(struct buf *out, const char *numbers)
{
	struct span number;
	msg_pack_array(out, (size_t)count_words(numbers));
	while ((number = next_word(&numbers)).len)
		msg_pack_int(out, strtol(number.at, NULL, 10));
}

static const char *columns_of(const char *category)
{
	return *category == 'p'                                      ? "id name version"
	       : *category == 't' || strcmp(category, "albums") == 0 ? "id title -"
	                                                             : "id name -";
}

static const char *kind_of(const char *category)
{
	return *category == 'p'                  ? "playlist"
	       : *category == 't'                ? "track"
	       : strcmp(category, "albums") == 0 ? "album"
	                                         : "artist";
}

static void send_rows(struct bench *bench, const struct at *at, struct items *items, const char *columns,
                      struct buf *rows, const char *rejected)
{
	struct buf names, ids, positions;
	buf_init(&names, 1000);
	buf_init(&positions, 1000);
	buf_init(&ids, 100000);
	pack_names(&names, columns);
	pack_names(&ids, rejected);
	items->sync = span_of(at->sync);
	items->account = span_of("home");
	items->category = span_of(at->category);
	items->epoch = at->epoch ? at->epoch : 1;
	items->walk = at->walk;
	items->page = at->page;
	items->part = at->part;
	items->last_part = !at->more_parts;
	items->is_last = at->last;
	items->first = at->first;
	items->more = at->more;
	items->next = at->next;
	items->part_first = at->part_first;
	items->refused = span_of(at->refused);
	if (at->list)
		items->parent = span_of(at->list);
	items->columns.bytes = buf_span(&names);
	items->rows.bytes = buf_span(rows);
	items->rejected_ids.bytes = buf_span(&ids);
	items->next_cursor = span_of("next");
	items->replayed = at->replayed;
	items->from_offset = at->from;
	if (at->replayed) {
		pack_positions(&positions, at->positions ? at->positions : "");
		items->rejected_positions.bytes = buf_span(&positions);
	}
	add_encoded(bench, MSG_items, items);
	buf_done(&positions);
	buf_done(&names);
	buf_done(&ids);
}

void add_items_with_rejects(struct bench *bench, const struct at *at, const char *list, const char *rejected,
                            int64_t unidentified)
{
	/* The figures of a page are in its last part: parts before it are counted here. */
	static int64_t earlier;
	struct items items = {.kind = span_of(kind_of(at->category)), .unidentified = unidentified};
	struct buf rows;
	buf_init(&rows, LIMIT_MESSAGE_BYTES);
	items.stored = pack_items(&rows, list) + (at->part ? earlier : 0);
	earlier = items.stored;
	items.rejected = count_words(rejected) + unidentified;
	items.received = items.stored + items.rejected;
	send_rows(bench, at, &items, columns_of(at->category), &rows, rejected);
	buf_done(&rows);
}

void add_items(struct bench *bench, const struct at *at, const char *items)
{
	add_items_with_rejects(bench, at, items, "", 0);
}

void add_entries_with_rejects(struct bench *bench, const struct at *at, const char *playlist, int64_t from,
                              const char *tracks, int64_t rejected)
{
	int64_t count = count_words(tracks);
	struct items items = {.kind = span_of("entry"), .parent = span_of(playlist), .rejected = rejected};
	char ids[64] = "";
	struct buf rows;
	buf_init(&rows, LIMIT_MESSAGE_BYTES);
	for (int64_t i = 0; i < rejected; i++)
		snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s%s", *ids ? " " : "", "bad");
	msg_pack_array(&rows, (size_t)count);
	for (int64_t i = 0; i < count; i++) {
		msg_pack_array(&rows, 2);
		msg_pack_int(&rows, from + i);
		msg_pack_text(&rows, next_word(&tracks));
	}
	items.stored = from - at->first + count;
	items.received = items.stored + rejected;
	send_rows(bench, at, &items, "position track_id", &rows, ids);
	buf_done(&rows);
}

void add_entries(struct bench *bench, const struct at *at, const char *playlist, int64_t from, const char *tracks)
{
	add_entries_with_rejects(bench, at, playlist, from, tracks, 0);
}

void add_end(struct bench *bench, const struct at *at, int64_t pages, int64_t received, const struct end *end)
{
	const char *before = end && end->before ? end->before : STRONG;
	const struct walk_end message = {.sync = span_of(at->sync),
	                                 .account = span_of("home"),
	                                 .category = span_of(at->category),
	                                 .epoch = at->epoch ? at->epoch : 1,
	                                 .walk = at->walk,
	                                 .pages = pages,
	                                 .received = received,
	                                 .fence_before = span_of(before),
	                                 .fence_after = span_of(end && end->after ? end->after : before),
	                                 .moved = end && end->moved,
	                                 .again = end && end->again,
	                                 .snapshot = end && end->snapshot,
	                                 .unchanged = end && end->unchanged,
	                                 .unlisted = end ? end->unlisted : 0,
	                                 .early = end && end->early,
	                                 .replayed = end && end->replayed};
	add_encoded(bench, MSG_walk_end, &message);
}

void add_reject(struct bench *bench, const char *sync, int64_t offset, int64_t position, int64_t at_ms)
{
	add_reject_of(bench, "home", sync, offset, position, at_ms, "");
}

void add_reject_of(struct bench *bench, const char *account, const char *sync, int64_t offset, int64_t position,
                   int64_t at_ms, const char *original)
{
	char topic[TOPIC_NAME_MAX];
	const struct reject reject = {.reason = span_of("missing_field"),
	                              .text = span_of("there is no name"),
	                              .topic = span_of(topic_name(bench->settings.kafka_prefix, TOPIC_PAGES, topic)),
	                              .offset = offset,
	                              .position = position,
	                              .sync = span_of(sync),
	                              .account = span_of(account),
	                              .category = span_of("artists"),
	                              .kind = span_of("artist"),
	                              .original = span_of(original),
	                              .at = at_ms};
	add_encoded(bench, MSG_reject, &reject);
}

void add_gap_reject(struct bench *bench, const struct kafka_gap *gap, int64_t at_ms)
{
	char topic[TOPIC_NAME_MAX], text[KAFKA_GAP_TEXT];
	struct reject reject;
	kafka_gap_reject(&bench->settings, gap, topic, text, &reject);
	reject.at = at_ms;
	add_encoded(bench, MSG_reject, &reject);
}

/* ---- running ---- */

static void add_up(void *context, const struct applied *applied)
{
	struct bench *bench = context;
	bench->added += applied->added;
	bench->changed += applied->changed;
	bench->removed += applied->removed;
	bench->stale += applied->stale;
	bench->rejected += applied->rejected;
	bench->unknown += applied->unknown_account;
	for (size_t i = 0; i < applied->event_count; i++) {
		snprintf(bench->event, sizeof bench->event, "%s", applied->events[i].event);
		snprintf(bench->text, sizeof bench->text, "%s", applied->events[i].text);
		bench->events++;
	}
}

static void apply_all(struct bench *bench)
{
	const struct applied *applied = NULL;
	struct err err;
	bench->added = bench->changed = bench->removed = bench->stale = bench->rejected = bench->unknown = bench->events = 0;
	if (apply_run(bench->apply, bench->batch.inputs, bench->batch.count, &applied, &err) == 0)
		add_up(bench, applied);
	else if (err.class == ERR_REJECT)
		must(split_run(bench->apply, bench->batch.inputs, bench->batch.count, add_up, bench, &err), &err);
	else
		fail_msg("%s", err.text);
}

void run(struct bench *bench)
{
	apply_all(bench);
	batch_clear(&bench->batch, 0);
}

void run_twice(struct bench *bench)
{
	apply_all(bench);
	run(bench);
}

enum err_class run_failing(struct bench *bench)
{
	const struct applied *applied;
	struct err err = {0};
	return apply_run(bench->apply, bench->batch.inputs, bench->batch.count, &applied, &err) ? err.class : ERR_NONE;
}

const char *look(struct bench *bench, const char *sql)
{
	static char text[4096];
	PG_RESULT *result = NULL;
	struct err err;
	size_t used = 0;
	must(pg_query(bench->eye, sql, 0, NULL, &result, &err), &err);
	text[0] = '\0';
	for (int row = 0; row < PQntuples(result); row++) {
		for (int column = 0; column < PQnfields(result); column++)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
			                         column ? "|"
			                         : row  ? " "
			                                : "",
			                         PQgetvalue(result, row, column));
	}
	return text;
}

int64_t wal_now(struct bench *bench)
{
	return strtoll(look(bench, "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"), NULL, 10);
}

void walk_with_rejects(struct bench *bench, const char *sync, int64_t epoch, const struct shown *shown,
                       const struct end *end)
{
	const struct at at = {.sync = sync, .category = "artists", .epoch = epoch, .last = true};
	add_started(bench, sync, epoch, "artists", "artists");
	add_items_with_rejects(bench, &at, shown->items, shown->rejected, shown->unidentified);
	add_end(bench, &at, 1, shown->count, end);
	run(bench);
}

void walk_artists(struct bench *bench, const char *sync, int64_t epoch, const char *items, int64_t count,
                  const struct end *end)
{
	walk_with_rejects(bench, sync, epoch, &(struct shown){items, "", 0, count}, end);
}

int64_t confirm_artists(struct bench *bench)
{
	char id[24];
	const char *values[] = {id, "artists", NULL};
	PG_RESULT *removed = NULL;
	struct err err;
	snprintf(id, sizeof id, "%s", look(bench, "SELECT account_id FROM account"));
	must(pg_query(bench->eye, sql_text("q_confirm_removals"), COUNT_OF(values), values, &removed, &err), &err);
	return pg_int(removed, 0, "removed");
}

void miss_one_beside_one_without_id(struct bench *bench)
{
	walk_artists(bench, SYNC_A, 1, "a=A b=B", 2, NULL);
	walk_with_rejects(bench, SYNC_B, 2, &(struct shown){"a=A", "", 1, 2}, NULL);
}
