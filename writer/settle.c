/* The end of a walk, of a category, of a sync. Complete is only what the ledger proves; anything else is partial or failed,
 * with a cause that a person can act on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "writer/advice.h"
#include "writer/params.h"
#include "writer/session.h"
#include "writer/settle.h"
#include "writer/transaction.h"

/* How a category ends. */
struct verdict {
	const char *state;
	int64_t walk, total, requests, needed;
	int64_t unlisted; /* items that are counted behind the end of the list */
	int64_t repeated; /* items that came more than once, and show so that the library moved */
	bool moved, unchanged;
	bool entries_read; /* of every playlist listed, or they are those of its version already */
	struct removal removal;
	char cause[LIMIT_CAUSE + 1], next_step[LIMIT_CAUSE + 1];
};

static const char *grouped(int64_t number, char text[SETTLE_NUMBER])
{
	char digits[24];
	int count = snprintf(digits, sizeof digits, "%" PRId64, number < 0 ? 0 : number), used = 0;
	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return text;
}

const char *settle_report(const PGresult *sums, char text[SETTLE_REPORT])
{
	char a[SETTLE_NUMBER], b[SETTLE_NUMBER], c[SETTLE_NUMBER];
	int64_t expected = pg_int(sums, 0, "expected"), rejected = pg_int(sums, 0, "rejected");
	int used = snprintf(text, SETTLE_REPORT, "%s of %s%s items synced", grouped(pg_int(sums, 0, "stored"), a),
	                    expected > pg_int(sums, 0, "received") ? "~" : "", grouped(expected, b));
	if (rejected)
		snprintf(text + used, (size_t)(SETTLE_REPORT - used), " (%s error%s)", grouped(rejected, c),
		         rejected == 1 ? "" : "s");
	return text;
}

const char *settle_kept(const char *state, int64_t stored)
{
	if (strcmp(state, "complete") == 0)
		return "";
	return stored ? "; kept: what has arrived, and all that was here before" : "; kept: all that was here before";
}

/* ---- the proof ---- */

/* Of one list, and how many others there are. */
static void tell_unread(const PGresult *ledger, char *cause, size_t size)
{
	int64_t others = pg_int(ledger, 0, "unread") - 1;
	struct span one = text_cut(span_of(pg_text(ledger, 0, "unread_cause")), LIMIT_CAUSE - 60);
	int used = snprintf(cause, size, "%.*s", SPAN_ARG(one));
	if (others)
		snprintf(cause + used, size - (size_t)used, "; and %" PRId64 " more could not be read", others);
}

/* Is every page here, and whole? "" : yes. */
static void judge_pages(const struct walk_end *end, const PGresult *ledger, char *cause, size_t size)
{
	int64_t pages = pg_int(ledger, 0, "pages"), received = pg_int(ledger, 0, "received");
	if (pg_int(ledger, 0, "unread")) /* first, for it alone needs a person: see advise */
		tell_unread(ledger, cause, size);
	else if (pages < end->pages)
		snprintf(cause, size, "page %" PRId64 " of %" PRId64 " was never stored", pg_int(ledger, 0, "missing"),
		         end->pages);
	else if (pg_int(ledger, 0, "uneven") >= 0)
		snprintf(cause, size, "page %" PRId64 ": items received are not items stored and rejected",
		         pg_int(ledger, 0, "uneven"));
	else if (received != end->received)
		snprintf(cause, size, "%" PRId64 " items were read, but the pages stored hold %" PRId64, end->received,
		         received);
	else
		*cause = '\0';
}

/* "" : proved. */
static void judge(const struct walk_end *end, const PGresult *ledger, char *cause, size_t size)
{
	judge_pages(end, ledger, cause, size);
	if (!*cause && (end->pages == 0 || !pg_bool(ledger, 0, "ended") || pg_int(ledger, 0, "ends") != 1))
		snprintf(cause, size, "no page shows the end of the list");
}

static int read_ledger(struct transaction *transaction, const struct input *input, PGresult **ledger, struct err *err)
{
	struct params params;
	params_init(&params);
	params_text(&params, input->sync);
	params_text(&params, span_of(category_name(input->category)));
	params_int(&params, input->any.walk_end.walk);
	params_int(&params, input->any.walk_end.pages);
	int result = params_run(&params, transaction->pg, "q_settle_trim", NULL, err);
	if (result == 0)
		result = params_query(&params, transaction->pg, "q_settle_proof", ledger, err);
	params_done(&params);
	return result;
}

/* ---- the end of a category ---- */

/* Both statements about the state of an account's sign-in take the account and the epoch. */
static int run_sign_in(struct transaction *transaction, const struct input *input, const char *name, int64_t *rows,
                       struct err *err)
{
	struct params params;
	params_init(&params);
	params_int(&params, input->account_id);
	params_int(&params, input->position.epoch);
	int result = params_run(&params, transaction->pg, name, rows, err);
	params_done(&params);
	return result;
}

static void tell_category(struct transaction *transaction, const struct input *input, const struct verdict *verdict,
                          const PGresult *row)
{
	char report[SETTLE_REPORT], text[LIMIT_CAUSE + 1];
	settle_report(row, report);
	snprintf(text, sizeof text, "%s: %s%s%.250s%s", verdict->state,
	         verdict->unchanged ? *verdict->cause ? "nothing seems to have changed" : "nothing had changed" : report,
	         *verdict->cause ? "; " : "", verdict->cause, settle_kept(verdict->state, pg_int(row, 0, "stored")));
	const struct news news = {.event = "category_done",
	                          .text = text,
	                          .next_step = verdict->next_step,
	                          .of_category = true};
	applied_event(transaction->applied, input, &news);
}

static int end_category(struct transaction *transaction, const struct input *input, const struct verdict *verdict,
                        struct err *err)
{
	struct params params;
	PG_RESULT *row = NULL;
	params_init(&params);
	params_text(&params, input->sync);
	params_text(&params, span_of(category_name(input->category)));
	params_text(&params, span_of(verdict->state));
	params_int(&params, input->position.epoch);
	params_int(&params, verdict->walk);
	params_int(&params, verdict->total);
	params_bool(&params, verdict->moved);
	params_bool(&params, verdict->unchanged);
	params_int(&params, verdict->removal.removed);
	params_int(&params, verdict->removal.held);
	params_text(&params, span_of(verdict->cause));
	params_text(&params, span_of(verdict->next_step));
	params_int(&params, verdict->requests);
	params_int(&params, verdict->needed);
	params_int(&params, verdict->removal.held_since);
	params_int(&params, verdict->unlisted);
	int result = params_query(&params, transaction->pg, "q_settle_category", &row, err);
	params_done(&params);
	bool complete = strcmp(verdict->state, "complete") == 0;
	bool asked = complete && !input->any.walk_end.replayed; /* only that shows that the sign-in is good */
	if (result || (asked && run_sign_in(transaction, input, "q_settle_signed_in", NULL, err)))
		return -1;
	if (PQntuples(row)) {
		tell_category(transaction, input, verdict, row);
	}
	if (complete ? prune_rejects(transaction, input, err) : prune_ledger(transaction, input, false, err))
		return -1;
	return ending_of_sync(transaction, input, err);
}

static int save_complete(struct transaction *transaction, const struct input *input, const struct verdict *verdict,
                         struct err *err)
{
	const struct walk_end *end = &input->any.walk_end;
	struct params params;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_text(&params, input->sync);
	params_int(&params, end->walk);
	/* Without a fence the next sync reads the list: what waits for a second witness gets one. */
	bool read_again = verdict->moved || verdict->removal.waiting || end->early;
	params_text_or_null(&params, read_again ? (struct span){0} : end->fence_before);
	params_int(&params, verdict->removal.items);
	int result = params_run(&params, transaction->pg, "q_settle_complete", NULL, err);
	params.count = 4;
	if (result == 0)
		result = prune_ledger(transaction, input, true, err);
	if (result == 0)
		result = pg_exec(transaction->pg, SESSION_COMPARE_ON, err);
	if (result == 0 && verdict->entries_read)
		result = params_run(&params, transaction->pg, "q_settle_versions", NULL, err);
	if (result == 0)
		result = params_run(&params, transaction->pg, "q_settle_kept", NULL, err);
	params_done(&params);
	return result ? -1 : pg_exec(transaction->pg, SESSION_COMPARE_OFF, err);
}

/* What a fence that stands for the library only for some hours says when it is the same; NULL: it says that all is. */
static const char *same_as(struct span fence)
{
	if (fence.len > 0 && *fence.at == '?')
		return "its length and its beginning are those of";
	return fence.len > 1 && fence.at[1] == '?' ? "nothing was added or removed since" : NULL;
}

/* Nothing was walked because the fence had not changed: true only if it is the fence we hold. */
static int settle_unchanged(struct transaction *transaction, const struct input *input, struct verdict *verdict,
                            struct err *err)
{
	struct params params;
	PG_RESULT *row = NULL;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_text(&params, input->any.walk_end.fence_before);
	int result = params_query(&params, transaction->pg, "q_settle_unchanged", &row, err);
	params_done(&params);
	if (result)
		return -1;
	verdict->unchanged = PQntuples(row) == 1;
	const char *same = verdict->unchanged ? same_as(input->any.walk_end.fence_before) : NULL;
	if (same)
		snprintf(verdict->cause, sizeof verdict->cause, "left unread: %s the last complete walk; a full sync reads all",
		         same);
	if (!verdict->unchanged) {
		verdict->state = "partial";
		snprintf(verdict->cause, sizeof verdict->cause,
		         "it was skipped as unchanged, but its last complete walk is not known");
		snprintf(verdict->next_step, sizeof verdict->next_step, "syncline sync %.*s --mode full",
		         SPAN_ARG(input->account));
	}
	return end_category(transaction, input, verdict, err);
}

/* What a complete walk has to tell; "" when all is well. */
static void explain(const struct walk_end *end, int64_t received, struct verdict *verdict)
{
	char empty[120] = "", moved[80] = "", hidden[120] = "", number[SETTLE_NUMBER];
	if (verdict->repeated)
		snprintf(moved, sizeof moved, "the library changed while it was read (%s item%s came twice)",
		         grouped(verdict->repeated, number), verdict->repeated == 1 ? "" : "s");
	else if (verdict->moved)
		snprintf(moved, sizeof moved, "the library changed while it was read");
	if (received == 0 && verdict->removal.items > 0)
		snprintf(empty, sizeof empty,
		         "the list was empty; the %" PRId64 " items that are here stay until another sync finds it so",
		         verdict->removal.items);
	if (end->unlisted && !end->early)
		snprintf(hidden, sizeof hidden, "%s that the server counts %s not shown", grouped(end->unlisted, number),
		         end->unlisted == 1 ? "was" : "were");
	const char *const notes[] = {
		moved,
		hidden,
		end->early ? "a list ended before the length that it tells, also when it was asked again" : "",
		verdict->removal.held ? "" : empty,
		verdict->removal.cause,
	};
	size_t used = 0;
	for (size_t i = 0; i < COUNT_OF(notes) && used < sizeof verdict->cause; i++) {
		if (*notes[i])
			used += (size_t)snprintf(verdict->cause + used, sizeof verdict->cause - used, "%s%s", used ? "; " : "",
			                         notes[i]);
	}
	snprintf(verdict->next_step, sizeof verdict->next_step, "%s", verdict->removal.next_step);
	if (verdict->moved && !*verdict->next_step)
		snprintf(verdict->next_step, sizeof verdict->next_step,
		         "the next sync settles what is gone: syncline sync %.*s", SPAN_ARG(end->account));
}

/* An item that comes twice stood on both sides of the cursor: the list was reordered, or something went before it and something
 * came behind. That holds whatever the fence says, for a server may not tell of every move (chaos 21/107). In a list of one
 * answer it only means that the provider lists it twice (relinked tracks). */
static int look_for_repeats(struct transaction *transaction, const struct input *input, struct verdict *verdict,
                            struct err *err)
{
	const struct walk_end *end = &input->any.walk_end;
	struct params params;
	PG_RESULT *row = NULL;
	if (verdict->moved || end->snapshot)
		return 0;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_text(&params, input->sync);
	params_int(&params, end->walk);
	int result = pg_exec(transaction->pg, SESSION_COMPARE_ON, err);
	if (result == 0)
		result = params_query(&params, transaction->pg, "q_settle_repeated", &row, err);
	params_done(&params);
	if (result)
		return -1;
	verdict->repeated = pg_int(row, 0, "repeated");
	verdict->moved = verdict->repeated > 0;
	return pg_exec(transaction->pg, SESSION_COMPARE_OFF, err);
}

static int settle_complete(struct transaction *transaction, const struct input *input, const PGresult *ledger,
                           struct verdict *verdict, struct err *err)
{
	const struct walk_end *end = &input->any.walk_end;
	int64_t received = pg_int(ledger, 0, "received"), unidentified = pg_int(ledger, 0, "unidentified");
	if (look_for_repeats(transaction, input, verdict, err))
		return -1;
	verdict->unlisted = end->early ? end->unlisted : 0;
	if (removal_judge(transaction, input, unidentified + verdict->unlisted, received, verdict->moved, &verdict->removal,
	                  err))
		return -1;
	explain(end, received, verdict);
	/* Not when a page of entries was rejected as a whole, or ended too soon: nobody knows whose they were. */
	verdict->entries_read = input->category == CATEGORY_PLAYLISTS && pg_int(ledger, 0, "unlisted") == 0 && !end->early;
	if (save_complete(transaction, input, verdict, err))
		return -1;
	return end_category(transaction, input, verdict, err);
}

/* What is to be done about pages that prove nothing: a list that could not be read then is not read by a replay either. */
static void advise(const struct input *input, const PGresult *ledger, struct verdict *verdict)
{
	bool unread = pg_int(ledger, 0, "unread") > 0;
	struct span mode = span_of(input->any.walk_end.replayed && !unread ? "replay" : "");
	advice_again(span_of(unread ? "look at it on the server" : ""), mode, input->account, input->sync,
	             verdict->next_step);
}

/* All of it is stored: complete. It was read from Kafka, not asked of the provider: so it is no witness, removes nothing, and
 * leaves alone what is known of the newest complete walk. */
static int settle_replay(struct transaction *transaction, const struct input *input, const PGresult *ledger,
                         struct verdict *verdict, struct err *err)
{
	const struct walk_end *end = &input->any.walk_end;
	struct params params;
	int64_t items = 0;
	if (removal_count_active(transaction, input, &items, err))
		return -1;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_int(&params, items);
	int result = params_run(&params, transaction->pg, "q_settle_replay", NULL, err);
	params_done(&params);
	if (result)
		return -1;
	judge_pages(end, ledger, verdict->cause, sizeof verdict->cause);
	if (*verdict->cause) {
		verdict->state = "partial";
		advise(input, ledger, verdict);
	}
	return end_category(transaction, input, verdict, err);
}

int settle_walk(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct walk_end *end = &input->any.walk_end;
	struct verdict verdict = {.state = "complete",
	                          .walk = end->walk,
	                          .total = end->total,
	                          .requests = end->requests,
	                          .needed = end->needed};
	PG_RESULT *ledger = NULL;
	/* Another walk follows, and only that one counts. */
	if (end->again)
		return 0;
	if (end->unchanged)
		return settle_unchanged(transaction, input, &verdict, err);
	if (read_ledger(transaction, input, &ledger, err))
		return -1;
	if (end->replayed)
		return settle_replay(transaction, input, ledger, &verdict, err);
	verdict.moved = end->moved || !span_equal(end->fence_before, end->fence_after);
	judge(end, ledger, verdict.cause, sizeof verdict.cause);
	if (!*verdict.cause)
		return settle_complete(transaction, input, ledger, &verdict, err);
	verdict.state = "partial";
	advise(input, ledger, &verdict);
	return end_category(transaction, input, &verdict, err);
}

/* ---- a category that failed ---- */

static int mark_needs_auth(struct transaction *transaction, const struct input *input, const struct verdict *verdict,
                           struct err *err)
{
	int64_t rows = 0;
	if (run_sign_in(transaction, input, "q_mark_needs_auth", &rows, err))
		return -1;
	char text[LIMIT_CAUSE + 1];
	snprintf(text, sizeof text, "%.350s%s", verdict->cause, settle_kept("needs_auth", 0));
	const struct news news = {.event = "needs_auth", .text = text, .next_step = verdict->next_step};
	if (rows)
		applied_event(transaction->applied, input, &news);
	return 0;
}

int settle_failed(struct transaction *transaction, const struct input *input, struct err *err)
{
	const struct sync_mark *mark = &input->any.sync_mark;
	struct verdict verdict = {.state = "failed", .requests = mark->requests};
	struct params params;
	PG_RESULT *walk = NULL;
	params_init(&params);
	params_text(&params, input->sync);
	params_text(&params, span_of(category_name(input->category)));
	int result = params_query(&params, transaction->pg, "q_settle_newest_walk", &walk, err);
	params_done(&params);
	if (result)
		return -1;
	verdict.walk = pg_int(walk, 0, "walk");
	if (pg_int(walk, 0, "stored") > 0)
		verdict.state = "partial";
	IGNORE(!span_copy(mark->cause, verdict.cause, sizeof verdict.cause)); /* the schema has the same maximum */
	advice_again(mark->next_step, mark->mode, input->account, input->sync, verdict.next_step);
	if (mark->needs_auth && mark_needs_auth(transaction, input, &verdict, err))
		return -1;
	return end_category(transaction, input, &verdict, err);
}
