/* Jellyfin: the artists, albums, tracks and playlists that one of its users may see.
 *
 * Wire facts: jellyfin/jellyfin, Jellyfin.Api/Controllers (Items, Artists, Playlists, System) and its issues, by number. */
#include <stdio.h>

#include "common/text.h"
#include "fetcher/provider.h"

/* clang-format off */
/* Overlapping pages, oldest first: what is added comes behind the walk. No order of Jellyfin's has a last tie-breaker (equal
 * dates and sort names are real), so there is a third key, and a tie at a page's edge that changes sides is seen there. */
#define PAGED \
	.paging = PAGING_OFFSET, .list = "Items", .id = "Id", .total = "TotalRecordCount"
#define PAGE "&enableImageTypes=Primary&imageTypeLimit=1&sortBy=DateCreated,SortName,Album&startIndex={offset}&limit={size}"
#define FIELDS "fields=DateCreated,ProviderIds,Genres,SortName"
#define NEWEST "&sortBy=DateCreated,SortName&sortOrder=Descending&fields=DateCreated&enableImages=false&enableUserData=false"
#define OF(type) "recursive=true&includeItemTypes=" type

static const struct request
	/* One row is the smallest page that needs both a good token and a user who is there. */
	hello = {.name = "signed_in", .path = "/Items", .query = OF("Audio") "&limit=1&enableTotalRecordCount=false"},
	about = {.name = "about", .path = "/System/Info/Public", .query = ""},
	/* All who perform on a track. /Artists/AlbumArtists would leave out guests and the artists of compilations, this one no
	 * more than names on covers ("Various Artists"), which their albums keep. */
	artists = {.name = "artists", .path = "/Artists", .query = FIELDS PAGE, PAGED},
	albums = {
		.name = "albums", .path = "/Items", .query = OF("MusicAlbum") "&" FIELDS ",ChildCount" PAGE, PAGED,
		.count = {"ChildCount"}, .counted = CATEGORY_TRACKS},
	tracks = {.name = "tracks", .path = "/Items", .query = OF("Audio") "&" FIELDS ",Path,MediaSources" PAGE, PAGED},
	/* Without a limit: with one, pages are cut before other users' playlists are taken out of them (#14603). */
	playlists = {
		.name = "playlists", .path = "/Items",
		.query = OF("Playlist") "&fields=DateCreated,Etag,Overview,ChildCount&enableImageTypes=Primary&sortBy=DateCreated",
		.list = "Items", .id = "Id", .count = {"ChildCount"}, .counted = CATEGORY_PLAYLISTS},
	entries = {
		.name = "playlist_items", .path = "/Playlists/{id}/Items",
		.query = "enableImages=false&enableUserData=false&startIndex={offset}&limit={size}",
		.paging = PAGING_TOTAL, .list = "Items", .id = "Id", .total = "TotalRecordCount"},
	newest = {
		.name = "newest", .path = "/Items",
		.query = OF("Audio,MusicAlbum") "&limit=1" NEWEST},
	newest_artist = {.name = "artist", .path = "/Artists", .query = "limit=1" NEWEST};

/* Additions move the newest item, removals the total; both at once and tags written anew are seen by the walk alone. What was
 * saved since a moment can be asked for, but neither is that moment told of any item, nor are removals. Tracks taken out of
 * the library leave playlists without a sign. */
static const struct fence_part
	library_fence[] = {
		{&newest, {"TotalRecordCount", "Items"}, false, TELLS_SOME},
		{&newest_artist, {"TotalRecordCount", "Items"}, false, TELLS_SOME},
		{0}},
	playlist_fence[] = {{&playlists, {"TotalRecordCount", "Items"}, false, TELLS_SOME}, {0}};

/* Jellyfin's own errors are plain text ("Error processing request."), ASP.NET's are JSON with a title. */
static const struct error_rule errors[] = {
	{401, 401, NULL, ASKED_ANY, OUTCOME_NEEDS_AUTH, "Jellyfin refused the token: it was revoked, or the user is disabled",
		"sign in again: syncline account login NAME", 0},
	{403, 403, NULL, ASKED_CHILD, OUTCOME_FORBIDDEN, "Jellyfin does not give this playlist", "nothing: the others are read", 0},
	{404, 404, NULL, ASKED_CHILD, OUTCOME_MISSING, "the playlist is gone", "nothing: the next sync will show it", 0},
	{400, 404, NULL, ASKED_LIST, OUTCOME_OPERATOR, "Jellyfin does not give this library",
		"check address and user on the server, then: syncline account login NAME", 0},
	{0},
};

/* Values between the quotes are decoded as those of an address are. The user is named in each request, because an API key
 * has none, and because older servers judge what may be seen by it alone. */
static int sign(const struct session *session, struct signature *signature, struct err *err)
{
	(void)err;
	buf_add_text(&signature->headers, "Authorization: MediaBrowser Token=\"");
	provider_escape(&signature->headers, span_of(session->credentials->access_token));
	buf_add_text(&signature->headers, "\"\n");
	buf_add_text(&signature->query, "userId=");
	provider_escape(&signature->query, span_of(session->credentials->user_id));
	return 0;
}

static void learn(const struct request *request, yyjson_val *root, struct session *session)
{
	const char *version = request == &about ? yyjson_get_str(yyjson_obj_get(root, "Version")) : NULL;
	snprintf(session->server, sizeof session->server, "Jellyfin%s%.40s", version ? " " : "", version ? version : "");
	text_mend(session->server, sizeof session->server - 1);
}

const struct provider provider_jellyfin = {
	.name = "jellyfin", .title = "Jellyfin",
	.plans = {
		[CATEGORY_ARTISTS] = {{&artists, NULL, true}},
		[CATEGORY_ALBUMS] = {{&albums, NULL, true}},
		[CATEGORY_TRACKS] = {{&tracks, NULL, true}},
		[CATEGORY_PLAYLISTS] = {{&playlists, &entries, true}},
	},
	.fences = {library_fence, library_fence, library_fence, playlist_fence},
	.hello = &hello,
	.extras = &about,
	.page_size_max = 500, /* there is no limit; a track with its files takes 2 to 4 kB */
	.library_is_catalogue = true,
	.error_code = "title", .error_message = "title", .errors = errors,
	.sign = sign,
	.learn = learn,
};
/* clang-format on */
