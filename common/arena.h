/* Memory for one message, page or batch: allocate forward, free all at once.
 *
 * init -> alloc* -> reset -> alloc* ... -> done. Never grows past its maximum: an allocation that would returns NULL
 * and sets a sticky flag. Another one tells that it was the system that had no memory: then what was made is not to be used,
 * for it lacks something that the same input had a right to. One thread. reset keeps the first block, so steady work
 * allocates nothing. */
#ifndef SYNCLINE_ARENA_H
#define SYNCLINE_ARENA_H

#include "common/span.h"

struct arena_block;

struct arena {
	struct arena_block *first, *last;
	size_t used_bytes, max_bytes;
	bool overflowed; /* an allocation was refused, for either reason */
	bool starved;    /* the system had no memory */
};

void arena_init(struct arena *arena, size_t max_bytes);
void arena_done(struct arena *arena);
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type; NULL when the maximum would be passed or the system has no memory. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* A NUL-terminated copy, or NULL as above. */
char *arena_copy(struct arena *arena, struct span span);

#endif
