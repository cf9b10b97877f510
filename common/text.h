/* Text from outside: is it UTF-8, and what does it look like once tidied. */
#ifndef SYNCLINE_TEXT_H
#define SYNCLINE_TEXT_H

#include "common/arena.h"
#include "common/attributes.h"

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL, which Postgres' text cannot hold. */
bool text_valid(struct span text);

/* Trimmed, inner runs of white space (Unicode's too) and control characters as one space, NFC. The result points into
 * text itself when there was nothing to do, else into the arena. text must be valid.
 * false: the arena is full. */
bool text_tidy(struct span text, struct arena *arena, struct span *tidy) MUST_USE;

/* The longest prefix of at most max bytes that does not cut a character. */
struct span text_cut(struct span text, size_t max);

/* For sentences that quote what was not understood, or were cut somewhere: each byte that is no part of a character
 * becomes "?", and what is longer than max bytes is cut between two characters. In place; returns the view of it. */
struct span text_mend(char *text, size_t max);

/* How many edits (insert, delete, replace) lie between two short words; for "did you mean". Words over 63 bytes are
 * taken as far apart. */
size_t text_distance(const char *a, const char *b);

#endif
