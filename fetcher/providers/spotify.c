/* Spotify: saved tracks and albums, followed artists, playlists with their entries.
 *
 * Wire facts: developer.spotify.com, Web API reference; the shapes of 2025 and 2026, which differ in a playlist's items. */
#include "fetcher/provider.h"

/* clang-format off */
#define PAGED(where) .paging = PAGING_NEXT, .list = where "items", .next = where "next", .total = where "total"
#define PAGE "limit={size}&offset={offset}"
/* What a user must have agreed to: a list of which that is not so is 403, as all are to who is not among an app's users. */
#define SCOPE(name) .refused_step = "sign in again, and agree to " name ": syncline account login NAME; if that is agreed to, " \
	"the app's owner must name you among its users"

static const struct request
	me = {.name = "me", .path = "/v1/me", .query = ""},
	following = {
		.name = "following", .path = "/v1/me/following", .query = "type=artist&limit={size}{&after}",
		.paging = PAGING_AFTER, .list = "artists.items", .next = "artists.next", .after = "artists.cursors.after",
		.total = "artists.total", SCOPE("user-follow-read")},
	albums = {
		.name = "albums", .path = "/v1/me/albums", .query = PAGE, PAGED(""), .id = "album.id", SCOPE("user-library-read")},
	tracks = {
		.name = "tracks", .path = "/v1/me/tracks", .query = PAGE, PAGED(""), .id = "track.id", SCOPE("user-library-read")},
	/* Their own links name another address, which new apps may not ask: only the offset in them is used. Playlists of
	 * Spotify's own have a new snapshot with every answer, or an old one with new contents. */
	playlists = {
		.name = "playlists", .path = "/v1/me/playlists", .query = PAGE, PAGED(""),
		.count = {"items.total", "tracks.total"}, .counted = CATEGORY_PLAYLISTS,
		.version = {"snapshot_id", "owner.id", "spotify", true},
		SCOPE("playlist-read-private and playlist-read-collaborative")},
	entries_until_2026 = {
		.name = "playlist_items", .path = "/v1/playlists/{id}/tracks",
		.query = PAGE "&additional_types=track,episode", PAGED("")},
	entries = {
		.name = "playlist_items", .path = "/v1/playlists/{id}/items", .instead = &entries_until_2026,
		.query = PAGE "&additional_types=track,episode", PAGED("")},
	/* Newest first, so what is added or removed moves the head or the total; what is altered (playable, popular) does not. */
	newest_track = {.name = "tracks", .path = "/v1/me/tracks", .query = "limit=1&offset=0", .list = "items"},
	first_album = {.name = "albums", .path = "/v1/me/albums", .query = "limit=1&offset=0", .list = "items"},
	first_artist = {
		.name = "following", .path = "/v1/me/following", .query = "type=artist&limit=1", .list = "artists.items"};

static const struct fence_part
	artist_fence[] = {{&first_artist, {"artists.total", "artists.items"}, false, TELLS_SOME}, {0}},
	album_fence[] = {{&first_album, {"total", "items"}, false, TELLS_SOME}, {0}},
	track_fence[] = {{&newest_track, {"total", "items"}, false, TELLS_MEMBERS}, {0}},
	playlist_fence[] = {{&playlists, {"total", "items"}, false, TELLS_MEMBERS}, {0}};

static const char sign_in_again[] = "sign in again, and agree to everything that is asked: syncline account login NAME";

static const struct error_rule errors[] = {
	{401, 401, NULL, ASKED_ANY, OUTCOME_TOKEN_EXPIRED, "the access token was refused", sign_in_again, 0},
	/* 400, too, is said of playlists that an app may not reach. */
	{400, 400, NULL, ASKED_CHILD, OUTCOME_FORBIDDEN, "Spotify does not give this playlist", "nothing: the others are read", 0},
	{403, 404, NULL, ASKED_CHILD, OUTCOME_FORBIDDEN, "Spotify does not give this playlist", "nothing: the others are read", 0},
	{403, 403, NULL, ASKED_LIST, OUTCOME_FORBIDDEN, "Spotify refuses this part of the library", sign_in_again, 0},
	{404, 404, NULL, ASKED_LIST, OUTCOME_RETRY, "Spotify says that there is no such list", "later: syncline sync NAME", 0},
	/* Of the developer's account, not of the moment: asking again soon prolongs it. */
	{429, 429, "QUOTA_EXCEEDED", ASKED_ANY, OUTCOME_THROTTLED, "the app's quota at Spotify is used up",
		"nothing: the sync goes on by itself; an app of your own has a quota of its own", 3600 * 1000},
	{0},
};

static int sign(const struct session *session, struct signature *signature, struct err *err)
{
	(void)err;
	buf_printf(&signature->headers, "Authorization: Bearer %s\n", session->credentials->access_token);
	return 0;
}

const struct provider provider_spotify = {
	.name = "spotify", .title = "Spotify",
	.plans = {
		[CATEGORY_ARTISTS] = {{&following, NULL, true}},
		[CATEGORY_ALBUMS] = {{&albums, NULL, true}},
		[CATEGORY_TRACKS] = {{&tracks, NULL, true}},
		[CATEGORY_PLAYLISTS] = {{&playlists, &entries, true}},
	},
	.fences = {artist_fence, album_fence, track_fence, playlist_fence},
	.hello = &me,
	.page_size_max = 50,
	.uses_oauth = true,
	/* Not published; a rolling window of 30 s for all of an app's users. Clients that ask for 3 a second are left alone. */
	.rate = {90, 30 * 1000, 10},
	.error_code = "error.reason", .error_message = "error.message", .errors = errors,
	.sign = sign,
};
/* clang-format on */
