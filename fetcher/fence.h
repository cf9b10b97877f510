/* A fence being read: the parts of the provider's table, one answer after another, put into one text.
 *
 * "!I=1764000000000;S=6000,,0;A=5ab3|S=91c2": a leading ! says that a part that tells all changes is in it, so that
 * equality means "nothing changed", a leading ? that it means so most of the time, and !? that nothing was added or removed;
 * behind | stand parts that only
 * matter for that. No white space; at most LIMIT_FENCE - 1 bytes. */
#ifndef SYNCLINE_FETCHER_FENCE_H
#define SYNCLINE_FETCHER_FENCE_H

#include "fetcher/provider.h"

/* What a list that is a part of a fence has shown of itself. */
enum fence_shows { SHOWS_UNKNOWN, SHOWS_NOTHING, SHOWS_ITEMS };

struct fence {
	const struct fence_part *parts;
	int next; /* part to ask for */
	/* Of a part that is a list in several pages: where the next one begins, and what those before it say. */
	int64_t offset;
	int pages;
	uint64_t digest;
	bool vague; /* some of it can change without a sign */
	bool with_skip_parts, strong, likely, for_hours, in_motion;
	enum fence_shows shows[FENCE_PARTS_MAX];
	char steady[LIMIT_FENCE / 2], skip[LIMIT_FENCE / 4];
};

/* with_skip_parts: also those that only matter for skipping (the reading before a walk). */
void fence_begin(struct fence *fence, const struct provider *provider, enum category category, bool with_skip_parts);

/* The request to send now, with offset; NULL when the fence is read. */
const struct request *fence_request(struct fence *fence, const struct session *session);

/* Takes the answer, or its failure (root NULL: the part is left out, and not asked for again in this session). */
void fence_take(struct fence *fence, struct session *session, yyjson_val *root);

/* Takes, as the whole answer, a provider's way of saying "there is nothing" that is not an empty list. */
void fence_take_nothing(struct fence *fence);

/* Has the part that asks for the same list, by the name of its request, shown items of it? */
enum fence_shows fence_shows(const struct fence *fence, const char *name);

/* Whole text of a fence read with skip parts. Returns text. */
const char *fence_text(const struct fence *fence, char text[LIMIT_FENCE]);

/* Do the parts that must hold still during a walk agree? before and after are fence texts. */
bool fence_same_library(const char *before, const char *after);
/* Does equality of these prove that nothing changed at all, or, of those with a ?, make it likely? */
bool fence_unchanged(const char *known, const char *now);
/* Does equality stand for the library only for some hours (those with a ?)? */
bool fence_is_for_hours(const char *fence);

#endif
