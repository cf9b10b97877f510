/* Every maximum of the console alone, with its reason; those that others share are in common/. */
#ifndef SYNCLINE_CONSOLE_LIMITS_H
#define SYNCLINE_CONSOLE_LIMITS_H

#include "common/limits.h"

enum {
	/* Connections at once: some hundred people with live pages, and slow ones who only cost memory. */
	LIMIT_CONSOLE_CONNECTIONS = 1000,
	/* Memory of a connection: its head must fit, so a larger one is refused. Browsers send less than 8 KiB. */
	LIMIT_CONSOLE_HEAD = 32 * 1024,
	/* Body of a request: forms and JSON; a key file is 300 bytes. */
	LIMIT_CONSOLE_BODY = 64 * 1024,
	/* A sign-in that is tried while a person waits for the page: a server that answers no request within this is away. */
	LIMIT_CONSOLE_SIGN_IN_MS = 10 * 1000,
	/* Decoded parameters and what a handler puts beside them. */
	LIMIT_CONSOLE_ARENA = 1024 * 1024,
	LIMIT_CONSOLE_PARAMETERS = 64,
	/* Accounts that one figure of the console's /metrics names at most, the worst first: whoever has more of them that need a
	 * person needs no longer list, and Prometheus keeps a series for each. */
	LIMIT_METRIC_ACCOUNTS = 1000,
	/* Rows of a list as JSON: behind so much a page ends early. Below LIMIT_CONSOLE_ANSWER by the largest row, a reject's
	 * original. */
	LIMIT_CONSOLE_PAGE = 4 * 1024 * 1024,
	/* The shelf: texts of one item, folded (they are cut in q_shelf_window.sql), and the 2,000 items of one statement as
	 * JSON, of which 100 words of 60 bytes and 50 artists are the very most. */
	LIMIT_SHELF_ITEM = 64 * 1024,
	LIMIT_SHELF_WINDOW = 64 * 1024 * 1024,
	/* Favourites of a kind in one answer for players: their ids are held until the last is sent. Those beyond are left out. */
	LIMIT_STARRED = 100000,
	/* A piece of an export, or of a long answer for players: 500 items, some 200 KiB; a row may be 1.5 MiB at its worst, but not
	 * 500 of them. */
	LIMIT_EXPORT_PIECE = 128 * 1024 * 1024,

	/* Webhooks: each event is a row for each of them. */
	LIMIT_WEBHOOKS = 100,
	/* An answer that takes longer is none, as most senders have it: who must do more with a message answers first. */
	LIMIT_WEBHOOK_MS = 15 * 1000,
	/* ... and its headers and body, which nobody looks at. */
	LIMIT_WEBHOOK_ANSWER = 64 * 1024,
	/* The log of deliveries: a month is enough to find out what a receiver has missed. */
	LIMIT_WEBHOOK_DAYS = 30,
};

#endif
