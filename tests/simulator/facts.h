/* What is true of an item whatever server tells it: numbers, dates and codes drawn from (seed, index), so that the same
 * seed is the same music on every flavour. */
#ifndef SIMULATOR_FACTS_H
#define SIMULATOR_FACTS_H

#include "library.h"
#include "out.h"

/* Independent streams of chance, one for each thing that is drawn; their numbers must not change, or every library does. */
enum {
	SALT_SONG = 200,
	SALT_ALBUM,
	SALT_ISRC,
	SALT_MBID,
	SALT_GUEST,
	SALT_EXPLICIT = 220,
	SALT_MS,
	SALT_UPC,
	SALT_ART
};

/* One album in 97 has no artist at all, where a server can say so. */
bool fact_has_artist(uint32_t album);
/* One track in eleven has a guest; *guest is an artist of the library. */
bool fact_guest(const struct library *library, uint32_t track, uint32_t *guest);
/* Twelve characters, upper case. */
void fact_isrc(struct out *out, const struct library *library, uint32_t track);
/* Twelve digits. */
void fact_upc(struct out *out, const struct library *library, uint32_t album);
/* 1960 to 2025. */
uint32_t fact_year(const struct library *library, uint32_t album);
const char *fact_genre(const struct library *library, uint32_t album);
/* Both from 1. */
uint32_t fact_track_number(const struct library *library, uint32_t track);
uint32_t fact_disc(const struct library *library, uint32_t track);
/* 0 where the library does not know. */
uint32_t fact_duration_ms(const struct library *library, uint32_t track);
bool fact_explicit(const struct library *library, uint32_t track);
/* When the user saved it, in ms since 1970: falls with the index, and is later than all for what an edit inserts. */
int64_t fact_saved_ms(const struct library *library, uint32_t track);
/* YYYY, YYYY-MM or YYYY-MM-DD, by the album. */
enum precision { PRECISION_YEAR, PRECISION_MONTH, PRECISION_DAY };
enum precision fact_precision(uint32_t album);
void fact_release_date(struct out *out, const struct library *library, uint32_t album);

#endif
