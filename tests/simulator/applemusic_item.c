/* What all resources are made of, and the user's songs, albums and artists. Attributes come in the order of the alphabet. */
#include "applemusic_item.h"

#include <stdio.h>

#include "facts.h"
#include "mix.h"
#include "words.h"

static bool includes(const struct call *call, const char *what)
{
	const char *list = request_param(call->request, "include");
	size_t len = strlen(what);
	for (const char *at = list; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		if (strncmp(at, what, len) == 0 && (at[len] == ',' || !at[len]))
			return true;
	}
	return false;
}

void apple_writer_init(struct apple_writer *writer, struct page *page, const struct call *call)
{
	*writer = (struct apple_writer){
		.page = page,
		.call = call,
		.seed = apple_seed(call->library, call->user),
		.catalog = includes(call, "catalog"),
		.albums = includes(call, "albums"),
		.artists = includes(call, "artists"),
		.tracks = includes(call, "tracks"),
	};
}

void apple_writer_done(struct apple_writer *writer)
{
	out_done(&writer->name);
}

/* ---- ids and names ---- */

uint64_t apple_seed(const struct library *library, const char *user)
{
	uint64_t seed = library->size.seed;
	for (; *user; user++)
		seed = mix64(seed ^ (unsigned char)*user);
	return seed;
}

void apple_library_id(uint64_t seed, enum kind kind, uint32_t index, char id[ID_TEXT_MAX])
{
	id_write(ID_APPLE, seed, kind, index, id);
}

void apple_catalog_id(enum kind kind, uint32_t index, char id[ID_TEXT_MAX])
{
	snprintf(id, ID_TEXT_MAX, "%llu", 1400000000ULL + (unsigned long long)index * 8 + (unsigned)kind);
}

void apple_song_catalog_id(uint32_t track, char id[ID_TEXT_MAX])
{
	enum apple_origin origin = apple_origin_of(track);
	*id = 0;
	if (origin != ORIGIN_UPLOAD && origin != ORIGIN_DEAD && !apple_song_is_bare(track))
		apple_catalog_id(KIND_TRACK, origin == ORIGIN_TWIN ? track - 1 : track, id);
}

static struct out *name_of(struct apple_writer *writer, enum kind kind, uint32_t index)
{
	const struct library *library = writer->call->library;
	struct out *name = &writer->name;
	name->len = 0;
	if (kind == KIND_ARTIST)
		words_artist(name, library->size.seed, index, library->size.artists);
	else if (kind == KIND_ALBUM)
		words_album(name, library->size.seed, index, library->size.albums);
	else if (kind == KIND_TRACK)
		words_title(name, library->size.seed, index, library->tracks[index].revision);
	else
		words_playlist(name, index);
	return name;
}

void apple_shown_name(struct apple_writer *writer, enum kind kind, uint32_t index, enum flaw flaw)
{
	if (flaw == FLAW_NO_NAME)
		return;
	PAGE_KEY(writer->page, "name");
	page_name(writer->page, name_of(writer, kind, index));
}

void apple_plain_text(struct apple_writer *writer, enum kind kind, uint32_t index)
{
	const struct out *name = name_of(writer, kind, index);
	page_text(writer->page, name->at, name->len);
}

void apple_artist_name(struct apple_writer *writer, uint32_t artist, const uint32_t *guest)
{
	struct page *page = writer->page;
	PAGE_KEY(page, "artistName");
	out_byte(page->out, '"');
	const struct out *name = name_of(writer, KIND_ARTIST, artist);
	out_bytes(page->out, name->at, name->len);
	if (guest && *guest != artist) {
		OUT_LIT(page->out, " & ");
		name = name_of(writer, KIND_ARTIST, *guest);
		out_bytes(page->out, name->at, name->len);
	}
	out_byte(page->out, '"');
}

void apple_open_resource(struct apple_writer *writer, const char *type, const char *id, const char *path,
                         enum flaw flaw)
{
	struct page *page = writer->page;
	page_comma(page);
	page_open(page, '{');
	if (flaw != FLAW_NO_ID) {
		PAGE_KEY(page, "id");
		page_str(page, id);
	}
	PAGE_KEY(page, "type");
	page_str(page, type);
	PAGE_KEY(page, "href");
	out_printf(page->out, "\"%s/%s\"", path, id);
}

/* ---- attributes ---- */

void apple_artwork(struct apple_writer *writer, enum kind kind, uint32_t index)
{
	struct out *out = writer->page->out;
	uint64_t art = draw(writer->call->library->size.seed, SALT_ART + (uint32_t)kind, index);
	PAGE_KEY(writer->page, "artwork");
	out_printf(out, "{\"url\":\"https://is1-ssl.mzstatic.com/image/thumb/Music/%016llx.jpg/{w}x{h}bb.jpg\",",
	           (unsigned long long)art);
	if (art % 7 == 1)
		OUT_LIT(out, "\"height\":null,\"width\":null}");
	else
		OUT_LIT(out, "\"height\":1200,\"width\":1200,\"bgColor\":\"101010\",\"textColor1\":\"f0f0f0\"}");
}

void apple_genres(struct apple_writer *writer, uint32_t album)
{
	PAGE_KEY(writer->page, "genreNames");
	out_printf(writer->page->out, "[\"%s\",\"Music\"]", fact_genre(writer->call->library, album));
}

void apple_release_date(struct apple_writer *writer, uint32_t album)
{
	struct out *out = writer->page->out;
	if (fact_precision(album) == PRECISION_MONTH)
		return;
	PAGE_KEY(writer->page, "releaseDate");
	out_byte(out, '"');
	fact_release_date(out, writer->call->library, album);
	out_byte(out, '"');
}

void apple_content_rating(struct apple_writer *writer, uint32_t track)
{
	if (!fact_explicit(writer->call->library, track))
		return;
	PAGE_KEY(writer->page, "contentRating");
	page_str(writer->page, "explicit");
}

static void song_play_params(struct apple_writer *writer, uint32_t track, const char *id)
{
	struct page *page = writer->page;
	char catalog[ID_TEXT_MAX];
	if (apple_origin_of(track) == ORIGIN_DEAD)
		return;
	apple_song_catalog_id(track, catalog);
	PAGE_KEY(page, "playParams");
	out_printf(page->out, "{\"id\":\"%s\",\"kind\":\"song\",\"isLibrary\":true,\"reporting\":%s", id,
	           *catalog ? "true" : "false");
	if (*catalog)
		out_printf(page->out, ",\"catalogId\":\"%s\",\"reportingId\":\"%s\"", catalog, catalog);
	else
		out_printf(page->out, ",\"purchasedId\":\"%u\"", track + 1);
	out_byte(page->out, '}');
}

static void song_attributes(struct apple_writer *writer, uint32_t track, const char *id, enum flaw flaw)
{
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	uint32_t album = library->tracks[track].album, guest;
	int64_t duration_ms = fact_duration_ms(library, track);
	bool with_guest = fact_guest(library, track, &guest);
	PAGE_KEY(page, "attributes");
	page_open(page, '{');
	if (!apple_song_has_no_album_name(track)) {
		PAGE_KEY(page, "albumName");
		apple_plain_text(writer, KIND_ALBUM, album);
	}
	apple_artist_name(writer, library->albums[album].artist, with_guest ? &guest : NULL);
	if (track % 47 != 7) /* required, and missing for uploads without a picture */
		apple_artwork(writer, KIND_TRACK, track);
	apple_content_rating(writer, track);
	PAGE_KEY(page, "discNumber");
	page_int(page, fact_disc(library, track));
	PAGE_KEY(page, "durationInMillis");
	page_int(page, flaw == FLAW_NEGATIVE ? -duration_ms - 1 : duration_ms);
	apple_genres(writer, album);
	PAGE_KEY(page, "hasLyrics");
	page_bool(page, track % 3 == 0);
	apple_shown_name(writer, KIND_TRACK, track, flaw);
	song_play_params(writer, track, id);
	apple_release_date(writer, album);
	PAGE_KEY(page, "trackNumber");
	page_int(page, fact_track_number(library, track));
	page_close(page, '}');
}

static void album_attributes(struct apple_writer *writer, uint32_t index, const char *id, enum flaw flaw)
{
	struct page *page = writer->page;
	const struct album *album = &writer->call->library->albums[index];
	PAGE_KEY(page, "attributes");
	page_open(page, '{');
	apple_artist_name(writer, album->artist, NULL);
	apple_artwork(writer, KIND_ALBUM, index);
	if (!apple_album_has_no_date(index)) {
		PAGE_KEY(page, "dateAdded");
		page_date(page, library_album_added_ms(writer->call->library, index));
	}
	apple_genres(writer, index);
	if (!apple_album_is_nameless(index))
		apple_shown_name(writer, KIND_ALBUM, index, flaw);
	PAGE_KEY(page, "playParams");
	out_printf(page->out, "{\"id\":\"%s\",\"kind\":\"album\",\"isLibrary\":true}", id);
	apple_release_date(writer, index);
	PAGE_KEY(page, "trackCount");
	page_int(page, flaw == FLAW_NEGATIVE ? -1 : (int64_t)album->live + apple_album_miscounts(index));
	page_close(page, '}');
}

/* ---- relationships ---- */

void apple_open_related(struct apple_writer *writer, const char *name, const char *path, const char *id)
{
	struct page *page = writer->page;
	page_comma(page);
	page_str(page, name);
	OUT_LIT(page->out, ":{");
	out_printf(page->out, "\"href\":\"%s/%s/%s\",\"data\":", path, id, name);
	page_open(page, '[');
}

void apple_close_related(struct apple_writer *writer)
{
	page_close(writer->page, ']');
	page_close(writer->page, '}');
}

static void related_albums(struct apple_writer *writer, const char *path, const char *id, uint32_t album)
{
	char album_id[ID_TEXT_MAX];
	apple_library_id(writer->seed, KIND_ALBUM, album, album_id);
	apple_open_related(writer, "albums", path, id);
	apple_open_resource(writer, "library-albums", album_id, "/v1/me/library/albums", FLAW_NONE);
	album_attributes(writer, album, album_id, FLAW_NONE);
	page_close(writer->page, '}');
	apple_close_related(writer);
}

static void related_artists(struct apple_writer *writer, const char *path, const char *id, uint32_t album)
{
	char artist_id[ID_TEXT_MAX];
	uint32_t artist = writer->call->library->albums[album].artist;
	apple_library_id(writer->seed, KIND_ARTIST, artist, artist_id);
	apple_open_related(writer, "artists", path, id);
	if (fact_has_artist(album)) {
		apple_open_resource(writer, "library-artists", artist_id, "/v1/me/library/artists", FLAW_NONE);
		PAGE_KEY(writer->page, "attributes");
		page_open(writer->page, '{');
		apple_shown_name(writer, KIND_ARTIST, artist, FLAW_NONE);
		page_close(writer->page, '}');
		page_close(writer->page, '}');
	}
	apple_close_related(writer);
}

struct spoil apple_open_relationships(struct apple_writer *writer)
{
	struct spoil spoil = writer->page->spoil;
	writer->page->spoil = (struct spoil){0};
	PAGE_KEY(writer->page, "relationships");
	page_open(writer->page, '{');
	return spoil;
}

void apple_close_relationships(struct apple_writer *writer, struct spoil spoil)
{
	page_close(writer->page, '}');
	writer->page->spoil = spoil;
}

static void song_relationships(struct apple_writer *writer, uint32_t track, const char *id)
{
	static const char path[] = "/v1/me/library/songs";
	uint32_t album = writer->call->library->tracks[track].album;
	char catalog[ID_TEXT_MAX];
	if (!writer->catalog && !writer->albums && !writer->artists)
		return;
	struct spoil spoil = apple_open_relationships(writer);
	apple_song_catalog_id(track, catalog);
	if (writer->catalog) {
		apple_open_related(writer, "catalog", path, id);
		if (*catalog && apple_origin_of(track) != ORIGIN_WITHDRAWN)
			apple_catalog_song(writer, apple_origin_of(track) == ORIGIN_TWIN ? track - 1 : track, catalog);
		apple_close_related(writer);
	}
	if (writer->albums)
		related_albums(writer, path, id, album);
	if (writer->artists)
		related_artists(writer, path, id, album);
	apple_close_relationships(writer, spoil);
}

/* ---- resources ---- */

void apple_song(struct apple_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	char id[ID_TEXT_MAX];
	apple_library_id(writer->seed, KIND_TRACK, track, id);
	apple_open_resource(writer, "library-songs", id, "/v1/me/library/songs", flaw);
	if (!apple_song_is_bare(track)) {
		song_attributes(writer, track, id, flaw);
		song_relationships(writer, track, id);
	}
	page_close(page, '}');
}

void apple_album(struct apple_writer *writer, uint32_t album)
{
	static const char path[] = "/v1/me/library/albums";
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	char id[ID_TEXT_MAX], catalog[ID_TEXT_MAX];
	apple_library_id(writer->seed, KIND_ALBUM, album, id);
	apple_catalog_id(KIND_ALBUM, album, catalog);
	apple_open_resource(writer, "library-albums", id, path, flaw);
	album_attributes(writer, album, id, flaw);
	if (writer->catalog || writer->artists) {
		struct spoil spoil = apple_open_relationships(writer);
		if (writer->catalog) {
			apple_open_related(writer, "catalog", path, id);
			if (album % 11 != 2)
				apple_catalog_album(writer, album, catalog);
			apple_close_related(writer);
		}
		if (writer->artists)
			related_artists(writer, path, id, album);
		apple_close_relationships(writer, spoil);
	}
	page_close(page, '}');
}

void apple_artist(struct apple_writer *writer, uint32_t artist)
{
	static const char path[] = "/v1/me/library/artists";
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	char id[ID_TEXT_MAX], catalog[ID_TEXT_MAX];
	apple_library_id(writer->seed, KIND_ARTIST, artist, id);
	apple_catalog_id(KIND_ARTIST, artist, catalog);
	apple_open_resource(writer, "library-artists", id, path, flaw);
	PAGE_KEY(page, "attributes");
	page_open(page, '{');
	apple_shown_name(writer, KIND_ARTIST, artist, flaw);
	page_close(page, '}');
	if (writer->catalog && apple_artist_twin(artist) != TWIN_ABSENT) {
		struct spoil spoil = apple_open_relationships(writer);
		apple_open_related(writer, "catalog", path, id);
		if (apple_artist_twin(artist) == TWIN_THERE)
			apple_catalog_artist(writer, artist, catalog);
		apple_close_related(writer);
		apple_close_relationships(writer, spoil);
	}
	page_close(page, '}');
}
