/* /api/v1/accounts: accounts and what is stored of them. */
#include "console/api.h"

#include "common/category.h"
#include "common/items.h"
#include "common/sql.h"
#include "console/routes.h"
#include "console/visit.h"

static void list_accounts(struct visit *visit)
{
	static const struct api_order by_name = {"name", NULL};
	const char *all[] = {NULL};
	api_list(visit, sql_text("q_api_accounts"), 1, all, &by_name);
}

void api_account(struct visit *visit, const char *name)
{
	const char *values[] = {name, NULL, "1"};
	api_object(visit, sql_text("q_api_accounts"), COUNT_OF(values), values, "There is no account of that name.");
}

static void show_account(struct visit *visit)
{
	api_account(visit, visit->parts[0]);
}

/* Items of a kind in the order of their ids, with the columns of schemas/items.def; removed ones only when asked for. */
static void list_items(struct visit *visit, enum item_kind_id kind)
{
	static const char *const words[] = {"true", "false", NULL};
	static const struct api_order by_id = {"id", NULL};
	struct buf sql;
	char account[ID_TEXT];
	const char *removed;
	if (!visit_account(visit, account) || !api_word(visit, "removed", words, &removed))
		return;
	const char *values[] = {account, removed ? removed : "false"};
	buf_init(&sql, LIMIT_STATEMENT_BYTES);
	buf_add_text(&sql, "SELECT ");
	for (size_t i = 0; i < item_kinds[kind].count; i++)
		buf_printf(&sql, "%s, ", item_kinds[kind].columns[i].name);
	buf_printf(&sql,
	           "first_sync, changed_sync, removed_at, removed_sync FROM %s WHERE account_id = $1::int AND "
	           "(removed_at IS NULL OR $2::boolean) AND ($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4::int",
	           item_kinds[kind].table);
	api_list(visit, buf_text(&sql), 2, values, &by_id);
	buf_done(&sql);
}

static void list_artists(struct visit *visit)
{
	list_items(visit, KIND_artist);
}

static void list_albums(struct visit *visit)
{
	list_items(visit, KIND_album);
}

static void list_tracks(struct visit *visit)
{
	list_items(visit, KIND_track);
}

static void list_playlists(struct visit *visit)
{
	list_items(visit, KIND_playlist);
}

static void list_entries(struct visit *visit)
{
	static const struct api_order by_position = {"position", "^[0-9]{1,18}$"};
	char account[ID_TEXT];
	const char *values[] = {account, visit->parts[1]};
	if (visit_account(visit, account))
		api_list(visit, sql_text("q_api_entries"), 2, values, &by_position);
}

static void list_history(struct visit *visit)
{
	static const struct api_order by_sync = {"sync", "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"};
	static const char *const categories[] = {"artists", "albums", "tracks", "playlists", NULL};
	char account[ID_TEXT];
	const char *values[] = {account, http_find(&visit->request->query, "since"), NULL, NULL};
	if (visit_account(visit, account) && api_word(visit, "category", categories, &values[2]))
		api_list(visit, sql_text("q_ctl_history_syncs"), 4, values, &by_sync);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/api/v1/accounts", .scope = SCOPE_READ, .run = list_accounts},
	{.method = "GET", .path = "/api/v1/accounts/{}", .scope = SCOPE_READ, .run = show_account},
	{.method = "GET", .path = "/api/v1/accounts/{}/artists", .scope = SCOPE_READ, .run = list_artists},
	{.method = "GET", .path = "/api/v1/accounts/{}/albums", .scope = SCOPE_READ, .run = list_albums},
	{.method = "GET", .path = "/api/v1/accounts/{}/tracks", .scope = SCOPE_READ, .run = list_tracks},
	{.method = "GET", .path = "/api/v1/accounts/{}/playlists", .scope = SCOPE_READ, .run = list_playlists},
	{.method = "GET", .path = "/api/v1/accounts/{}/playlists/{}/entries", .scope = SCOPE_READ, .run = list_entries},
	{.method = "GET", .path = "/api/v1/accounts/{}/history", .scope = SCOPE_READ, .run = list_history},
	{0},
};

const struct route_table api_account_routes = {.family = FAMILY_API, .routes = routes};
