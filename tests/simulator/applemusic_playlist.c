/* The user's playlists, and what stands in them: songs, whether they are in the library or not, and music videos. */
#include <stdio.h>

#include "applemusic_item.h"
#include "facts.h"
#include "mix.h"

enum { RELATED_MAX = 100 };

/* pl.u- of a user's, pl. of Apple's; "" of what nobody else can see. */
static void global_id(const struct library *library, uint32_t playlist, char id[ID_TEXT_MAX])
{
	enum apple_playlist kind = apple_playlist_of(library, playlist);
	*id = 0;
	if (kind == APPLE_SHARED || kind == APPLE_CURATED)
		snprintf(id, ID_TEXT_MAX, "%s%016llx", kind == APPLE_SHARED ? "pl.u-" : "pl.",
		         (unsigned long long)draw(library->size.seed, SALT_ART, playlist));
}

static void playlist_artwork(struct apple_writer *writer, uint32_t playlist, enum apple_playlist kind)
{
	if (kind == APPLE_MOSAIC) {
		PAGE_KEY(writer->page, "artwork");
		OUT_LIT(writer->page->out, "{\"height\":null,\"width\":null,"
		                           "\"url\":\"https://is1-ssl.mzstatic.com/image/thumb/gen/600x600AM.PDCXS01.jpg\"}");
	} else if (kind == APPLE_CURATED || kind == APPLE_SHARED) {
		apple_artwork(writer, KIND_PLAYLIST, playlist);
	}
}

static void playlist_attributes(struct apple_writer *writer, uint32_t playlist, const char *id, enum flaw flaw)
{
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	enum apple_playlist kind = apple_playlist_of(library, playlist);
	char global[ID_TEXT_MAX];
	global_id(library, playlist, global);
	PAGE_KEY(page, "attributes");
	page_open(page, '{');
	playlist_artwork(writer, playlist, kind);
	out_printf(page->out, "%s\"canDelete\":true,\"canEdit\":%s", page->comma ? "," : "",
	           kind == APPLE_CURATED ? "false" : "true");
	page->comma = true;
	if (kind != APPLE_PLAIN) {
		PAGE_KEY(page, "dateAdded");
		page_date(page, library_time_ms(0) - ((int64_t)playlist + 1) * 86400000);
	}
	if (kind == APPLE_CURATED || kind == APPLE_OWN) {
		PAGE_KEY(page, "description");
		OUT_LIT(page->out, "{\"standard\":\"Gathered by hand.\"}");
	}
	PAGE_KEY(page, "hasCatalog");
	page_bool(page, *global);
	PAGE_KEY(page, "hasCollaboration");
	page_bool(page, false);
	PAGE_KEY(page, "isPublic");
	page_bool(page, kind == APPLE_SHARED);
	if (kind != APPLE_UNDATED) {
		PAGE_KEY(page, "lastModifiedDate");
		page_date(page, library_time_ms(library->playlists[playlist].step));
	}
	apple_shown_name(writer, KIND_PLAYLIST, playlist, flaw);
	if (kind != APPLE_SILENT) {
		PAGE_KEY(page, "playParams");
		out_printf(page->out, "{\"id\":\"%s\",\"isLibrary\":true,\"kind\":\"playlist\"", id);
		if (*global)
			out_printf(page->out, ",\"globalId\":\"%s\"", global);
		out_byte(page->out, '}');
	}
	page_close(page, '}');
}

static void music_video(struct apple_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	uint32_t album = library->tracks[track].album;
	char id[ID_TEXT_MAX], catalog[ID_TEXT_MAX];
	apple_library_id(writer->seed, KIND_VIDEO, track, id);
	apple_catalog_id(KIND_VIDEO, track, catalog);
	apple_open_resource(writer, "library-music-videos", id, "/v1/me/library/music-videos", FLAW_NONE);
	PAGE_KEY(page, "attributes");
	page_open(page, '{');
	PAGE_KEY(page, "albumName");
	page_str(page, "");
	apple_artist_name(writer, library->albums[album].artist, NULL);
	PAGE_KEY(page, "durationInMillis");
	page_int(page, fact_duration_ms(library, track));
	apple_genres(writer, album);
	PAGE_KEY(page, "name");
	out_printf(page->out, "\"Video %u\"", track);
	PAGE_KEY(page, "playParams");
	out_printf(page->out, "{\"catalogId\":\"%s\",\"id\":\"%s\",\"isLibrary\":true,\"kind\":\"musicVideo\"}", catalog,
	           id);
	PAGE_KEY(page, "trackNumber");
	page_int(page, 0);
	page_close(page, '}');
	page_close(page, '}');
}

void apple_entry(struct apple_writer *writer, uint32_t track)
{
	if (apple_entry_is_video(track))
		music_video(writer, track);
	else
		apple_song(writer, track);
}

static void related_catalog(struct apple_writer *writer, uint32_t playlist, const char *path, const char *id)
{
	char global[ID_TEXT_MAX];
	global_id(writer->call->library, playlist, global);
	apple_open_related(writer, "catalog", path, id);
	if (*global)
		apple_catalog_playlist(writer, playlist, global);
	apple_close_related(writer);
}

static void tell_length(struct page *page, uint32_t count, const char *path, const char *id)
{
	if (count > RELATED_MAX) {
		PAGE_KEY(page, "next");
		out_printf(page->out, "\"%s/%s/tracks?offset=%d\"", path, id, RELATED_MAX);
	}
	PAGE_KEY(page, "meta");
	out_printf(page->out, "{\"total\":%u}", count);
}

/* The first hundred, and where the others are. */
static void related_tracks(struct apple_writer *writer, uint32_t playlist, const char *path, const char *id)
{
	struct page *page = writer->page;
	const struct order *entries = &writer->call->library->playlists[playlist].entries;
	apple_open_related(writer, "tracks", path, id);
	for (uint32_t i = 0; i < entries->count && i < RELATED_MAX; i++)
		apple_entry(writer, entries->at[i]);
	page_close(page, ']');
	if (!writer->call->no_total)
		tell_length(page, entries->count, path, id);
	page_close(page, '}');
}

void apple_playlist(struct apple_writer *writer, uint32_t playlist)
{
	static const char path[] = "/v1/me/library/playlists";
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	char id[ID_TEXT_MAX];
	apple_library_id(writer->seed, KIND_PLAYLIST, playlist, id);
	apple_open_resource(writer, "library-playlists", id, path, flaw);
	playlist_attributes(writer, playlist, id, flaw);
	if (writer->catalog || writer->tracks) {
		struct spoil spoil = apple_open_relationships(writer);
		if (writer->catalog)
			related_catalog(writer, playlist, path, id);
		if (writer->tracks)
			related_tracks(writer, playlist, path, id);
		apple_close_relationships(writer, spoil);
	}
	page_close(page, '}');
}

void apple_entry_truth(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
                       struct out *out)
{
	bool video = apple_entry_is_video(track);
	char id[ID_TEXT_MAX], catalog[ID_TEXT_MAX];
	(void)playlist;
	apple_library_id(apple_seed(library, user), video ? KIND_VIDEO : KIND_TRACK, track, id);
	if (video)
		apple_catalog_id(KIND_VIDEO, track, catalog);
	else
		apple_song_catalog_id(track, catalog);
	out_printf(out, "%s\t%s\t%s", id, video ? "library-music-videos" : "library-songs", catalog);
}
