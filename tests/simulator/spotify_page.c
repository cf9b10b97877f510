/* Paging objects around Spotify's items: by offset everywhere but for followed artists, who have a cursor. */
#include "spotify_page.h"

#include <stdio.h>

bool spotify_range_of(const struct call *call, uint32_t limit_max, struct spotify_range *range)
{
	int64_t limit = request_int(call->request, "limit", 20);
	int64_t offset = request_int(call->request, "offset", 0);
	*range = (struct spotify_range){(uint32_t)limit, (uint32_t)offset};
	return limit >= 1 && limit <= limit_max && offset >= 0 && offset <= UINT32_MAX / 2;
}

/* The numbers are known to be right when a page is written. */
static struct spotify_range asked(const struct call *call)
{
	struct spotify_range range;
	(void)spotify_range_of(call, UINT32_MAX, &range);
	return range;
}

/* Where `next` and `href` point: wherever the client came to. */
static void address(const struct call *call, const char *path, struct out *out)
{
	if (*call->request->host)
		out_printf(out, "http://%s%s", call->request->host, path);
	else
		out_printf(out, "https://api.spotify.com%s", path);
}

static void page_address(const struct call *call, const char *path, uint32_t offset, uint32_t limit, struct out *out)
{
	const char *types = request_param(call->request, "additional_types");
	out_byte(out, '"');
	address(call, path, out);
	out_printf(out, "?offset=%u&limit=%u", offset, limit);
	if (types && strspn(types, "abcdefghijklmnopqrstuvwxyz,") == strlen(types))
		out_printf(out, "&additional_types=%s", types);
	out_byte(out, '"');
}

/* Writes element `index` of a list. */
typedef void element_function(struct spotify_writer *writer, uint32_t index);

/* What is between the brackets of one page. Offsets beyond the end begin again from the front. */
static struct window shown(const struct spotify_writer *writer, struct spotify_range range, uint32_t total)
{
	uint32_t offset = total && range.offset >= total ? range.offset % total : range.offset;
	return window_of(&writer->page->spoil, total, range.limit, offset);
}

/* The members of a paging object whose list is `total` long. */
static void paging(const struct call *call, struct spotify_writer *writer, const char *path, struct spotify_range range,
                   uint32_t total)
{
	struct page *page = writer->page;
	PAGE_KEY(page, "href");
	page_address(call, path, range.offset, range.limit, page->out);
	PAGE_KEY(page, "limit");
	page_int(page, range.limit);
	PAGE_KEY(page, "next");
	if ((uint64_t)range.offset + range.limit < total && !page->spoil.last)
		page_address(call, path, range.offset + range.limit, range.limit, page->out);
	else
		page_null(page);
	PAGE_KEY(page, "offset");
	page_int(page, range.offset);
	PAGE_KEY(page, "previous");
	if (range.offset)
		page_address(call, path, range.offset > range.limit ? range.offset - range.limit : 0, range.limit, page->out);
	else
		page_null(page);
	PAGE_KEY(page, "total");
	page_int(page, total);
	PAGE_KEY(page, "items");
}

static void write_list(const struct call *call, struct spotify_writer *writer, const struct order *order,
                       element_function *element)
{
	struct spotify_range range = asked(call);
	struct window window = shown(writer, range, order->count);
	page_open(writer->page, '{');
	paging(call, writer, call->request->path, range, order->count);
	page_open(writer->page, '[');
	for (uint32_t i = 0; i < window.count; i++)
		element(writer, order->at[window.from + i]);
	page_close(writer->page, ']');
	page_close(writer->page, '}');
}

void spotify_write_albums(const struct call *call, struct spotify_writer *writer)
{
	write_list(call, writer, &call->library->album_order, spotify_saved_album);
}

static void track_unless_hidden(struct spotify_writer *writer, uint32_t track)
{
	if (!spotify_hides(writer->call->library, track))
		spotify_saved_track(writer, track);
}

void spotify_write_tracks(const struct call *call, struct spotify_writer *writer)
{
	write_list(call, writer, &call->library->track_order, track_unless_hidden);
}

/* Its links are those of another endpoint. */
void spotify_write_playlists(const struct call *call, struct spotify_writer *writer)
{
	const struct order *order = &call->library->playlist_order;
	struct out path = {0};
	struct spotify_range range = asked(call);
	struct window window = shown(writer, range, order->count);
	OUT_LIT(&path, "/v1/users/");
	spotify_encode(&path, call->user);
	OUT_LIT(&path, "/playlists");
	page_open(writer->page, '{');
	paging(call, writer, out_text(&path), range, order->count);
	page_open(writer->page, '[');
	for (uint32_t i = 0; i < window.count; i++)
		spotify_playlist(writer, order->at[window.from + i]);
	page_close(writer->page, ']');
	page_close(writer->page, '}');
	out_done(&path);
}

static void write_some_entries(const struct call *call, struct spotify_writer *writer, const char *path,
                               struct spotify_range range)
{
	const struct order *entries = &call->library->playlists[call->index].entries;
	struct window window = shown(writer, range, entries->count);
	page_open(writer->page, '{');
	paging(call, writer, path, range, entries->count);
	page_open(writer->page, '[');
	for (uint32_t i = 0; i < window.count; i++)
		spotify_entry(writer, call->index, entries->at[window.from + i]);
	page_close(writer->page, ']');
	page_close(writer->page, '}');
}

void spotify_write_entries(const struct call *call, struct spotify_writer *writer)
{
	struct spotify_range range = asked(call);
	write_some_entries(call, writer, call->request->path, range);
}

/* The header, and the first hundred entries for those who may read them. */
void spotify_write_playlist(const struct call *call, struct spotify_writer *writer)
{
	struct page *page = writer->page;
	struct out path = {0};
	bool readable = spotify_entries_refusal(call->library, call->flavour, call->index) == 0;
	page_open(page, '{');
	spotify_playlist_members(writer, call->index);
	if (!call->flavour->reduced) {
		PAGE_KEY(page, "followers");
		OUT_LIT(page->out, "{\"href\":null,\"total\":0}");
	}
	out_printf(&path, "/v1/playlists/%s/tracks", call->id);
	if (call->flavour->old_shape && readable) {
		PAGE_KEY(page, "tracks");
		write_some_entries(call, writer, out_text(&path), (struct spotify_range){100, 0});
	}
	path.len = 0;
	out_printf(&path, "/v1/playlists/%s/items", call->id);
	if (call->flavour->new_shape && readable) {
		PAGE_KEY(page, "items");
		write_some_entries(call, writer, out_text(&path), (struct spotify_range){100, 0});
	}
	page_close(page, '}');
	out_done(&path);
}

void spotify_write_album_tracks(const struct call *call, struct spotify_writer *writer)
{
	const struct album *album = &call->library->albums[call->index];
	struct spotify_range range = asked(call);
	struct window window = shown(writer, range, album->size);
	page_open(writer->page, '{');
	paging(call, writer, call->request->path, range, album->size);
	page_open(writer->page, '[');
	for (uint32_t i = 0; i < window.count; i++)
		spotify_album_track(writer, album->first + window.from + i);
	page_close(writer->page, ']');
	page_close(writer->page, '}');
}

/* Artists stand in the order of their index, so that the place behind one is found although it may be gone. */
static uint32_t place_after(const struct call *call)
{
	const struct order *order = &call->library->artist_order;
	const char *after = request_param(call->request, "after");
	uint32_t artist, from = 0, to = order->count;
	if (!after || !id_read(ID_BASE62, call->library->size.seed, KIND_ARTIST, after, &artist))
		return 0;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (order->at[middle] <= artist)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* href, next and the like of followed artists; `last` is the id that `after` names, "" on the last page. */
static void cursor_members(const struct call *call, struct page *page, uint32_t limit, const char *last)
{
	PAGE_KEY(page, "href");
	out_byte(page->out, '"');
	address(call, "/v1/me/following", page->out);
	out_printf(page->out, "?type=artist&limit=%u\"", limit);
	PAGE_KEY(page, "limit");
	page_int(page, limit);
	if (!*last) {
		OUT_LIT(page->out, ",\"next\":null,\"cursors\":{\"after\":null}");
		return;
	}
	PAGE_KEY(page, "next");
	out_byte(page->out, '"');
	address(call, "/v1/me/following", page->out);
	out_printf(page->out, "?type=artist&limit=%u&after=%s\",\"cursors\":{\"after\":\"%s\"}", limit, last, last);
}

void spotify_write_following(const struct call *call, struct spotify_writer *writer)
{
	struct page *page = writer->page;
	const struct order *order = &call->library->artist_order;
	uint32_t from = place_after(call), limit = asked(call).limit;
	char last[ID_TEXT_MAX] = "";
	struct window window = window_of(&page->spoil, order->count, limit, from);
	if (from + limit < order->count && !page->spoil.last)
		id_write(ID_BASE62, call->library->size.seed, KIND_ARTIST, order->at[from + limit - 1], last);
	page_open(page, '{');
	PAGE_KEY(page, "artists");
	page_open(page, '{');
	cursor_members(call, page, limit, last);
	if (*last || !from) { /* it may be missing once all is read */
		PAGE_KEY(page, "total");
		page_int(page, order->count);
	}
	PAGE_KEY(page, "items");
	page_open(page, '[');
	for (uint32_t i = 0; i < window.count; i++)
		spotify_artist(writer, order->at[window.from + i]);
	page_close(page, ']');
	page_close(page, '}');
	page_close(page, '}');
}

void spotify_write_me(const struct call *call, struct spotify_writer *writer)
{
	struct page *page = writer->page;
	page_open(page, '{');
	spotify_user_members(page, call->user);
	PAGE_KEY(page, "display_name");
	out_quoted(page->out, call->user);
	if (call->flavour->new_shape) {
		char id[USER_MAX + 8];
		snprintf(id, sizeof id, "acct-%s", call->user);
		PAGE_KEY(page, "account_id");
		out_quoted(page->out, id);
	}
	PAGE_KEY(page, "images");
	OUT_LIT(page->out, "[]");
	if (!call->flavour->reduced) {
		PAGE_KEY(page, "country");
		page_str(page, "DE");
		PAGE_KEY(page, "product");
		page_str(page, "premium");
	}
	page_close(page, '}');
}
