/* The four categories of a library, in the order a sync walks them, and sets of them. */
#ifndef SYNCLINE_CATEGORY_H
#define SYNCLINE_CATEGORY_H

#include "common/err.h"
#include "common/span.h"

enum category { CATEGORY_ARTISTS, CATEGORY_ALBUMS, CATEGORY_TRACKS, CATEGORY_PLAYLISTS, CATEGORY_COUNT };

/* Bit n set: category n is in it. */
typedef unsigned category_set;
#define CATEGORY_ALL ((1u << CATEGORY_COUNT) - 1)

/* "artists"; stable, used in messages, tables and options. */
const char *category_name(enum category category);
/* false: no category of that name; *category is untouched. */
bool category_find(struct span name, enum category *category) MUST_USE;
/* Reads a message's key, "ACCOUNT/CATEGORY", for messages that tell nothing else. false: it is none. */
bool category_key_read(struct span key, struct span *account, enum category *category) MUST_USE;
/* "artists,albums" (white space allowed); empty or absent means all. CONFIG error names the unknown word. */
int category_set_parse(struct span text, category_set *set, struct err *err) MUST_USE;
enum { CATEGORY_SET_TEXT = 48 };
/* The inverse. Returns text. */
const char *category_set_text(category_set set, char text[CATEGORY_SET_TEXT]);

#endif
