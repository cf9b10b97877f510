/* Spotify: which member becomes which column.
 *
 * Names after Spotify's Web API reference. In saved lists and playlists the item sits in a wrapper that tells when it was
 * added; in playlists it is `item` since 2026 and `track` before, and some answers have both. */
#include "common/attributes.h"
#include "common/json.h"
#include "parser/mapping.h"

/* Playlists of Spotify's own have a new snapshot with every answer, or an old one with new contents: no version of theirs. */
static bool convert_snapshot(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	bool moving = yyjson_equals_str(json_path(conversion->item, "owner.id"), "spotify");
	return moving || convert_name(conversion, from, to);
}

static const struct rule artist_rules[] = {
	{ITEM_artist_id, "id", convert_id, 0},
	{ITEM_artist_name, "name", convert_name, 0},
	{ITEM_artist_artwork, "images.0.url", convert_artwork, RULE_KEEP}, /* the widest stands first */
};

static const struct rule album_rules[] = {
	{ITEM_album_id, "id", convert_id, 0},
	{ITEM_album_title, "name", convert_name, 0},
	{ITEM_album_artist_id, "artists", convert_first_id, 0},
	{ITEM_album_artist_name, "artists", convert_first_name, 0},
	{ITEM_album_artist_ids, "artists", convert_ids, 0},
	{ITEM_album_artist_names, "artists", convert_names, 0},
	{ITEM_album_song_count, "total_tracks", convert_int, 0},
	{ITEM_album_release_date, "release_date", convert_date, 0},
	{ITEM_album_genres, "genres", convert_genres, 0},
	{ITEM_album_artwork, "images.0.url", convert_artwork, RULE_KEEP},
	{ITEM_album_added_at, "added_at", convert_time, 0},
	{ITEM_album_upc, "external_ids.upc", convert_name, 0},
	{ITEM_album_upc, "external_ids.ean", convert_name, 0},
	{ITEM_album_type, "album_type", convert_name, 0},
	{ITEM_album_label, "label", convert_name, 0},
};

static const struct rule track_rules[] = {
	{ITEM_track_id, "id", convert_id, 0},
	{ITEM_track_id, "uri", convert_local_uri, 0}, /* a local file has nothing else */
	{ITEM_track_title, "name", convert_name, 0},
	{ITEM_track_album_id, "album.id", convert_id, 0},
	{ITEM_track_album_title, "album.name", convert_name, 0},
	{ITEM_track_artist_id, "artists", convert_first_id, 0},
	{ITEM_track_artist_name, "artists", convert_first_name, 0},
	{ITEM_track_artist_ids, "artists", convert_ids, 0},
	{ITEM_track_artist_names, "artists", convert_names, 0},
	{ITEM_track_disc, "disc_number", convert_int, 0},
	{ITEM_track_number, "track_number", convert_int, 0},
	{ITEM_track_duration_ms, "duration_ms", convert_ms, RULE_ELSE_ZERO},
	{ITEM_track_release_date, "album.release_date", convert_date, 0},
	{ITEM_track_isrcs, "external_ids.isrc", convert_isrcs, 0},
	{ITEM_track_explicit, "explicit", convert_bool, 0},
	{ITEM_track_artwork, "album.images.0.url", convert_artwork, 0},
	{ITEM_track_added_at, "added_at", convert_time, 0},
	{ITEM_track_playable, "is_playable", convert_bool, 0},
	{ITEM_track_linked_id, "linked_from.id", convert_id, 0},
};

static const struct rule playlist_rules[] = {
	{ITEM_playlist_id, "id", convert_id, 0},
	{ITEM_playlist_name, "name", convert_name, 0},
	{ITEM_playlist_comment, "description", convert_name, 0},
	{ITEM_playlist_owner, "owner.display_name", convert_name, RULE_KEEP},
	{ITEM_playlist_owner, "owner.id", convert_name, 0},
	{ITEM_playlist_public, "public", convert_bool, 0},
	{ITEM_playlist_entry_count, "items.total", convert_int, 0},
	{ITEM_playlist_entry_count, "tracks.total", convert_int, 0},
	{ITEM_playlist_artwork, "images.0.url", convert_artwork, RULE_KEEP},
	{ITEM_playlist_version, "snapshot_id", convert_snapshot, 0},
};

static const struct rule entry_rules[] = {
	{ITEM_entry_position, NULL, convert_position, 0},
	{ITEM_entry_track_id, "id", convert_id, 0},
	{ITEM_entry_type, NULL, convert_entry_null, 0},
	{ITEM_entry_type, "type", convert_entry_episode, 0},
	{ITEM_entry_type, "is_local", convert_entry_local, 0},
	{ITEM_entry_type, "is_playable", convert_entry_unplayable, 0},
	{ITEM_entry_type, "id", convert_entry_track, 0},
	{ITEM_entry_type, NULL, convert_entry_rest, 0},
	{ITEM_entry_title, "name", convert_name, 0},
	{ITEM_entry_artist_name, "artists", convert_first_name, 0},
	{ITEM_entry_artist_name, "show.publisher", convert_name, 0},
	{ITEM_entry_album_title, "album.name", convert_name, 0},
	{ITEM_entry_album_title, "show.name", convert_name, 0},
	{ITEM_entry_duration_ms, "duration_ms", convert_ms_lenient, 0},
	{ITEM_entry_added_at, "added_at", convert_time, 0},
	{ITEM_entry_added_by, "added_by.id", convert_name, 0},
	{ITEM_entry_uri, "uri", convert_local_uri, 0},
	{ITEM_entry_isrc, "external_ids.isrc", convert_isrc, 0},
	{ITEM_entry_linked_id, "linked_from.id", convert_id, 0},
};

/* Addresses that follow from the id, and figures that differ from one answer to the next. */
static const char *const artist_ignored[] = {"type", "uri", "href", "external_urls", "followers", "popularity", NULL};
/* tracks: the first page of them, hundreds of kilobytes with the markets. */
static const char *const album_ignored[] = {"type",
                                            "uri",
                                            "href",
                                            "external_urls",
                                            "available_markets",
                                            "tracks",
                                            "popularity",
                                            "release_date_precision",
                                            "is_playable",
                                            NULL};
static const char *const track_ignored[] = {"type",     "href",  "external_urls", "available_markets", "preview_url",
                                            "is_local", "track", "episode",       "popularity",        NULL};
static const char *const playlist_ignored[] = {"type", "uri", "href", "external_urls", "primary_color", NULL};

static const char *const album_core[] = {"album", NULL}, *const track_core[] = {"track", NULL},
						 *const entry_cores[] = {"item", "track", NULL};

/* clang-format off */
#define NEEDS_ID(kind) {ANY_OF(ITEM_##kind##_id), "id", "Spotify lists it without one; it cannot be told from others"}
#define RULES(kind) .rules = kind##_rules, .rule_count = COUNT_OF(kind##_rules)

static const struct mapping mappings[] = {
	{
		.request = "following", .category = CATEGORY_ARTISTS, .kind = KIND_artist, .list = "artists.items",
		RULES(artist), .ignored = artist_ignored,
		.needs = {NEEDS_ID(artist), {ANY_OF(ITEM_artist_name), "name", "Spotify has taken it down"}},
	},
	{
		.request = "albums", .category = CATEGORY_ALBUMS, .kind = KIND_album, .list = "items", .cores = album_core,
		RULES(album), .ignored = album_ignored,
		.needs = {NEEDS_ID(album), {ANY_OF(ITEM_album_title), "title", "Spotify has taken the album down"},
			{ANY_OF(ITEM_album_artist_id) | ANY_OF(ITEM_album_artist_name), "artist", "Spotify tells none"}},
	},
	{
		.request = "tracks", .category = CATEGORY_TRACKS, .kind = KIND_track, .list = "items", .cores = track_core,
		RULES(track), .ignored = track_ignored,
		/* A local file need not say from which album it is. */
		.needs = {NEEDS_ID(track), {ANY_OF(ITEM_track_title), "title", "Spotify has taken the track down"}},
	},
	{
		.request = "playlists", .category = CATEGORY_PLAYLISTS, .kind = KIND_playlist, .list = "items",
		RULES(playlist), .ignored = playlist_ignored,
		.needs = {NEEDS_ID(playlist), {ANY_OF(ITEM_playlist_name), "name", "give the playlist a name"}},
	},
	{
		.request = "playlist_items", .category = CATEGORY_PLAYLISTS, .kind = KIND_entry, .list = "items",
		.cores = entry_cores, RULES(entry), .takes_null = true,
	},
};

const struct provider_mappings mappings_spotify = {
	.name = "spotify", .mappings = mappings, .count = COUNT_OF(mappings),
};
/* clang-format on */
