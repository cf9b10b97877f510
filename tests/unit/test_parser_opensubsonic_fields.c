/* Every member of a Subsonic server's items that has a column, and what stands in it. Method: one item of each kind with all
 * members of the documented shape (Child, AlbumID3, ArtistID3, Playlist); a row tells the cell. */
#include "parser_fixture.h"

static void take(const char *request, const char *items, int64_t count)
{
	take_items(&test, request, count, items);
}

#define ARTISTS "\"artists\":[{\"id\":\"ar-1\",\"name\":\"Bj\xc3\xb6rk\"},{\"id\":\"ar-2\",\"name\":\"Arca\"}]"

static void every_field_of_an_artist_has_its_column(void **state)
{
#define ARTIST \
	"{\"id\":\"ar-1\",\"name\":\"Bj\xc3\xb6rk\",\"sortName\":\"bjork\",\"albumCount\":9,\"musicBrainzId\":\"m1\"," \
	"\"coverArt\":\"ar-1_0\",\"starred\":\"2019-07-21T00:28:08Z\",\"userRating\":4}"
	static const struct element_row rows[] = {
		{"getArtists", ARTIST, "id", "ar-1"},
		{"getArtists", ARTIST, "name", "Bj\xc3\xb6rk"},
		{"getArtists", ARTIST, "sort_name", "bjork"},
		{"getArtists", ARTIST, "album_count", "9"},
		{"getArtists", ARTIST, "mbid", "m1"},
		{"getArtists", ARTIST, "artwork", "ar-1_0"},
		{"getArtists", ARTIST, "starred_at", "1563668888000000"},
		{"getArtists", ARTIST, "rating", "4"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_an_album_has_its_column(void **state)
{
#define ALBUM \
	"{\"id\":\"al-1\",\"name\":\"Utopia\",\"artistId\":\"ar-1\",\"artist\":\"Bj\xc3\xb6rk\"," ARTISTS \
	",\"displayArtist\":\"Bj\xc3\xb6rk & Arca\",\"songCount\":14,\"duration\":4305,\"year\":2017," \
	"\"genres\":[{\"name\":\"Art Pop\"}],\"isCompilation\":false,\"musicBrainzId\":\"rel1\",\"coverArt\":\"al-1_0\"," \
	"\"created\":\"2019-07-21T00:28:08Z\",\"starred\":\"2019-07-21T00:28:09Z\",\"userRating\":5,\"playCount\":7}"
	static const struct element_row rows[] = {
		{"getAlbumList2", ALBUM, "id", "al-1"},
		{"getAlbumList2", ALBUM, "title", "Utopia"},
		{"getAlbumList2", ALBUM, "artist_id", "ar-1"},
		{"getAlbumList2", ALBUM, "artist_name", "Bj\xc3\xb6rk & Arca"},
		{"getAlbumList2", ALBUM, "artist_ids", "[ar-1|ar-2]"},
		{"getAlbumList2", ALBUM, "artist_names", "[Bj\xc3\xb6rk|Arca]"},
		{"getAlbumList2", ALBUM, "song_count", "14"},
		{"getAlbumList2", ALBUM, "duration_ms", "4305000"},
		{"getAlbumList2", ALBUM, "release_date", "2017"},
		{"getAlbumList2", ALBUM, "genres", "[Art Pop]"},
		{"getAlbumList2", ALBUM, "compilation", "false"},
		{"getAlbumList2", ALBUM, "mbid", "rel1"},
		{"getAlbumList2", ALBUM, "artwork", "al-1_0"},
		{"getAlbumList2", ALBUM, "added_at", "1563668888000000"},
		{"getAlbumList2", ALBUM, "starred_at", "1563668889000000"},
		{"getAlbumList2", ALBUM, "rating", "5"},
		{"getAlbumList2", ALBUM, "play_count", "7"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_a_song_has_its_column(void **state)
{
/* Two spaces, an ideographic one, and an accent that stands alone: tidied it would be the name of another file. */
#define PATH \
	"Utopia/06  \xe3\x80\x80" \
	"e\xcc\x81.flac"
#define SONG \
	"{\"id\":\"tr-1\",\"title\":\"Losss\",\"albumId\":\"al-1\",\"album\":\"Utopia\",\"artistId\":\"ar-1\"," ARTISTS \
	",\"artist\":\"Bj\xc3\xb6rk\",\"discNumber\":2,\"track\":6,\"duration\":412,\"year\":2017,\"genre\":\"Art Pop\"," \
	"\"isrc\":[\"gbaye1700011\"],\"musicBrainzId\":\"rec1\",\"explicitStatus\":\"explicit\",\"bitRate\":912," \
	"\"size\":31415926,\"contentType\":\"audio/flac\",\"path\":\"" PATH "\",\"coverArt\":\"al-1_0\"," \
	"\"created\":\"2019-07-21T00:28:08Z\",\"starred\":\"2019-07-21T00:28:09Z\",\"userRating\":3,\"playCount\":11}"
	static const struct element_row rows[] = {
		{"search3", SONG, "id", "tr-1"},
		{"search3", SONG, "title", "Losss"},
		{"search3", SONG, "album_id", "al-1"},
		{"search3", SONG, "album_title", "Utopia"},
		{"search3", SONG, "artist_id", "ar-1"},
		{"search3", SONG, "artist_name", "Bj\xc3\xb6rk"},
		{"search3", SONG, "artist_ids", "[ar-1|ar-2]"},
		{"search3", SONG, "artist_names", "[Bj\xc3\xb6rk|Arca]"},
		{"search3", SONG, "disc", "2"},
		{"search3", SONG, "number", "6"},
		{"search3", SONG, "duration_ms", "412000"},
		{"search3", SONG, "release_date", "2017"},
		{"search3", SONG, "genres", "[Art Pop]"},
		{"search3", SONG, "isrcs", "[GBAYE1700011]"},
		{"search3", SONG, "mbid", "rec1"},
		{"search3", SONG, "explicit", "true"},
		{"search3", SONG, "bitrate", "912"},
		{"search3", SONG, "size_bytes", "31415926"},
		{"search3", SONG, "content_type", "audio/flac"},
		{"search3", SONG, "path", PATH},
		{"search3", SONG, "artwork", "al-1_0"},
		{"search3", SONG, "added_at", "1563668888000000"},
		{"search3", SONG, "starred_at", "1563668889000000"},
		{"search3", SONG, "rating", "3"},
		{"search3", SONG, "play_count", "11"},
	};
	(void)state;
	CHECK(rows);
}

static void every_field_of_a_playlist_and_its_entries_has_its_column(void **state)
{
#define PLAYLIST \
	"{\"id\":\"pl-1\",\"name\":\"Mix\",\"comment\":\"for rain\",\"owner\":\"anna\",\"public\":true,\"songCount\":3," \
	"\"duration\":600,\"created\":\"2019-07-21T00:28:08Z\",\"changed\":\"2019-07-21T00:28:09Z\",\"coverArt\":\"pl-1_0\"," \
	"\"readonly\":true}"
	static const struct element_row rows[] = {
		{"getPlaylists", PLAYLIST, "id", "pl-1"},
		{"getPlaylists", PLAYLIST, "name", "Mix"},
		{"getPlaylists", PLAYLIST, "comment", "for rain"},
		{"getPlaylists", PLAYLIST, "owner", "anna"},
		{"getPlaylists", PLAYLIST, "public", "true"},
		{"getPlaylists", PLAYLIST, "entry_count", "3"},
		{"getPlaylists", PLAYLIST, "duration_ms", "600000"},
		{"getPlaylists", PLAYLIST, "created_at", "1563668888000000"},
		{"getPlaylists", PLAYLIST, "changed_at", "1563668889000000"},
		{"getPlaylists", PLAYLIST, "artwork", "pl-1_0"},
		{"getPlaylists", PLAYLIST, "read_only", "true"},
		{"getPlaylist", SONG, "position", "0"},
		{"getPlaylist", SONG, "track_id", "tr-1"},
		{"getPlaylist", SONG, "type", "track"},
		{"getPlaylist", SONG, "title", "Losss"},
		{"getPlaylist", SONG, "artist_name", "Bj\xc3\xb6rk"},
		{"getPlaylist", SONG, "album_title", "Utopia"},
		{"getPlaylist", SONG, "duration_ms", "412000"},
	};
	(void)state;
	CHECK(rows);
}

static void every_column_that_is_mapped_has_a_row_with_a_value(void **state)
{
	(void)state;
	check_every_column("opensubsonic", ~0u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_an_artist_has_its_column),
		cmocka_unit_test(every_field_of_an_album_has_its_column),
		cmocka_unit_test(every_field_of_a_song_has_its_column),
		cmocka_unit_test(every_field_of_a_playlist_and_its_entries_has_its_column),
		cmocka_unit_test(every_column_that_is_mapped_has_a_row_with_a_value),
	};
	return cmocka_run_group_tests(tests, open_test, close_test);
}
