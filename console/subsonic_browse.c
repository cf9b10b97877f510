/* OpenSubsonic methods that go from folders to artists, albums and songs. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/sql.h"
#include "console/subsonic.h"

enum { LINKED_MOST = 20000 };
#define ARTICLES "The El La Los Las Le Les" /* those of console/shelf.c */

/* ---- folders and state ---- */

static void get_folders(struct subsonic *subsonic)
{
	PG_RESULT *rows = NULL;
	struct err err;
	const char *values[] = {*subsonic->only ? subsonic->only : NULL};
	if (pg_query(subsonic->visit->ctl.pg, sql_text("q_subsonic_folders"), 1, values, &rows, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_open(answer, "musicFolders");
	subsonic_list(answer, "musicFolder");
	for (int i = 0; i < PQntuples(rows); i++) {
		subsonic_open(answer, NULL);
		subsonic_int(answer, "id", pg_int(rows, i, "account_id"));
		subsonic_text(answer, "name", pg_text(rows, i, "name"));
		subsonic_close(answer);
	}
	subsonic_end_list(answer);
	subsonic_close(answer);
	subsonic_finish(subsonic);
}

static int read_state(struct subsonic *subsonic, PGresult **row, struct err *err)
{
	const char *values[] = {subsonic->account_id};
	return pg_query(subsonic->visit->ctl.pg, sql_text("q_subsonic_state"), 1, values, row, err);
}

static void get_scan_status(struct subsonic *subsonic)
{
	PG_RESULT *row = NULL;
	struct err err;
	if (!subsonic_account(subsonic, 0))
		return;
	if (read_state(subsonic, &row, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_open(answer, "scanStatus");
	subsonic_bool(answer, "scanning", pg_bool(row, 0, "scanning"));
	subsonic_int(answer, "count", pg_int(row, 0, "songs"));
	subsonic_close(answer);
	subsonic_finish(subsonic);
}

/* ---- artists ---- */

/* Begins and ends the indexes between artists of different letters. */
static void add_indexes(struct subsonic *subsonic, const PGresult *ids, const PGresult *rows, bool as_folders)
{
	struct subsonic_answer *answer = &subsonic->answer;
	const char *letter = "";
	int at = 0; /* of ids: one of them may be gone from the rows */
	subsonic_list(answer, "index");
	for (int i = 0; i < PQntuples(rows); i++) {
		while (strcmp(pg_text(ids, at, "id"), pg_text(rows, i, "id")) != 0)
			at++;
		if (strcmp(letter, pg_text(ids, at, "letter")) != 0) {
			if (*letter) {
				subsonic_end_list(answer);
				subsonic_close(answer);
			}
			letter = pg_text(ids, at, "letter");
			subsonic_open(answer, NULL);
			subsonic_text(answer, "name", letter);
			subsonic_list(answer, "artist");
		}
		subsonic_open(answer, NULL);
		if (as_folders)
			subsonic_add_folder(subsonic, rows, i);
		else
			subsonic_add(subsonic, &shelf_kinds[0], rows, i);
		subsonic_close(answer);
	}
	if (*letter) {
		subsonic_end_list(answer);
		subsonic_close(answer);
	}
	subsonic_end_list(answer);
}

static int read_artists(struct subsonic *subsonic, PGresult **ids, PGresult **rows, struct err *err)
{
	if (subsonic_ids(subsonic, &shelf_kinds[0], 0, SUBSONIC_EVERYTHING, ids, err))
		return -1;
	return subsonic_rows(subsonic, &shelf_kinds[0], *ids, 0, SUBSONIC_EVERYTHING, rows, err);
}

static void get_artists(struct subsonic *subsonic)
{
	PG_RESULT *ids = NULL;
	PG_RESULT *rows = NULL;
	struct err err;
	if (!subsonic_account(subsonic, SUBSONIC_ARTISTS))
		return;
	if (read_artists(subsonic, &ids, &rows, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_open(answer, "artists");
	subsonic_text(answer, "ignoredArticles", ARTICLES);
	add_indexes(subsonic, ids, rows, false);
	subsonic_close(answer);
	subsonic_finish(subsonic);
}

/* The same by folders, as old players browse; with ifModifiedSince the time alone, if nothing is newer. */
static void get_indexes(struct subsonic *subsonic)
{
	PG_RESULT *ids = NULL;
	PG_RESULT *rows = NULL;
	PG_RESULT *state = NULL;
	struct err err;
	int64_t since = strtoll(subsonic_param(subsonic, "ifModifiedSince"), NULL, 10);
	if (!subsonic_account(subsonic, SUBSONIC_ARTISTS))
		return;
	if (read_state(subsonic, &state, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	int64_t changed = pg_int(state, 0, "changed_ms");
	bool whole = since == 0 || changed > since;
	if (whole && read_artists(subsonic, &ids, &rows, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_open(answer, "indexes");
	subsonic_text(answer, "ignoredArticles", ARTICLES);
	subsonic_int(answer, "lastModified", changed);
	if (whole)
		add_indexes(subsonic, ids, rows, true);
	subsonic_close(answer);
	subsonic_finish(subsonic);
}

/* ---- one artist, album, song ---- */

/* The item itself (no row: not there) and what belongs to it. */
struct family {
	PGresult *self, *links, *members;
};

static void family_done(struct family *family)
{
	PQclear(family->self);
	PQclear(family->links);
	PQclear(family->members);
}

static int read_family(struct subsonic *subsonic, const struct shelf_kind *kind, const struct shelf_kind *member_kind,
                       enum shelf_link link, const char *id, struct family *family, struct err *err)
{
	if (subsonic_row(subsonic, kind, id, &family->self, err))
		return -1;
	if (PQntuples(family->self) == 0)
		return err_set(err, ERR_REJECT, 0, "There is no such %s", kind->name);
	const struct shelf_links links = {subsonic->account_id, member_kind, link, id, 0, LINKED_MOST, LINKED_MOST};
	if (shelf_linked(subsonic->visit->ctl.pg, &links, &family->links, err))
		return -1;
	return subsonic_rows(subsonic, member_kind, family->links, 0, LINKED_MOST, &family->members, err);
}

static void answer_family(struct subsonic *subsonic, const struct shelf_kind *kind,
                          const struct shelf_kind *member_kind, enum shelf_link link, const char *member_name)
{
	struct family family = {0};
	struct err err;
	const char *id;
	if (!subsonic_id(subsonic, subsonic_param(subsonic, "id"),
	                 kind->code == 'a' ? SUBSONIC_ARTISTS | SUBSONIC_ALBUMS : SUBSONIC_ALBUMS | SUBSONIC_TRACKS, &id))
		return;
	if (read_family(subsonic, kind, member_kind, link, id, &family, &err)) {
		subsonic_fail(subsonic, &err);
	} else {
		subsonic_open(subsonic_ok(subsonic), kind->name);
		subsonic_add(subsonic, kind, family.self, 0);
		subsonic_add_list(subsonic, member_name, member_kind, family.members);
		subsonic_close(&subsonic->answer);
		subsonic_finish(subsonic);
	}
	family_done(&family);
}

static void get_artist(struct subsonic *subsonic)
{
	answer_family(subsonic, &shelf_kinds[0], &shelf_kinds[1], SHELF_BY_ARTIST, "album");
}

static void get_album(struct subsonic *subsonic)
{
	answer_family(subsonic, &shelf_kinds[1], &shelf_kinds[2], SHELF_ON_ALBUM, "song");
}

static void get_song(struct subsonic *subsonic)
{
	PG_RESULT *row = NULL;
	struct err err;
	const char *id;
	if (!subsonic_id(subsonic, subsonic_param(subsonic, "id"), SUBSONIC_TRACKS, &id))
		return;
	if (subsonic_row(subsonic, &shelf_kinds[2], id, &row, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	if (PQntuples(row) == 0) {
		subsonic_error(subsonic, SUBSONIC_NOT_FOUND, "There is no such song");
		return;
	}
	subsonic_open(subsonic_ok(subsonic), "song");
	subsonic_add(subsonic, &shelf_kinds[2], row, 0);
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
}

/* ---- pictures ---- */

/* "b-7-xyz": of kind b. The provider's own address is told, never fetched by us. */
static void get_cover_art(struct subsonic *subsonic)
{
	struct visit *visit = subsonic->visit;
	const char *text = subsonic_param(subsonic, "id"), *id;
	const struct shelf_kind *kind = NULL;
	PG_RESULT *row = NULL;
	struct err err;
	for (size_t i = 0; i < SHELF_KINDS; i++)
		kind = *text == shelf_kinds[i].code && text[1] == '-' ? &shelf_kinds[i] : kind;
	if (!subsonic_id(subsonic, kind ? text + 2 : text, 0, &id))
		return;
	const char *values[] = {subsonic->account_id, kind ? kind->name : "", id};
	if (pg_query(visit->ctl.pg, sql_text("q_subsonic_artwork"), 3, values, &row, &err)) {
		subsonic_fail(subsonic, &err);
		return;
	}
	if (PQntuples(row) == 0) {
		subsonic_error(subsonic, SUBSONIC_NOT_FOUND, "There is no picture of that");
		return;
	}
	http_redirect(visit->request, visit->response, pg_text(row, 0, "artwork"));
	visit->response->status = MHD_HTTP_FOUND;
	subsonic->answered = true;
}

const struct subsonic_method subsonic_browsing[] = {
	{"getMusicFolders", get_folders},
	{"getScanStatus", get_scan_status},
	{"getIndexes", get_indexes},
	{"getArtists", get_artists},
	{"getArtist", get_artist},
	{"getAlbum", get_album},
	{"getSong", get_song},
	{"getCoverArt", get_cover_art},
	{NULL, NULL},
};
