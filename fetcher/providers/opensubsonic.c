/* OpenSubsonic and older Subsonic servers (Navidrome, gonic, supysonic, LMS ...).
 *
 * Wire facts: opensubsonic/open-subsonic-api (Endpoints, Responses), and what the servers were seen to do. */
#include <assert.h>
#include <stdio.h>

#include "common/json.h"
#include "common/text.h"
#include "fetcher/provider.h"
#include "fetcher/salted.h"

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
#define FAILED(code, outcome, step) {100, 599, code, ASKED_ANY, OUTCOME_##outcome, NULL, step, 0}
/* clang-format on */

static const struct error_rule errors[] = {
	/* Navidrome says "not found or empty" for a library without any item, under the code of what is not found. */
	FAILED("found or empty", EMPTY, "nothing"),
	/* "Required parameter missing": real supysonic says so of a token sign-in (it wants p). */
	FAILED("10", SIGN_OTHERWISE, "check the server's version; it wants a parameter that is not sent"),
	FAILED("20", OPERATOR, "update the program: the server wants a newer client"),
	FAILED("30", OPERATOR, "update the server: it is older than Subsonic API 1.16.1's clients need"),
	FAILED("40", NEEDS_AUTH, "check user name and password, then: syncline account login NAME"),
	FAILED("41", SIGN_OTHERWISE, "sign in another way: syncline account login NAME --auth password"),
	FAILED("42", SIGN_OTHERWISE, "sign in another way (password or apikey): syncline account login NAME --auth HOW"),
	FAILED("43", OPERATOR, "sign in one way only: syncline account login NAME --auth HOW"),
	FAILED("44", NEEDS_AUTH, "make a new API key on the server, then: syncline account login NAME"),
	FAILED("50", FORBIDDEN, "give this user the right on the server"),
	FAILED("60", OPERATOR, "the server's trial is over"),
	FAILED("70", MISSING, "the item is gone from the server; the next sync will show it"),
	FAILED(NULL, RETRY, "look into the server's log; the sync can be started again"),
	{0},
};

/* Authentication, in open-subsonic-api: an OpenSubsonic server's keys are asked for by name, older ones know no token. */
enum { SIGN_TOKEN, SIGN_PASSWORD, SIGN_API_KEY };
static const struct sign_way sign_ways[] = {{"token", true}, {"password", true}, {"apikey", false}, {0}};

static int sign(const struct session *session, struct signature *signature, struct err *err)
{
	const struct account *account = session->account;
	struct buf *query = &signature->query;
	char salt[SALTED_SALT], digest[SALTED_DIGEST];
	assert(account);
	buf_add_text(query, "v=1.16.1&c=syncline&f=json");
	buf_add_text(query, session->sign_mode == SIGN_API_KEY ? "&apiKey=" : "&u="); /* both: error 43 */
	provider_escape(query, span_of(session->sign_mode == SIGN_API_KEY ? account->secret : account->username));
	if (session->sign_mode == SIGN_TOKEN) {
		if (salted_md5(account->secret, salt, digest, err))
			return -1;
		buf_printf(query, "&s=%s&t=%s", salt, digest);
	} else if (session->sign_mode == SIGN_PASSWORD) {
		buf_add_text(query, "&p=enc:");
		for (const char *at = account->secret; *at; at++)
			buf_printf(query, "%02x", (unsigned char)*at);
	}
	return 0;
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

/* Not TELLS_ALL: supysonic's watcher alters and removes files without moving lastModified (scanner.py: only a whole scan does), a
 * library of Navidrome that is given to a user moves nothing (core/library.go), nor do ratings; and gonic's and Airsonic's
 * playlists keep their `changed` when a file of theirs moves or goes. */
/* clang-format off */
static const struct fence_part library_fence[] = {
	{&indexes, {ROOT "indexes.lastModified"}, false, TELLS_MEMBERS},
	{&scan, {ROOT "scanStatus.count", ROOT "scanStatus.lastScan", ROOT "scanStatus.scanning"}, false, TELLS_SOME},
	{&newest, {ROOT "albumList2.album"}, false, TELLS_SOME},
	{&starred, {ROOT "starred2"}, true, TELLS_SOME},
	{0},
}, playlist_fence[] = {
	{&playlists, {ROOT "playlists.playlist"}, false, TELLS_MEMBERS},
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
	/* HTTP 200 is not success, and another status can carry a well-formed body. */
	.status = ROOT "status", .status_good = "ok", .status_bad = "failed",
	.error_code = ROOT "error.code", .error_message = ROOT "error.message",
	.errors = errors,
	.sign_ways = sign_ways,
	.sign = sign,
	.learn = learn,
};
/* clang-format on */
