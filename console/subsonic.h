/* The OpenSubsonic endpoint, /rest/METHOD: players browse what was synced. Read only; there is nothing to stream.
 *
 * Decisions. Sign-in: an API key (OpenSubsonic's apiKeyAuthentication) is an API token of any scope; user and password are those of
 * the console, and an API token may stand in place of the password. Token and salt are refused with error 41: they need the
 * password in clear, which is not kept. Library: one account is browsed at a time, the one of the user name `user@account`, else
 * the music folder asked for (each account is one), else the first. Only what was complete at least once is shown; the rest is an
 * error that says so. Ids: "7-xyz" is xyz of account 7, so that they are unique over accounts. */
#ifndef SYNCLINE_CONSOLE_SUBSONIC_H
#define SYNCLINE_CONSOLE_SUBSONIC_H

#include "common/category.h"
#include "common/limits.h"
#include "console/router.h"
#include "console/shelf_read.h"
#include "console/subsonic_answer.h"

enum subsonic_error {
	SUBSONIC_GENERIC = 0,
	SUBSONIC_MISSING_PARAMETER = 10,
	SUBSONIC_WRONG_SIGN_IN = 40,
	SUBSONIC_NO_TOKENS = 41,
	SUBSONIC_TWO_SIGN_INS = 43,
	SUBSONIC_WRONG_KEY = 44,
	SUBSONIC_FORBIDDEN = 50,
	SUBSONIC_NOT_FOUND = 70,
};

/* More than any library has of anything. */
enum { SUBSONIC_EVERYTHING = 1000000 };

/* What a method tells of, and so must have been complete. */
enum {
	SUBSONIC_ARTISTS = 1U << CATEGORY_ARTISTS,
	SUBSONIC_ALBUMS = 1U << CATEGORY_ALBUMS,
	SUBSONIC_TRACKS = 1U << CATEGORY_TRACKS,
	SUBSONIC_PLAYLISTS = 1U << CATEGORY_PLAYLISTS,
};

struct subsonic {
	struct visit *visit;
	struct subsonic_answer answer;
	bool xml, answered;
	char user[64];                /* who signed in, without the account */
	char only[LIMIT_ACCOUNT + 1]; /* the account of user@account; "" all */
	char account_id[ID_TEXT];     /* the account that is browsed */
};

/* A parameter of the query or the form; "" when there is none. */
const char *subsonic_param(const struct subsonic *subsonic, const char *name);
/* A number from 0 to most; fallback when it is absent or none. */
int subsonic_number(const struct subsonic *subsonic, const char *name, int fallback, int most);

/* Ends the request with an error; the first one counts. */
void subsonic_error(struct subsonic *subsonic, enum subsonic_error code, const char *format, ...) PRINTF_LIKE(3, 4);
void subsonic_fail(struct subsonic *subsonic, const struct err *err);

/* Begins the answer with status ok; subsonic_finish ends it. */
struct subsonic_answer *subsonic_ok(struct subsonic *subsonic);
void subsonic_finish(struct subsonic *subsonic);

/* Fills account_id, and makes sure that all of `categories` were complete once. false: answered with an error. */
bool subsonic_account(struct subsonic *subsonic, category_set categories);
/* Takes an id of ours apart ("7-xyz"): account_id becomes its account, id points to the rest. The same checks. */
bool subsonic_id(struct subsonic *subsonic, const char *text, category_set categories, const char **id);

/* Who asks (subsonic_access.c). false: answered with an error. */
bool subsonic_sign_in(struct subsonic *subsonic);

/* ---- items (subsonic_item.c) ---- */

/* The rows of those items of a kind whose ids stand in the column id of `ids`, `most` from row `from` on, in that order, ready for
 * subsonic_add. */
int subsonic_rows(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *ids, int from, int most,
                  PGresult **rows, struct err *err) MUST_USE;
/* The same of one id; no row when there is no such item. */
int subsonic_row(struct subsonic *subsonic, const struct shelf_kind *kind, const char *id, PGresult **row,
                 struct err *err) MUST_USE;
/* Ids of a kind in the shelf's order with their letters: count from the offset-th on. */
int subsonic_ids(struct subsonic *subsonic, const struct shelf_kind *kind, int offset, int count, PGresult **ids,
                 struct err *err) MUST_USE;
/* One item's members, into a node that is open. */
void subsonic_add(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *rows, int i);
/* An artist as a folder: id, name and mark alone. */
void subsonic_add_folder(struct subsonic *subsonic, const PGresult *rows, int i);
/* Whole nodes, into a list that is open. */
void subsonic_add_nodes(struct subsonic *subsonic, const struct shelf_kind *kind, const PGresult *rows);
/* The same with its list. */
void subsonic_add_list(struct subsonic *subsonic, const char *name, const struct shelf_kind *kind,
                       const PGresult *rows);
/* Entries of a playlist, q_subsonic_entries, into a list that is open. */
void subsonic_add_entries(struct subsonic *subsonic, const PGresult *rows);

/* ---- methods ---- */

struct subsonic_method {
	const char *name;
	void (*run)(struct subsonic *subsonic);
};

/* Ended by a NULL name. */
extern const struct subsonic_method subsonic_browsing[], subsonic_lists[], subsonic_wholes[];

#endif
