/* OpenSubsonic and older Subsonic servers: which member becomes which column.
 *
 * Names after opensubsonic/open-subsonic-api, Responses (Child, AlbumID3, ArtistID3, Playlist). */
#include "common/attributes.h"
#include "parser/mapping.h"

#define ROOT "subsonic-response."

static const struct rule artist_rules[] = {
	{ITEM_artist_id, "id", convert_id, 0},
	{ITEM_artist_name, "name", convert_name, 0},
	{ITEM_artist_sort_name, "sortName", convert_name, 0},
	{ITEM_artist_album_count, "albumCount", convert_int, 0},
	{ITEM_artist_mbid, "musicBrainzId", convert_name, 0},
	{ITEM_artist_artwork, "coverArt", convert_artwork, 0},
	{ITEM_artist_starred_at, "starred", convert_time, 0},
	{ITEM_artist_rating, "userRating", convert_rating, 0},
};

static const struct rule album_rules[] = {
	{ITEM_album_id, "id", convert_id, 0},
	{ITEM_album_title, "name", convert_name, 0},
	{ITEM_album_title, "title", convert_name, 0}, /* of folders, which old servers list as albums */
	{ITEM_album_title, "album", convert_name, 0},
	{ITEM_album_artist_id, "artistId", convert_id, 0},
	{ITEM_album_artist_id, "artists", convert_first_id, 0},
	{ITEM_album_artist_name, "displayArtist", convert_name, 0},
	{ITEM_album_artist_name, "artist", convert_name, 0},
	{ITEM_album_artist_name, "artists", convert_first_name, 0},
	{ITEM_album_artist_ids, "artists", convert_ids, 0},
	{ITEM_album_artist_ids, "artistId", convert_codes, 0},
	{ITEM_album_artist_names, "artists", convert_names, 0},
	{ITEM_album_artist_names, "artist", convert_names, 0},
	{ITEM_album_song_count, "songCount", convert_int, 0},
	{ITEM_album_duration_ms, "duration", convert_duration, 0},
	{ITEM_album_release_date, "releaseDate", convert_date, 0},
	{ITEM_album_release_date, "year", convert_date, 0},
	{ITEM_album_genres, "genres", convert_genres, 0},
	{ITEM_album_genres, "genre", convert_genres, 0},
	{ITEM_album_compilation, "isCompilation", convert_bool, 0},
	{ITEM_album_mbid, "musicBrainzId", convert_name, 0},
	{ITEM_album_artwork, "coverArt", convert_artwork, 0},
	{ITEM_album_added_at, "created", convert_time, 0},
	{ITEM_album_starred_at, "starred", convert_time, 0},
	{ITEM_album_rating, "userRating", convert_rating, 0},
	{ITEM_album_play_count, "playCount", convert_int, 0},
};

static const struct rule track_rules[] = {
	{ITEM_track_id, "id", convert_id, 0},
	{ITEM_track_title, "title", convert_name, 0},
	{ITEM_track_album_id, "albumId", convert_id, 0},
	{ITEM_track_album_id, NULL, convert_parent, 0}, /* the album asked for by getAlbum */
	{ITEM_track_album_id, "parent", convert_id, 0}, /* the folder, on servers that know no albums */
	{ITEM_track_album_title, "album", convert_name, 0},
	{ITEM_track_artist_id, "artistId", convert_id, 0},
	{ITEM_track_artist_id, "artists", convert_first_id, 0},
	{ITEM_track_artist_name, "displayArtist", convert_name, 0},
	{ITEM_track_artist_name, "artist", convert_name, 0},
	{ITEM_track_artist_name, "artists", convert_first_name, 0},
	{ITEM_track_artist_ids, "artists", convert_ids, 0},
	{ITEM_track_artist_ids, "artistId", convert_codes, 0},
	{ITEM_track_artist_names, "artists", convert_names, 0},
	{ITEM_track_artist_names, "artist", convert_names, 0},
	{ITEM_track_disc, "discNumber", convert_int, 0},
	{ITEM_track_number, "track", convert_int, 0},
	{ITEM_track_duration_ms, "duration", convert_duration, RULE_ELSE_ZERO},
	{ITEM_track_release_date, "year", convert_date, 0},
	{ITEM_track_genres, "genres", convert_genres, 0},
	{ITEM_track_genres, "genre", convert_genres, 0},
	{ITEM_track_isrcs, "isrc", convert_isrcs, 0},
	{ITEM_track_mbid, "musicBrainzId", convert_name, 0},
	{ITEM_track_explicit, "explicitStatus", convert_explicit, 0},
	{ITEM_track_bitrate, "bitRate", convert_int, 0},
	{ITEM_track_size_bytes, "size", convert_int, 0},
	{ITEM_track_content_type, "contentType", convert_name, 0},
	{ITEM_track_path, "path", convert_path, 0},
	{ITEM_track_artwork, "coverArt", convert_artwork, 0},
	{ITEM_track_added_at, "created", convert_time, 0},
	{ITEM_track_starred_at, "starred", convert_time, 0},
	{ITEM_track_rating, "userRating", convert_rating, 0},
	{ITEM_track_play_count, "playCount", convert_int, 0},
};

static const struct rule playlist_rules[] = {
	{ITEM_playlist_id, "id", convert_id, 0},
	{ITEM_playlist_name, "name", convert_name, 0},
	{ITEM_playlist_comment, "comment", convert_name, 0},
	{ITEM_playlist_owner, "owner", convert_name, 0},
	{ITEM_playlist_public, "public", convert_bool, 0},
	{ITEM_playlist_entry_count, "songCount", convert_int, 0},
	{ITEM_playlist_duration_ms, "duration", convert_duration, 0},
	{ITEM_playlist_created_at, "created", convert_time, 0},
	{ITEM_playlist_changed_at, "changed", convert_time, 0},
	{ITEM_playlist_artwork, "coverArt", convert_artwork, 0},
	{ITEM_playlist_read_only, "readonly", convert_bool, 0},
};

static const struct rule entry_rules[] = {
	{ITEM_entry_position, NULL, convert_position, 0},
	{ITEM_entry_track_id, "id", convert_id, 0},
	{ITEM_entry_type, NULL, convert_entry_type, 0},
	{ITEM_entry_title, "title", convert_name, 0},
	{ITEM_entry_artist_name, "displayArtist", convert_name, 0},
	{ITEM_entry_artist_name, "artist", convert_name, 0},
	{ITEM_entry_album_title, "album", convert_name, 0},
	{ITEM_entry_duration_ms, "duration", convert_duration_lenient, 0},
};

/* artistImageUrl: an address with a token in it on some servers, and new with every answer. */
static const char *const artist_ignored[] = {"artistImageUrl", "mediaType", "isDir", NULL};
static const char *const album_ignored[] = {"isDir", "parent", "type", "isVideo", "mediaType", NULL};
static const char *const track_ignored[] = {"isDir", "type", "isVideo", "mediaType", "bookmarkPosition", NULL};
/* validUntil: when a server will work out a smart playlist anew; different in every answer. entry: getPlaylist's. */
static const char *const playlist_ignored[] = {"validUntil", "entry", NULL};

/* clang-format off */
#define LIST(noun, path) \
	.kind = KIND_##noun, .list = ROOT path, .rules = noun##_rules, .rule_count = COUNT_OF(noun##_rules)
#define ID_NEEDED(noun) \
	{ANY_OF(ITEM_##noun##_id), "id", "it cannot be told from others; report it to the server's makers"}
#define TAG(name, of) "set the " name " tag of " of " and let the server scan again"
#define TRACKS_OF(name, path) { \
	.request = name, .category = CATEGORY_TRACKS, LIST(track, path), .ignored = track_ignored, .not_music = "isVideo", \
	.needs = {ID_NEEDED(track), {ANY_OF(ITEM_track_title), "title", TAG("title", "the file")}, \
		{ANY_OF(ITEM_track_album_id), "album", TAG("album", "the file")}}}

static const struct mapping mappings[] = {
	{.request = "getArtists", .category = CATEGORY_ARTISTS, LIST(artist, "artists.index"), .inner = "artist",
		.ignored = artist_ignored,
		.needs = {ID_NEEDED(artist), {ANY_OF(ITEM_artist_name), "name", TAG("artist", "its files")}}},
	/* A name is a reference, too: many albums of compilations have no more. */
	{.request = "getAlbumList2", .category = CATEGORY_ALBUMS, LIST(album, "albumList2.album"), .ignored = album_ignored,
		.needs = {ID_NEEDED(album), {ANY_OF(ITEM_album_title), "title", TAG("album", "its files")},
			{ANY_OF(ITEM_album_artist_id) | ANY_OF(ITEM_album_artist_name), "artist", TAG("album artist", "its files")}}},
	TRACKS_OF("search3", "searchResult3.song"),
	TRACKS_OF("getAlbum", "album.song"),
	{.request = "getPlaylists", .category = CATEGORY_PLAYLISTS, LIST(playlist, "playlists.playlist"),
		.ignored = playlist_ignored,
		.needs = {ID_NEEDED(playlist), {ANY_OF(ITEM_playlist_name), "name", "give the playlist a name on the server"}}},
	{.request = "getPlaylist", .category = CATEGORY_PLAYLISTS, LIST(entry, "playlist.entry"), .takes_null = true},
};

const struct provider_mappings mappings_opensubsonic = {
	.name = "opensubsonic", .envelope = "subsonic-response", .status = ROOT "status", .status_good = "ok",
	.mappings = mappings, .count = COUNT_OF(mappings),
};
/* clang-format on */
