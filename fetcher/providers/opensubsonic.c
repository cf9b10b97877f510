/* OpenSubsonic and older Subsonic servers (Navidrome, gonic, supysonic, LMS ...).
 *
 * Wire facts: opensubsonic/open-subsonic-api (Endpoints, Responses), and what the servers were seen to do. */
#include <stdio.h>

#include "common/json.h"
#include "common/text.h"
#include "fetcher/providers/subsonic_sign.h"

#define ROOT "subsonic-response."

/* clang-format off */
#define SONGS(text) { \
	.name = "search3", .path = "/rest/search3", .paging = PAGING_OFFSET, .list = ROOT "searchResult3.song", \
	.query = "query=" text "&artistCount=0&albumCount=0&songCount={size}&songOffset={offset}"}

static const struct request
	ping = {.name = "ping", .path = "/rest/ping", .query = ""},
	extensions = {.name = "getOpenSubsonicExtensions", .path = "/rest/getOpenSubsonicExtensions", .query = ""},
	artists = {
		.name = "getArtists", .path = "/rest/getArtists",
		.query = "", .list = ROOT "artists.index", .inner = "artist",
		.count = {"albumCount"}, .counted = CATEGORY_ALBUMS},
	albums = {
		.name = "getAlbumList2", .path = "/rest/getAlbumList2",
		.query = "type=alphabeticalByName&size={size}&offset={offset}", .paging = PAGING_OFFSET,
		.list = ROOT "albumList2.album", .count = {"songCount"}, .counted = CATEGORY_TRACKS},
	/* An empty query must return everything (OpenSubsonic); supysonic and gonic take it so, older Navidrome only as two
	 * quotes, and some servers give nothing at all: then album by album. */
	songs = SONGS(""), songs_quoted = SONGS("%22%22"),
	album = {
		.name = "getAlbum", .path = "/rest/getAlbum", .query = "id={id}", .list = ROOT "album.song",
		.announced = ROOT "album.songCount"},
	playlists = {
		.name = "getPlaylists", .path = "/rest/getPlaylists",
		.query = "", .list = ROOT "playlists.playlist",
		.count = {"songCount"}, .counted = CATEGORY_PLAYLISTS,
		.version = {"changed", "validUntil", NULL, false}},
	playlist = {
		.name = "getPlaylist", .path = "/rest/getPlaylist",
		.query = "id={id}", .list = ROOT "playlist.entry",
		.announced = ROOT "playlist.songCount"},
	/* ifModifiedSince far ahead: servers that know it answer with the time alone. */
	indexes = {.name = "getIndexes", .path = "/rest/getIndexes", .query = "ifModifiedSince={past}"},
	scan = {.name = "getScanStatus", .path = "/rest/getScanStatus", .query = ""},
	newest = {.name = "getAlbumList2", .path = "/rest/getAlbumList2", .query = "type=newest&size=1&offset=0"},
	starred = {.name = "getStarred2", .path = "/rest/getStarred2", .query = ""};
/* clang-format on */

static const struct {
	int64_t code;
	enum outcome outcome;
	const char *next_step;
} codes[] = {
	/* 10 is "required parameter missing": real supysonic says so of a token sign-in (it wants p). */
	{10, OUTCOME_SIGN_OTHERWISE, "check the server's version; it wants a parameter that is not sent"},
	{20, OUTCOME_OPERATOR, "update the program: the server wants a newer client"},
	{30, OUTCOME_OPERATOR, "update the server: it is older than Subsonic API 1.16.1's clients need"},
	{40, OUTCOME_NEEDS_AUTH, "check user name and password, then: syncline account login NAME"},
	{41, OUTCOME_SIGN_OTHERWISE, "sign in another way: syncline account login NAME --auth password"},
	{42, OUTCOME_SIGN_OTHERWISE, "sign in another way (password or apikey): syncline account login NAME --auth HOW"},
	{43, OUTCOME_OPERATOR, "sign in one way only: syncline account login NAME --auth HOW"},
	{44, OUTCOME_NEEDS_AUTH, "make a new API key on the server, then: syncline account login NAME"},
	{50, OUTCOME_FORBIDDEN, "give this user the right on the server"},
	{60, OUTCOME_OPERATOR, "the server's trial is over"},
	{70, OUTCOME_MISSING, "the item is gone from the server; the next sync will show it"},
};

/* HTTP 200 is not success, and another status can carry a well-formed body: the envelope decides. */
static bool judge(yyjson_val *root, struct verdict *verdict)
{
	yyjson_val *envelope = yyjson_obj_get(root, "subsonic-response");
	yyjson_val *status = yyjson_obj_get(envelope, "status");
	if (yyjson_equals_str(status, "ok")) {
		verdict->outcome = OUTCOME_OK;
		return true;
	}
	if (!yyjson_equals_str(status, "failed"))
		return false;
	int64_t code = 0;
	IGNORE(!json_int(json_path(envelope, "error.code"), &code)); /* absent: 0, generic */
	const char *message = yyjson_get_str(json_path(envelope, "error.message"));
	verdict->outcome = OUTCOME_RETRY;
	verdict->next_step = "look into the server's log, then: syncline sync NAME";
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		if (codes[i].code == code) {
			verdict->outcome = codes[i].outcome;
			verdict->next_step = codes[i].next_step;
		}
	}
	/* Navidrome says "not found or empty" for a library without any item. */
	if (code == 70 && message && strstr(message, "empty"))
		verdict->outcome = OUTCOME_EMPTY;
	snprintf(verdict->cause, sizeof verdict->cause, "the server said: %.200s (code %lld)",
	         message ? message : "no reason", (long long)code);
	return true;
}

static void learn(const struct request *request, yyjson_val *root, struct session *session)
{
	yyjson_val *envelope = yyjson_obj_get(root, "subsonic-response");
	if (request == &ping) {
		const char *type = yyjson_get_str(yyjson_obj_get(envelope, "type"));
		const char *version = yyjson_get_str(yyjson_obj_get(envelope, "serverVersion"));
		snprintf(session->server, sizeof session->server, "%.40s%s%.40s", type ? type : "a Subsonic server",
		         version ? " " : "", version ? version : "");
		text_mend(session->server, sizeof session->server - 1);
		return;
	}
	struct json_list list = json_list_begin(yyjson_obj_get(envelope, "openSubsonicExtensions"));
	yyjson_val *extension;
	while ((extension = json_list_next(&list)))
		session->form_post |= yyjson_equals_str(yyjson_obj_get(extension, "name"), "formPost");
}

/* clang-format off */
static const struct fence_part library_fence[] = {
	{&indexes, {ROOT "indexes.lastModified"}, false, TELLS_ALL},
	{&scan, {ROOT "scanStatus.count", ROOT "scanStatus.lastScan", ROOT "scanStatus.scanning"}, false, TELLS_SOME},
	{&newest, {ROOT "albumList2.album"}, false, TELLS_SOME},
	{&starred, {ROOT "starred2"}, true, TELLS_SOME},
	{0},
}, playlist_fence[] = {
	{&playlists, {ROOT "playlists.playlist"}, false, TELLS_ALL},
	{0},
};

const struct provider provider_opensubsonic = {
	.name = "opensubsonic", .title = "a Subsonic server",
	.plans = {
		[CATEGORY_ARTISTS] = {{&artists, NULL, true}},
		[CATEGORY_ALBUMS] = {{&albums, NULL, true}},
		[CATEGORY_TRACKS] = {{&songs, NULL, true}, {&songs_quoted, NULL, true}, {&albums, &album, false}},
		[CATEGORY_PLAYLISTS] = {{&playlists, &playlist, true}},
	},
	.fences = {library_fence, library_fence, library_fence, playlist_fence},
	.hello = &ping,
	.extras = &extensions,
	.page_size_max = 500,
	.library_is_catalogue = true,
	.first_sign_mode = subsonic_first_sign_mode,
	.next_sign_mode = subsonic_next_sign_mode,
	.sign = subsonic_sign,
	.judge = judge,
	.learn = learn,
};
/* clang-format on */
