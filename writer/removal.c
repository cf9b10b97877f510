/* What a complete walk has missed, and what may be done about it.
 *
 * One walk is proof enough only of a list that held still under a strong fence, or that came in one answer, that was not
 * empty, and that showed as many items as it counts. Otherwise the last complete walk of another sync must have missed the
 * item as well, and every walk between the two. Held until a person confirms: unusually many, any while an item was listed
 * whose id could not be read, or one is counted behind the end of the list, for it could be one of them, and what a person
 * brought back (`syncline restore`). */
#include "writer/removal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "writer/params.h"
#include "writer/session.h"
#include "writer/transaction.h"

static const enum item_kind_id kinds[CATEGORY_COUNT] = {
	[CATEGORY_ARTISTS] = KIND_artist,
	[CATEGORY_ALBUMS] = KIND_album,
	[CATEGORY_TRACKS] = KIND_track,
	[CATEGORY_PLAYLISTS] = KIND_playlist,
};

int removal_count_active(struct transaction *transaction, const struct input *input, int64_t *items, struct err *err)
{
	char sql[128];
	PG_RESULT *row = NULL;
	snprintf(sql, sizeof sql, "EXECUTE " SESSION_ACTIVE "_%s(%" PRId64 ")", item_kinds[kinds[input->category]].table,
	         input->account_id);
	if (pg_query(transaction->pg, sql, 0, NULL, &row, err))
		return -1;
	*items = pg_int(row, 0, "items");
	return 0;
}

/* Into stage_missing; since: 0, or the witness's epoch. Those that a person brought back are counted apart. */
static int find_missing(struct transaction *transaction, const struct input *input, int64_t since, int64_t *missing,
                        int64_t *kept, struct err *err)
{
	char sql[256];
	PG_RESULT *row = NULL;
	snprintf(sql, sizeof sql, "EXECUTE " SESSION_MISSING "_%s(%" PRId64 ", '%s', '%.36s', %" PRId64 ", %" PRId64 ")",
	         item_kinds[kinds[input->category]].table, input->account_id, category_name(input->category),
	         input->sync.at, input->any.walk_end.walk, since);
	if (pg_exec(transaction->pg, "DELETE FROM stage_missing;" SESSION_COMPARE_ON, err) ||
	    pg_query(transaction->pg, sql, 0, NULL, &row, err))
		return -1;
	*missing = pg_int(row, 0, "missing");
	*kept = pg_int(row, 0, "kept");
	return pg_exec(transaction->pg, SESSION_COMPARE_OFF, err);
}

static int remove_missing(struct transaction *transaction, const struct input *input, struct err *err)
{
	char sql[160];
	snprintf(sql, sizeof sql, "EXECUTE " SESSION_REMOVE "_%s(%" PRId64 ", '%.36s')",
	         item_kinds[kinds[input->category]].table, input->account_id, input->sync.at);
	return pg_run(transaction->pg, sql, 0, NULL, NULL, err);
}

/* Is there a complete walk of another sync, and since which epoch? 0: none. Adds its items without a readable id. */
static int find_witness(struct transaction *transaction, const struct input *input, int64_t *since,
                        int64_t *unidentified, struct err *err)
{
	struct params params;
	PG_RESULT *row = NULL;
	params_init(&params);
	params_int(&params, input->account_id);
	params_text(&params, span_of(category_name(input->category)));
	params_text(&params, input->sync);
	int result = params_query(&params, transaction->pg, "q_settle_witness", &row, err);
	params_done(&params);
	if (result)
		return -1;
	bool there = PQntuples(row) && pg_bool(row, 0, "has_witness");
	*since = there ? pg_int(row, 0, "witness_epoch") : 0;
	*unidentified += there ? pg_int(row, 0, "witness_unidentified") : 0;
	return 0;
}

static bool is_proof_alone(const struct walk_end *end, int64_t received, bool moved)
{
	bool strong = end->fence_before.len > 0 && *end->fence_before.at == '!';
	return !moved && received > 0 && end->unlisted == 0 && (strong || end->snapshot);
}

/* Why it is held, in the order of weight. */
struct doubt {
	int64_t missing, kept, unidentified;
	bool too_many;
};

static void hold(struct removal *removal, const struct input *input, const struct doubt *doubt)
{
	char why[120] = "so many are removed only when confirmed", kept[100] = "";
	bool all = doubt->unidentified || doubt->too_many;
	removal->held = (all ? doubt->missing : 0) + doubt->kept;
	if (doubt->unidentified)
		snprintf(why, sizeof why,
		         "%" PRId64
		         " listed or counted without an id could be among them, so they are removed only when confirmed",
		         doubt->unidentified);
	if (doubt->kept)
		snprintf(kept, sizeof kept, "%s%" PRId64 " that a person brought back stay%s, removed only when confirmed",
		         all ? "; " : "", doubt->kept, doubt->kept == 1 ? "s" : "");
	snprintf(removal->cause, sizeof removal->cause, "%" PRId64 " of %" PRId64 " items were not listed any more; %s%s",
	         removal->held, removal->items, all ? why : "", kept);
	snprintf(removal->next_step, sizeof removal->next_step, "syncline confirm %.*s", SPAN_ARG(input->account));
}

static int judge(struct transaction *transaction, const struct input *input, int64_t unidentified, int64_t received,
                 bool moved, struct removal *removal, struct err *err)
{
	int64_t since = 0;
	struct doubt doubt = {0};
	*removal = (struct removal){0};
	if (removal_count_active(transaction, input, &removal->items, err))
		return -1;
	bool alone = is_proof_alone(&input->any.walk_end, received, moved);
	if (!alone && find_witness(transaction, input, &since, &unidentified, err))
		return -1;
	if (!alone && since == 0)
		return 0;
	if (find_missing(transaction, input, since, &doubt.missing, &doubt.kept, err))
		return -1;
	doubt.unidentified = doubt.missing ? unidentified : 0;
	doubt.too_many = removal_is_too_many(transaction->settings, doubt.missing, removal->items);
	bool hold_all = doubt.unidentified || doubt.too_many;
	if (hold_all || doubt.kept) {
		removal->held_since = since;
		hold(removal, input, &doubt);
	}
	if (hold_all || doubt.missing == 0)
		return 0;
	if (remove_missing(transaction, input, err))
		return -1;
	removal->removed = doubt.missing;
	removal->items -= doubt.missing;
	transaction->applied->removed += doubt.missing;
	return 0;
}

int removal_judge(struct transaction *transaction, const struct input *input, int64_t unidentified, int64_t received,
                  bool moved, struct removal *removal, struct err *err)
{
	const struct span fence = input->any.walk_end.fence_before;
	int64_t kept;
	if (judge(transaction, input, unidentified, received, moved, removal, err))
		return -1;
	bool may_be_left_unread = fence.len && (*fence.at == '?' || *fence.at == '!') && !moved &&
	                          !is_proof_alone(&input->any.walk_end, received, moved);
	return may_be_left_unread ? find_missing(transaction, input, 0, &removal->waiting, &kept, err) : 0;
}
