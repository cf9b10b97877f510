/* Item ids: text made from (seed, kind, index), and back. */
#ifndef SIMULATOR_IDS_H
#define SIMULATOR_IDS_H

#include <stdbool.h>

#include "flavour.h"
#include "library.h"

enum { ID_TEXT_MAX = 64 };

/* Writes the id and a NUL, and gives its length. */
unsigned id_write(enum id_scheme scheme, uint64_t seed, enum kind kind, uint32_t index, char text[ID_TEXT_MAX]);
/* Whether the text has the scheme's shape at all: supysonic answers a malformed id with another code. */
bool id_shaped(enum id_scheme scheme, const char *text);
/* False when it is no id of this seed and kind. The index may be of an item that was never made or is gone. */
bool id_read(enum id_scheme scheme, uint64_t seed, enum kind kind, const char *text, uint32_t *index);

#endif
