/* Keeping the shelf. */
#include "console/shelf.h"

#include <stdio.h>

#include "common/fold.h"
#include "common/json.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/sql.h"
#include "common/text.h"
#include "console/limits.h"
#include "console/shelf_words.h"

/* Items of one statement: it takes some ten ms, and nobody waits long for its locks. */
#define SHELF_WINDOW "2000"

const struct shelf_kind shelf_kinds[SHELF_KINDS] = {
	{"artist", "artists", "Artists", 'a'},
	{"album", "albums", "Albums", 'b'},
	{"track", "tracks", "Tracks", 't'},
	{"playlist", "playlists", "Playlists", 'p'},
};

const struct shelf_kind *shelf_kind_find(const char *word)
{
	for (size_t i = 0; i < SHELF_KINDS; i++) {
		if (strcmp(shelf_kinds[i].name, word) == 0 || strcmp(shelf_kinds[i].category, word) == 0)
			return &shelf_kinds[i];
	}
	return NULL;
}

/* ---- one item ---- */

/* What the OpenSubsonic description names as the usual ones to leave out. Of artists alone: "A Day in the Life" stands under A. */
static const char *without_article(const char *folded)
{
	static const char *const articles[] = {"the ", "el ", "la ", "los ", "las ", "le ", "les "};
	for (size_t i = 0; i < COUNT_OF(articles); i++) {
		size_t len = strlen(articles[i]);
		if (strncmp(folded, articles[i], len) == 0)
			return folded + len;
	}
	return folded;
}

static const char *sort_key_of(const struct shelf_kind *kind, const PGresult *rows, int i, struct arena *arena)
{
	const char *sort_name = pg_text(rows, i, "sort_name");
	const char *folded = fold_text(span_of(*sort_name ? sort_name : pg_text(rows, i, "name")), arena);
	return folded && kind->code == 'a' && !*sort_name ? without_article(folded) : folded;
}

static void add_links(struct buf *json, const char *account_id, const struct shelf_kind *kind, const PGresult *rows,
                      int i)
{
	const char *album = pg_text(rows, i, "album_id"), *artist;
	struct err err;
	JSON_DOC *artists = NULL;
	if (!pg_null(rows, i, "starred_at"))
		shelf_add_link(json, account_id, kind, SHELF_STARRED, "");
	if (*album)
		shelf_add_link(json, account_id, kind, SHELF_ON_ALBUM, album);
	if (json_read(span_of(pg_text(rows, i, "artist_ids")), &artists, &err))
		return; /* there is none */
	struct json_list list = json_list_begin(yyjson_doc_get_root(artists));
	for (yyjson_val *value; (value = json_list_next(&list));) {
		if ((artist = yyjson_get_str(value)) && *artist)
			shelf_add_link(json, account_id, kind, SHELF_BY_ARTIST, artist);
	}
}

static int add_item(struct buf *json, const char *account_id, const struct shelf_kind *kind, const PGresult *rows,
                    int i, struct arena *arena, struct err *err)
{
	char letter[FOLD_LETTER];
	arena_reset(arena);
	const char *sort_key = sort_key_of(kind, rows, i, arena);
	const char *name = fold_text(span_of(pg_text(rows, i, "name")), arena);
	const char *others = fold_text(span_of(pg_text(rows, i, "others")), arena);
	if (!sort_key || !name || !others)
		return err_set(err, ERR_RETRY, 0, "no memory for the words of an item");
	fold_letter(sort_key, letter);
	buf_add_text(json, json->len > 1 ? ",{\"id\":" : "{\"id\":");
	buf_add_json_text(json, span_of(pg_text(rows, i, "id")));
	buf_printf(json, ",\"removed\":%s,\"content_hash\":%s,\"letter\":\"%s\",\"sort_key\":\"%.*s\",\"words\":[",
	           pg_bool(rows, i, "removed") ? "true" : "false", pg_text(rows, i, "content_hash"), letter,
	           SPAN_ARG(text_cut(span_of(sort_key), SHELF_SORT_KEY)));
	shelf_add_words(json, account_id, kind, name);
	shelf_add_words(json, account_id, kind, others);
	add_links(json, account_id, kind, rows, i);
	buf_add_text(json, "]}");
	return 0;
}

/* ---- a pass ---- */

enum { MANY = 100 }; /* rows that a pass has written, so that what is known of the tables may be out of date */

struct pass {
	struct pg *pg;
	const char *account_id;
	const struct shelf_kind *kind;
	struct arena arena;
	struct buf json;
	int64_t written;
};

/* Most take some ms; now and then one pays for the index of many before it, so it may take longer than a page. */
static int write_window(struct pass *pass, const PGresult *rows, struct err *err)
{
	int64_t written = 0;
	buf_reset(&pass->json, SIZE_MAX);
	buf_add_byte(&pass->json, '[');
	for (int i = 0; i < PQntuples(rows); i++) {
		if (!pg_null(rows, i, "id") && add_item(&pass->json, pass->account_id, pass->kind, rows, i, &pass->arena, err))
			return -1;
	}
	if (pass->json.len == 1)
		return 0;
	buf_add_byte(&pass->json, ']');
	if (!buf_ok(&pass->json))
		return err_set(err, ERR_RETRY, 0, "no memory for a window of the shelf");
	const char *values[] = {pass->account_id, pass->kind->name, buf_text(&pass->json)};
	if (pg_exec(pass->pg, "BEGIN; SET LOCAL statement_timeout = '60s'", err) ||
	    pg_run(pass->pg, sql_text("q_shelf_write"), 3, values, &written, err) || pg_exec(pass->pg, "COMMIT", err)) {
		struct err ignored;
		IGNORE(pg_exec(pass->pg, "ROLLBACK", &ignored)); /* the first error is the one to tell */
		return -1;
	}
	pass->written += written;
	return 0;
}

/* Window after window, in the order of ids. *through: the end was reached before `stop`. */
static int walk(struct pass *pass, const atomic_bool *stop, bool *through, struct err *err)
{
	char after[LIMIT_ID + 1] = "";
	*through = false;
	while (!*through && !*stop) {
		PG_RESULT *rows = NULL;
		const char *values[] = {pass->account_id, pass->kind->name, after, SHELF_WINDOW};
		if (pg_query(pass->pg, sql_text("q_shelf_window"), 4, values, &rows, err) || write_window(pass, rows, err))
			return -1;
		*through = pg_null(rows, 0, "last");
		snprintf(after, sizeof after, "%s", pg_text(rows, 0, "last"));
	}
	return 0;
}

/* Postgres plans by what it knew of its tables when it last looked at them, which it does by itself within a minute or two. Until
 * then it takes a new library for a small one, and pages of entries and exports take seconds each. Where that is not ours to do it
 * only warns. */
static void tell_planner(struct pg *pg)
{
	struct err ignored;
	IGNORE(pg_exec(pg, "ANALYZE (SKIP_LOCKED) shelf, track, album, artist, playlist, playlist_entry", &ignored));
}

static int pass_over(struct pg *pg, const PGresult *due, const atomic_bool *stop, struct err *err)
{
	char written[24];
	bool through = false;
	struct pass pass = {.pg = pg,
	                    .account_id = pg_text(due, 0, "account_id"),
	                    .kind = shelf_kind_find(pg_text(due, 0, "category"))};
	arena_init(&pass.arena, LIMIT_SHELF_ITEM);
	buf_init(&pass.json, LIMIT_SHELF_WINDOW);
	int result = walk(&pass, stop, &through, err);
	arena_done(&pass.arena);
	buf_done(&pass.json);
	if (result || !through)
		return result;
	if (pass.written >= MANY)
		tell_planner(pg);
	snprintf(written, sizeof written, "%lld", (long long)pass.written);
	const char *values[] = {pass.account_id, pass.kind->category, pg_text(due, 0, "seen"), pg_text(due, 0, "began_at"),
	                        written};
	if (pg_run(pg, sql_text("q_shelf_done"), 5, values, NULL, err))
		return -1;
	if (pass.written)
		log_info("shelf", "%s of %s: %s written", pass.kind->category, pg_text(due, 0, "account"), written);
	return 0;
}

static int keep_all(struct pg *pg, const atomic_bool *stop, struct err *err)
{
	while (!*stop) {
		PG_RESULT *due = NULL;
		if (pg_query(pg, sql_text("q_shelf_due"), 0, NULL, &due, err))
			return -1;
		if (PQntuples(due) == 0)
			return 0;
		if (pass_over(pg, due, stop, err))
			return err_wrap(err, "the shelf of %s, %s: ", pg_text(due, 0, "account"), pg_text(due, 0, "category"));
	}
	return 0;
}

int shelf_keep(struct pg *pg, const atomic_bool *stop, struct err *err)
{
#define LOCK "(hashtextextended('syncline shelf', 0))"
	PG_RESULT *row = NULL;
	struct err ignored;
	if (pg_query(pg, "SELECT pg_try_advisory_lock" LOCK " AS locked", 0, NULL, &row, err))
		return -1;
	if (!pg_bool(row, 0, "locked"))
		return 0;
	int result = keep_all(pg, stop, err);
	/* A connection that is lost has lost the lock as well. */
	IGNORE(pg_run(pg, "SELECT pg_advisory_unlock" LOCK, 0, NULL, NULL, &ignored));
	return result;
#undef LOCK
}
