/* Lists in the order of their names, for servers that know no other. */
#ifndef SIMULATOR_ALPHABET_H
#define SIMULATOR_ALPHABET_H

#include "library.h"

/* Sorts a list of items of one kind by name, byte by byte, then by index. Takes a second for a million. */
void alphabet_sort(const struct library *library, enum kind kind, struct order *order);

#endif
