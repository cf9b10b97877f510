/* Changes to the library, at once or when a certain request comes: what a user or a rescan does while a sync walks.
 *
 * A change a scan would notice moves lastModified and lastScan, unless it is silent. Playlist edits move that playlist's
 * `changed` and stars move nothing, as on real servers. */
#ifndef SIMULATOR_EDIT_H
#define SIMULATOR_EDIT_H

#include "library.h"
#include "trigger.h"

enum { EDIT_MAX = 256 };

struct edit_kind;

struct edit {
	struct trigger trigger;
	const struct edit_kind *kind;
	uint32_t index, tracks, playlist, position, entries;
	uint64_t seed;
	bool silent, placed; /* placed: the index was given */
};

struct edits {
	struct edit waiting[EDIT_MAX];
	unsigned count;
	uint64_t applied;
};

/* Applies it at once, or keeps it for its `at`th matching request: *now tells which. NULL, or what is wrong with it. */
const char *edits_add(struct edits *edits, struct library *library, const struct request *request, bool *now);
/* Applies those whose request this is, before it is answered. */
void edits_due(struct edits *edits, struct library *library, const char *endpoint, const char *query);

#endif
