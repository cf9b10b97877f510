/* For tests of Spotify's answers: elements into a page of the documented shape, and the elements that several tests start
 * from. */
#ifndef SYNCLINE_TESTS_SPOTIFY_SUPPORT_H
#define SYNCLINE_TESTS_SPOTIFY_SUPPORT_H

#include "parser_fixture.h"

static inline const char *category_of(const char *request)
{
	return strcmp(request, "following") == 0        ? "artists"
	       : strcmp(request, "playlist_items") == 0 ? "playlists"
	                                                : request;
}

/* The entries of a playlist are its third page, from position 100 on. */
static inline struct raw_page spotify_page(const char *request, int64_t count, struct span body)
{
	bool entries = strcmp(request, "playlist_items") == 0;
	return (struct raw_page){
		.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
		.account = span_of("home"),
		.provider = span_of("spotify"),
		.category = span_of(category_of(request)),
		.request = span_of(request),
		.status = 200,
		.count = count,
		.fetched_at = 1700000000000,
		.parent = span_of(entries ? "37i9" : ""),
		.first = entries ? 100 : 0,
		.body = body,
	};
}

static inline void take(const char *request, const char *items, int64_t count)
{
	bool following = strcmp(request, "following") == 0;
	buf_reset(&test.body, SIZE_MAX);
	buf_printf(&test.body,
	           "%s{\"href\":\"https://api.spotify.com/v1\",\"limit\":50,\"next\":null,\"total\":%lld,\"items\":[",
	           following ? "{\"artists\":" : "", (long long)count);
	buf_add_text(&test.body, items);
	buf_add_text(&test.body, following ? "]}}" : "]}");
	struct raw_page page = spotify_page(request, count, buf_span(&test.body));
	take_page(&test, &page);
}

#define ARTISTS \
	"\"artists\":[{\"id\":\"a1\",\"name\":\"Bj\xc3\xb6rk\",\"type\":\"artist\"},{\"id\":\"a2\",\"name\":\"Arca\"}]"
#define IMAGES \
	"\"images\":[{\"url\":\"https://i/640\",\"height\":640,\"width\":640},{\"url\":\"https://i/64\",\"height\":null}]"
#define TRACK(more) \
	"{\"id\":\"t1\",\"name\":\" Utopia \",\"type\":\"track\",\"uri\":\"spotify:track:t1\"," ARTISTS "," \
	"\"album\":{\"id\":\"al1\",\"name\":\"Utopia\",\"release_date\":\"2017-11\"," IMAGES "}," \
	"\"disc_number\":1,\"track_number\":6,\"duration_ms\":282946,\"explicit\":false," \
	"\"external_ids\":{\"isrc\":\"ushm80865849\"},\"is_local\":false" more "}"
#define SAVED "{\"added_at\":\"2019-07-21T00:28:08Z\",\"track\":" TRACK(",\"popularity\":41,\"is_playable\":true") "}"
#define ALBUM \
	"{\"added_at\":\"2016-12-19T10:00:00Z\",\"album\":{\"id\":\"al1\",\"name\":\"Utopia\",\"album_type\":\"ep\"," \
	"\"total_tracks\":14," ARTISTS "," IMAGES ",\"release_date\":\"1999\",\"release_date_precision\":\"year\"," \
	"\"external_ids\":{\"upc\":\"5016958063351\"},\"label\":\"One Little\",\"genres\":[],\"available_markets\":[\"DE\"]," \
	"\"tracks\":{\"items\":[{\"id\":\"t1\"}],\"next\":\"x\"},\"copyrights\":[{\"text\":\"c\",\"type\":\"C\"}]}}"
/* A file of the user's own. */
#define LOCAL \
	"{\"id\":null,\"name\":\"Demo\",\"type\":\"track\",\"uri\":\"spotify:local:Me::Demo:273\",\"is_local\":true," \
	"\"artists\":[{\"id\":null,\"name\":\"Me\"}],\"album\":{\"id\":null,\"name\":\"Tapes\",\"uri\":null,\"images\":[]}," \
	"\"duration_ms\":273000,\"external_ids\":{}}"

#endif
