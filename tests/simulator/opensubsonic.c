/* One function a method, one table of them. */
#include "opensubsonic.h"

#include <assert.h>
#include <ctype.h>

#include "ids.h"
#include "item.h"
#include "words.h"

static const struct failure missing_parameter = {10, "A required parameter is missing."};
static const struct failure not_found = {70, "The requested data was not found."};
static const struct failure malformed_id = {0, "badly formed hexadecimal UUID string"};
static const struct failure empty_library = {70, "Library not found or empty"};
static const struct failure no_daemon = {0, "Can't connect to the daemon"};
static const struct failure bad_type = {0, "Unknown list type"};

static struct window all_of(const struct page *page, uint32_t total)
{
	return window_of(&page->spoil, total, total, 0);
}

static const struct failure *ping(const struct call *call, struct page *page)
{
	(void)call;
	(void)page;
	return NULL;
}

static const struct failure *extensions(const struct call *call, struct page *page)
{
	static const char *const names[] = {"formPost", "songLyrics", "transcodeOffset", "apiKeyAuthentication"};
	size_t count = sizeof names / sizeof *names - (call->login->api_key ? 0 : 1);
	PAGE_KEY(page, "openSubsonicExtensions");
	page_open(page, '[');
	for (size_t i = 0; i < count; i++) {
		page_comma(page);
		page_open(page, '{');
		PAGE_KEY(page, "name");
		page_str(page, names[i]);
		PAGE_KEY(page, "versions");
		OUT_LIT(page->out, "[1]");
		page_close(page, '}');
	}
	page_close(page, ']');
	return NULL;
}

static const struct failure *music_folders(const struct call *call, struct page *page)
{
	PAGE_KEY(page, "musicFolders");
	page_open(page, '{');
	struct page_list list = page_list_begin(page, "musicFolder", 1, false);
	page_comma(page);
	page_open(page, '{');
	PAGE_KEY(page, "id");
	if (call->flavour->folder_id_text)
		page_str(page, "4d8b6f0e-2d1c-4f0a-9a53-0c9d3f0f6b11");
	else
		page_int(page, 1);
	PAGE_KEY(page, "name");
	page_str(page, "Music Library");
	page_close(page, '}');
	page_list_end(page, list);
	page_close(page, '}');
	return NULL;
}

static const struct failure *scan_status(const struct call *call, struct page *page)
{
	if (!call->flavour->scan_status)
		return &no_daemon;
	PAGE_KEY(page, "scanStatus");
	page_open(page, '{');
	PAGE_KEY(page, "scanning");
	page_bool(page, call->library->scanning);
	PAGE_KEY(page, "count");
	page_int(page, call->library->track_order.count);
	if (call->flavour->last_scan) {
		PAGE_KEY(page, "folderCount");
		page_int(page, call->library->album_order.count);
		PAGE_KEY(page, "lastScan");
		page_date(page, library_time_ms(call->library->step));
	}
	page_close(page, '}');
	return NULL;
}

/* Artists in groups of their first letter, which rises with the index. */
static void artist_index(const struct call *call, struct page *page, struct item_writer *items,
                         void write(struct item_writer *, uint32_t))
{
	const struct library *library = call->library;
	const struct order *order = &library->artist_order;
	uint32_t end = all_of(page, order->count).count, groups = 0;
	for (uint32_t i = 0; i < end; i++) {
		groups += !i || words_letter(order->at[i], library->size.artists) !=
		                    words_letter(order->at[i - 1], library->size.artists);
	}
	struct page_list list = page_list_begin(page, "index", groups, false);
	for (uint32_t i = 0, next; i < end; i = next) {
		char letter[2] = {words_letter(order->at[i], library->size.artists), 0};
		for (next = i; next < end && words_letter(order->at[next], library->size.artists) == *letter;)
			next++;
		page_comma(page);
		page_open(page, '{');
		PAGE_KEY(page, "name");
		page_str(page, letter);
		struct page_list artists = page_list_begin(page, "artist", next - i, false);
		for (uint32_t j = i; j < next; j++)
			write(items, order->at[j]);
		page_list_end(page, artists);
		page_close(page, '}');
	}
	page_list_end(page, list);
}

static int64_t last_modified_ms(const struct call *call)
{
	return call->flavour->last_modified ? library_time_ms(call->library->step) : 0;
}

/* Of getIndexes and getArtists alike: the second tells the time on few servers. */
static const struct failure *indexed(const struct call *call, struct page *page, bool with_time, bool with_artists,
                                     void write(struct item_writer *, uint32_t))
{
	struct item_writer items;
	if (!call->library->artist_order.count && call->flavour->empty_library_fails)
		return &empty_library;
	item_writer_init(&items, page, call->library);
	items.fat = call->fat;
	page_open(page, '{');
	if (with_time) {
		PAGE_KEY(page, "lastModified");
		page_int(page, last_modified_ms(call));
	}
	PAGE_KEY(page, "ignoredArticles");
	page_str(page, "The El La Los Las Le Les Os As O A");
	if (with_artists)
		artist_index(call, page, &items, write);
	page_close(page, '}');
	item_writer_done(&items);
	return NULL;
}

static const struct failure *indexes(const struct call *call, struct page *page)
{
	int64_t since_ms = request_int(call->request, "ifModifiedSince", 0);
	bool modified = !call->flavour->last_modified || since_ms < last_modified_ms(call);
	PAGE_KEY(page, "indexes");
	/* Not modified is told by leaving the index out. */
	return indexed(call, page, true, modified, item_folder_artist);
}

static const struct failure *artists(const struct call *call, struct page *page)
{
	PAGE_KEY(page, "artists");
	return indexed(call, page, call->flavour->artists_modified, true, item_artist);
}

static const struct failure *album_list(const struct call *call, struct page *page)
{
	struct item_writer items;
	const char *type = request_param(call->request, "type");
	const struct order *order = &call->library->album_order;
	if (!type)
		return &missing_parameter;
	if (strcmp(type, "newest") == 0)
		order = &call->library->newest_order;
	else if (strcmp(type, "alphabeticalByName") != 0)
		return &bad_type;
	int64_t size = request_int(call->request, "size", 10), max = call->flavour->size_max;
	if (max && size > max)
		size = max;
	struct window window = window_of(&page->spoil, order->count, size, request_int(call->request, "offset", 0));
	item_writer_init(&items, page, call->library);
	PAGE_KEY(page, "albumList2");
	page_open(page, '{');
	struct page_list list = page_list_begin(page, "album", window.count, false);
	for (uint32_t i = 0; i < window.count; i++)
		item_album(&items, order->at[window.from + i]);
	page_list_end(page, list);
	page_close(page, '}');
	item_writer_done(&items);
	if (call->flavour->total_count)
		page->total = order->count;
	return NULL;
}

static struct window search_window(const struct call *call, const struct page *page, bool all, uint32_t total,
                                   const char *size, const char *offset)
{
	const struct request *request = call->request;
	return window_of(&page->spoil, all ? total : 0, request_int(request, size, 20), request_int(request, offset, 0));
}

/* Whether this query means everything. A query with text finds nothing: nobody syncs by searching. */
static bool query_is_all(const struct flavour *flavour, const char *query)
{
	if (flavour->empty_query == QUERY_NOTHING || !query)
		return flavour->empty_query == QUERY_ANY;
	return !*query || (flavour->empty_query != QUERY_BARE_ONLY && strcmp(query, "\"\"") == 0);
}

static const struct failure *search(const struct call *call, struct page *page)
{
	const struct library *library = call->library;
	const char *query = request_param(call->request, "query");
	struct item_writer items;
	if (!query && call->flavour->empty_query != QUERY_ANY)
		return &missing_parameter;
	bool all = query_is_all(call->flavour, query);
	struct window in_artists = search_window(call, page, all, library->artist_order.count, "artistCount",
	                                         "artistOffset");
	struct window in_albums = search_window(call, page, all, library->album_order.count, "albumCount", "albumOffset");
	struct window in_songs = search_window(call, page, all, library->track_order.count, "songCount", "songOffset");
	item_writer_init(&items, page, library);
	PAGE_KEY(page, "searchResult3");
	page_open(page, '{');
	struct page_list list = page_list_begin(page, "artist", in_artists.count, true);
	for (uint32_t i = 0; i < in_artists.count; i++)
		item_artist(&items, library->artist_order.at[in_artists.from + i]);
	page_list_end(page, list);
	list = page_list_begin(page, "album", in_albums.count, true);
	for (uint32_t i = 0; i < in_albums.count; i++)
		item_album(&items, library->album_order.at[in_albums.from + i]);
	page_list_end(page, list);
	list = page_list_begin(page, "song", in_songs.count, true);
	for (uint32_t i = 0; i < in_songs.count; i++)
		item_song(&items, library->track_order.at[in_songs.from + i]);
	page_list_end(page, list);
	page_close(page, '}');
	item_writer_done(&items);
	return NULL;
}

/* The index behind the id parameter, if it is one of `count` ever made. */
static const struct failure *wanted(const struct call *call, enum kind kind, uint32_t count, uint32_t *index)
{
	const char *id = request_param(call->request, "id");
	if (!id)
		return &missing_parameter;
	if (!id_shaped(call->flavour->ids, id))
		return &malformed_id;
	if (!id_read(call->flavour->ids, call->library->size.seed, kind, id, index) || *index >= count)
		return &not_found;
	return NULL;
}

/* Faults in items are meant for the songs, not for the album or playlist around them. */
static struct spoil spare_header(struct page *page)
{
	struct spoil spoil = page->spoil;
	page->spoil = (struct spoil){.empty = spoil.empty};
	return spoil;
}

static const struct failure *one_album(const struct call *call, struct page *page)
{
	const struct library *library = call->library;
	struct item_writer items;
	uint32_t index;
	const struct failure *failure = wanted(call, KIND_ALBUM, library->album_count, &index);
	if (failure)
		return failure;
	const struct album *album = &library->albums[index];
	if (!album->live)
		return &not_found;
	item_writer_init(&items, page, library);
	PAGE_KEY(page, "album");
	page_open(page, '{');
	struct spoil spoil = spare_header(page);
	item_album_members(&items, index);
	page->spoil = spoil;
	uint32_t left = all_of(page, album->live).count;
	struct page_list list = page_list_begin(page, "song", left, false);
	for (uint32_t t = album->first; left; t++) {
		if (library->tracks[t].live) {
			item_song(&items, t);
			left--;
		}
	}
	page_list_end(page, list);
	page_close(page, '}');
	item_writer_done(&items);
	return NULL;
}

/* Writes every starred item of a kind, in list order; or only counts them when items is NULL. */
static uint32_t each_starred(const struct library *library, enum kind kind, struct item_writer *items)
{
	static void (*const write[])(struct item_writer * items, uint32_t index) = {item_artist, item_album, item_song};
	const struct order *orders[] = {&library->artist_order, &library->album_order, &library->track_order};
	uint32_t count = 0;
	for (uint32_t i = 0; i < orders[kind]->count; i++) {
		uint32_t index = orders[kind]->at[i];
		if (!item_is_starred(library, kind, index))
			continue;
		count++;
		if (items)
			write[kind](items, index);
	}
	return count;
}

static const struct failure *starred(const struct call *call, struct page *page)
{
	static const char *const keys[] = {"artist", "album", "song"};
	struct item_writer items;
	item_writer_init(&items, page, call->library);
	PAGE_KEY(page, "starred2");
	page_open(page, '{');
	for (enum kind kind = KIND_ARTIST; kind <= KIND_TRACK; kind++) {
		uint32_t count = page->spoil.empty ? 0 : each_starred(call->library, kind, NULL);
		struct page_list list = page_list_begin(page, keys[kind], count, true);
		if (count)
			each_starred(call->library, kind, &items);
		page_list_end(page, list);
	}
	page_close(page, '}');
	item_writer_done(&items);
	return NULL;
}

static const struct failure *playlists(const struct call *call, struct page *page)
{
	const struct order *order = &call->library->playlist_order;
	struct window window = all_of(page, order->count);
	struct item_writer items;
	item_writer_init(&items, page, call->library);
	PAGE_KEY(page, "playlists");
	page_open(page, '{');
	struct page_list list = page_list_begin(page, "playlist", window.count, false);
	for (uint32_t i = 0; i < window.count; i++) {
		page_comma(page);
		page_open(page, '{');
		item_playlist_members(&items, order->at[i]);
		page_close(page, '}');
	}
	page_list_end(page, list);
	page_close(page, '}');
	item_writer_done(&items);
	return NULL;
}

static const struct failure *one_playlist(const struct call *call, struct page *page)
{
	const struct library *library = call->library;
	struct item_writer items;
	uint32_t index;
	const struct failure *failure = wanted(call, KIND_PLAYLIST, library->playlist_count, &index);
	if (failure)
		return failure;
	const struct playlist *playlist = &library->playlists[index];
	if (!playlist->live)
		return &not_found;
	item_writer_init(&items, page, library);
	PAGE_KEY(page, "playlist");
	page_open(page, '{');
	struct spoil spoil = spare_header(page);
	item_playlist_members(&items, index);
	page->spoil = spoil;
	struct window window = all_of(page, playlist->entries.count);
	struct page_list list = page_list_begin(page, "entry", window.count, false);
	for (uint32_t i = 0; i < window.count; i++)
		item_song(&items, playlist->entries.at[i]);
	page_list_end(page, list);
	page_close(page, '}');
	item_writer_done(&items);
	return NULL;
}

static const struct method {
	const char *name;
	const struct failure *(*write)(const struct call *call, struct page *page);
	bool cacheable;
} methods[] = {
	{"ping", ping, false},
	{"getOpenSubsonicExtensions", extensions, false},
	{"getMusicFolders", music_folders, false},
	{"getScanStatus", scan_status, false},
	{"getIndexes", indexes, true},
	{"getArtists", artists, true},
	{"getAlbumList2", album_list, true},
	{"search3", search, true},
	{"getAlbum", one_album, true},
	{"getStarred2", starred, true},
	{"getPlaylists", playlists, true},
	{"getPlaylist", one_playlist, true},
};

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	}
	return NULL;
}

bool opensubsonic_method(const char *path, char name[METHOD_NAME_MAX])
{
	if (strncmp(path, "/rest/", 6) != 0)
		return false;
	size_t len = strlen(path += 6);
	if (len > 5 && strcmp(path + len - 5, ".view") == 0)
		len -= 5;
	if (len >= METHOD_NAME_MAX)
		len = METHOD_NAME_MAX - 1;
	for (size_t i = 0; i < len; i++) {
		/* The rest of a mangled URL may hold a password, and names are logged. */
		if (!isalnum((unsigned char)path[i]))
			len = i;
	}
	memcpy(name, path, len);
	name[len] = 0;
	return true;
}

bool opensubsonic_cacheable(const struct call *call, const char *method)
{
	const struct method *found = find_method(method);
	if (!found || !found->cacheable)
		return false;
	bool of_playlists = found->write == playlists || found->write == one_playlist;
	return !(of_playlists && call->library->size.smart); /* these change while one looks */
}

static const struct failure *refuse_unknown(const struct flavour *flavour, int *http_status)
{
	static const struct failure json_404 = {0, "Unknown method"}, text_404 = {0, "404 page not found\n"};
	static const struct failure code_70 = {70, "view not found"};
	static const struct failure html_404 = {0, "<html><body><h1>HTTP Status 404</h1>Not Found</body></html>\n"};
	switch (flavour->unknown) {
	case UNKNOWN_404_JSON:
		*http_status = 404;
		return &json_404;
	case UNKNOWN_404_TEXT:
		*http_status = 0;
		return &text_404;
	case UNKNOWN_404_HTML:
		*http_status = 0;
		return &html_404;
	case UNKNOWN_200_CODE_70:
		*http_status = 200;
		return &code_70;
	}
	assert(flavour->unknown <= UNKNOWN_404_TEXT); /* every habit is handled above */
	return &code_70;
}

const struct failure *opensubsonic_refuse(const struct call *call, const char *method, int *http_status)
{
	const struct method *found = find_method(method);
	bool asks_extensions = found && found->write == extensions;
	*http_status = 200;
	if (asks_extensions && call->flavour->extensions == EXTENSIONS_UNKNOWN)
		found = NULL;
	/* A servlet container knows its paths before anyone signs in. */
	if (!found && call->flavour->unknown == UNKNOWN_404_HTML)
		return refuse_unknown(call->flavour, http_status);
	if (!(asks_extensions && call->flavour->extensions == EXTENSIONS_PUBLIC)) {
		const struct failure *failure = auth_check(call->login, call->flavour, call->request);
		if (failure)
			return failure;
	}
	return found ? NULL : refuse_unknown(call->flavour, http_status);
}

void opensubsonic_answer(const struct call *call, const char *method, const struct spoil *spoil, struct out *out,
                         struct page *page)
{
	const struct method *found = find_method(method);
	assert(found);
	page_begin(page, out, call->flavour, spoil);
	const struct failure *failure = found->write(call, page);
	if (failure)
		page_fail(page, failure->code, failure->message);
	else
		page_end(page);
}
