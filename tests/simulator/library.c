/* The library's shape: which track belongs to which album, in which order, and what is still there. */
#include "library.h"

#include <stdlib.h>
#include <string.h>

#include "alphabet.h"
#include "mix.h"
#include "out.h"

enum { SALT_EDGE = 1, SALT_STAR, SALT_DURATION, SALT_ADDED, SALT_ENTRY, SALT_ARTIST };

/* 2025-10-09, and a minute for each step. */
static const int64_t epoch_ms = INT64_C(1760000000000);
static const int64_t step_ms = 60000;
/* Albums were added during the five years before. */
static const uint64_t span_s = UINT64_C(5) * 365 * 86400;

static void build(struct library *library);
static void build_albums(struct library *library);
static void build_newest(struct library *library);
static void clear(struct library *library);

void library_open(struct library *library, struct library_size size)
{
	if (size.albums > size.tracks)
		size.albums = size.tracks;
	if (size.tracks && !size.albums)
		size.albums = 1;
	if (size.artists > size.albums)
		size.artists = size.albums;
	if (size.albums && !size.artists)
		size.artists = 1;
	*library = (struct library){.size = size};
	build(library);
}

void library_close(struct library *library)
{
	clear(library);
	*library = (struct library){0};
}

void library_reset(struct library *library)
{
	uint64_t generation = library->generation + 1;
	struct library_size size = library->size;
	clear(library);
	*library = (struct library){.size = size, .generation = generation};
	build(library);
}

int64_t library_time_ms(uint32_t step)
{
	return epoch_ms + step * step_ms;
}

uint32_t library_duration_s(const struct library *library, uint32_t track)
{
	uint64_t number = draw(library->size.seed, SALT_DURATION, track);
	return number % 499 == 0 ? 0 : 90 + (uint32_t)(number >> 16) % 300;
}

int64_t library_album_added_ms(const struct library *library, uint32_t album)
{
	if (library->albums[album].step)
		return library_time_ms(library->albums[album].step);
	uint64_t ago_s = draw(library->size.seed, SALT_ADDED, album) % span_s + 3600;
	return epoch_ms - (int64_t)ago_s * 1000;
}

void order_insert(struct order *order, uint32_t position, const uint32_t *items, uint32_t count)
{
	if (position > order->count)
		position = order->count;
	if (order->cap - order->count < count) {
		order->cap = order->count + count + order->count / 8;
		order->at = must_resize(order->at, order->cap, sizeof *order->at);
	}
	if (!count)
		return;
	memmove(order->at + position + count, order->at + position, (order->count - position) * sizeof *order->at);
	memcpy(order->at + position, items, count * sizeof *items);
	order->count += count;
}

void order_remove(struct order *order, uint32_t position, uint32_t count)
{
	if (position >= order->count)
		return;
	if (count > order->count - position)
		count = order->count - position;
	order->count -= count;
	memmove(order->at + position, order->at + position + count, (order->count - position) * sizeof *order->at);
}

uint32_t library_add_album(struct library *library, uint32_t tracks)
{
	if (!library->artist_count) {
		library->artist_albums = must_resize(library->artist_albums, 1, sizeof *library->artist_albums);
		library->artist_albums[library->artist_count++] = 0;
	}
	uint32_t index = library->album_count++, first = library->track_count;
	uint32_t artist = (uint32_t)(draw(library->size.seed, SALT_ARTIST, index) % library->artist_count);
	library->albums = must_resize(library->albums, library->album_count, sizeof *library->albums);
	library->albums[index] =
		(struct album){.first = first, .size = tracks, .live = tracks, .artist = artist, .step = library->step};
	library->track_count += tracks;
	library->tracks = must_resize(library->tracks, library->track_count, sizeof *library->tracks);
	for (uint32_t i = first; i < library->track_count; i++)
		library->tracks[i] = (struct track){.album = index, .live = true};
	return index;
}

uint32_t library_add_playlist(struct library *library, uint32_t entries)
{
	uint32_t index = library->playlist_count++;
	library->playlists = must_resize(library->playlists, library->playlist_count, sizeof *library->playlists);
	struct playlist *playlist = &library->playlists[index];
	*playlist = (struct playlist){.step = library->step, .live = true};
	library_draw_entries(library, index, entries, &playlist->entries);
	order_insert(&library->playlist_order, UINT32_MAX, &index, 1);
	if (index >= library->size.playlists && library->size.alphabetical)
		alphabet_sort(library, KIND_PLAYLIST, &library->playlist_order);
	return index;
}

void library_draw_entries(const struct library *library, uint32_t salt, uint32_t count, struct order *entries)
{
	const struct order *tracks = &library->track_order;
	if (!tracks->count)
		return;
	uint64_t seed = draw(library->size.seed, SALT_ENTRY, salt);
	uint32_t last = 0;
	for (uint32_t i = 0; i < count; i++) {
		/* Every 16th repeats the one before: a playlist may hold a track twice. */
		if (i % 16 != 15)
			last = tracks->at[draw(seed, SALT_ENTRY, i) % tracks->count];
		order_insert(entries, UINT32_MAX, &last, 1);
	}
}

/* Keeps what `alive` says of each, in its order. */
static void keep(struct order *order, const struct library *library,
                 bool (*alive)(const struct library *library, uint32_t index))
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < order->count; i++) {
		if (alive(library, order->at[i]))
			order->at[kept++] = order->at[i];
	}
	order->count = kept;
}

static bool track_alive(const struct library *library, uint32_t index)
{
	return library->tracks[index].live;
}

static bool album_alive(const struct library *library, uint32_t index)
{
	return library->albums[index].live > 0;
}

void library_sweep(struct library *library)
{
	keep(&library->track_order, library, track_alive);
	keep(&library->album_order, library, album_alive);
	keep(&library->newest_order, library, album_alive);
	/* A deleted file leaves playlists silently: no server was seen to touch `changed` for it. */
	for (uint32_t i = 0; i < library->playlist_count && !library->size.entries_stay; i++)
		keep(&library->playlists[i].entries, library, track_alive);
	memset(library->artist_albums, 0, library->artist_count * sizeof *library->artist_albums);
	for (uint32_t i = 0; i < library->album_count; i++)
		library->artist_albums[library->albums[i].artist] += library->albums[i].live > 0;
	library->artist_order.count = 0;
	for (uint32_t i = 0; i < library->artist_count; i++) {
		if (library->artist_albums[i])
			order_insert(&library->artist_order, UINT32_MAX, &i, 1);
	}
	if (library->size.alphabetical)
		alphabet_sort(library, KIND_ARTIST, &library->artist_order);
}

void library_sort(struct library *library)
{
	if (!library->size.alphabetical)
		return;
	alphabet_sort(library, KIND_TRACK, &library->track_order);
	alphabet_sort(library, KIND_ALBUM, &library->album_order);
	alphabet_sort(library, KIND_PLAYLIST, &library->playlist_order);
}

static void fill_order(struct order *order, uint32_t count)
{
	order->at = must_alloc(count, sizeof *order->at);
	order->cap = order->count = count;
	for (uint32_t i = 0; i < count; i++)
		order->at[i] = i;
}

static void build(struct library *library)
{
	const struct library_size *size = &library->size;
	library->track_count = size->tracks;
	library->album_count = size->albums;
	library->artist_count = size->artists;
	library->tracks = must_alloc(size->tracks, sizeof *library->tracks);
	library->albums = must_alloc(size->albums, sizeof *library->albums);
	library->artist_albums = must_alloc(size->artists, sizeof *library->artist_albums);
	fill_order(&library->track_order, size->tracks);
	fill_order(&library->album_order, size->albums);
	build_albums(library);
	build_newest(library);
	library_sweep(library);
	for (uint32_t i = 0; i < size->playlists; i++)
		library_add_playlist(library, size->some_empty && i % 8 == 5 ? 0 : size->entries);
	library_sort(library);
}

/* Equal shares whose edges are moved by less than half a share: albums differ in size and none is empty. */
static uint32_t album_edge(const struct library_size *size, uint32_t album)
{
	uint32_t even = (uint32_t)((uint64_t)album * size->tracks / size->albums);
	uint32_t slack = size->tracks / size->albums / 2;
	if (!album || album == size->albums || !slack)
		return even;
	return even + (uint32_t)(draw(size->seed, SALT_EDGE, album) % slack);
}

static void build_albums(struct library *library)
{
	const struct library_size *size = &library->size;
	for (uint32_t i = 0; i < size->albums; i++) {
		struct album *album = &library->albums[i];
		album->first = album_edge(size, i);
		album->size = album->live = album_edge(size, i + 1) - album->first;
		album->artist = (uint32_t)((uint64_t)i * size->artists / size->albums);
		for (uint32_t t = album->first; t < album->first + album->size; t++) {
			bool starred = draw(size->seed, SALT_STAR, t) % 200 == 0;
			library->tracks[t] = (struct track){.album = i, .live = true, .starred = starred};
		}
	}
}

struct dated {
	int64_t added_ms;
	uint32_t album;
};

static int newest_first(const void *one, const void *other)
{
	const struct dated *a = one, *b = other;
	if (a->added_ms != b->added_ms)
		return a->added_ms < b->added_ms ? 1 : -1;
	return a->album < b->album ? -1 : a->album > b->album;
}

static void build_newest(struct library *library)
{
	uint32_t count = library->album_count;
	struct dated *dated = must_alloc(count, sizeof *dated);
	for (uint32_t i = 0; i < count; i++)
		dated[i] = (struct dated){library_album_added_ms(library, i), i};
	if (count)
		qsort(dated, count, sizeof *dated, newest_first);
	fill_order(&library->newest_order, count);
	for (uint32_t i = 0; i < count; i++)
		library->newest_order.at[i] = dated[i].album;
	free(dated);
}

static void clear(struct library *library)
{
	for (uint32_t i = 0; i < library->playlist_count; i++)
		free(library->playlists[i].entries.at);
	free(library->tracks);
	free(library->albums);
	free(library->playlists);
	free(library->artist_albums);
	free(library->track_order.at);
	free(library->album_order.at);
	free(library->newest_order.at);
	free(library->artist_order.at);
	free(library->playlist_order.at);
}
