/* Anchors. */
#include "console/subsonic_anchor.h"

#include <pthread.h>
#include <stdio.h>

#include "common/clock.h"
#include "ctl/ctl.h"

/* A reader who has not come back by then reads no more; and a place that old may stand at another offset by now. */
enum { KEEP_MS = 10 * 60 * 1000 };

struct anchor {
	char account_id[ID_TEXT];
	const struct shelf_kind *kind;
	int offset; /* 0: free */
	int64_t kept_ms;
	struct anchor_place place;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct anchor anchors[ANCHORS];

static bool is_of(const struct anchor *anchor, const char *account_id, const struct shelf_kind *kind)
{
	return anchor->offset && anchor->kind == kind && strcmp(anchor->account_id, account_id) == 0;
}

int anchor_find(const char *account_id, const struct shelf_kind *kind, int offset, struct anchor_place *place)
{
	int best = 0;
	int64_t now_ms = clock_ms();
	*place = (struct anchor_place){0};
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < ANCHORS; i++) {
		const struct anchor *anchor = &anchors[i];
		if (!is_of(anchor, account_id, kind) || anchor->offset > offset || anchor->offset <= best ||
		    now_ms - anchor->kept_ms > KEEP_MS)
			continue;
		best = anchor->offset;
		*place = anchor->place;
	}
	pthread_mutex_unlock(&lock);
	return best;
}

void anchor_keep(const char *account_id, const struct shelf_kind *kind, int offset, const struct anchor_place *place)
{
	pthread_mutex_lock(&lock);
	struct anchor *chosen = &anchors[0];
	for (size_t i = 0; i < ANCHORS; i++) {
		if (is_of(&anchors[i], account_id, kind) && anchors[i].offset == offset) {
			chosen = &anchors[i];
			break;
		}
		if (anchors[i].kept_ms < chosen->kept_ms)
			chosen = &anchors[i];
	}
	*chosen = (struct anchor){.kind = kind, .offset = offset, .kept_ms = clock_ms(), .place = *place};
	snprintf(chosen->account_id, sizeof chosen->account_id, "%s", account_id);
	pthread_mutex_unlock(&lock);
}
