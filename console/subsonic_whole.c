/* OpenSubsonic methods whose answer has no pages and no end: a playlist with all its entries, all favourites. What is short is a
 * text as any other; what is long is sent while it is made. */
#include <stdio.h>
#include <stdlib.h>

#include "common/sql.h"
#include "console/limits.h"
#include "console/pieces.h"
#include "console/subsonic.h"

enum { PIECE_NODES = 500, STARRED_KINDS = 3 };

struct whole {
	struct visit visit; /* copies: the request's own are gone before the last piece */
	struct subsonic subsonic;
	/* Appends up to PIECE_NODES nodes, with the last of them the end. */
	int (*add)(struct whole *whole, bool *more, struct err *err);
	char id[LIMIT_ID + 1]; /* of a playlist, and the position behind which it goes on */
	int64_t position;
	PGresult *ids[STARRED_KINDS]; /* of favourites, and where they go on */
	size_t kind;
	int at;
};

static void close_whole(void *state)
{
	struct whole *whole = state;
	for (size_t i = 0; i < STARRED_KINDS; i++)
		PQclear(whole->ids[i]);
	free(whole);
}

static int next_piece(void *state, struct pg *pg, struct buf *out, bool *more, struct err *err)
{
	struct whole *whole = state;
	whole->visit.ctl.pg = pg;
	whole->subsonic.answer.out = out;
	return whole->add(whole, more, err);
}

static const struct piece_maker maker = {"player", next_piece, close_whole};

/* NULL: answered with an error. The caller fills what `add` needs. */
static struct whole *open_whole(struct subsonic *subsonic, int (*add)(struct whole *, bool *, struct err *))
{
	struct err err;
	struct whole *whole = calloc(1, sizeof *whole);
	if (!whole) {
		IGNORE(err_set(&err, ERR_RETRY, 0, "No memory for the answer now")); /* fills only */
		subsonic_fail(subsonic, &err);
		return NULL;
	}
	whole->add = add;
	whole->visit = *subsonic->visit;
	return whole;
}

/* The answer has been begun, up to where `add` goes on. Takes whole. */
static void serve(struct subsonic *subsonic, struct whole *whole)
{
	struct err err;
	bool more = false;
	whole->subsonic = *subsonic;
	whole->subsonic.visit = &whole->visit;
	if (whole->add(whole, &more, &err)) {
		close_whole(whole);
		subsonic_fail(subsonic, &err);
	} else if (!more) {
		close_whole(whole);
		subsonic->answered = true;
	} else if (pieces_serve(subsonic->visit, &maker, whole, LIMIT_EXPORT_PIECE, &err)) {
		subsonic_fail(subsonic, &err);
	} else {
		subsonic->answered = true;
	}
}

/* ---- a playlist ---- */

static int add_entries(struct whole *whole, bool *more, struct err *err)
{
	struct subsonic *subsonic = &whole->subsonic;
	PG_RESULT *rows = NULL;
	char behind[24], most[16];
	snprintf(behind, sizeof behind, "%lld", (long long)whole->position);
	snprintf(most, sizeof most, "%d", PIECE_NODES);
	const char *values[] = {subsonic->account_id, whole->id, behind, most};
	if (pg_query(whole->visit.ctl.pg, sql_text("q_subsonic_entries"), 4, values, &rows, err))
		return -1;
	subsonic_add_entries(subsonic, rows);
	int count = PQntuples(rows);
	*more = count == PIECE_NODES;
	if (*more) {
		whole->position = pg_int(rows, count - 1, "position");
		return 0;
	}
	subsonic_end_list(&subsonic->answer);
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
	return 0;
}

static int read_playlist(struct subsonic *subsonic, const char *id, PGresult **row, struct err *err)
{
	if (subsonic_row(subsonic, &shelf_kinds[3], id, row, err))
		return -1;
	return PQntuples(*row) ? 0 : err_set(err, ERR_REJECT, 0, "There is no such playlist");
}

static void get_playlist(struct subsonic *subsonic)
{
	PG_RESULT *row = NULL;
	struct err err;
	const char *id;
	struct whole *whole;
	if (!subsonic_id(subsonic, subsonic_param(subsonic, "id"), SUBSONIC_PLAYLISTS, &id))
		return;
	if (read_playlist(subsonic, id, &row, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	if (!(whole = open_whole(subsonic, add_entries)))
		return;
	snprintf(whole->id, sizeof whole->id, "%s", id);
	whole->position = -1;
	subsonic_open(subsonic_ok(subsonic), "playlist");
	subsonic_add(subsonic, &shelf_kinds[3], row, 0);
	subsonic_list(&subsonic->answer, "entry");
	serve(subsonic, whole);
}

/* ---- favourites ---- */

static const char *const starred_names[STARRED_KINDS] = {"artist", "album", "song"};

/* The next kind with something left; the lists of those on the way are ended and begun. false: all were sent. */
static bool find_kind(struct whole *whole)
{
	while (whole->kind < STARRED_KINDS && whole->at == PQntuples(whole->ids[whole->kind])) {
		subsonic_end_list(&whole->subsonic.answer);
		whole->at = 0;
		if (++whole->kind < STARRED_KINDS)
			subsonic_list(&whole->subsonic.answer, starred_names[whole->kind]);
	}
	return whole->kind < STARRED_KINDS;
}

/* Up to `most` of the kind in hand. */
static int add_some(struct whole *whole, int most, struct err *err)
{
	PG_RESULT *rows = NULL;
	const struct shelf_kind *kind = &shelf_kinds[whole->kind];
	int left = PQntuples(whole->ids[whole->kind]) - whole->at, count = left < most ? left : most;
	if (subsonic_rows(&whole->subsonic, kind, whole->ids[whole->kind], whole->at, count, &rows, err))
		return -1;
	subsonic_add_nodes(&whole->subsonic, kind, rows);
	whole->at += count;
	return count;
}

static int add_starred(struct whole *whole, bool *more, struct err *err)
{
	struct subsonic *subsonic = &whole->subsonic;
	int room = PIECE_NODES;
	while ((*more = find_kind(whole)) && room) {
		int count = add_some(whole, room, err);
		if (count < 0)
			return -1;
		room -= count;
	}
	if (*more)
		return 0;
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
	return 0;
}

static int read_starred(struct whole *whole, const char *account_id, struct err *err)
{
	int result = 0;
	char most[16];
	snprintf(most, sizeof most, "%d", LIMIT_STARRED);
	for (size_t i = 0; i < STARRED_KINDS && result == 0; i++) {
		struct buf question;
		buf_init(&question, LIMIT_STATEMENT_BYTES);
		shelf_add_link_question(&question, account_id, &shelf_kinds[i], SHELF_STARRED, "");
		const char *values[] = {buf_text(&question), most};
		result = pg_query(whole->visit.ctl.pg, sql_text("q_subsonic_starred"), 2, values, &whole->ids[i], err);
		buf_done(&question);
	}
	return result;
}

static void get_starred(struct subsonic *subsonic)
{
	struct err err;
	struct whole *whole;
	if (!subsonic_account(subsonic, SUBSONIC_ARTISTS | SUBSONIC_ALBUMS | SUBSONIC_TRACKS) ||
	    !(whole = open_whole(subsonic, add_starred)))
		return;
	if (read_starred(whole, subsonic->account_id, &err)) {
		close_whole(whole);
		subsonic_fail(subsonic, &err);
		return;
	}
	subsonic_open(subsonic_ok(subsonic), "starred2");
	subsonic_list(&subsonic->answer, starred_names[0]);
	serve(subsonic, whole);
}

const struct subsonic_method subsonic_wholes[] = {
	{"getPlaylist", get_playlist},
	{"getStarred2", get_starred},
	{NULL, NULL},
};
