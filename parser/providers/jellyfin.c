/* Jellyfin: which member becomes which column.
 *
 * Names after jellyfin/jellyfin, MediaBrowser.Model/Dto/BaseItemDto. A favourite has no date there, so it stays where it is
 * told, in the extra members (UserData.IsFavorite). A picture is told by its tag: Items/ID/Images/Primary?tag=TAG. */
#include "common/attributes.h"
#include "common/json.h"
#include "parser/mapping.h"

/* Durations are counted in ticks of 100 ns. */
enum { TICKS_OF_MS = 10000 };

static bool convert_ticks_lenient(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t ticks;
	bool good = json_int(from, &ticks) && ticks >= 0;
	conversion->warnings += !good;
	if (good)
		*to = (struct value){.type = VALUE_INT,
		                     .number = ticks / TICKS_OF_MS + (ticks % TICKS_OF_MS >= TICKS_OF_MS / 2)};
	return true;
}

static bool convert_ticks(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t ticks;
	if (json_int(from, &ticks) && ticks < 0)
		return convert_refuse(conversion, "negative_duration",
		                      "a duration of %lld ticks is below zero; scan the file again", (long long)ticks);
	return convert_ticks_lenient(conversion, from, to);
}

/* Files that tell no more than a year are given its first day: then ProductionYear is all that is known. */
static bool convert_premiere(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	const char *text = yyjson_get_str(from);
	bool made_up = text && yyjson_get_len(from) >= 10 && strncmp(text + 4, "-01-01", 6) == 0;
	return made_up || convert_date(conversion, from, to);
}

static const struct rule artist_rules[] = {
	{ITEM_artist_id, "Id", convert_id, 0},
	{ITEM_artist_name, "Name", convert_name, 0},
	{ITEM_artist_sort_name, "SortName", convert_name, 0},
	{ITEM_artist_mbid, "ProviderIds.MusicBrainzArtist", convert_name, RULE_KEEP},
	{ITEM_artist_artwork, "ImageTags.Primary", convert_artwork, 0},
};

static const struct rule album_rules[] = {
	{ITEM_album_id, "Id", convert_id, 0},
	{ITEM_album_title, "Name", convert_name, 0},
	{ITEM_album_artist_id, "AlbumArtists", convert_first_id, 0},
	{ITEM_album_artist_name, "AlbumArtist", convert_name, 0},
	{ITEM_album_artist_name, "AlbumArtists", convert_first_name, 0},
	{ITEM_album_artist_ids, "AlbumArtists", convert_ids, 0},
	{ITEM_album_artist_names, "AlbumArtists", convert_names, 0},
	{ITEM_album_artist_names, "AlbumArtist", convert_names, 0},
	{ITEM_album_song_count, "ChildCount", convert_int, 0},
	{ITEM_album_duration_ms, "RunTimeTicks", convert_ticks, 0},
	{ITEM_album_release_date, "PremiereDate", convert_premiere, 0},
	{ITEM_album_release_date, "ProductionYear", convert_date, 0},
	{ITEM_album_genres, "Genres", convert_genres, 0},
	{ITEM_album_mbid, "ProviderIds.MusicBrainzAlbum", convert_name, RULE_KEEP},
	{ITEM_album_artwork, "ImageTags.Primary", convert_artwork, 0},
	{ITEM_album_added_at, "DateCreated", convert_time, 0},
};

static const struct rule track_rules[] = {
	{ITEM_track_id, "Id", convert_id, 0},
	{ITEM_track_title, "Name", convert_name, 0},
	{ITEM_track_album_id, "AlbumId", convert_id, 0},
	{ITEM_track_album_title, "Album", convert_name, 0},
	{ITEM_track_artist_id, "ArtistItems", convert_first_id, 0},
	{ITEM_track_artist_id, "AlbumArtists", convert_first_id, RULE_KEEP},
	{ITEM_track_artist_name, "ArtistItems", convert_first_name, 0},
	{ITEM_track_artist_name, "Artists.0", convert_name, 0},
	{ITEM_track_artist_name, "AlbumArtist", convert_name, 0},
	{ITEM_track_artist_ids, "ArtistItems", convert_ids, 0},
	{ITEM_track_artist_names, "ArtistItems", convert_names, 0},
	{ITEM_track_artist_names, "Artists", convert_names, 0},
	{ITEM_track_disc, "ParentIndexNumber", convert_int, 0},
	{ITEM_track_number, "IndexNumber", convert_int, 0},
	{ITEM_track_duration_ms, "RunTimeTicks", convert_ticks, RULE_ELSE_ZERO},
	{ITEM_track_release_date, "PremiereDate", convert_premiere, 0},
	{ITEM_track_release_date, "ProductionYear", convert_date, 0},
	{ITEM_track_genres, "Genres", convert_genres, 0},
	{ITEM_track_mbid, "ProviderIds.MusicBrainzRecording", convert_name, RULE_KEEP}, /* MusicBrainzTrack: of a release */
	{ITEM_track_bitrate, "MediaSources.0.Bitrate", convert_int, 0},
	{ITEM_track_size_bytes, "MediaSources.0.Size", convert_int, 0},
	{ITEM_track_path, "Path", convert_path, 0},
	{ITEM_track_artwork, "ImageTags.Primary", convert_artwork, 0},
	{ITEM_track_artwork, "AlbumPrimaryImageTag", convert_artwork, 0},
	{ITEM_track_added_at, "DateCreated", convert_time, 0},
	{ITEM_track_play_count, "UserData.PlayCount", convert_int, RULE_KEEP},
};

static const struct rule playlist_rules[] = {
	{ITEM_playlist_id, "Id", convert_id, 0},
	{ITEM_playlist_name, "Name", convert_name, 0},
	{ITEM_playlist_comment, "Overview", convert_name, 0},
	{ITEM_playlist_entry_count, "ChildCount", convert_int, 0},
	{ITEM_playlist_duration_ms, "RunTimeTicks", convert_ticks_lenient, 0},
	{ITEM_playlist_created_at, "DateCreated", convert_time, 0},
	{ITEM_playlist_artwork, "ImageTags.Primary", convert_artwork, 0},
};

/* PlaylistItemId is the item's own id, and so the same for one that stands there twice: the position is the key. */
static const struct rule entry_rules[] = {
	{ITEM_entry_position, NULL, convert_position, 0},
	{ITEM_entry_track_id, "Id", convert_id, 0},
	{ITEM_entry_type, NULL, convert_entry_null, 0},
	{ITEM_entry_type, "MediaType", convert_entry_video, 0},
	{ITEM_entry_type, "Id", convert_entry_track, 0},
	{ITEM_entry_type, NULL, convert_entry_rest, 0},
	{ITEM_entry_title, "Name", convert_name, 0},
	{ITEM_entry_artist_name, "Artists.0", convert_name, 0},
	{ITEM_entry_artist_name, "AlbumArtist", convert_name, 0},
	{ITEM_entry_album_title, "Album", convert_name, 0},
	{ITEM_entry_duration_ms, "RunTimeTicks", convert_ticks_lenient, 0},
};

/* What follows from the rest, differs from one answer to the next, or is the same for all. */
static const char *const ignored[] = {"ServerId",
                                      "Type",
                                      "MediaType",
                                      "IsFolder",
                                      "LocationType",
                                      "ChannelId",
                                      "Etag",
                                      "ImageBlurHashes",
                                      "BackdropImageTags",
                                      "ParentBackdropImageTags",
                                      "GenreItems",
                                      "ServerName",
                                      NULL};

/* clang-format off */
#define LIST(noun) \
	.kind = KIND_##noun, .list = "Items", .rules = noun##_rules, .rule_count = COUNT_OF(noun##_rules), .ignored = ignored
#define NEEDS(noun, label) \
	{ANY_OF(ITEM_##noun##_id), "id", "it cannot be told from others; report it to Jellyfin's makers"}, \
	{ANY_OF(ITEM_##noun##_##label), #label, "set it in the file's tags, or on the server, and let it scan again"}

static const struct mapping mappings[] = {
	{.request = "artists", .category = CATEGORY_ARTISTS, LIST(artist), .needs = {NEEDS(artist, name)}},
	/* Files without an artist's or album's tag are items there like all others. */
	{.request = "albums", .category = CATEGORY_ALBUMS, LIST(album), .needs = {NEEDS(album, title)}},
	{.request = "tracks", .category = CATEGORY_TRACKS, LIST(track), .needs = {NEEDS(track, title)}},
	{.request = "playlists", .category = CATEGORY_PLAYLISTS, LIST(playlist), .needs = {NEEDS(playlist, name)}},
	{.request = "playlist_items", .category = CATEGORY_PLAYLISTS, LIST(entry), .takes_null = true},
};

const struct provider_mappings mappings_jellyfin = {
	.name = "jellyfin", .mappings = mappings, .count = COUNT_OF(mappings),
};
/* clang-format on */
