/* Items as JSON objects: songs, albums, artists and playlists, with the fields a flavour's server gives. */
#ifndef SIMULATOR_ITEM_H
#define SIMULATOR_ITEM_H

#include "library.h"
#include "page.h"

/* Writes items into one page. What the last song's album gave is kept: neighbours share it. */
struct item_writer {
	struct page *page;
	const struct library *library;
	struct out name;   /* scratch */
	struct out shared; /* members every song of `album` has */
	uint32_t album;    /* UINT32_MAX: none */
	bool fat;          /* artists have all that Navidrome tells of them */
};

void item_writer_init(struct item_writer *items, struct page *page, const struct library *library);
void item_writer_done(struct item_writer *items);

/* Each writes one complete object, with the comma before it when one is needed. */
void item_song(struct item_writer *items, uint32_t track);
void item_album(struct item_writer *items, uint32_t album);
void item_artist(struct item_writer *items, uint32_t artist);
/* As a folder of files, which is what getIndexes lists: no count of albums, no id of MusicBrainz. */
void item_folder_artist(struct item_writer *items, uint32_t artist);
/* The members of a playlist or album without its brackets, for answers that add the songs to it. */
void item_album_members(struct item_writer *items, uint32_t album);
void item_playlist_members(struct item_writer *items, uint32_t playlist);
/* Whether the user starred it; playlists never are. */
bool item_is_starred(const struct library *library, enum kind kind, uint32_t index);
void item_id(struct item_writer *items, enum kind kind, uint32_t index);

#endif
