/* A music library made from a seed. Items are their indices: names, dates and numbers are drawn from (seed, index) when a
 * page is written, so that a million tracks cost twelve bytes each. What edits changed is kept beside: order, liveness,
 * revisions.
 *
 * library_open → edits → library_reset or library_close. One thread. Running out of memory ends the program. */
#ifndef SIMULATOR_LIBRARY_H
#define SIMULATOR_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

/* The last ones are only ever ids: what a track is replaced by, podcasts, and a catalogue's own numbers. */
enum kind {
	KIND_ARTIST,
	KIND_ALBUM,
	KIND_TRACK,
	KIND_PLAYLIST,
	KIND_TWIN,
	KIND_EPISODE,
	KIND_SHOW,
	KIND_VIDEO,
};

struct library_size {
	uint32_t artists, albums, tracks, playlists, entries; /* entries: of each playlist */
	uint32_t smart; /* the first so many playlists are smart: always changed just now */
	uint64_t seed;
	bool entries_stay; /* a removed track stays in playlists */
	bool alphabetical; /* lists are in the order of names */
	bool some_empty;   /* every eighth playlist, from the sixth on, begins without entries */
};

struct track {
	uint32_t album;
	uint16_t revision; /* how often it was retagged */
	bool live, starred;
};

struct album {
	uint32_t first, size; /* its tracks' indices; removed ones included */
	uint32_t live;        /* tracks of it that are left; an album of none is not listed */
	uint32_t artist;
	uint32_t step; /* when it appeared, see library_time_ms; 0: it was always there */
};

/* Indices in the order a client sees them. */
struct order {
	uint32_t *at;
	uint32_t count, cap;
};

struct playlist {
	struct order entries; /* track indices, duplicates included */
	uint32_t step;        /* when it was changed */
	bool live;
};

struct library {
	struct library_size size; /* as made; edits do not touch it */
	struct track *tracks;
	struct album *albums;
	struct playlist *playlists;
	uint32_t *artist_albums;                                         /* live albums by artist */
	uint32_t track_count, album_count, playlist_count, artist_count; /* ever made */
	struct order track_order, album_order, newest_order, artist_order, playlist_order;
	bool scanning;       /* what getScanStatus says */
	uint32_t step;       /* edits a scan would have noticed: moves lastModified */
	uint64_t generation; /* every edit, silent ones too: what was rendered before is stale */
};

/* Size is taken as it is, except that it is made consistent: albums <= tracks, artists <= albums. */
void library_open(struct library *library, struct library_size size);
void library_close(struct library *library);
/* Undoes every edit. The generation goes on. */
void library_reset(struct library *library);

/* Milliseconds since 1970 of an edit step. Made up, not the wall clock, so that the same edits give the same pages. */
int64_t library_time_ms(uint32_t step);
/* Seconds; 0 for a few tracks, as servers say of files they could not measure. */
uint32_t library_duration_s(const struct library *library, uint32_t track);
/* Milliseconds since 1970 at which an album was added. */
int64_t library_album_added_ms(const struct library *library, uint32_t album);

/* For edits: positions are clamped, never an error. */
void order_insert(struct order *order, uint32_t position, const uint32_t *items, uint32_t count);
void order_remove(struct order *order, uint32_t position, uint32_t count);
/* Adds an album of `tracks` new tracks, in no order yet, and gives its index. */
uint32_t library_add_album(struct library *library, uint32_t tracks);
/* Adds a playlist of `entries` drawn from the live tracks, and gives its index. */
uint32_t library_add_playlist(struct library *library, uint32_t entries);
/* Appends to *entries tracks drawn from the live ones: the same for the same salt. */
void library_draw_entries(const struct library *library, uint32_t salt, uint32_t count, struct order *entries);
/* Puts every list in the order of names, where lists are. */
void library_sort(struct library *library);
/* Drops from every order what is no longer live. Call after tracks were marked dead. */
void library_sweep(struct library *library);

#endif
