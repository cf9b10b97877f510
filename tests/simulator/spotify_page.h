/* Spotify's pages: each a list of the library, or a part of one. */
#ifndef SIMULATOR_SPOTIFY_PAGE_H
#define SIMULATOR_SPOTIFY_PAGE_H

#include "spotify_item.h"

/* What one request asks for. */
struct spotify_range {
	uint32_t limit, offset;
};

/* False when limit or offset are no numbers the endpoint takes. */
bool spotify_range_of(const struct call *call, uint32_t limit_max, struct spotify_range *range);
/* Of a playlist that is shown: 0, or the status with which its entries are refused. */
int spotify_entries_refusal(const struct library *library, const struct flavour *flavour, uint32_t playlist);

/* Each writes the whole body of a page. call->index is the playlist or album the path names. */
typedef void spotify_page_function(const struct call *call, struct spotify_writer *writer);
spotify_page_function spotify_write_me, spotify_write_following, spotify_write_albums, spotify_write_tracks;
spotify_page_function spotify_write_playlists, spotify_write_playlist, spotify_write_entries,
	spotify_write_album_tracks;

#endif
