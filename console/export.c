/* Exporting: which lines, in which order; how they are written is export_*.c. */
#include "console/export.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/items.h"
#include "common/limits.h"
#include "common/sql.h"
#include "console/export_format.h"
#include "console/http.h"
#include "ctl/ctl.h"

/* Rows of one piece. */
#define PIECE_ROWS "500"

const struct export_format export_formats[EXPORT_FORMATS] = {
	{"csv", "text/csv; charset=utf-8"},
	{"json", "application/json"},
	{"m3u8", "application/vnd.apple.mpegurl; charset=utf-8"},
	{"xspf", "application/xspf+xml"},
};

static const struct export_writer *const writers[EXPORT_FORMATS] = {&export_csv, &export_json, &export_m3u8,
                                                                    &export_xspf};

enum { PART_ENTRIES = CATEGORY_COUNT, PARTS };

struct export
{
	const struct export_format *format;
	const struct export_writer *writer;
	unsigned parts; /* bit n: category n, or the entries */
	unsigned part;  /* the one that is being written; PARTS: the end is */
	bool begun, line_written;
	char after[LIMIT_ID + 1], position[24]; /* the last line of the part */
	char account[LIMIT_ACCOUNT + 1], account_id[ID_TEXT], provider[32], *title, *playlist;
};

static const char *part_name(unsigned part)
{
	return part == PART_ENTRIES ? "entries" : category_name((enum category)part);
}

/* ---- opening ---- */

static int choose_format(struct export *export, const char *name, struct err *err)
{
	for (size_t i = 0; i < EXPORT_FORMATS; i++) {
		if (strcmp(export_formats[i].name, name) == 0) {
			export->format = &export_formats[i];
			export->writer = writers[i];
			return 0;
		}
	}
	return err_set(err, ERR_CONFIG, 0, "'%.20s' is no format; there are csv, json, m3u8 and xspf", name);
}

/* A list to play holds tracks, or the entries of one playlist; the other formats hold everything. */
static int choose_parts(struct export *export, const struct export_order *order, struct err *err)
{
	bool to_play = export->writer == &export_m3u8 || export->writer == &export_xspf;
	const unsigned playlists = 1U << CATEGORY_PLAYLISTS, tracks = 1U << CATEGORY_TRACKS;
	export->parts = order->only;
	if (order->playlist)
		export->parts = 1U << PART_ENTRIES;
	else if (to_play && order->only == CATEGORY_ALL)
		export->parts = tracks;
	else if (to_play && order->only != tracks)
		return err_set(err, ERR_CONFIG, 0, "%s is a list of tracks: take --only tracks, or --playlist ID",
		               order->format);
	else if (order->only & playlists)
		export->parts |= 1U << PART_ENTRIES;
	return 0;
}

static int read_provider(struct pg *pg, struct export *export, struct err *err)
{
	PG_RESULT *row = NULL;
	const char *values[] = {export->account_id};
	if (pg_query(pg, "SELECT provider FROM account WHERE account_id = $1::integer", 1, values, &row, err))
		return -1;
	snprintf(export->provider, sizeof export->provider, "%s", PQntuples(row) ? pg_text(row, 0, "provider") : "");
	return 0;
}

static int read_title(struct pg *pg, struct export *export, const struct export_order *order, struct err *err)
{
	PG_RESULT *row = NULL;
	const char *values[] = {order->account_id, order->playlist};
	if (order->playlist &&
	    pg_query(pg, "SELECT name FROM playlist WHERE account_id = $1::integer AND id = $2", 2, values, &row, err))
		return -1;
	if (order->playlist && PQntuples(row) == 0)
		return err_set(err, ERR_REJECT, 0, "account '%s' has no playlist with the id '%.100s'", order->account,
		               order->playlist);
	export->title = strdup(order->playlist ? pg_text(row, 0, "name") : order->account);
	export->playlist = order->playlist ? strdup(order->playlist) : NULL;
	return export->title && (export->playlist || !order->playlist)
	           ? 0
	           : err_set(err, ERR_FATAL, 0, "no memory for an export");
}

int export_open(struct pg *pg, const struct export_order *order, struct export **ret, struct err *err)
{
	struct export *export = calloc(1, sizeof *export);
	if (!export)
		return err_set(err, ERR_FATAL, 0, "no memory for an export");
	snprintf(export->account, sizeof export->account, "%s", order->account);
	snprintf(export->account_id, sizeof export->account_id, "%s", order->account_id);
	if (choose_format(export, order->format, err) || choose_parts(export, order, err) ||
	    read_provider(pg, export, err) || read_title(pg, export, order, err)) {
		export_close(&export);
		return -1;
	}
	*ret = export;
	return 0;
}

void export_close(struct export **export)
{
	if (!*export)
		return;
	free((*export)->title);
	free((*export)->playlist);
	free(*export);
	*export = NULL;
}

const char *export_type(const struct export *export)
{
	return export->format->type;
}

/* ---- reading ---- */

/* Every column that is not null, as JSON, in the same order as the lines of other formats. */
static void add_json_statement(struct buf *sql, unsigned part)
{
	static const enum item_kind_id kinds[PARTS] = {KIND_artist, KIND_album, KIND_track, KIND_playlist, KIND_entry};
	const struct item_kind *kind = &item_kinds[kinds[part]];
	bool entries = part == PART_ENTRIES;
	buf_printf(sql, "SELECT %s, json_strip_nulls(row_to_json(q)) AS json FROM (SELECT %s",
	           entries ? "playlist_id, position" : "id", entries ? "e.playlist_id, " : "");
	for (size_t i = 0; i < kind->count; i++)
		buf_printf(sql, "%se.%s", i ? ", " : "", kind->columns[i].name);
	buf_printf(sql, " FROM %s e", kind->table);
	if (entries)
		buf_add_text(sql,
		             " JOIN playlist p ON p.account_id = e.account_id AND p.id = e.playlist_id "
		             "AND ($5::text IS NOT NULL OR p.removed_at IS NULL) WHERE e.account_id = $1::integer "
		             "AND (e.playlist_id, e.position) > ($2, $3::bigint) AND ($5::text IS NULL OR e.playlist_id = $5) "
		             "ORDER BY e.playlist_id, e.position LIMIT $4::integer) q");
	else
		buf_add_text(sql,
		             " WHERE e.account_id = $1::integer AND e.id > $2 AND e.removed_at IS NULL AND $3::bigint IS NOT NULL AND "
		             "$5::text IS NULL ORDER BY e.id LIMIT $4::integer) q");
}

static int read_lines(const struct export *export, struct pg *pg, PGresult **rows, struct err *err)
{
	const char *values[] = {export->account_id, export->after, export->position, PIECE_ROWS, export->playlist};
	struct buf sql;
	char name[32];
	if (export->writer != &export_json) {
		snprintf(name, sizeof name, "q_export_%s", part_name(export->part));
		return pg_query(pg, sql_text(name), 5, values, rows, err);
	}
	buf_init(&sql, LIMIT_STATEMENT_BYTES);
	add_json_statement(&sql, export->part);
	int result = pg_query(pg, buf_text(&sql), 5, values, rows, err);
	buf_done(&sql);
	return result;
}

/* ---- writing ---- */

static void begin_part(struct export *export, struct buf *out)
{
	export->line_written = false;
	snprintf(export->after, sizeof export->after, "%s", export->playlist ? export->playlist : "");
	snprintf(export->position, sizeof export->position, "-1");
	if (export->writer->begin_part)
		export->writer->begin_part(out, part_name(export->part));
}

/* On to the next part that is wanted, or to the end. */
static void next_part(struct export *export, struct buf *out)
{
	while (export->part < PARTS && !(export->parts >> export->part & 1))
		export->part++;
	if (export->part < PARTS)
		begin_part(export, out);
	else if (export->writer->end)
		export->writer->end(out);
}

static void begin(struct export *export, const struct export_head *head, struct buf *out)
{
	export->begun = true;
	if (export->writer->begin)
		export->writer->begin(out, head);
	next_part(export, out);
}

static void write_lines(struct export *export, const struct export_head *head, const PGresult *rows, struct buf *out)
{
	int last = PQntuples(rows) - 1;
	bool entries = export->part == PART_ENTRIES;
	for (int i = 0; i <= last; i++) {
		export->writer->line(out, head, part_name(export->part), rows, i, !export->line_written);
		export->line_written = true;
	}
	if (last < 0)
		return;
	snprintf(export->after, sizeof export->after, "%s", pg_text(rows, last, entries ? "playlist_id" : "id"));
	if (entries)
		snprintf(export->position, sizeof export->position, "%s", pg_text(rows, last, "position"));
}

int export_next(struct export *export, struct pg *pg, struct buf *out, bool *more, struct err *err)
{
	const struct export_head head = {export->account, export->provider, export->title};
	PG_RESULT *rows = NULL;
	if (!export->begun)
		begin(export, &head, out);
	if (export->part < PARTS && read_lines(export, pg, &rows, err))
		return -1;
	if (export->part < PARTS && PQntuples(rows)) {
		write_lines(export, &head, rows, out);
	} else if (export->part < PARTS) {
		if (export->writer->end_part)
			export->writer->end_part(out);
		export->part++;
		next_part(export, out);
	}
	*more = export->part < PARTS;
	return buf_ok(out) ? 0 : err_set(err, ERR_RETRY, 0, "no memory for a piece of an export");
}

/* ---- where a line can be heard ---- */

/* A path with its slashes, as a relative reference of RFC 3986. */
static void add_path(struct buf *out, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		char segment[LIMIT_NAME + 1];
		span_copy((struct span){path, len}, segment, sizeof segment);
		http_encode(out, segment);
		path += len;
		if (*path == '/')
			buf_add_byte(out, *path++);
	}
}

/* An address as the provider gave it, with what RFC 3986 allows nowhere in a URI escaped. */
static void add_uri(struct buf *out, const char *uri)
{
	for (; *uri; uri++) {
		unsigned char byte = (unsigned char)*uri;
		if (byte <= ' ' || byte >= 0x7f || strchr("\"<>\\^`{|}", byte))
			buf_printf(out, "%%%02X", byte);
		else
			buf_add_byte(out, *uri);
	}
}

void export_add_location(struct buf *out, const struct export_head *head, const PGresult *rows, int i, bool uri)
{
	const char *location = pg_text(rows, i, "location"), *id = pg_text(rows, i, "id");
	if (strstr(location, "://") || strncmp(location, "spotify:", 8) == 0) {
		add_uri(out, location);
	} else if (*location && uri) {
		add_path(out, location);
	} else if (*location) {
		if (*location == '#') /* a comment, else */
			buf_add_text(out, "./");
		for (; *location; location++)
			buf_add_byte(out, *location == '\n' || *location == '\r' ? ' ' : *location);
	} else {
		buf_printf(out,
		           strcmp(head->provider, "spotify") == 0 ? "https://open.spotify.com/track/" : "syncline:%s/track/",
		           head->account);
		http_encode(out, id);
	}
}
