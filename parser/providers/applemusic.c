/* Apple Music: which member becomes which column.
 *
 * Names after the Apple Music API reference (LibrarySongs, LibraryAlbums ...). A resource keeps its id and relations outside
 * and everything else in `attributes`, which may be missing altogether. Ids are the library's own; catalog_id links them to
 * the catalogue. */
#include "common/attributes.h"
#include "parser/mapping.h"

static const struct rule artist_rules[] = {
	{ITEM_artist_id, "id", convert_id, 0},
	{ITEM_artist_name, "name", convert_name, 0},
	{ITEM_artist_artwork, "relationships.catalog.data.0.attributes.artwork.url", convert_artwork, 0},
	{ITEM_artist_catalog_id, "relationships.catalog.data.0.id", convert_id, 0},
};

static const struct rule album_rules[] = {
	{ITEM_album_id, "id", convert_id, 0},
	{ITEM_album_title, "name", convert_name, 0},
	{ITEM_album_artist_id, "relationships.artists.data", convert_first_id, 0},
	{ITEM_album_artist_name, "artistName", convert_name, 0},
	{ITEM_album_artist_ids, "relationships.artists.data", convert_ids, 0},
	{ITEM_album_artist_names, "relationships.artists.data", convert_resource_names, 0},
	{ITEM_album_artist_names, "artistName", convert_names, 0},
	{ITEM_album_song_count, "trackCount", convert_int, 0},
	{ITEM_album_release_date, "releaseDate", convert_date, 0},
	{ITEM_album_genres, "genreNames", convert_genres, 0},
	{ITEM_album_artwork, "artwork.url", convert_artwork, RULE_KEEP}, /* a template for all sizes; the sizes are kept */
	{ITEM_album_added_at, "dateAdded", convert_time, 0},
	{ITEM_album_upc, "relationships.catalog.data.0.attributes.upc", convert_name, 0},
	{ITEM_album_label, "relationships.catalog.data.0.attributes.recordLabel", convert_name, 0},
	{ITEM_album_catalog_id, "relationships.catalog.data.0.id", convert_id, 0},
	{ITEM_album_catalog_id, "playParams.catalogId", convert_id, 0},
};

static const struct rule track_rules[] = {
	{ITEM_track_id, "id", convert_id, 0},
	{ITEM_track_title, "name", convert_name, 0},
	{ITEM_track_album_id, "relationships.albums.data", convert_first_id, 0},
	{ITEM_track_album_title, "albumName", convert_name, 0},
	{ITEM_track_artist_id, "relationships.artists.data", convert_first_id, 0},
	{ITEM_track_artist_name, "artistName", convert_name, 0},
	{ITEM_track_artist_ids, "relationships.artists.data", convert_ids, 0},
	{ITEM_track_artist_names, "relationships.artists.data", convert_resource_names, 0},
	{ITEM_track_artist_names, "artistName", convert_names, 0},
	{ITEM_track_disc, "discNumber", convert_int, 0},
	{ITEM_track_number, "trackNumber", convert_int, 0},
	{ITEM_track_duration_ms, "durationInMillis", convert_ms, RULE_ELSE_ZERO},
	{ITEM_track_release_date, "releaseDate", convert_date, 0},
	{ITEM_track_genres, "genreNames", convert_genres, 0},
	{ITEM_track_isrcs, "relationships.catalog.data.0.attributes.isrc", convert_isrcs, 0},
	{ITEM_track_explicit, "contentRating", convert_explicit, 0},
	{ITEM_track_artwork, "artwork.url", convert_artwork, RULE_KEEP},
	{ITEM_track_added_at, "dateAdded", convert_time, 0},
	{ITEM_track_playable, "playParams", convert_is_there,
     RULE_KEEP}, /* uploaded and matched songs have other ids in it */
	{ITEM_track_playable, NULL, convert_is_not, 0},
	{ITEM_track_catalog_id, "playParams.catalogId", convert_id, 0},
	{ITEM_track_catalog_id, "relationships.catalog.data.0.id", convert_id, 0},
};

static const struct rule playlist_rules[] = {
	{ITEM_playlist_id, "id", convert_id, 0},
	{ITEM_playlist_name, "name", convert_name, 0},
	{ITEM_playlist_comment, "description.standard", convert_name, 0},
	{ITEM_playlist_owner, "relationships.catalog.data.0.attributes.curatorName", convert_name, 0},
	{ITEM_playlist_public, "isPublic", convert_bool, 0},
	{ITEM_playlist_created_at, "dateAdded", convert_time, 0},
	{ITEM_playlist_changed_at, "lastModifiedDate", convert_time, 0},
	{ITEM_playlist_artwork, "artwork.url", convert_artwork, 0},
	{ITEM_playlist_version, "lastModifiedDate", convert_name, 0},
	{ITEM_playlist_catalog_id, "playParams.globalId", convert_id, 0},
	{ITEM_playlist_catalog_id, "relationships.catalog.data.0.id", convert_id, 0},
};

/* Songs and videos; what was removed from the catalogue has no playParams, but keeps its place. */
static const struct rule entry_rules[] = {
	{ITEM_entry_position, NULL, convert_position, 0},
	{ITEM_entry_track_id, "id", convert_id, 0},
	{ITEM_entry_type, NULL, convert_entry_null, 0},
	{ITEM_entry_type, "type", convert_entry_video, 0},
	{ITEM_entry_type, "playParams.id", convert_entry_track, 0},
	{ITEM_entry_type, NULL, convert_entry_rest, 0},
	{ITEM_entry_title, "name", convert_name, 0},
	{ITEM_entry_artist_name, "artistName", convert_name, 0},
	{ITEM_entry_album_title, "albumName", convert_name, 0},
	{ITEM_entry_duration_ms, "durationInMillis", convert_ms_lenient, 0},
	{ITEM_entry_isrc, "relationships.catalog.data.0.attributes.isrc", convert_isrc, 0},
};

static const char *const ignored[] = {"type", "href", "hasCatalog", NULL}, *const cores[] = {"attributes", NULL};

/* clang-format off */
#define RULES(kind) .rules = kind##_rules, .rule_count = COUNT_OF(kind##_rules), .ignored = ignored, .cores = cores
#define NEEDS(kind, label) \
	{ANY_OF(ITEM_##kind##_id), "id", "Apple lists it without one; it cannot be told from others"}, \
	{ANY_OF(ITEM_##kind##_##label), #label, "give it one in the Music app"}

static const struct mapping mappings[] = {
	{.request = "artists", .category = CATEGORY_ARTISTS, .kind = KIND_artist, .list = "data", RULES(artist),
		.needs = {NEEDS(artist, name)}},
	/* Whoever uploads a file need not say whose it is, nor from which album. */
	{.request = "albums", .category = CATEGORY_ALBUMS, .kind = KIND_album, .list = "data", RULES(album),
		.needs = {NEEDS(album, title)}},
	{.request = "songs", .category = CATEGORY_TRACKS, .kind = KIND_track, .list = "data", RULES(track),
		.needs = {NEEDS(track, title)}},
	{.request = "playlists", .category = CATEGORY_PLAYLISTS, .kind = KIND_playlist, .list = "data", RULES(playlist),
		.needs = {NEEDS(playlist, name)}},
	{.request = "playlist_tracks", .category = CATEGORY_PLAYLISTS, .kind = KIND_entry, .list = "data", RULES(entry),
		.takes_null = true},
	{.request = "playlist_with_tracks", .category = CATEGORY_PLAYLISTS, .kind = KIND_entry,
		.list = "data.0.relationships.tracks.data", RULES(entry), .takes_null = true},
};

const struct provider_mappings mappings_applemusic = {
	.name = "applemusic", .mappings = mappings, .count = COUNT_OF(mappings),
};
/* clang-format on */
