/* Items as the endpoint tells them: for each kind a table of which column is which member. */
#include <stdio.h>
#include <stdlib.h>

#include "common/json.h"
#include "common/limits.h"
#include "common/sql.h"
#include "console/subsonic.h"
#include "console/subsonic_anchor.h"

enum how {
	AS_TEXT,
	AS_NUMBER,
	AS_COUNT, /* a number that must be there: 0 when it is not known */
	AS_SECONDS,
	AS_SECONDS_MUST,
	AS_YEAR,
	AS_FLAG,
	AS_ID,    /* of ours */
	AS_COVER, /* the item's own id with its kind, when there is a picture to lead to */
	AS_FIRST, /* of a JSON list */
	AS_SUFFIX,
	AS_EXPLICIT,
	AS_FIXED, /* the column's name is the value */
};

struct member {
	const char *name, *column;
	enum how how;
};

static const struct member artist_members[] = {
	{"id", "id", AS_ID},
	{"name", "name", AS_TEXT},
	{"coverArt", "artwork", AS_COVER},
	{"albumCount", "album_count", AS_NUMBER},
	{"starred", "starred", AS_TEXT},
	{"musicBrainzId", "mbid", AS_TEXT},
	{"sortName", "sort_name", AS_TEXT},
	{0},
};

static const struct member album_members[] = {
	{"id", "id", AS_ID},
	{"name", "title", AS_TEXT},
	{"artist", "artist_name", AS_TEXT},
	{"artistId", "artist_id", AS_ID},
	{"displayArtist", "artist_name", AS_TEXT},
	{"coverArt", "artwork", AS_COVER},
	{"songCount", "song_count", AS_COUNT},
	{"duration", "duration_ms", AS_SECONDS_MUST},
	{"created", "created", AS_TEXT},
	{"year", "release_date", AS_YEAR},
	{"genre", "genres", AS_FIRST},
	{"playCount", "play_count", AS_NUMBER},
	{"starred", "starred", AS_TEXT},
	{"userRating", "rating", AS_NUMBER},
	{"musicBrainzId", "mbid", AS_TEXT},
	{"isCompilation", "compilation", AS_FLAG},
	{0},
};

static const struct member song_members[] = {
	{"title", "title", AS_TEXT},
	{"isDir", "false", AS_FIXED},
	{"isVideo", "false", AS_FIXED},
	{"parent", "album_id", AS_ID},
	{"albumId", "album_id", AS_ID},
	{"album", "album_title", AS_TEXT},
	{"artist", "artist_name", AS_TEXT},
	{"artistId", "artist_id", AS_ID},
	{"displayArtist", "artist_name", AS_TEXT},
	{"discNumber", "disc", AS_NUMBER},
	{"track", "number", AS_NUMBER},
	{"duration", "duration_ms", AS_SECONDS},
	{"year", "release_date", AS_YEAR},
	{"genre", "genres", AS_FIRST},
	{"coverArt", "artwork", AS_COVER},
	{"bitRate", "bitrate", AS_NUMBER},
	{"size", "size_bytes", AS_NUMBER},
	{"contentType", "content_type", AS_TEXT},
	{"suffix", "path", AS_SUFFIX},
	{"path", "path", AS_TEXT},
	{"musicBrainzId", "mbid", AS_TEXT},
	{"explicitStatus", "explicit", AS_EXPLICIT},
	{"created", "created", AS_TEXT},
	{"starred", "starred", AS_TEXT},
	{"userRating", "rating", AS_NUMBER},
	{"playCount", "play_count", AS_NUMBER},
	{0},
};

static const struct member playlist_members[] = {
	{"id", "id", AS_ID},
	{"name", "name", AS_TEXT},
	{"comment", "comment", AS_TEXT},
	{"owner", "owner", AS_TEXT},
	{"public", "public", AS_FLAG},
	{"readonly", "read_only", AS_FLAG},
	{"songCount", "entries", AS_COUNT},
	{"duration", "duration_ms", AS_SECONDS_MUST},
	{"created", "created", AS_TEXT},
	{"changed", "changed", AS_TEXT},
	{"coverArt", "artwork", AS_COVER},
	{0},
};

/* ---- one member ---- */

static const char *own_id(const struct subsonic *subsonic, const char *mark, const char *id, char text[LIMIT_ID + 64])
{
	snprintf(text, LIMIT_ID + 64, "%s%s-%s", mark, subsonic->account_id, id);
	return text;
}

static void add_year(struct subsonic_answer *answer, const char *name, const char *date)
{
	char *end;
	long year = strtol(date, &end, 10);
	if (end != date && year > 0)
		subsonic_int(answer, name, year);
}

/* "Music/a.flac" -> "flac" */
static void add_suffix(struct subsonic_answer *answer, const char *name, const char *path)
{
	const char *dot = strrchr(path, '.');
	if (dot && strlen(dot) < 8 && !strchr(dot, '/'))
		subsonic_text(answer, name, dot + 1);
}

static void add_first(struct subsonic_answer *answer, const char *name, const char *list)
{
	struct err err;
	JSON_DOC *doc = NULL;
	if (!*list || json_read(span_of(list), &doc, &err))
		return;
	const char *first = yyjson_get_str(yyjson_arr_get_first(yyjson_doc_get_root(doc)));
	subsonic_text(answer, name, first ? first : "");
}

static void add_member(struct subsonic *subsonic, char kind, const struct member *member, const PGresult *rows, int i)
{
	struct subsonic_answer *answer = &subsonic->answer;
	char text[LIMIT_ID + 64], mark[4] = {kind, '-', 0};
	const char *value = member->how == AS_FIXED ? member->column : pg_text(rows, i, member->column);
	if (!*value && member->how != AS_COUNT && member->how != AS_SECONDS_MUST)
		return;
	switch (member->how) {
	case AS_TEXT:
		subsonic_text(answer, member->name, value);
		break;
	case AS_NUMBER:
	case AS_COUNT:
		subsonic_int(answer, member->name, pg_int(rows, i, member->column));
		break;
	case AS_SECONDS:
	case AS_SECONDS_MUST:
		subsonic_int(answer, member->name, (pg_int(rows, i, member->column) + 500) / 1000);
		break;
	case AS_YEAR:
		add_year(answer, member->name, value);
		break;
	case AS_FLAG:
		subsonic_bool(answer, member->name, *value == 't');
		break;
	case AS_ID:
		subsonic_text(answer, member->name, own_id(subsonic, "", value, text));
		break;
	case AS_COVER:
		if (strncmp(value, "https://", 8) == 0 && !pg_null(rows, i, "id"))
			subsonic_text(answer, member->name, own_id(subsonic, mark, pg_text(rows, i, "id"), text));
		break;
	case AS_FIRST:
		add_first(answer, member->name, value);
		break;
	case AS_SUFFIX:
		add_suffix(answer, member->name, value);
		break;
	case AS_EXPLICIT:
		subsonic_text(answer, member->name, *value == 't' ? "explicit" : "clean");
		break;
	case AS_FIXED:
		subsonic_bool(answer, member->name, *value == 't');
	}
}

/* ---- lists in an item ---- */

/* A column with a JSON list of texts as a list of nodes, {"name": text}, or of plain texts. */
static void add_texts(struct subsonic_answer *answer, const char *name, const char *list, bool nodes)
{
	struct err err;
	JSON_DOC *doc = NULL;
	if (!*list || json_read(span_of(list), &doc, &err))
		return;
	subsonic_list(answer, name);
	struct json_list texts = json_list_begin(yyjson_doc_get_root(doc));
	for (yyjson_val *value; (value = json_list_next(&texts));) {
		const char *text = yyjson_get_str(value);
		if (!nodes) {
			subsonic_value(answer, text ? text : "");
			continue;
		}
		subsonic_open(answer, NULL);
		subsonic_text(answer, "name", text ? text : "");
		subsonic_close(answer);
	}
	subsonic_end_list(answer);
}

static void add_artists(struct subsonic *subsonic, const PGresult *rows, int i)
{
	struct subsonic_answer *answer = &subsonic->answer;
	char text[LIMIT_ID + 64];
	struct err err;
	JSON_DOC *ids = NULL;
	JSON_DOC *names = NULL;
	if (pg_null(rows, i, "artist_ids") || pg_null(rows, i, "artist_names") ||
	    json_read(span_of(pg_text(rows, i, "artist_ids")), &ids, &err) ||
	    json_read(span_of(pg_text(rows, i, "artist_names")), &names, &err))
		return;
	subsonic_list(answer, "artists");
	struct json_list id_list = json_list_begin(yyjson_doc_get_root(ids)),
					 name_list = json_list_begin(yyjson_doc_get_root(names));
	for (yyjson_val *id; (id = json_list_next(&id_list));) {
		const char *name = yyjson_get_str(json_list_next(&name_list)), *value = yyjson_get_str(id);
		subsonic_open(answer, NULL);
		subsonic_text(answer, "id", own_id(subsonic, "", value ? value : "", text));
		subsonic_text(answer, "name", name ? name : "");
		subsonic_close(answer);
	}
	subsonic_end_list(answer);
}

/* "2001-03" as {"year": 2001, "month": 3}. */
static void add_date(struct subsonic_answer *answer, const char *name, const char *date)
{
	int year = 0, month = 0, day = 0;
	int parts = sscanf(date, "%4d-%2d-%2d", &year, &month, &day);
	if (parts < 2)
		return; /* the year alone is told already */
	subsonic_open(answer, name);
	subsonic_int(answer, "year", year);
	subsonic_int(answer, "month", month);
	if (parts == 3)
		subsonic_int(answer, "day", day);
	subsonic_close(answer);
}

static void add_lists(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *rows, int i)
{
	struct subsonic_answer *answer = &subsonic->answer;
	add_artists(subsonic, rows, i);
	add_texts(answer, "genres", pg_text(rows, i, "genres"), true);
	if (kind->code == 't') {
		add_texts(answer, "isrc", pg_text(rows, i, "isrcs"), false);
		return;
	}
	add_date(answer, "releaseDate", pg_text(rows, i, "release_date"));
	if (*pg_text(rows, i, "label")) {
		subsonic_list(answer, "recordLabels");
		subsonic_open(answer, NULL);
		subsonic_text(answer, "name", pg_text(rows, i, "label"));
		subsonic_close(answer);
		subsonic_end_list(answer);
	}
}

/* ---- items ---- */

static void add_song(struct subsonic *subsonic, const char *id, const PGresult *rows, int i)
{
	struct subsonic_answer *answer = &subsonic->answer;
	char text[LIMIT_ID + 64];
	subsonic_text(answer, "id", own_id(subsonic, "", id, text));
	for (const struct member *member = song_members; member->name; member++)
		add_member(subsonic, 't', member, rows, i);
	subsonic_text(answer, "type", "music");
	subsonic_text(answer, "mediaType", "song");
	add_lists(subsonic, &shelf_kinds[2], rows, i);
}

void subsonic_add(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *rows, int i)
{
	static const struct member *const members[SHELF_KINDS] = {artist_members, album_members, NULL, playlist_members};
	const struct member *member = members[kind - shelf_kinds];
	if (!member) {
		add_song(subsonic, pg_text(rows, i, "id"), rows, i);
		return;
	}
	for (; member->name; member++)
		add_member(subsonic, kind->code, member, rows, i);
	if (kind->code == 'b')
		add_lists(subsonic, kind, rows, i);
}

void subsonic_add_folder(struct subsonic *subsonic, const PGresult *rows, int i)
{
	static const struct member members[] = {{"id", "id", AS_ID},
	                                        {"name", "name", AS_TEXT},
	                                        {"starred", "starred", AS_TEXT}};
	for (size_t m = 0; m < COUNT_OF(members); m++)
		add_member(subsonic, 'a', &members[m], rows, i);
}

void subsonic_add_nodes(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *rows)
{
	for (int i = 0; i < PQntuples(rows); i++) {
		subsonic_open(&subsonic->answer, NULL);
		subsonic_add(subsonic, kind, rows, i);
		subsonic_close(&subsonic->answer);
	}
}

void subsonic_add_list(struct subsonic *subsonic, const char *name, const struct shelf_kind *kind, const PGresult *rows)
{
	subsonic_list(&subsonic->answer, name);
	subsonic_add_nodes(subsonic, kind, rows);
	subsonic_end_list(&subsonic->answer);
}

/* A song must have an id and a title: what has none (a local file, an empty place) gets those of its place, so that the others
 * keep theirs. */
void subsonic_add_entries(struct subsonic *subsonic, const PGresult *rows)
{
	for (int i = 0; i < PQntuples(rows); i++) {
		char place[40];
		snprintf(place, sizeof place, "entry-%.20s", pg_text(rows, i, "position"));
		subsonic_open(&subsonic->answer, NULL);
		if (pg_null(rows, i, "title"))
			subsonic_text(&subsonic->answer, "title", "(nothing)");
		add_song(subsonic, pg_null(rows, i, "id") ? place : pg_text(rows, i, "id"), rows, i);
		subsonic_close(&subsonic->answer);
	}
}

/* ---- rows ---- */

/* Before the last row, and before the one in front of it: our own fetcher asks for a page's last item again. */
static void keep_anchors(const struct subsonic *subsonic, const struct shelf_kind *kind, int offset,
                         const PGresult *ids)
{
	int count = PQntuples(ids);
	for (int i = count > 2 ? count - 2 : count; i < count; i++) {
		struct anchor_place place;
		snprintf(place.letter, sizeof place.letter, "%s", pg_text(ids, i, "letter"));
		snprintf(place.sort_key, sizeof place.sort_key, "%s", pg_text(ids, i, "sort_key"));
		snprintf(place.id, sizeof place.id, "%s", pg_text(ids, i, "id"));
		anchor_keep(subsonic->account_id, kind, offset + i + 1, &place);
	}
}

int subsonic_ids(struct subsonic *subsonic, const struct shelf_kind *kind, int offset, int count, PGresult **ids,
                 struct err *err)
{
	char from[16], most[16];
	struct anchor_place place;
	const char *values[] = {subsonic->account_id, kind->name, from, most, place.letter, place.sort_key, place.id};
	snprintf(from, sizeof from, "%d", offset - anchor_find(subsonic->account_id, kind, offset, &place));
	snprintf(most, sizeof most, "%d", count);
	if (pg_query(subsonic->visit->ctl.pg, sql_text("q_subsonic_ids"), 7, values, ids, err))
		return -1;
	keep_anchors(subsonic, kind, offset, *ids);
	return 0;
}

/* list: a JSON list of ids. */
static int read_rows(struct subsonic *subsonic, const struct shelf_kind *kind, struct buf *list, PGresult **rows,
                     struct err *err)
{
	char name[32];
	const char *values[] = {subsonic->account_id, buf_text(list)};
	if (!buf_ok(list))
		return err_set(err, ERR_CONFIG, 0, "That is more than this server sends at once");
	snprintf(name, sizeof name, "q_subsonic_%s", kind->name);
	return pg_query(subsonic->visit->ctl.pg, sql_text(name), 2, values, rows, err);
}

int subsonic_rows(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *ids, int from, int most,
                  PGresult **rows, struct err *err)
{
	struct buf list;
	buf_init(&list, LIMIT_CONSOLE_ANSWER);
	buf_add_byte(&list, '[');
	for (int i = from; i < PQntuples(ids) && i < from + most; i++) {
		if (i > from)
			buf_add_byte(&list, ',');
		buf_add_json_text(&list, span_of(pg_text(ids, i, "id")));
	}
	buf_add_byte(&list, ']');
	int result = read_rows(subsonic, kind, &list, rows, err);
	buf_done(&list);
	return result;
}

int subsonic_row(struct subsonic *subsonic, const struct shelf_kind *kind, const char *id, PGresult **row,
                 struct err *err)
{
	struct buf list;
	buf_init(&list, LIMIT_CONSOLE_ANSWER);
	buf_add_byte(&list, '[');
	buf_add_json_text(&list, span_of(id));
	buf_add_byte(&list, ']');
	int result = read_rows(subsonic, kind, &list, row, err);
	buf_done(&list);
	return result;
}
