/* Text as people compare it when they search or sort: without case, accents and punctuation. "Beyoncé" and "BEYONCE" are
 * equal, so are "Don't" and "dont", "Straße" and "strasse". */
#ifndef SYNCLINE_FOLD_H
#define SYNCLINE_FOLD_H

#include "common/arena.h"
#include "common/attributes.h"

/* Words of letters and digits with one space between them; "" when there are none. Characters of scripts that set no spaces
 * between words (Han, Kana) are a word each. text must be valid. The result is NUL-terminated, in the arena. NULL: it is full. */
const char *fold_text(struct span text, struct arena *arena);

enum { FOLD_LETTER = 8 };
/* The letter under which a folded text stands, C text: "A" to "Z", the capital of another alphabet, "#" for what begins with
 * no letter or is empty, "…" for scripts without an alphabet. */
void fold_letter(const char *folded, char letter[FOLD_LETTER]);

#endif
