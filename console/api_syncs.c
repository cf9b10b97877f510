/* /api/v1/syncs: syncs, their progress, and what they could not take. */
#include "console/api.h"

#include <microhttpd.h>

#include "common/sql.h"
#include "common/uuid.h"
#include "console/live.h"
#include "console/routes.h"

static void list_syncs(struct visit *visit)
{
	static const char *const states[] = {"queued",  "running", "throttled", "needs_auth", "cancelling", "complete",
	                                     "partial", "failed",  "cancelled", "joined",     NULL};
	static const struct api_order by_id = {"id", "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"};
	const char *values[] = {http_find(&visit->request->query, "account"), NULL};
	if (api_word(visit, "state", states, &values[1]))
		api_list(visit, sql_text("q_api_syncs"), 2, values, &by_id);
}

/* false: answered; it is no id. */
static bool is_id(struct visit *visit)
{
	if (uuid_valid(span_of(visit->parts[0])))
		return true;
	visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "A sync's id is a UUID in lower case.");
	return false;
}

static void show_sync(struct visit *visit)
{
	if (is_id(visit))
		api_object(visit, sql_text("q_api_sync"), 1, visit->parts, "There is no sync of that id.");
}

static void list_pages(struct visit *visit)
{
	static const char sql[] =
		"SELECT category || '/' || lpad(walk::text, 4, '0') || '/' || lpad(page::text, 9, '0') AS id, category, walk, page, "
		"received, stored, rejected AS errors, warnings, added, changed, is_last FROM sync_page WHERE sync_id = $1::uuid AND "
		"($2::text IS NULL OR (category, walk, page) > (split_part($2, '/', 1), split_part($2, '/', 2)::int, "
		"split_part($2, '/', 3)::int)) ORDER BY category, walk, page LIMIT $3::int";
	static const struct api_order by_page = {"id", "^(artists|albums|tracks|playlists)/[0-9]{4,9}/[0-9]{9}$"};
	if (is_id(visit))
		api_list(visit, sql, 1, visit->parts, &by_page);
}

static const struct api_order by_place = {"id", "^[A-Za-z0-9._-]{1,200}/[0-9]{1,9}/-?[0-9]{1,18}/-?[0-9]{1,9}$"};

static void list_rejects_of(struct visit *visit)
{
	const char *values[] = {visit->parts[0], NULL};
	if (is_id(visit))
		api_list(visit, sql_text("q_api_rejects"), 2, values, &by_place);
}

static void list_rejects(struct visit *visit)
{
	const char *values[] = {NULL, http_find(&visit->request->query, "account")};
	api_list(visit, sql_text("q_api_rejects"), 2, values, &by_place);
}

/* ---- events ---- */

static int render(struct ctl *ctl, const char *id, struct buf *out, bool *over, struct err *err)
{
	PG_RESULT *rows = NULL;
	if (ctl_json_rows(ctl->pg, sql_text("q_api_sync"), "over", 1, &id, &rows, err))
		return -1;
	*over = PQntuples(rows) == 0 || pg_bool(rows, 0, "over");
	buf_add_text(out, PQntuples(rows) ? pg_text(rows, 0, "row") : "{}");
	return 0;
}

static const struct live_part part = {"sync", render};

static void follow(struct visit *visit)
{
	if (is_id(visit))
		live_serve(visit, &part, visit->parts[0]);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/api/v1/syncs", .scope = SCOPE_READ, .run = list_syncs},
	{.method = "GET", .path = "/api/v1/syncs/{}", .scope = SCOPE_READ, .run = show_sync},
	{.method = "GET", .path = "/api/v1/syncs/{}/pages", .scope = SCOPE_READ, .run = list_pages},
	{.method = "GET", .path = "/api/v1/syncs/{}/rejects", .scope = SCOPE_READ, .run = list_rejects_of},
	{.method = "GET", .path = "/api/v1/syncs/{}/events", .scope = SCOPE_READ, .run = follow},
	{.method = "GET", .path = "/api/v1/rejects", .scope = SCOPE_READ, .run = list_rejects},
	{0},
};

const struct route_table api_sync_routes = {.family = FAMILY_API, .routes = routes};
