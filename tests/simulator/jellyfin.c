/* One row an endpoint; who may ask; and the page around the items.
 *
 * After jellyfin/jellyfin's controllers: errors are plain text, names of parameters are written in any case (here as the
 * documentation has them), a page with a limit is cut before other users' playlists are taken out of it (#14603). */
#include "jellyfin.h"

#include <stdio.h>
#include <stdlib.h>

#include "jellyfin_item.h"
#include "mix.h"

enum what { WHAT_SIGN_IN, WHAT_USERS, WHAT_ABOUT, WHAT_ITEMS, WHAT_ENTRIES };

struct endpoint {
	const char *name, *path; /* of /Items: includeItemTypes */
	enum what what;
	enum kind kind;
	void (*element)(struct page *page, const struct library *library, uint32_t index);
};

static const struct endpoint endpoints[] = {
	{"sign_in", "/Users/AuthenticateByName", WHAT_SIGN_IN, KIND_ARTIST, NULL},
	{"users", "/Users", WHAT_USERS, KIND_ARTIST, NULL},
	{"about", "/System/Info/Public", WHAT_ABOUT, KIND_ARTIST, NULL},
	{"artists", "/Artists", WHAT_ITEMS, KIND_ARTIST, jellyfin_artist},
	{"playlist_items", "/Playlists/", WHAT_ENTRIES, KIND_PLAYLIST, jellyfin_entry},
};
static const struct endpoint items[] = {
	{"tracks", "Audio", WHAT_ITEMS, KIND_TRACK, jellyfin_track},
	{"albums", "MusicAlbum", WHAT_ITEMS, KIND_ALBUM, jellyfin_album},
	{"playlists", "Playlist", WHAT_ITEMS, KIND_PLAYLIST, jellyfin_playlist},
	{"newest", "Audio,MusicAlbum", WHAT_ITEMS, KIND_ALBUM, jellyfin_album},
};

/* ---- who asks ---- */

/* 32 hex digits of the name. */
static void user_id(const char *name, char id[33])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (const char *at = name; *at; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	snprintf(id, 33, "%016llx%016llx", (unsigned long long)mix64(hash), (unsigned long long)mix64(hash + 1));
}

/* What stands between the quotes behind Token=; values are escaped as in addresses, of which tokens here need nothing. */
static void token_of(const struct request *request, char token[TOKEN_MAX])
{
	const char *at = strstr(request->authorization, "Token=\"");
	size_t len = at ? strcspn(at + 7, "\"") : 0;
	snprintf(token, TOKEN_MAX, "%.*s", (int)len, at ? at + 7 : "");
}

/* A text member of a small JSON body, without escapes. */
static void member_of(const char *body, const char *name, char value[USER_MAX])
{
	const char *at = strstr(body, name);
	size_t len = at ? strcspn(at + strlen(name), "\"") : 0;
	snprintf(value, USER_MAX, "%.*s", (int)len, at ? at + strlen(name) : "");
}

static bool is_key(const struct call *call, const char *token)
{
	return call->login->api_key && strcmp(call->login->api_key, token) == 0;
}

/* ---- routing ---- */

static const struct endpoint *find(const struct call *call, char id[ID_TEXT_MAX])
{
	const char *path = call->request->path, *types = request_param(call->request, "includeItemTypes");
	char *end;
	for (size_t i = 0; types && strcmp(path, "/Items") == 0 && i < sizeof items / sizeof *items; i++) {
		if (strcmp(types, items[i].path) == 0)
			return &items[i];
	}
	for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
		size_t len = strlen(endpoints[i].path);
		if (strcmp(path, endpoints[i].path) == 0)
			return &endpoints[i];
		if (endpoints[i].what != WHAT_ENTRIES || strncmp(path, endpoints[i].path, len) != 0)
			continue;
		snprintf(id, ID_TEXT_MAX, "%s", path + len);
		end = strchr(id, '/');
		if (end && strcmp(end, "/Items") == 0) {
			*end = 0;
			return &endpoints[i];
		}
	}
	return NULL;
}

static bool route(struct call *call)
{
	char token[TOKEN_MAX];
	const struct endpoint *endpoint = find(call, call->id);
	token_of(call->request, token);
	call->page = endpoint;
	snprintf(call->endpoint, ENDPOINT_MAX, "%s", endpoint ? endpoint->name : "other");
	if (endpoint && endpoint->what == WHAT_SIGN_IN)
		member_of(call->request->body, "\"Username\":\"", call->user);
	else if (is_key(call, token))
		snprintf(call->user, USER_MAX, "%s", call->login->user);
	else
		(void)grants_user_of(token, call->user); /* a token of another shape names nobody */
	return true;
}

/* ---- refusals, and what is no list ---- */

static bool answer(struct response *response, int status, const char *type, const char *text)
{
	response->status = status;
	response->content_type = type;
	response->body = body_new(text, strlen(text));
	return true;
}

static bool refuse(struct response *response, int status, const char *text)
{
	return answer(response, status, "text/plain", text);
}

static const char processing[] = "Error processing request.";

static int fail(const struct flavour *flavour, const struct fault_text *text, struct out *out)
{
	(void)flavour;
	out_str(out, processing);
	return text->status;
}

static bool sign_in(struct call *call, struct response *response)
{
	char password[USER_MAX], token[TOKEN_MAX], id[33], text[512];
	member_of(call->request->body, "\"Pw\":\"", password);
	if (strcmp(call->request->method, "POST") != 0)
		return refuse(response, 405, "");
	if (!strstr(call->request->authorization, "DeviceId=\""))
		return refuse(response, 400, processing);
	if (!grants_knows(call->grants, call->user) || strcmp(password, call->login->password) != 0)
		return refuse(response, 401, processing);
	grants_user_token(call->grants, call->user, token);
	user_id(call->user, id);
	snprintf(text, sizeof text,
	         "{\"User\":{\"Name\":\"%s\",\"Id\":\"%s\"},\"SessionInfo\":{},\"AccessToken\":\"%s\",\"ServerId\":\"5e41\"}",
	         call->user, id, token);
	return answer(response, 200, jellyfin_service.content_type, text);
}

/* Who asks, and for whom. */
static bool refuse_user(struct call *call, struct response *response)
{
	char token[TOKEN_MAX], user[USER_MAX], id[33];
	const char *wanted = request_param(call->request, "userId");
	token_of(call->request, token);
	if (!is_key(call, token) && !grants_check_user_token(call->grants, token, user))
		return refuse(response, 401, "");
	if (!((const struct endpoint *)call->page)->element)
		return false;
	user_id(call->user, id);
	if (!wanted)
		return is_key(call, token) && refuse(response, 400, "\"userId is required\"");
	return strcmp(wanted, id) != 0 && refuse(response, is_key(call, token) ? 404 : 403, processing);
}

static bool answer_users(const struct call *call, struct response *response)
{
	char id[33], text[256];
	user_id(call->user, id);
	snprintf(text, sizeof text, "[{\"Name\":\"somebody\",\"Id\":\"00\"},{\"Name\":\"%s\",\"Id\":\"%s\"}]", call->user,
	         id);
	return answer(response, 200, jellyfin_service.content_type, text);
}

static bool refuse_playlist(struct call *call, struct response *response)
{
	const struct library *library = call->library;
	if (!id_read(ID_HEX, library->size.seed, KIND_PLAYLIST, call->id, &call->index) ||
	    call->index >= library->playlist_count || !library->playlists[call->index].live)
		return refuse(response, 404, "\"Playlist not found\"");
	return jellyfin_is_private(call->index) && refuse(response, 403, "");
}

static bool settle(struct call *call, struct out *scratch, struct response *response)
{
	const struct endpoint *endpoint = call->page;
	(void)scratch;
	if (!endpoint)
		return refuse(response, 404, "");
	if (endpoint->what == WHAT_SIGN_IN)
		return sign_in(call, response);
	if (endpoint->what == WHAT_ABOUT)
		return answer(response, 200, jellyfin_service.content_type,
		              "{\"ServerName\":\"simulator\",\"Version\":\"10.11.2\",\"ProductName\":\"Jellyfin Server\"}");
	if (refuse_user(call, response))
		return true;
	if (endpoint->what == WHAT_USERS)
		return answer_users(call, response);
	return endpoint->what == WHAT_ENTRIES && refuse_playlist(call, response);
}

static bool cacheable(const struct call *call)
{
	return call->page != NULL;
}

/* ---- pages ---- */

static const struct order *order_of(const struct call *call, const struct endpoint *endpoint)
{
	const struct library *library = call->library;
	if (endpoint->what == WHAT_ENTRIES)
		return &library->playlists[call->index].entries;
	return endpoint->kind == KIND_ARTIST           ? &library->artist_order
	       : endpoint->kind == KIND_TRACK          ? &library->track_order
	       : endpoint->kind == KIND_PLAYLIST       ? &library->playlist_order
	       : strcmp(endpoint->name, "newest") == 0 ? &library->newest_order
	                                               : &library->album_order;
}

static bool hides(const struct endpoint *endpoint, uint32_t index)
{
	return endpoint->what == WHAT_ITEMS && endpoint->kind == KIND_PLAYLIST && jellyfin_is_private(index);
}

static uint32_t count_of(const struct call *call, const struct endpoint *endpoint, bool limited)
{
	const struct order *order = order_of(call, endpoint);
	uint32_t hidden = 0;
	for (uint32_t i = 0; !limited && i < order->count; i++)
		hidden += hides(endpoint, order->at[i]);
	return order->count - hidden + (strcmp(endpoint->name, "newest") == 0 ? call->library->track_order.count : 0);
}

static void write(const struct call *call, const struct spoil *spoil, struct out *out, struct page *page)
{
	const struct endpoint *endpoint = call->page;
	const struct order *order = order_of(call, endpoint);
	int64_t limit = request_int(call->request, "limit", -1), offset = request_int(call->request, "startIndex", 0);
	bool counts = !request_param(call->request, "enableTotalRecordCount");
	page_start(page, out, call->flavour, spoil);
	struct window window = window_of(&page->spoil, order->count, limit < 0 ? order->count : limit, offset);
	page_open(page, '{');
	PAGE_KEY(page, "Items");
	page_open(page, '[');
	for (uint32_t i = window.from; i < window.from + window.count; i++) {
		if (!hides(endpoint, order->at[i]) && i - page->spoil.hidden_at >= page->spoil.hidden)
			endpoint->element(page, call->library, order->at[i]);
	}
	page_close(page, ']');
	out_printf(out, ",\"TotalRecordCount\":%u,\"StartIndex\":%lld", counts ? count_of(call, endpoint, limit >= 0) : 0,
	           (long long)offset);
	page_close(page, '}');
}

/* ---- truth ---- */

static bool truth_item(const struct library *library, const struct flavour *flavour, const char *user, enum kind kind,
                       uint32_t index, struct out *out)
{
	char id[ID_TEXT_MAX];
	(void)flavour;
	(void)user;
	if (kind == KIND_PLAYLIST && jellyfin_is_private(index))
		return false;
	jellyfin_id(library, kind, index, id);
	out_str(out, id);
	return true;
}

static bool truth_readable(const struct library *library, const struct flavour *flavour, uint32_t playlist)
{
	(void)library;
	(void)flavour;
	return !jellyfin_is_private(playlist);
}

const struct service jellyfin_service = {
	.content_type = "application/json; charset=utf-8",
	.route = route,
	.settle = settle,
	.cacheable = cacheable,
	.write = write,
	.fail = fail,
	.empty = "\"Items\":[],\"TotalRecordCount\":0,\"StartIndex\":0",
	.truth_item = truth_item,
	.truth_readable = truth_readable,
	.truth_entry = jellyfin_entry_truth,
	.plain_limits = true,
};
