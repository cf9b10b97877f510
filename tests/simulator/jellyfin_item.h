/* Jellyfin's items (BaseItemDto) as JSON, and what is odd about them. */
#ifndef SIMULATOR_JELLYFIN_ITEM_H
#define SIMULATOR_JELLYFIN_ITEM_H

#include "ids.h"
#include "page.h"

/* Files that lie loose in a folder belong to no album. */
static inline bool jellyfin_is_loose(uint32_t track)
{
	return track % 53 == 5;
}

/* Another user's, which this one may not see. */
static inline bool jellyfin_is_private(uint32_t playlist)
{
	return playlist % 5 == 3;
}

/* Playlists hold films, too. */
static inline bool jellyfin_is_film(uint32_t track)
{
	return track % 41 == 9;
}

/* Each writes one element of an array, with the comma before it when one is needed. */
void jellyfin_artist(struct page *page, const struct library *library, uint32_t artist);
void jellyfin_album(struct page *page, const struct library *library, uint32_t album);
void jellyfin_track(struct page *page, const struct library *library, uint32_t track);
void jellyfin_playlist(struct page *page, const struct library *library, uint32_t playlist);
/* What stands in a playlist where the library says this track. */
void jellyfin_entry(struct page *page, const struct library *library, uint32_t track);
/* Its id and "Audio" or "Video", a tab between. */
void jellyfin_entry_truth(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
                          struct out *out);

void jellyfin_id(const struct library *library, enum kind kind, uint32_t index, char id[ID_TEXT_MAX]);

#endif
