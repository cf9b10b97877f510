/* Spotify's objects as JSON. */
#ifndef SIMULATOR_SPOTIFY_ITEM_H
#define SIMULATOR_SPOTIFY_ITEM_H

#include "service.h"
#include "spotify_quirks.h"

/* Writes objects into one page. */
struct spotify_writer {
	struct page *page;
	const struct call *call;
	struct out name; /* scratch */
};

void spotify_writer_init(struct spotify_writer *writer, struct page *page, const struct call *call);
void spotify_writer_done(struct spotify_writer *writer);

/* Each writes one element of an array, with the comma before it when one is needed. */
void spotify_artist(struct spotify_writer *writer, uint32_t artist);
void spotify_saved_album(struct spotify_writer *writer, uint32_t album);
void spotify_saved_track(struct spotify_writer *writer, uint32_t track);
void spotify_album_track(struct spotify_writer *writer, uint32_t track);
void spotify_entry(struct spotify_writer *writer, uint32_t playlist, uint32_t track);
void spotify_playlist(struct spotify_writer *writer, uint32_t playlist);
/* The members of a playlist but its items, without brackets. */
void spotify_playlist_members(struct spotify_writer *writer, uint32_t playlist);

/* ---- shared by catalogue and playlists ---- */

/* Writes an id of the library and gives its length. */
unsigned spotify_id(const struct library *library, enum kind kind, uint32_t index, char id[ID_TEXT_MAX]);
/* external_urls, href, id, type and uri, which every object of the catalogue has. */
void spotify_identity(struct page *page, const char *type, const char *id);
void spotify_item_identity(struct spotify_writer *writer, const char *type, enum kind kind, uint32_t index,
                           enum flaw flaw);
/* The same of a user, whose id is any text. Nothing may stand in the object before. */
void spotify_user_members(struct page *page, const char *id);
/* Percent-encodes a user's id for a URL. */
void spotify_encode(struct out *out, const char *text);
/* As a person reads it: a fault may spoil it, or leave it out. */
void spotify_shown_name(struct spotify_writer *writer, enum kind kind, uint32_t index, enum flaw flaw);
/* A whole track object without comma before; in_playlist: with the two booleans that only playlists show. */
void spotify_track(struct spotify_writer *writer, uint32_t track, bool in_playlist);

/* ---- truth ---- */

/* The id a track is given under: that of its twin when it is relinked. */
unsigned spotify_track_id(const struct library *library, uint32_t track, char id[ID_TEXT_MAX]);
/* What an entry's item is: type, id ("" for local files and null) and uri ("" for null), tabs between. */
void spotify_entry_truth(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
                         struct out *out);

#endif
