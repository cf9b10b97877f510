/* An answer that is made piece by piece while it is sent, with a connection to the database for each piece: who reads slowly holds
 * none, and memory holds one piece beside what the maker keeps. */
#ifndef SYNCLINE_CONSOLE_PIECES_H
#define SYNCLINE_CONSOLE_PIECES_H

#include "console/console.h"

struct piece_maker {
	const char *what; /* for the log, when it breaks off: "export" */
	/* Appends the next piece to out, which is empty. *more: another one follows. After an error the answer breaks off, which
	 * its reader sees. */
	int (*next)(void *state, struct pg *pg, struct buf *out, bool *more, struct err *err);
	void (*close)(void *state); /* sent, broken off, or the listener closes */
};

/* The visit's answer becomes what stands in its body so far, followed by the pieces, of which none may be larger than most_bytes.
 * Takes state: on failure (RETRY: no memory) it is closed as well. */
int pieces_serve(struct visit *visit, const struct piece_maker *maker, void *state, size_t most_bytes, struct err *err)
	MUST_USE;

#endif
