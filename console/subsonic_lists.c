/* OpenSubsonic methods that give lists: albums in an order, what is searched for, playlists. */
#include <stdio.h>

#include "common/sql.h"
#include "console/subsonic.h"

enum { ALBUMS_MOST = 500, SEARCH_MOST = 500 };

/* Ids in the shelf's order, with the rows to them. */
static int read_ordered(struct subsonic *subsonic, const struct shelf_kind *kind, int offset, int count,
                        PGresult **rows, struct err *err)
{
	PG_RESULT *ids = NULL;
	if (subsonic_ids(subsonic, kind, offset, count, &ids, err))
		return -1;
	return subsonic_rows(subsonic, kind, ids, 0, count, rows, err);
}

/* ---- albums ---- */

static int read_albums(struct subsonic *subsonic, const char *type, int offset, int size, PGresult **rows,
                       struct err *err)
{
	PG_RESULT *ids = NULL;
	char from[16], most[16];
	if (strcmp(type, "alphabeticalByName") == 0)
		return read_ordered(subsonic, &shelf_kinds[1], offset, size, rows, err);
	snprintf(from, sizeof from, "%d", offset);
	snprintf(most, sizeof most, "%d", size);
	const char *values[] = {subsonic->account_id,
	                        type,
	                        from,
	                        most,
	                        subsonic_param(subsonic, "genre"),
	                        subsonic_param(subsonic, "fromYear"),
	                        subsonic_param(subsonic, "toYear")};
	if (pg_query(subsonic->visit->ctl.pg, sql_text("q_subsonic_albums"), 7, values, &ids, err))
		return -1;
	return subsonic_rows(subsonic, &shelf_kinds[1], ids, 0, size, rows, err);
}

static bool is_type(const char *type)
{
	static const char *const types[] = {"random",  "newest", "highest", "frequent",           "recent",
	                                    "starred", "byYear", "byGenre", "alphabeticalByName", "alphabeticalByArtist"};
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (strcmp(types[i], type) == 0)
			return true;
	}
	return false;
}

static void get_album_list(struct subsonic *subsonic)
{
	PG_RESULT *rows = NULL;
	struct err err;
	const char *type = subsonic_param(subsonic, "type");
	int offset = subsonic_number(subsonic, "offset", 0, SUBSONIC_EVERYTHING),
		size = subsonic_number(subsonic, "size", 10, ALBUMS_MOST);
	if (!is_type(type)) {
		subsonic_error(subsonic, SUBSONIC_MISSING_PARAMETER,
		               *type ? "There is no such type of list" : "The parameter type is missing");
		return;
	}
	if (!subsonic_account(subsonic, SUBSONIC_ALBUMS))
		return;
	if (read_albums(subsonic, type, offset, size, &rows, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	subsonic_open(subsonic_ok(subsonic), "albumList2");
	subsonic_add_list(subsonic, "album", &shelf_kinds[1], rows);
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
}

/* ---- search ---- */

/* No text (or "" in quotes, as older servers wanted it) asks for everything, in order: so players make copies. */
static bool is_everything(const char *query)
{
	return !*query || strcmp(query, "\"\"") == 0;
}

static int search_kind(struct subsonic *subsonic, const struct shelf_kind *kind, const char *query, PGresult **rows,
                       struct err *err)
{
	static const char *const names[] = {"artist", "album", "song"};
	PG_RESULT *ids = NULL;
	char count_name[24], offset_name[24];
	snprintf(count_name, sizeof count_name, "%sCount", names[kind - shelf_kinds]);
	snprintf(offset_name, sizeof offset_name, "%sOffset", names[kind - shelf_kinds]);
	int count = subsonic_number(subsonic, count_name, 20, SEARCH_MOST),
		offset = subsonic_number(subsonic, offset_name, 0, 10 * SUBSONIC_EVERYTHING);
	if (is_everything(query))
		return read_ordered(subsonic, kind, offset, count, rows, err);
	/* The best are few: who asks for later ones has read them all. */
	if (shelf_search(subsonic->visit->ctl.pg, subsonic->account_id, kind, query, offset ? 0 : count,
	                 &subsonic->visit->request->arena, &ids, err))
		return -1;
	return subsonic_rows(subsonic, kind, ids, 0, count, rows, err);
}

/* Three kinds, read before anything is answered. */
struct three {
	PGresult *rows[3];
};

static void add_three(struct subsonic *subsonic, const char *name, const struct three *three)
{
	static const char *const names[] = {"artist", "album", "song"};
	subsonic_open(subsonic_ok(subsonic), name);
	for (size_t i = 0; i < COUNT_OF(three->rows); i++)
		subsonic_add_list(subsonic, names[i], &shelf_kinds[i], three->rows[i]);
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
}

static void three_done(struct three *three)
{
	for (size_t i = 0; i < COUNT_OF(three->rows); i++)
		PQclear(three->rows[i]);
}

static void search3(struct subsonic *subsonic)
{
	struct three three = {{0}};
	struct err err;
	int result = 0;
	if (!subsonic_account(subsonic, SUBSONIC_ARTISTS | SUBSONIC_ALBUMS | SUBSONIC_TRACKS))
		return;
	for (size_t i = 0; i < COUNT_OF(three.rows) && result == 0; i++)
		result = search_kind(subsonic, &shelf_kinds[i], subsonic_param(subsonic, "query"), &three.rows[i], &err);
	if (result)
		subsonic_fail(subsonic, &err);
	else
		add_three(subsonic, "searchResult3", &three);
	three_done(&three);
}

/* ---- playlists ---- */

static void get_playlists(struct subsonic *subsonic)
{
	PG_RESULT *rows = NULL;
	struct err err;
	if (!subsonic_account(subsonic, SUBSONIC_PLAYLISTS))
		return;
	if (read_ordered(subsonic, &shelf_kinds[3], 0, SUBSONIC_EVERYTHING, &rows, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	subsonic_open(subsonic_ok(subsonic), "playlists");
	subsonic_add_list(subsonic, "playlist", &shelf_kinds[3], rows);
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
}

const struct subsonic_method subsonic_lists[] = {
	{"getAlbumList2", get_album_list},
	{"search3", search3},
	{"getPlaylists", get_playlists},
	{NULL, NULL},
};
