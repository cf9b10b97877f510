/* Which items show which of Spotify's oddities: by index, so that every library of some hundred tracks has a few of each and
 * an edit moves none. Each was seen in a recorded response or a report. */
#ifndef SIMULATOR_SPOTIFY_QUIRKS_H
#define SIMULATOR_SPOTIFY_QUIRKS_H

#include "library.h"

/* Saved tracks that count in `total` and in offsets and are never shown: so pages are shorter than their limit. */
static inline bool spotify_hides(const struct library *library, uint32_t track)
{
	return track < library->size.tracks && track % 53 == 29;
}

/* Another recording is given in its place; linked_from says what was asked for. */
static inline bool spotify_relinks(uint32_t track)
{
	return track % 40 == 11;
}

static inline bool spotify_cannot_play(uint32_t track)
{
	return track % 37 == 17 && !spotify_relinks(track);
}

static inline bool spotify_isrc_is_lower(uint32_t track)
{
	return track % 31 == 3;
}

static inline bool spotify_isrc_is_missing(uint32_t track)
{
	return track % 29 == 7;
}

/* A saved album that is null in the list: counted, never shown. */
static inline bool spotify_nulls_album(const struct library *library, uint32_t album)
{
	return album < library->size.albums && album % 20 == 13;
}

/* Taken down: its name is "". */
static inline bool spotify_album_is_nameless(uint32_t album)
{
	return album % 50 == 31;
}

/* What stands in a playlist where the library says this track. */
enum spotify_entry { ENTRY_TRACK, ENTRY_LOCAL, ENTRY_EPISODE, ENTRY_NULL };

static inline enum spotify_entry spotify_entry_of(uint32_t track)
{
	return track % 24 == 5    ? ENTRY_LOCAL
	       : track % 24 == 9  ? ENTRY_EPISODE
	       : track % 24 == 14 ? ENTRY_NULL
	                          : ENTRY_TRACK;
}

/* Whose a playlist is, and what is odd about it. */
enum spotify_playlist {
	PLAYLIST_OWN,
	PLAYLIST_BARE,    /* own, without images or description */
	PLAYLIST_FOREIGN, /* followed; of a user whose id is UTF-8 */
	PLAYLIST_SPOTIFY, /* Spotify's: another snapshot_id each time it is looked at */
	PLAYLIST_SHARED,  /* foreign, but the user may edit it */
	PLAYLIST_NULL,    /* null in the list: counted, never shown */
	PLAYLIST_SECRET,  /* own, and whether it is public is null */
	PLAYLIST_PRIVATE, /* own, not public */
};

static inline enum spotify_playlist spotify_playlist_of(const struct library *library, uint32_t playlist)
{
	if (playlist < library->size.smart)
		return PLAYLIST_SPOTIFY;
	return playlist < library->size.playlists ? (enum spotify_playlist)(playlist % 8) : PLAYLIST_OWN;
}

#endif
