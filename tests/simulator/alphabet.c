/* Names are drawn, so they are written out once for all comparisons. */
#include "alphabet.h"

#include <stdlib.h>

#include "words.h"

struct named {
	const char *name;
	uint32_t index;
};

static int by_name(const void *one, const void *other)
{
	const struct named *a = one, *b = other;
	int order = strcmp(a->name, b->name);
	return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

static void write_name(const struct library *library, enum kind kind, uint32_t index, struct out *out)
{
	uint64_t seed = library->size.seed;
	if (kind == KIND_TRACK)
		words_title(out, seed, index, library->tracks[index].revision);
	else if (kind == KIND_ALBUM)
		words_album(out, seed, index, library->size.albums);
	else if (kind == KIND_ARTIST)
		words_artist(out, seed, index, library->size.artists);
	else
		words_playlist(out, index);
	out_byte(out, 0);
}

void alphabet_sort(const struct library *library, enum kind kind, struct order *order)
{
	struct named *names = must_alloc(order->count, sizeof *names);
	size_t *starts = must_alloc(order->count, sizeof *starts);
	struct out text = {0};
	for (uint32_t i = 0; i < order->count; i++) {
		starts[i] = text.len;
		write_name(library, kind, order->at[i], &text);
	}
	for (uint32_t i = 0; i < order->count; i++)
		names[i] = (struct named){text.at + starts[i], order->at[i]};
	if (order->count)
		qsort(names, order->count, sizeof *names, by_name);
	for (uint32_t i = 0; i < order->count; i++)
		order->at[i] = names[i].index;
	out_done(&text);
	free(starts);
	free(names);
}
