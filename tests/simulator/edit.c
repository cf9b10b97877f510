/* The kinds of edit, one row each. */
#include "edit.h"

#include <stdlib.h>
#include <string.h>

#include "mix.h"
#include "out.h"

struct edit_kind {
	const char *name;
	bool scanned; /* a scan notices it: lastModified moves */
	void (*apply)(const struct edit *edit, struct library *library);
};

/* The tracks at list positions [index, index + tracks) as far as they exist. */
static uint32_t end_of(const struct edit *edit, const struct library *library)
{
	uint64_t end = (uint64_t)edit->index + edit->tracks;
	return end < library->track_order.count ? (uint32_t)end : library->track_order.count;
}

static void insert_album(const struct edit *edit, struct library *library)
{
	if (!edit->tracks)
		return;
	uint32_t album = library_add_album(library, edit->tracks), first = library->albums[album].first;
	uint32_t *added = must_alloc(edit->tracks, sizeof *added);
	for (uint32_t i = 0; i < edit->tracks; i++)
		added[i] = first + i;
	order_insert(&library->track_order, edit->index, added, edit->tracks);
	order_insert(&library->album_order, 0, &album, 1);
	order_insert(&library->newest_order, 0, &album, 1);
	free(added);
	if (!edit->placed)
		library_sort(library);
	library_sweep(library); /* for the artist's album count */
}

static void remove_tracks(const struct edit *edit, struct library *library)
{
	for (uint32_t i = edit->index; i < end_of(edit, library); i++) {
		struct track *track = &library->tracks[library->track_order.at[i]];
		track->live = false;
		library->albums[track->album].live--;
	}
	library_sweep(library);
}

static void retag_tracks(const struct edit *edit, struct library *library)
{
	for (uint32_t i = edit->index; i < end_of(edit, library); i++)
		library->tracks[library->track_order.at[i]].revision++;
}

static void star_tracks(const struct edit *edit, struct library *library)
{
	for (uint32_t i = edit->index; i < end_of(edit, library); i++)
		library->tracks[library->track_order.at[i]].starred = true;
}

static void unstar_tracks(const struct edit *edit, struct library *library)
{
	for (uint32_t i = edit->index; i < end_of(edit, library); i++)
		library->tracks[library->track_order.at[i]].starred = false;
}

static void shuffle(struct order *order, uint64_t seed)
{
	for (uint32_t i = order->count; i > 1; i--) {
		uint32_t other = (uint32_t)(draw(seed, 0, i) % i), kept = order->at[other];
		order->at[other] = order->at[i - 1];
		order->at[i - 1] = kept;
	}
}

static void reorder(const struct edit *edit, struct library *library)
{
	shuffle(&library->track_order, edit->seed);
	shuffle(&library->album_order, edit->seed);
}

static void rescan(const struct edit *edit, struct library *library)
{
	(void)edit;
	(void)library;
}

static void scan_begin(const struct edit *edit, struct library *library)
{
	(void)edit;
	library->scanning = true;
}

static void scan_end(const struct edit *edit, struct library *library)
{
	(void)edit;
	library->scanning = false;
}

/* Playlists are told apart by a step of their own, so that `changed` moves without lastModified. */
static struct playlist *changed_playlist(const struct edit *edit, struct library *library)
{
	if (edit->playlist >= library->playlist_count)
		return NULL;
	struct playlist *playlist = &library->playlists[edit->playlist];
	if (!edit->silent)
		playlist->step = (playlist->step > library->step ? playlist->step : library->step) + 1;
	return playlist;
}

static void playlist_add(const struct edit *edit, struct library *library)
{
	struct playlist *playlist = changed_playlist(edit, library);
	struct order drawn = {0};
	if (!playlist)
		return;
	library_draw_entries(library, (uint32_t)mix64(edit->seed + edit->playlist), edit->entries, &drawn);
	order_insert(&playlist->entries, edit->position, drawn.at, drawn.count);
	free(drawn.at);
}

static void playlist_remove(const struct edit *edit, struct library *library)
{
	struct playlist *playlist = changed_playlist(edit, library);
	if (playlist)
		order_remove(&playlist->entries, edit->position, edit->entries);
}

static void playlist_shuffle(const struct edit *edit, struct library *library)
{
	struct playlist *playlist = changed_playlist(edit, library);
	if (playlist)
		shuffle(&playlist->entries, edit->seed);
}

static void playlist_create(const struct edit *edit, struct library *library)
{
	library_add_playlist(library, edit->entries);
}

static void playlist_delete(const struct edit *edit, struct library *library)
{
	if (edit->playlist >= library->playlist_count)
		return;
	struct order *order = &library->playlist_order;
	library->playlists[edit->playlist].live = false;
	for (uint32_t i = order->count; i-- > 0;) {
		if (order->at[i] == edit->playlist)
			order_remove(order, i, 1);
	}
}

static const struct edit_kind kinds[] = {
	{"insert", true, insert_album},
	{"remove", true, remove_tracks},
	{"retag", true, retag_tracks},
	{"reorder", true, reorder},
	{"rescan", true, rescan},
	{"scan-begin", false, scan_begin},
	{"scan-end", true, scan_end},
	{"star", false, star_tracks},
	{"unstar", false, unstar_tracks},
	{"playlist-add", false, playlist_add},
	{"playlist-remove", false, playlist_remove},
	{"playlist-shuffle", false, playlist_shuffle},
	{"playlist-create", false, playlist_create},
	{"playlist-delete", false, playlist_delete},
};

static void apply(struct edits *edits, const struct edit *edit, struct library *library)
{
	if (edit->kind->scanned && !edit->silent)
		library->step++;
	edit->kind->apply(edit, library);
	library->generation++;
	edits->applied++;
}

static uint32_t number(const struct request *request, const char *key, uint32_t fallback, bool *wrong)
{
	int64_t value = request_int(request, key, fallback);
	if (value < 0 || value > UINT32_MAX)
		*wrong = true;
	return (uint32_t)value;
}

const char *edits_add(struct edits *edits, struct library *library, const struct request *request, bool *now)
{
	const char *op = request_param(request, "op");
	bool wrong = false;
	struct edit edit = {
		.index = number(request, "index", 0, &wrong),
		.tracks = number(request, "tracks", 1, &wrong),
		.playlist = number(request, "playlist", 0, &wrong),
		.position = number(request, "position", UINT32_MAX, &wrong),
		.entries = number(request, "entries", 1, &wrong),
		.seed = (uint64_t)request_int(request, "seed", 1),
		.silent = request_int(request, "silent", 0) != 0,
		.placed = request_param(request, "index") != NULL,
	};
	for (size_t i = 0; op && i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].name, op) == 0)
			edit.kind = &kinds[i];
	}
	if (!edit.kind)
		return "op: one of insert remove retag reorder rescan scan-begin scan-end star unstar playlist-add playlist-remove "
			   "playlist-shuffle playlist-create playlist-delete";
	if (wrong || edit.tracks > 10000000 || edit.entries > 10000000)
		return "a number is out of its range";
	*now = request_param(request, "at") == NULL;
	if (*now) {
		apply(edits, &edit, library);
		return NULL;
	}
	if (edits->count == EDIT_MAX)
		return "too many edits are waiting; POST /_sim/reset?what=edits";
	const char *bad = trigger_read(&edit.trigger, request, "at");
	if (!bad)
		edits->waiting[edits->count++] = edit;
	return bad;
}

void edits_due(struct edits *edits, struct library *library, const char *endpoint, const char *query)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < edits->count; i++) {
		struct edit *edit = &edits->waiting[i];
		if (trigger_sees(&edit->trigger, endpoint, query)) {
			trigger_strike(&edit->trigger);
			apply(edits, edit, library);
		}
		if (!trigger_spent(&edit->trigger))
			edits->waiting[kept++] = *edit;
	}
	edits->count = kept;
}
