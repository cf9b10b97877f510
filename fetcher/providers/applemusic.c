/* Apple Music: songs, albums, artists and playlists of a user's library.
 *
 * Wire facts: developer.apple.com, Apple Music API; error codes as servers were seen to send them. */
#include <stdio.h>

#include "common/json.h"
#include "common/text.h"
#include "fetcher/apple_token.h"
#include "fetcher/provider.h"

/* clang-format off */
#define LIST(what, rest) \
	.path = "/v1/me/library/" what, .query = "limit={size}&offset={offset}" rest "{&l}", \
	.paging = PAGING_NEXT, .list = "data", .next = "next", .total = "meta.total"

#define HEAD(what) .path = "/v1/me/library/" what, .query = "limit=100{&l}", .list = "data"
#define VERSION {"attributes.lastModifiedDate", NULL, NULL, true}

static const struct request
	storefront = {.name = "storefront", .path = "/v1/me/storefront", .query = ""},
	artists = {.name = "artists", LIST("artists", "&include=catalog")},
	albums = {.name = "albums", LIST("albums", "&include=catalog,artists")},
	songs = {.name = "songs", LIST("songs", "&include=catalog,albums,artists")},
	playlists = {.name = "playlists", LIST("playlists", "&include=catalog"), .version = VERSION},
	/* Where the tracks of a playlist are not found, it may show up to a hundred of them itself. */
	first_entries = {
		.name = "playlist_with_tracks", .path = "/v1/me/library/playlists/{id}", .query = "include=tracks{&l}",
		.paging = PAGING_NEXT, .list = "data.0.relationships.tracks.data", .next = "data.0.relationships.tracks.next",
		.total = "data.0.relationships.tracks.meta.total", .most = 100},
	entries = {
		.name = "playlist_tracks", LIST("playlists/{id}/tracks", "&include=catalog"),
		.instead = &first_entries, .instead_each = true},
	first_artists = {.name = "artists", HEAD("artists")},
	first_albums = {.name = "albums", HEAD("albums")},
	first_songs = {.name = "songs", HEAD("songs")},
	all_playlists = {.name = "playlists", LIST("playlists", ""), .version = VERSION};

/* There is no feed of changes. The lists are in the order of the alphabet: how long one is and how it begins does not tell
 * that something deep inside it was replaced or renamed. Playlists are few, and tell when they were changed. */
static const struct fence_part
	artist_fence[] = {{&first_artists, {"meta.total", "data"}, false, TELLS_MOST}, {0}},
	album_fence[] = {{&first_albums, {"meta.total", "data"}, false, TELLS_MOST}, {0}},
	song_fence[] = {{&first_songs, {"meta.total", "data"}, false, TELLS_MOST}, {0}},
	playlist_fence[] = {{&all_playlists, {"data"}, false, TELLS_MOST}, {0}};

static const struct error_rule errors[] = {
	{400, 403, "40015", ASKED_ANY, OUTCOME_FORBIDDEN, "Apple wants a subscription for this",
		"subscribe to Apple Music, or leave it: the rest is read", 0},
	{400, 400, NULL, ASKED_ANY, OUTCOME_OPERATOR, "Apple does not take the request",
		"nothing that this account can change: tell the authors of Syncline what stands here", 0},
	{401, 401, NULL, ASKED_ANY, OUTCOME_OPERATOR, "Apple refused the developer token",
		"check team id, key id and key file, then: syncline account login NAME", 0},
	{403, 403, NULL, ASKED_ANY, OUTCOME_NEEDS_AUTH, "Apple refused the user token",
		"get a new user token, then: syncline account login NAME", 0},
	/* A list that is not there says 404 at its beginning when the library is empty; later it is a slip of the server. */
	{404, 404, "40403", ASKED_CHILD, OUTCOME_EMPTY, "the playlist is empty", "nothing", 0},
	{404, 404, OWN_CODE, ASKED_CHILD, OUTCOME_MISSING, "Apple does not find the songs of this playlist",
		"nothing: the others are read", 0},
	{404, 404, OWN_CODE, ASKED_LIST, OUTCOME_EMPTY, "Apple says that there is nothing", "later: syncline sync NAME", 0},
	/* A page of something in between says nothing about a library. */
	{404, 404, NULL, ASKED_ANY, OUTCOME_RETRY, "something in front of Apple's service says that it is not there",
		"later: syncline sync NAME", 0},
	/* The deeper in a list and the larger a page, the longer Apple takes. */
	{504, 504, NULL, ASKED_ANY, OUTCOME_TOO_SLOW, "Apple took too long", "later: syncline sync NAME", 0},
	{0},
};

/* The token that is signed here lives in the place of an access token. */
static int prepare(struct session *session, int64_t now_wall_ms, struct err *err)
{
	struct credentials *credentials = session->credentials;
	struct apple_token token = {0};
	if (*credentials->access_token && now_wall_ms < credentials->expires_at)
		return 0;
	int result = apple_token_get(credentials, now_wall_ms, &token, err);
	if (result == 0) {
		snprintf(credentials->access_token, sizeof credentials->access_token, "%s", token.text);
		credentials->expires_at = token.renew_at ? token.renew_at : INT64_MAX;
	}
	apple_token_wipe(&token);
	return result;
}

static int sign(const struct session *session, struct signature *signature, struct err *err)
{
	(void)err;
	buf_printf(&signature->headers, "Authorization: Bearer %s\nMusic-User-Token: %s\n",
	           session->credentials->access_token, session->credentials->user_token);
	return 0;
}

/* Names come in one language, that of the user's country: in whatever language Apple chose, each sync could change them all.
 * The country is told to people, and asked for nowhere else: what is read of the catalogue comes with the library. */
static void learn(const struct request *request, yyjson_val *root, struct session *session)
{
	yyjson_val *country = json_path(root, "data.0.id"), *tag = json_path(root, "data.0.attributes.defaultLanguageTag");
	if (request != &storefront || !yyjson_is_str(country))
		return;
	if (yyjson_is_str(tag) && yyjson_get_len(tag) < sizeof session->language)
		memcpy(session->language, yyjson_get_str(tag), yyjson_get_len(tag) + 1);
	snprintf(session->server, sizeof session->server, "Apple Music (%.20s%s%s)", yyjson_get_str(country),
	         *session->language ? ", " : "", session->language);
	text_mend(session->server, sizeof session->server - 1);
}

const struct provider provider_applemusic = {
	.name = "applemusic", .title = "Apple Music",
	.plans = {
		[CATEGORY_ARTISTS] = {{&artists, NULL, true}},
		[CATEGORY_ALBUMS] = {{&albums, NULL, true}},
		[CATEGORY_TRACKS] = {{&songs, NULL, true}},
		[CATEGORY_PLAYLISTS] = {{&playlists, &entries, true}},
	},
	.fences = {artist_fence, album_fence, song_fence, playlist_fence},
	.hello = &storefront,
	.page_size_max = 100,
	.rate = {4, 1000, 4}, /* not published; at this rate clients are left alone */
	.error_code = "errors.0.code", .error_message = "errors.0.title", .errors = errors,
	.prepare = prepare,
	.sign = sign,
	.learn = learn,
};
/* clang-format on */
