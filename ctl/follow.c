/* The loop: ask Postgres, draw, wait. */
#include "ctl/follow.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "common/category.h"
#include "common/clock.h"
#include "common/stop.h"
#include "common/uuid.h"
#include "ctl/figure.h"
#include "ctl/progress.h"
#include "ctl/report.h"
#include "ctl/slow.h"
#include "ctl/term.h"

enum { FRAME_MS = 200, LINE_MS = 1000, WAITS_LONG_MS = 5000, PICTURE_BYTES = 16 * 1024, LINE_COLUMNS = 200 };

struct category_view {
	struct progress_memory memory;
	int64_t first_items, first_ms; /* when this walk was first seen running, for its pace */
	bool seen;
	char line[LINE_COLUMNS * 4]; /* printed last, in plain mode */
};

struct follow {
	struct ctl *ctl;
	char sync_id[UUID_TEXT];
	struct category_view views[CATEGORY_COUNT];
	char account[LIMIT_ACCOUNT + 1]; /* whose sync it is; "" before the first turn */
	struct slow slow;
	int64_t slow_ms; /* as slow_until told in this turn */
	bool live, away;
	int64_t printed_ms;
	uint64_t printed;   /* what was printed last, as JSON */
	char note[256];     /* printed last, in plain mode */
	struct buf picture; /* drawn last, in live mode */
};

/* ---- one category ---- */

static int64_t left_ms(struct category_view *view, const PGresult *rows, int i, int64_t items, int64_t total)
{
	int64_t now_ms = clock_ms();
	if (!view->seen || items < view->first_items) {
		view->seen = true;
		view->first_items = items;
		view->first_ms = now_ms;
	}
	if (total <= 0)
		return -1;
	int64_t left = total > items ? total - items : 0;
	/* The pace since we look on is the better one: a resumed or throttled walk began long ago. */
	int64_t pace = progress_left_ms(items - view->first_items, now_ms - view->first_ms, left);
	return pace >= 0 ? pace : progress_left_ms(items, pg_int(rows, i, "took_ms"), left);
}

static struct progress read_progress(struct follow *follow, struct category_view *view, const PGresult *rows, int i)
{
	struct progress progress = {
		.category = pg_text(rows, i, "category"),
		.state = pg_text(rows, i, "state"),
		.again = pg_int(rows, i, "walk") > 0,
		.unchanged = pg_bool(rows, i, "unchanged"),
		.items = pg_int(rows, i, "received"),
		.total = pg_int(rows, i, "total"),
		.errors = pg_int(rows, i, "errors"),
		.left_ms = -1,
		.bar = follow->live,
	};
	bool lists = strcmp(progress.category, category_name(CATEGORY_PLAYLISTS)) == 0;
	progress.noun = lists ? "playlists and entries" : progress.category;
	if (strcmp(progress.state, "running") == 0)
		progress.left_ms = left_ms(view, rows, i, progress.items, progress.total);
	return progress;
}

/* ---- the sync as a whole ---- */

/* Why nothing moves, "" when something does. */
static void say_why(const PGresult *sync, char *text, size_t size)
{
	const char *state = pg_text(sync, 0, "state");
	char slow[SLOW_TEXT];
	text[0] = '\0';
	if (*slow_sentence(sync, 0, slow))
		snprintf(text, size, "%s", slow);
	else if (strcmp(state, "throttled") == 0)
		snprintf(text, size, "the server's pause is over, going on soon");
	else if (strcmp(state, "cancelling") == 0)
		snprintf(text, size, "being cancelled");
	else if (strcmp(state, "paused") == 0)
		snprintf(text, size, "account %.63s is paused%s%s; to let it go on: syncline resume %.63s",
		         pg_text(sync, 0, "account"), *pg_text(sync, 0, "paused_until") ? " until " : "",
		         pg_text(sync, 0, "paused_until"), pg_text(sync, 0, "account"));
	else if (strcmp(state, "scheduled") == 0)
		snprintf(text, size, "planned for %s", pg_text(sync, 0, "begins_at"));
	else if (strcmp(state, "queued") == 0 && *pg_text(sync, 0, "cause"))
		snprintf(text, size, "waiting: %.120s", pg_text(sync, 0, "cause"));
	else if (strcmp(state, "queued") == 0 && pg_int(sync, 0, "age_ms") >= WAITS_LONG_MS)
		snprintf(text, size, "waiting for a fetcher (none is running, or no writer? see syncline doctor)");
	else if (strcmp(state, "queued") == 0)
		snprintf(text, size, "queued");
}

static void add_line(struct buf *picture, const char *text)
{
	struct span cut = term_text_cut(span_of(text), term_width() - 1);
	buf_printf(picture, "%.*s\n", SPAN_ARG(cut));
}

static void draw(struct follow *follow, const PGresult *sync, const PGresult *rows)
{
	char note[sizeof follow->note];
	buf_reset(&follow->picture, PICTURE_BYTES);
	for (int i = 0; i < PQntuples(rows) && i < CATEGORY_COUNT; i++) {
		struct progress progress = read_progress(follow, &follow->views[i], rows, i);
		progress_line(&progress, &follow->views[i].memory, term_width() - 1, &follow->picture);
		buf_add_byte(&follow->picture, '\n');
	}
	say_why(sync, note, sizeof note);
	if (*note)
		add_line(&follow->picture, note);
	live_draw(buf_span(&follow->picture));
}

/* What was seen last, and that it is old. */
static void say_away(struct follow *follow, const struct err *err)
{
	if (!follow->live && !follow->away)
		fprintf(stderr, "%s; trying again\n", err->text);
	if (follow->live && !follow->away) {
		add_line(&follow->picture, "Postgres does not answer; trying again");
		live_draw(buf_span(&follow->picture));
	}
	follow->away = true;
}

/* One line at most: the note when it is new, else the first category whose line is. */
static bool print_change(struct follow *follow, const PGresult *sync, const PGresult *rows)
{
	char note[sizeof follow->note];
	say_why(sync, note, sizeof note);
	if (strcmp(note, follow->note) != 0 && strncmp(note, follow->note, 12) != 0) {
		memcpy(follow->note, note, sizeof note);
		if (*note)
			puts(note);
		return *note != '\0';
	}
	for (int i = 0; i < PQntuples(rows) && i < CATEGORY_COUNT; i++) {
		struct category_view *view = &follow->views[i];
		struct progress progress = read_progress(follow, view, rows, i);
		struct buf line;
		progress.left_ms = -1; /* changes every second by itself */
		buf_init(&line, sizeof view->line);
		progress_line(&progress, &view->memory, LINE_COLUMNS, &line);
		bool changed = strcmp(progress.state, "queued") != 0 && strcmp(buf_text(&line), view->line) != 0;
		if (changed) {
			snprintf(view->line, sizeof view->line, "%s", buf_text(&line));
			puts(view->line);
		}
		buf_done(&line);
		if (changed)
			return true;
	}
	return false;
}

/* A number that differs when anything but a time does. */
static uint64_t fingerprint(const PGresult *sync, const PGresult *rows)
{
	static const char *const figures[] = {"walk", "total", "received", "errors", "removed"};
	uint64_t print = 14695981039346656037u; /* FNV-1a */
	for (const char *c = pg_text(sync, 0, "state"); *c; c++)
		print = (print ^ (unsigned char)*c) * 1099511628211u;
	print = (print ^ (*pg_text(sync, 0, "slow_until") != '\0')) * 1099511628211u;
	for (int i = 0; i < PQntuples(rows); i++) {
		for (const char *c = pg_text(rows, i, "state"); *c; c++)
			print = (print ^ (unsigned char)*c) * 1099511628211u;
		for (size_t f = 0; f < COUNT_OF(figures); f++)
			print = (print ^ (uint64_t)pg_int(rows, i, figures[f])) * 1099511628211u;
	}
	return print;
}

static bool print_json(struct follow *follow, const PGresult *sync, const PGresult *rows)
{
	struct err err;
	uint64_t print = fingerprint(sync, rows);
	if (print == follow->printed ||
	    report_json(follow->ctl, follow->sync_id, follow->slow_ms, &err)) /* failed: the next turn asks again */
		return false;
	follow->printed = print;
	return true;
}

static void show(struct follow *follow, const PGresult *sync, const PGresult *rows)
{
	if (follow->live) {
		draw(follow, sync, rows);
		return;
	}
	if (clock_ms() - follow->printed_ms < LINE_MS)
		return;
	if (follow->ctl->json ? !print_json(follow, sync, rows) : !print_change(follow, sync, rows))
		return;
	fflush(stdout);
	follow->printed_ms = clock_ms();
}

/* ---- the loop ---- */

static bool join(struct follow *follow, const PGresult *sync)
{
	if (strcmp(pg_text(sync, 0, "state"), "joined") != 0 || !*pg_text(sync, 0, "joined_into"))
		return false;
	snprintf(follow->sync_id, sizeof follow->sync_id, "%s", pg_text(sync, 0, "joined_into"));
	if (!follow->ctl->json)
		printf("joined running sync %s, which covers this request\n", follow->sync_id);
	return true;
}

/* One turn. 1: over, *code is set. 0: goes on. -1: err. */
static int turn(struct follow *follow, int *code, struct err *err)
{
	PG_RESULT *sync = NULL;
	PG_RESULT *rows = NULL;
	follow->slow_ms = slow_until(&follow->slow, &follow->ctl->settings, follow->account);
	if (report_read(follow->ctl, follow->sync_id, follow->slow_ms, &sync, &rows, err))
		return -1;
	follow->away = false;
	snprintf(follow->account, sizeof follow->account, "%s", pg_text(sync, 0, "account"));
	if (join(follow, sync))
		return 0;
	if (!pg_bool(sync, 0, "over")) {
		show(follow, sync, rows);
		return 0;
	}
	*code = report_exit_code(pg_text(sync, 0, "state"));
	if (follow->live)
		live_end(true);
	if (follow->ctl->json)
		return report_json(follow->ctl, follow->sync_id, follow->slow_ms, err) ? -1 : 1;
	report_print(sync, rows);
	return 1;
}

static int interrupted(struct follow *follow)
{
	if (follow->live)
		live_end(false);
	fprintf(stderr, "The sync goes on. To watch it again: syncline watch %s\n", follow->sync_id);
	return EXIT_INTERRUPTED;
}

static int follow_until_over(struct follow *follow)
{
	struct err err;
	int code = EXIT_FAILED;
	for (;;) {
		int result = turn(follow, &code, &err);
		if (result > 0)
			return code;
		if (result < 0 && err.class != ERR_RETRY) {
			if (follow->live)
				live_end(false);
			return ctl_fail(&err);
		}
		if (result < 0)
			say_away(follow, &err);
		struct pollfd stop = {.fd = stop_fd(), .events = POLLIN};
		poll(&stop, 1, follow->away ? LINE_MS : FRAME_MS);
		if (stop_level(0) != STOP_RUN)
			return interrupted(follow);
	}
}

int follow_sync(struct ctl *ctl, const char *sync_id)
{
	struct follow follow = {.ctl = ctl, .live = !ctl->json && term_is_terminal(stdout)};
	snprintf(follow.sync_id, sizeof follow.sync_id, "%s", sync_id);
	buf_init(&follow.picture, PICTURE_BYTES);
	signal(SIGPIPE, SIG_DFL); /* as for any filter: `watch | head` ends with head */
	if (follow.live)
		live_begin();
	int code = follow_until_over(&follow);
	buf_done(&follow.picture);
	slow_close(&follow.slow);
	return code;
}
