/* Names for items, drawn from (seed, index). All text comes already escaped for JSON, so that a page is only copied
 * together. Names rise with the index by their first word: the order of items is roughly alphabetical. */
#ifndef SIMULATOR_WORDS_H
#define SIMULATOR_WORDS_H

#include <stdint.h>

#include "out.h"

void words_artist(struct out *out, uint64_t seed, uint32_t index, uint32_t of);
void words_album(struct out *out, uint64_t seed, uint32_t index, uint32_t of);
/* A revision above 0 is a retagged title. */
void words_title(struct out *out, uint64_t seed, uint32_t index, unsigned revision);
void words_playlist(struct out *out, uint32_t index);
const char *words_genre(uint64_t number);

/* The letter an artist is listed under. */
char words_letter(uint32_t index, uint32_t of);

#endif
