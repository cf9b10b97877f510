/* A chain of blocks; the first one is kept over resets. */
#include "common/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena, size_t max_bytes)
{
	*arena = (struct arena){.max_bytes = max_bytes};
}

static void free_chain(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
}

void arena_done(struct arena *arena)
{
	free_chain(arena->first);
	*arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
	if (arena->first) {
		free_chain(arena->first->next);
		arena->first->next = NULL;
		arena->first->used = 0;
	}
	arena->last = arena->first;
	arena->used_bytes = 0;
	arena->overflowed = arena->starved = false;
}

static struct arena_block *add_block(struct arena *arena, size_t bytes)
{
	size_t size = bytes > FIRST_BLOCK ? bytes : FIRST_BLOCK;
	struct arena_block *block = malloc(sizeof *block + size);
	if (!block)
		return NULL;
	*block = (struct arena_block){.size = size};
	if (arena->last)
		arena->last->next = block;
	else
		arena->first = block;
	arena->last = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	const size_t align = alignof(max_align_t);
	assert(arena && arena->max_bytes);
	if (bytes > arena->max_bytes - arena->used_bytes)
		goto overflow;
	size_t rounded = (bytes + align - 1) / align * align;
	struct arena_block *block = arena->last;
	if (!block || block->size - block->used < rounded)
		block = add_block(arena, rounded);
	if (!block) {
		arena->starved = true;
		goto overflow;
	}
	void *at = block->bytes + block->used;
	block->used += rounded;
	arena->used_bytes += bytes;
	memset(at, 0, rounded);
	return at;
overflow:
	arena->overflowed = true;
	return NULL;
}

char *arena_copy(struct arena *arena, struct span span)
{
	char *copy = arena_alloc(arena, span.len + 1);
	if (copy && span.len)
		memcpy(copy, span.at, span.len);
	return copy;
}
