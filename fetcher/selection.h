/* Which of the pages that sync.pages still holds of a category make its rows, if they are parsed again in their order.
 *
 * These are: the pages of the newest complete walk and every page of the list read after it; and of each playlist that is
 * still listed the newest whole set of pages of its entries, which an older sync may have read, and every page after it.
 * Pages that the writer had dropped (of a stale fetcher, delivered twice) are told by the same rule of positions, those of a
 * cancelled sync by what was stored of it, and copies made by replays are none.
 *
 * open -> cancelled* | known* | want* -> look* (all messages of the category, in order) -> find -> takes* (the same messages,
 * from found.from on). Pure; one thread. Bounded: a bit for each page of the walk, and 80 bytes for each of at most
 * LIMIT_SELECTION_LISTS playlists, whatever the topic holds. */
#ifndef SYNCLINE_FETCHER_SELECTION_H
#define SYNCLINE_FETCHER_SELECTION_H

#include "common/err.h"
#include "common/msg.h"

struct selection;

/* The newest complete walk of the category; pages is 0 when there is none: then all there is of the list counts. */
struct selection_walk {
	const char *sync;
	int64_t walk, pages;
	int64_t epoch; /* the newest under which it was read */
	int64_t born;  /* pages of epochs up to this are of another account, which had this one's name */
};

/* has_entries: pages with a parent are a playlist's entries. only_wanted: of the walk's pages only those at wanted offsets,
 * with all that were read after it, and of playlists only those that have a page at one. */
struct selection_options {
	struct selection_walk walk;
	bool has_entries, only_wanted;
};

int selection_open(const struct selection_options *options, struct selection **selection, struct err *err) MUST_USE;
/* NULL-safe. */
void selection_close(struct selection **selection);

/* A sync that was cancelled, and where the newest page stands that was stored of it (-1 each: none was): what came behind is not
 * taken. false: there are LIMIT_SELECTION_CANCELLED already. */
bool selection_cancelled(struct selection *selection, struct span sync, int64_t epoch, int64_t walk, int64_t page);
/* A playlist in the database. removed: its entries are left alone. Readable: its entries are expected to be found. */
void selection_known(struct selection *selection, struct span playlist, bool removed, bool readable);
/* An offset that is wanted. false: there are LIMIT_SELECTION_WANTED already. */
bool selection_want(struct selection *selection, int64_t offset);

void selection_look(struct selection *selection, int64_t offset, const struct raw_page *page);
/* Messages that are no pages but have a position, on either way: a walk's end; page -1: a sync's start. */
void selection_look_mark(struct selection *selection, int64_t epoch, int64_t walk, int64_t page);

struct selection_found {
	int64_t from;          /* the first offset that is taken; -1: none is */
	int64_t pages, items;  /* that are taken */
	int64_t missing_pages; /* of the complete walk */
	int64_t first_missing; /* the first of them; -1: none */
	int64_t missing_lists; /* readable playlists without a whole set of entries */
};
void selection_find(struct selection *selection, struct selection_found *found);

/* Is the page at this offset one of them? After selection_find, in order from found.from on. */
bool selection_takes(struct selection *selection, int64_t offset, const struct raw_page *page);

#endif
