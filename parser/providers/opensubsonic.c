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
	{ITEM_track_isrcs, "isrc", convert_codes, 0},
	{ITEM_track_mbid, "musicBrainzId", convert_name, 0},
	{ITEM_track_explicit, "explicitStatus", convert_explicit, 0},
	{ITEM_track_bitrate, "bitRate", convert_int, 0},
	{ITEM_track_size_bytes, "size", convert_int, 0},
	{ITEM_track_content_type, "contentType", convert_name, 0},
	{ITEM_track_path, "path", convert_name, 0},
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
#define ID_NEEDED(kind) \
	{ANY_OF(ITEM_##kind##_id), "id", "it cannot be told from others; report it to the server's makers"}

#define TRACKS_OF(name, path) { \
	.request = name, .category = CATEGORY_TRACKS, .kind = KIND_track, .list = ROOT path, \
	.rules = track_rules, .rule_count = COUNT_OF(track_rules), .ignored = track_ignored, .not_music = "isVideo", \
	.needs = {ID_NEEDED(track), \
		{ANY_OF(ITEM_track_title), "title", "set the file's title tag and let the server scan it again"}, \
		{ANY_OF(ITEM_track_album_id), "album", "set the file's album tag and let the server scan it again"}}}

static const struct mapping mappings[] = {
	{
		.request = "getArtists", .category = CATEGORY_ARTISTS, .kind = KIND_artist,
		.list = ROOT "artists.index", .inner = "artist",
		.rules = artist_rules, .rule_count = COUNT_OF(artist_rules), .ignored = artist_ignored,
		.needs = {ID_NEEDED(artist),
			{ANY_OF(ITEM_artist_name), "name", "set the artist tag of its files and let the server scan them again"}},
	},
	{
		.request = "getAlbumList2", .category = CATEGORY_ALBUMS, .kind = KIND_album, .list = ROOT "albumList2.album",
		.rules = album_rules, .rule_count = COUNT_OF(album_rules), .ignored = album_ignored,
		/* A name is a reference, too: many albums of compilations have no more. */
		.needs = {ID_NEEDED(album),
			{ANY_OF(ITEM_album_title), "title", "set the album tag of its files and let the server scan them again"},
			{ANY_OF(ITEM_album_artist_id) | ANY_OF(ITEM_album_artist_name), "artist",
				"set the album artist tag of its files and let the server scan them again"}},
	},
	TRACKS_OF("search3", "searchResult3.song"),
	TRACKS_OF("getAlbum", "album.song"),
	{
		.request = "getPlaylists", .category = CATEGORY_PLAYLISTS, .kind = KIND_playlist,
		.list = ROOT "playlists.playlist",
		.rules = playlist_rules, .rule_count = COUNT_OF(playlist_rules), .ignored = playlist_ignored,
		.needs = {ID_NEEDED(playlist),
			{ANY_OF(ITEM_playlist_name), "name", "give the playlist a name on the server"}},
	},
	{
		.request = "getPlaylist", .category = CATEGORY_PLAYLISTS, .kind = KIND_entry, .list = ROOT "playlist.entry",
		.rules = entry_rules, .rule_count = COUNT_OF(entry_rules), .takes_null = true,
	},
};

const struct provider_mappings mappings_opensubsonic = {
	.name = "opensubsonic", .envelope = "subsonic-response", .status = ROOT "status", .status_good = "ok",
	.mappings = mappings, .count = COUNT_OF(mappings),
};
/* clang-format on */
