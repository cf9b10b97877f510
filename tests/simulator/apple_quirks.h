/* Which items show which of Apple Music's oddities: by index, so that every library of some hundred songs has a few of each
 * and an edit moves none. Each was seen in a recorded response or a report. */
#ifndef SIMULATOR_APPLE_QUIRKS_H
#define SIMULATOR_APPLE_QUIRKS_H

#include "library.h"

/* Songs that count in `total` and in offsets and are never shown: so pages are shorter than their limit. */
static inline bool apple_hides(const struct library *library, uint32_t track)
{
	return track < library->size.tracks && track % 53 == 29;
}

/* No attributes at all, not even a name. */
static inline bool apple_song_is_bare(uint32_t track)
{
	return track % 61 == 20;
}

/* What is known of a song in the catalogue. */
enum apple_origin {
	ORIGIN_CATALOG,   /* everything */
	ORIGIN_UPLOAD,    /* uploaded: never heard of there */
	ORIGIN_WITHDRAWN, /* an id that leads nowhere any more */
	ORIGIN_DEAD,      /* not playable: no playParams */
	ORIGIN_TWIN,      /* the id of the song before it: saved once from the album, once from a playlist */
};

static inline enum apple_origin apple_origin_of(uint32_t track)
{
	return track % 23 == 9    ? ORIGIN_UPLOAD
	       : track % 43 == 12 ? ORIGIN_WITHDRAWN
	       : track % 29 == 5  ? ORIGIN_DEAD
	       : track % 31 == 8  ? ORIGIN_TWIN
	                          : ORIGIN_CATALOG;
}

static inline bool apple_song_has_no_album_name(uint32_t track)
{
	return track % 37 == 14;
}

static inline bool apple_album_is_nameless(uint32_t album)
{
	return album % 50 == 31;
}

static inline bool apple_album_has_no_date(uint32_t album)
{
	return album % 17 == 5;
}

/* It counts a song more than were saved. */
static inline bool apple_album_miscounts(uint32_t album)
{
	return album % 13 == 6;
}

/* Uploads, and artists whom the catalogue dropped: an empty list, or no relationship at all. */
enum apple_twin { TWIN_THERE, TWIN_EMPTY, TWIN_ABSENT };

static inline enum apple_twin apple_artist_twin(uint32_t artist)
{
	return artist % 9 == 4 ? TWIN_EMPTY : artist % 9 == 7 ? TWIN_ABSENT : TWIN_THERE;
}

/* A music video where the library says this track. */
static inline bool apple_entry_is_video(uint32_t track)
{
	return track % 24 == 9;
}

enum apple_playlist {
	APPLE_OWN,
	APPLE_SHARED,  /* own and public: it has a pl.u- in the catalogue */
	APPLE_CURATED, /* Apple's: not to be edited */
	APPLE_UNDATED, /* without lastModifiedDate */
	APPLE_PLAIN,   /* without artwork and dateAdded */
	APPLE_EMPTY,   /* made without entries */
	APPLE_MOSAIC,  /* its artwork is no template */
	APPLE_SILENT,  /* without playParams */
};

static inline enum apple_playlist apple_playlist_of(const struct library *library, uint32_t playlist)
{
	return playlist < library->size.playlists ? (enum apple_playlist)(playlist % 8) : APPLE_OWN;
}

#endif
