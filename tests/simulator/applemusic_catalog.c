/* The catalogue's resources, which the user's are related to. */
#include <stdio.h>

#include "applemusic_item.h"
#include "facts.h"

static const char storefront[] = "us";

static void open_catalog(struct apple_writer *writer, const char *type, const char *id)
{
	char path[64];
	snprintf(path, sizeof path, "/v1/catalog/%s/%s", storefront, type);
	apple_open_resource(writer, type, id, path, FLAW_NONE);
	PAGE_KEY(writer->page, "attributes");
	page_open(writer->page, '{');
}

static void close_catalog(struct apple_writer *writer, const char *type, const char *id)
{
	PAGE_KEY(writer->page, "url");
	out_printf(writer->page->out, "\"https://music.apple.com/%s/%s/%s\"", storefront, type, id);
	page_close(writer->page, '}');
	page_close(writer->page, '}');
}

void apple_catalog_song(struct apple_writer *writer, uint32_t track, const char *id)
{
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	uint32_t album = library->tracks[track].album;
	open_catalog(writer, "songs", id);
	PAGE_KEY(page, "albumName");
	apple_plain_text(writer, KIND_ALBUM, album);
	apple_artist_name(writer, library->albums[album].artist, NULL);
	apple_artwork(writer, KIND_TRACK, track);
	PAGE_KEY(page, "composerName");
	page_str(page, "A. Composer");
	apple_content_rating(writer, track);
	PAGE_KEY(page, "discNumber");
	page_int(page, fact_disc(library, track));
	PAGE_KEY(page, "durationInMillis");
	page_int(page, fact_duration_ms(library, track));
	apple_genres(writer, album);
	PAGE_KEY(page, "isrc");
	out_byte(page->out, '"');
	fact_isrc(page->out, library, track);
	out_byte(page->out, '"');
	PAGE_KEY(page, "name");
	apple_plain_text(writer, KIND_TRACK, track);
	PAGE_KEY(page, "playParams");
	out_printf(page->out, "{\"id\":\"%s\",\"kind\":\"song\"}", id);
	PAGE_KEY(page, "previews");
	out_printf(page->out, "[{\"url\":\"https://audio-ssl.itunes.apple.com/%s.m4a\"}]", id);
	apple_release_date(writer, album);
	PAGE_KEY(page, "trackNumber");
	page_int(page, fact_track_number(library, track));
	close_catalog(writer, "song", id);
}

void apple_catalog_album(struct apple_writer *writer, uint32_t index, const char *id)
{
	struct page *page = writer->page;
	const struct album *album = &writer->call->library->albums[index];
	open_catalog(writer, "albums", id);
	apple_artist_name(writer, album->artist, NULL);
	apple_artwork(writer, KIND_ALBUM, index);
	PAGE_KEY(page, "copyright");
	out_printf(page->out, "\"\xe2\x84\x97 %u Simulated\"", fact_year(writer->call->library, index));
	apple_genres(writer, index);
	PAGE_KEY(page, "isCompilation");
	page_bool(page, index % 7 == 3);
	PAGE_KEY(page, "isComplete");
	page_bool(page, true);
	PAGE_KEY(page, "isSingle");
	page_bool(page, index % 7 == 2);
	PAGE_KEY(page, "name");
	apple_plain_text(writer, KIND_ALBUM, index);
	PAGE_KEY(page, "recordLabel");
	out_printf(page->out, "\"%s Records\"", fact_genre(writer->call->library, index));
	apple_release_date(writer, index);
	PAGE_KEY(page, "trackCount");
	page_int(page, album->size);
	PAGE_KEY(page, "upc");
	out_byte(page->out, '"');
	fact_upc(page->out, writer->call->library, index);
	out_byte(page->out, '"');
	close_catalog(writer, "album", id);
}

void apple_catalog_artist(struct apple_writer *writer, uint32_t artist, const char *id)
{
	struct page *page = writer->page;
	open_catalog(writer, "artists", id);
	apple_artwork(writer, KIND_ARTIST, artist);
	PAGE_KEY(page, "genreNames");
	OUT_LIT(page->out, "[\"Rock\"]");
	PAGE_KEY(page, "name");
	apple_plain_text(writer, KIND_ARTIST, artist);
	close_catalog(writer, "artist", id);
}

void apple_catalog_playlist(struct apple_writer *writer, uint32_t playlist, const char *id)
{
	open_catalog(writer, "playlists", id);
	PAGE_KEY(writer->page, "curatorName");
	page_str(writer->page, "Apple Music");
	PAGE_KEY(writer->page, "name");
	apple_plain_text(writer, KIND_PLAYLIST, playlist);
	close_catalog(writer, "playlist", id);
}
