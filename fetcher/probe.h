/* Asking a server without a sync: is the sign-in right, and how much does it hold? For the command line; each call
 * blocks, at most a request_timeout_ms per request. */
#ifndef SYNCLINE_FETCHER_PROBE_H
#define SYNCLINE_FETCHER_PROBE_H

#include "common/buf.h"
#include "common/category.h"
#include "common/settings.h"
#include "fetcher/account.h"

struct probe_server {
	char name[96];    /* "supysonic 0.7.2" */
	const char *auth; /* how the sign-in worked: "token", "password", "apikey"; or the account's own word */
};

/* CONFIG: the server refused, or is not such a server (the text says what to do). RETRY: it did not answer. err->code: 401
 * when the sign-in was refused in whatever way, otherwise the HTTP status, 0 when there was none. */
int probe_sign_in(const struct settings *settings, const struct account *account, struct probe_server *server,
                  struct err *err) MUST_USE;

struct probe_totals {
	int64_t items[CATEGORY_COUNT];
	bool snapshot[CATEGORY_COUNT]; /* the whole list comes in one answer */
	int requests;                  /* how many it took */
};

/* Reads each category by walking it, as a sync would (ids only are looked at, nothing is stored), and counts: the figures
 * that rows can be compared with. ids: NULL, or a buffer a category, to which every id is added as a JSON string with commas
 * between. progress may be NULL; it is called after every category. */
int probe_lists(const struct settings *settings, const struct account *account,
                void (*progress)(void *context, enum category category, int64_t items), void *context,
                struct buf ids[CATEGORY_COUNT], struct probe_totals *totals, struct err *err) MUST_USE;

#endif
