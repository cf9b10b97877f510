/* The words by which the shelf finds an item, and the questions for them: lexemes of a tsvector that begin with account and
 * kind ("7t.love": a track of account 7), so that one index serves all accounts and a search reads only its own. */
#ifndef SYNCLINE_CONSOLE_SHELF_WORDS_H
#define SYNCLINE_CONSOLE_SHELF_WORDS_H

#include "common/arena.h"
#include "common/buf.h"
#include "console/shelf.h"

/* Words of an item, or of a question, that count; the rest is not looked at. Each is cut to SHELF_WORD bytes. */
enum { SHELF_WORDS = 60, SHELF_WORD = 40 };

/* Words of folded text (common/fold.h) as texts of a JSON list that has been begun. */
void shelf_add_words(struct buf *json, const char *account_id, const struct shelf_kind *kind, const char *folded);
/* What it belongs to: an album, an artist, or (id is "") the favourites. */
enum shelf_link { SHELF_ON_ALBUM = '@', SHELF_BY_ARTIST = '~', SHELF_STARRED = '*' };
void shelf_add_link(struct buf *json, const char *account_id, const struct shelf_kind *kind, enum shelf_link link,
                    const char *id);

/* A tsquery: all words must stand there. The last may be the beginning of a longer one, as people type it, if it has three letters
 * or more (shorter ones begin half of all words). Nothing is added when there is no word, which finds nothing. */
void shelf_add_question(struct buf *query, const char *account_id, const struct shelf_kind *kind, const char *folded);
/* A tsquery for what belongs to an id. */
void shelf_add_link_question(struct buf *query, const char *account_id, const struct shelf_kind *kind,
                             enum shelf_link link, const char *id);

#endif
