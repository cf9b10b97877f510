/* Apple Music's resources as JSON, with the relationships a request includes. */
#ifndef SIMULATOR_APPLEMUSIC_ITEM_H
#define SIMULATOR_APPLEMUSIC_ITEM_H

#include "apple_quirks.h"
#include "service.h"

/* Writes resources into one page. */
struct apple_writer {
	struct page *page;
	const struct call *call;
	uint64_t seed;                         /* of the user's ids */
	struct out name;                       /* scratch */
	bool catalog, albums, artists, tracks; /* what the request includes */
};

void apple_writer_init(struct apple_writer *writer, struct page *page, const struct call *call);
void apple_writer_done(struct apple_writer *writer);

/* Each writes one element of an array, with the comma before it when one is needed. */
void apple_artist(struct apple_writer *writer, uint32_t artist);
void apple_album(struct apple_writer *writer, uint32_t album);
void apple_song(struct apple_writer *writer, uint32_t track);
void apple_playlist(struct apple_writer *writer, uint32_t playlist);
/* What stands in a playlist where the library says this track: a song or a music video. */
void apple_entry(struct apple_writer *writer, uint32_t track);
/* Its id, type and catalogue id ("" without), tabs between. */
void apple_entry_truth(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
                       struct out *out);

/* ---- shared by the user's resources and the catalogue's ---- */

/* Each user has ids of their own for the same music. */
uint64_t apple_seed(const struct library *library, const char *user);
void apple_library_id(uint64_t seed, enum kind kind, uint32_t index, char id[ID_TEXT_MAX]);
/* Digits, of the whole world's catalogue. */
void apple_catalog_id(enum kind kind, uint32_t index, char id[ID_TEXT_MAX]);
/* The id a song's playParams tell; "" when they tell none. */
void apple_song_catalog_id(uint32_t track, char id[ID_TEXT_MAX]);

/* Opens a resource and writes what all have before their attributes; path is that of its kind. */
void apple_open_resource(struct apple_writer *writer, const char *type, const char *id, const char *path,
                         enum flaw flaw);
/* The member `name`, which a fault may spoil or leave out. */
void apple_shown_name(struct apple_writer *writer, enum kind kind, uint32_t index, enum flaw flaw);
/* The name alone, as a value. */
void apple_plain_text(struct apple_writer *writer, enum kind kind, uint32_t index);
/* Members of attributes. The main artist and the guest (NULL: none) are one text; a date is a year or a day. */
void apple_artist_name(struct apple_writer *writer, uint32_t artist, const uint32_t *guest);
void apple_artwork(struct apple_writer *writer, enum kind kind, uint32_t index);
void apple_genres(struct apple_writer *writer, uint32_t album);
void apple_release_date(struct apple_writer *writer, uint32_t album);
void apple_content_rating(struct apple_writer *writer, uint32_t track);

/* Around all relationships of a resource. What a fault wants wrong is kept from them and given back to the close. */
struct spoil apple_open_relationships(struct apple_writer *writer);
void apple_close_relationships(struct apple_writer *writer, struct spoil spoil);
/* Around the list of one of them; path and id are the resource's. */
void apple_open_related(struct apple_writer *writer, const char *name, const char *path, const char *id);
void apple_close_related(struct apple_writer *writer);

/* Whole resources of the catalogue, elements of such a list. */
void apple_catalog_song(struct apple_writer *writer, uint32_t track, const char *id);
void apple_catalog_album(struct apple_writer *writer, uint32_t album, const char *id);
void apple_catalog_artist(struct apple_writer *writer, uint32_t artist, const char *id);
/* A public user's or Apple's own, under the id of another space. */
void apple_catalog_playlist(struct apple_writer *writer, uint32_t playlist, const char *id);

#endif
