/* The rule of positions, a bit set, and a table of playlists. */
#include "fetcher/selection.h"

#include <assert.h>
#include <stdlib.h>

#include "common/hash.h"

/* The newest pages of a playlist's entries. Whole: from the beginning to a page that says that nothing follows. */
struct list {
	uint64_t hash; /* of its id; 0: the place is free */
	int64_t begun, begun_epoch, begun_items;
	int64_t whole, whole_epoch, whole_items; /* offset of the first page, -1: none; items since then */
	int32_t begun_pages, whole_pages;
	bool begun_wanted, wanted, removed, readable;
};

struct place {
	int64_t epoch, walk, page;
};

struct cancelled {
	char sync[LIMIT_UUID + 1];
	struct place stored;
};

struct selection {
	struct selection_options options;
	struct cancelled cancelled[LIMIT_SELECTION_CANCELLED];
	size_t cancelled_count;
	char sync[LIMIT_UUID + 1];
	struct place newest;
	unsigned char *seen; /* a bit for each page of the walk */
	struct list *lists;
	size_t list_count, list_cap; /* a power of two */
	int64_t *wanted;
	size_t wanted_count, wanted_cap;
	/* Pages of the list. */
	int64_t first, first_epoch; /* offset of the first that is taken; -1: none */
	int64_t pages, items;
	bool list_wanted;                                               /* some page of the list is at a wanted offset */
	int64_t behind_pages, behind_items, behind_first, behind_epoch; /* read after the walk */
};

enum { LISTS_BEGIN = 256 };

int selection_open(const struct selection_options *options, struct selection **ret, struct err *err)
{
	struct selection *selection = calloc(1, sizeof *selection);
	assert(options->walk.pages >= 0);
	if (selection) {
		selection->options = *options;
		selection->first = selection->behind_first = -1;
		selection->list_cap = LISTS_BEGIN;
		selection->lists = calloc(LISTS_BEGIN, sizeof *selection->lists);
		selection->seen = calloc(1, (size_t)options->walk.pages / 8 + 1);
	}
	if (!selection || !selection->lists || !selection->seen) {
		selection_close(&selection);
		return err_set(err, ERR_RETRY, 0, "no memory to choose pages");
	}
	IGNORE(!span_copy(span_of(options->walk.sync), selection->sync, sizeof selection->sync)); /* a UUID or "" */
	selection->newest = (struct place){options->walk.born, INT64_MAX, INT64_MAX};
	*ret = selection;
	return 0;
}

void selection_close(struct selection **selection)
{
	if (!*selection)
		return;
	free((*selection)->seen);
	free((*selection)->lists);
	free((*selection)->wanted);
	free(*selection);
	*selection = NULL;
}

/* ---- positions ---- */

static bool is_above(const struct place *place, int64_t epoch, int64_t walk, int64_t page)
{
	return epoch != place->epoch ? epoch > place->epoch : walk != place->walk ? walk > place->walk : page > place->page;
}

/* ---- cancelled syncs ---- */

bool selection_cancelled(struct selection *selection, struct span sync, int64_t epoch, int64_t walk, int64_t page)
{
	if (selection->cancelled_count == LIMIT_SELECTION_CANCELLED)
		return false;
	struct cancelled *cancelled = &selection->cancelled[selection->cancelled_count];
	*cancelled = (struct cancelled){.stored = {epoch, walk, page}};
	if (span_copy(sync, cancelled->sync, sizeof cancelled->sync))
		selection->cancelled_count++;
	return true;
}

static bool was_dropped(const struct selection *selection, const struct raw_page *page)
{
	for (size_t i = 0; i < selection->cancelled_count; i++) {
		if (span_is(page->sync, selection->cancelled[i].sync))
			return is_above(&selection->cancelled[i].stored, page->epoch, page->walk, page->page);
	}
	return false;
}

/* ---- playlists ---- */

static struct list *place_of(struct list *lists, size_t cap, uint64_t hash)
{
	size_t at = hash & (cap - 1);
	while (lists[at].hash && lists[at].hash != hash)
		at = (at + 1) & (cap - 1);
	return &lists[at];
}

static bool grow(struct selection *selection)
{
	size_t cap = selection->list_cap * 2;
	struct list *lists = calloc(cap, sizeof *lists);
	if (!lists)
		return false;
	for (size_t i = 0; i < selection->list_cap; i++) {
		if (selection->lists[i].hash)
			*place_of(lists, cap, selection->lists[i].hash) = selection->lists[i];
	}
	free(selection->lists);
	selection->lists = lists;
	selection->list_cap = cap;
	return true;
}

/* NULL: there are too many, so it counts as missing. */
static struct list *list_of(struct selection *selection, struct span id)
{
	uint64_t hash = hash_of(id) | 1;
	struct list *list = place_of(selection->lists, selection->list_cap, hash);
	if (list->hash)
		return list;
	if (selection->list_count >= LIMIT_SELECTION_LISTS ||
	    (selection->list_count * 2 >= selection->list_cap && !grow(selection)))
		return NULL;
	selection->list_count++;
	list = place_of(selection->lists, selection->list_cap, hash);
	*list = (struct list){.hash = hash, .begun = -1, .whole = -1};
	return list;
}

void selection_known(struct selection *selection, struct span playlist, bool removed, bool readable)
{
	struct list *list = list_of(selection, playlist);
	if (!list)
		return;
	list->removed = removed;
	list->readable = readable && !removed;
}

/* ---- what is wanted ---- */

static int compare(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

bool selection_want(struct selection *selection, int64_t offset)
{
	if (selection->wanted_count >= LIMIT_SELECTION_WANTED)
		return false;
	if (selection->wanted_count == selection->wanted_cap) {
		size_t cap = selection->wanted_cap ? 2 * selection->wanted_cap : 64;
		int64_t *grown = realloc(selection->wanted, cap * sizeof *grown);
		if (!grown)
			return false;
		selection->wanted = grown;
		selection->wanted_cap = cap;
	}
	/* They are asked for in order; should they not come so, they are put in order. */
	bool in_order = selection->wanted_count == 0 || selection->wanted[selection->wanted_count - 1] <= offset;
	selection->wanted[selection->wanted_count++] = offset;
	if (!in_order)
		qsort(selection->wanted, selection->wanted_count, sizeof offset, compare);
	return true;
}

static bool is_wanted(const struct selection *selection, int64_t offset)
{
	return selection->wanted_count &&
	       bsearch(&offset, selection->wanted, selection->wanted_count, sizeof offset, compare) != NULL;
}

/* ---- the first way ---- */

/* The writer's rule: what is not above everything before it is dropped. */
static bool passes(struct selection *selection, int64_t epoch, int64_t walk, int64_t page)
{
	bool above = is_above(&selection->newest, epoch, walk, page);
	if (above)
		selection->newest = (struct place){epoch, walk, page};
	return above;
}

void selection_look_mark(struct selection *selection, int64_t epoch, int64_t walk, int64_t page)
{
	if (page >= 0 || epoch > selection->newest.epoch)
		passes(selection, epoch, walk, page);
}

static bool is_entries(const struct selection *selection, const struct raw_page *page)
{
	return selection->options.has_entries && page->parent.len > 0;
}

static void look_at_entries(struct selection *selection, int64_t offset, const struct raw_page *page)
{
	struct list *list = list_of(selection, page->parent);
	bool wanted = is_wanted(selection, offset);
	if (!list)
		return;
	if (page->first == 0 && page->refused.len == 0) {
		list->begun = offset;
		list->begun_epoch = page->epoch;
		list->begun_pages = 0;
		list->begun_items = 0;
		list->begun_wanted = false;
	}
	list->begun_pages++;
	list->begun_items += page->count;
	list->begun_wanted |= wanted;
	list->whole_pages++;
	list->whole_items += page->count;
	list->wanted |= wanted;
	if (list->begun < 0 || page->more || page->refused.len)
		return;
	list->whole = list->begun;
	list->whole_epoch = list->begun_epoch;
	list->whole_pages = list->begun_pages;
	list->whole_items = list->begun_items;
	list->wanted = list->begun_wanted;
}

enum part { PART_NONE, PART_WALK, PART_BEHIND };

/* What a page of the list is: of the complete walk, read after it, or older than it. */
static enum part part_of(const struct selection *selection, const struct raw_page *page)
{
	const struct selection_walk *walk = &selection->options.walk;
	if (walk->pages && page->walk == walk->walk && span_is(page->sync, selection->sync))
		return PART_WALK;
	return walk->pages == 0 || page->epoch > walk->epoch ? PART_BEHIND : PART_NONE;
}

static void look_at_list(struct selection *selection, int64_t offset, const struct raw_page *page)
{
	enum part part = part_of(selection, page);
	bool wanted = is_wanted(selection, offset);
	if (part == PART_NONE)
		return;
	selection->list_wanted |= wanted;
	if (part == PART_BEHIND) {
		selection->behind_pages++;
		selection->behind_items += page->count;
		if (selection->behind_first < 0) {
			selection->behind_first = offset;
			selection->behind_epoch = page->epoch;
		}
		return;
	}
	if (selection->options.only_wanted && !wanted)
		return;
	selection->pages++;
	selection->items += page->count;
	if (selection->first < 0) {
		selection->first = offset;
		selection->first_epoch = page->epoch;
	}
}

void selection_look(struct selection *selection, int64_t offset, const struct raw_page *page)
{
	if (was_dropped(selection, page) || !passes(selection, page->epoch, page->walk, page->page) || page->replayed)
		return;
	if (part_of(selection, page) == PART_WALK && page->page >= 0 && page->page < selection->options.walk.pages)
		selection->seen[page->page / 8] |= (unsigned char)(1u << page->page % 8);
	if (is_entries(selection, page))
		look_at_entries(selection, offset, page);
	else
		look_at_list(selection, offset, page);
}

/* ---- what was found ---- */

static bool is_chosen(const struct selection *selection, const struct list *list)
{
	return list->hash && list->whole >= 0 && !list->removed && (!selection->options.only_wanted || list->wanted);
}

static bool is_behind_chosen(const struct selection *selection)
{
	return selection->behind_pages && (!selection->options.only_wanted || selection->list_wanted);
}

static void begin_at(struct selection_found *found, int64_t offset, int64_t epoch, int64_t *from_epoch)
{
	if (offset < 0 || (found->from >= 0 && found->from <= offset))
		return;
	found->from = offset;
	*from_epoch = epoch;
}

static void find_missing(const struct selection *selection, struct selection_found *found)
{
	for (int64_t i = 0; i < selection->options.walk.pages; i++) {
		if (selection->seen[i / 8] & 1u << i % 8)
			continue;
		found->first_missing = found->missing_pages++ ? found->first_missing : i;
	}
}

void selection_find(struct selection *selection, struct selection_found *found)
{
	int64_t epoch = 0;
	*found =
		(struct selection_found){.from = -1, .first_missing = -1, .pages = selection->pages, .items = selection->items};
	begin_at(found, selection->first, selection->first_epoch, &epoch);
	if (is_behind_chosen(selection)) {
		found->pages += selection->behind_pages;
		found->items += selection->behind_items;
		begin_at(found, selection->behind_first, selection->behind_epoch, &epoch);
	}
	find_missing(selection, found);
	for (size_t i = 0; i < selection->list_cap; i++) {
		const struct list *list = &selection->lists[i];
		found->missing_lists += list->hash && list->readable && list->whole < 0;
		if (!is_chosen(selection, list))
			continue;
		found->pages += list->whole_pages;
		found->items += list->whole_items;
		begin_at(found, list->whole, list->whole_epoch, &epoch);
	}
	/* The second way begins where the first page was above all before it. */
	selection->newest = (struct place){epoch, 0, -2};
}

/* ---- the second way ---- */

bool selection_takes(struct selection *selection, int64_t offset, const struct raw_page *page)
{
	if (was_dropped(selection, page) || !passes(selection, page->epoch, page->walk, page->page) || page->replayed)
		return false;
	if (is_entries(selection, page)) {
		const struct list *list = place_of(selection->lists, selection->list_cap, hash_of(page->parent) | 1);
		return is_chosen(selection, list) && offset >= list->whole;
	}
	switch (part_of(selection, page)) {
	case PART_WALK:
		return !selection->options.only_wanted || is_wanted(selection, offset);
	case PART_BEHIND:
		return is_behind_chosen(selection);
	case PART_NONE:
		break;
	}
	return false;
}
