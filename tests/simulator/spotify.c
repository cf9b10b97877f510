/* One row an endpoint, and the reasons for which a request is refused, in the order they are found. */
#include "spotify.h"

#include <stdio.h>

#include "oauth.h"
#include "spotify_page.h"

struct endpoint {
	const char *name, *before, *after; /* the path: an id stands between, where after is not NULL */
	const char *scope;                 /* NULL: any token */
	spotify_page_function *write;
	uint32_t limit_max;
	enum kind of;  /* what the id names */
	bool shared;   /* the same for all users: may be kept */
	bool old_path; /* the one of before 2026 */
};

/* Longer paths first where one begins like another. */
static const struct endpoint endpoints[] = {
	{"following", "/v1/me/following", NULL, "user-follow-read", spotify_write_following, 50, KIND_ARTIST, true, false},
	{"albums", "/v1/me/albums", NULL, "user-library-read", spotify_write_albums, 50, KIND_ARTIST, true, false},
	{"tracks", "/v1/me/tracks", NULL, "user-library-read", spotify_write_tracks, 50, KIND_ARTIST, true, false},
	{"playlists", "/v1/me/playlists", NULL, "playlist-read-private", spotify_write_playlists, 50, KIND_ARTIST, false,
     false},
	{"me", "/v1/me", NULL, NULL, spotify_write_me, 50, KIND_ARTIST, false, false},
	{"user_playlists", "/v1/users/", "/playlists", NULL, spotify_write_playlists, 50, KIND_ARTIST, false, true},
	{"playlist_items", "/v1/playlists/", "/items", NULL, spotify_write_entries, 50, KIND_PLAYLIST, false, false},
	{"playlist_items", "/v1/playlists/", "/tracks", NULL, spotify_write_entries, 100, KIND_PLAYLIST, false, true},
	{"playlist", "/v1/playlists/", "", NULL, spotify_write_playlist, 100, KIND_PLAYLIST, false, false},
	{"album_tracks", "/v1/albums/", "/tracks", NULL, spotify_write_album_tracks, 50, KIND_ALBUM, true, false},
	{"token", "/api/token", NULL, NULL, NULL, 0, KIND_ARTIST, false, false},
	{"authorize", "/authorize", NULL, NULL, NULL, 0, KIND_ARTIST, false, false},
};

/* ---- routing ---- */

static bool matches(const struct endpoint *endpoint, const char *path, char id[ID_TEXT_MAX])
{
	size_t before = strlen(endpoint->before), len = strlen(path);
	*id = 0;
	if (!endpoint->after)
		return strcmp(path, endpoint->before) == 0;
	size_t after = strlen(endpoint->after);
	if (len <= before + after || strncmp(path, endpoint->before, before) != 0 ||
	    strcmp(path + len - after, endpoint->after) != 0 || memchr(path + before, '/', len - before - after))
		return false;
	snprintf(id, ID_TEXT_MAX, "%.*s", (int)(len - before - after), path + before);
	return true;
}

static const char *bearer(const struct call *call)
{
	const char *header = call->request->authorization;
	return strncmp(header, "Bearer ", 7) == 0 ? header + 7 : "";
}

static bool route(struct call *call)
{
	const char *path = call->request->path, *refresh = request_form(call->request, "refresh_token");
	if (strncmp(path, "/v1/", 4) != 0 && strncmp(path, "/api/", 5) != 0 && strcmp(path, "/authorize") != 0)
		return false;
	snprintf(call->endpoint, ENDPOINT_MAX, "other");
	for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints && !call->page; i++) {
		if (!matches(&endpoints[i], path, call->id))
			continue;
		call->page = &endpoints[i];
		if (endpoints[i].of == KIND_PLAYLIST && *endpoints[i].after)
			snprintf(call->part, sizeof call->part, "%s", endpoints[i].after + 1);
		call->unlimited = !endpoints[i].write;
		snprintf(call->endpoint, ENDPOINT_MAX, "%s", endpoints[i].name);
	}
	if (!grants_user_of(bearer(call), call->user) && refresh)
		(void)grants_user_of(refresh, call->user); /* a token of another shape names nobody */
	return true;
}

/* ---- refusals ---- */

static int fail(const struct flavour *flavour, const struct fault_text *text, struct out *out)
{
	(void)flavour;
	out_printf(out, "{\"error\":{\"status\":%lld,\"message\":", (long long)(text->code ? text->code : text->status));
	out_quoted(out, text->text);
	if (*text->reason) {
		OUT_LIT(out, ",\"reason\":");
		out_quoted(out, text->reason);
	}
	OUT_LIT(out, "}}");
	return text->status;
}

static bool refuse(struct response *response, int status, const char *message)
{
	struct out out = {0};
	const struct fault_text text = {status, 0, message, ""};
	response->status = fail(NULL, &text, &out);
	response->content_type = spotify_service.content_type;
	response->body = body_new(out.at, out.len);
	out_done(&out);
	if (status == 401)
		snprintf(response->headers, sizeof response->headers,
		         "WWW-Authenticate: Bearer realm=\"spotify\", error=\"invalid_token\"\r\n");
	return true;
}

static bool refuse_user(struct call *call, const struct endpoint *endpoint, struct response *response)
{
	if (!*bearer(call))
		return refuse(response, 401, "No token provided");
	switch (grants_check_access(call->grants, bearer(call), call->now_ms, call->user)) {
	case TOKEN_BAD:
		return refuse(response, 401, "Invalid access token");
	case TOKEN_EXPIRED:
		return refuse(response, 401, "The access token expired");
	case TOKEN_GOOD:
		break;
	}
	if (endpoint->scope && !grants_has_scope(call->grants, call->user, endpoint->scope))
		return refuse(response, 403, "Insufficient client scope");
	return false;
}

static bool refuse_range(const struct call *call, const struct endpoint *endpoint, struct response *response)
{
	struct spotify_range range;
	const char *type = request_param(call->request, "type");
	if (endpoint->write == spotify_write_following && !(type && strcmp(type, "artist") == 0))
		return refuse(response, 400, "Missing or unsupported type");
	if (!spotify_range_of(call, endpoint->limit_max, &range))
		return refuse(response, 400, "Invalid limit or offset");
	if (endpoint->write == spotify_write_playlists && range.offset > 100000)
		return refuse(response, 400, "Invalid offset");
	return false;
}

int spotify_entries_refusal(const struct library *library, const struct flavour *flavour, uint32_t playlist)
{
	switch (spotify_playlist_of(library, playlist)) {
	case PLAYLIST_NULL:
		return 404;
	case PLAYLIST_FOREIGN:
		return flavour->reduced ? 403 : 0;
	case PLAYLIST_SPOTIFY:
		return flavour->reduced ? 404 : 0;
	default:
		return 0;
	}
}

static bool refuse_item(struct call *call, const struct endpoint *endpoint, struct response *response)
{
	const struct library *library = call->library;
	bool playlist = endpoint->of == KIND_PLAYLIST;
	if (!endpoint->after || endpoint->write == spotify_write_playlists)
		return false;
	if (!id_read(ID_BASE62, library->size.seed, endpoint->of, call->id, &call->index) ||
	    call->index >= (playlist ? library->playlist_count : library->album_count) ||
	    (playlist && !library->playlists[call->index].live))
		return refuse(response, 404, "Resource not found");
	int status = playlist ? spotify_entries_refusal(library, call->flavour, call->index) : 0;
	if (status == 404)
		return refuse(response, 404, "Resource not found");
	if (status && endpoint->write == spotify_write_entries)
		return refuse(response, 403, "Forbidden");
	return false;
}

/* The wrong one of the two paths of 2026: gone is forbidden, not yet there is not found. */
static bool refuse_shape(const struct call *call, const struct endpoint *endpoint, struct response *response)
{
	if (endpoint->old_path && call->flavour->reduced)
		return refuse(response, 403, "Forbidden");
	if (endpoint->write == spotify_write_entries && !endpoint->old_path && !call->flavour->new_shape)
		return refuse(response, 404, "Service not found");
	return false;
}

static bool settle(struct call *call, struct out *scratch, struct response *response)
{
	const struct endpoint *endpoint = call->page;
	bool token = strcmp(call->endpoint, "token") == 0;
	(void)scratch;
	if (!endpoint)
		return refuse(response, 404, "Service not found");
	if (strcmp(call->request->method, token ? "POST" : "GET") != 0)
		return refuse(response, 405, "Method not allowed");
	if (!endpoint->write) {
		token ? oauth_token(call, response) : oauth_authorize(call, response);
		return true;
	}
	return refuse_user(call, endpoint, response) || refuse_shape(call, endpoint, response) ||
	       refuse_range(call, endpoint, response) || refuse_item(call, endpoint, response);
}

static bool cacheable(const struct call *call)
{
	const struct endpoint *endpoint = call->page;
	return endpoint->shared;
}

static void write(const struct call *call, const struct spoil *spoil, struct out *out, struct page *page)
{
	const struct endpoint *endpoint = call->page;
	struct spotify_writer writer;
	page_start(page, out, call->flavour, spoil);
	spotify_writer_init(&writer, page, call);
	endpoint->write(call, &writer);
	spotify_writer_done(&writer);
}

/* ---- truth ---- */

static bool truth_item(const struct library *library, const struct flavour *flavour, const char *user, enum kind kind,
                       uint32_t index, struct out *out)
{
	char id[ID_TEXT_MAX];
	(void)flavour;
	(void)user;
	if ((kind == KIND_TRACK && spotify_hides(library, index)) ||
	    (kind == KIND_ALBUM && spotify_nulls_album(library, index)) ||
	    (kind == KIND_PLAYLIST && spotify_playlist_of(library, index) == PLAYLIST_NULL))
		return false;
	if (kind == KIND_TRACK)
		spotify_track_id(library, index, id);
	else
		id_write(ID_BASE62, library->size.seed, kind, index, id);
	out_str(out, id);
	return true;
}

static bool truth_readable(const struct library *library, const struct flavour *flavour, uint32_t playlist)
{
	return spotify_entries_refusal(library, flavour, playlist) == 0;
}

static bool truth_nameless(enum kind kind, uint32_t index)
{
	return kind == KIND_ALBUM && spotify_album_is_nameless(index);
}

const struct service spotify_service = {
	.content_type = "application/json; charset=utf-8",
	.route = route,
	.settle = settle,
	.cacheable = cacheable,
	.write = write,
	.fail = fail,
	.empty = "\"items\":[],\"limit\":50,\"next\":null,\"offset\":0,\"previous\":null,\"total\":0",
	.truth_item = truth_item,
	.truth_readable = truth_readable,
	.truth_nameless = truth_nameless,
	.truth_entry = spotify_entry_truth,
	.etag = true,
};
