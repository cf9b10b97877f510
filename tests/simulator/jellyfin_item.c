/* Members as jellyfin/jellyfin's DtoService writes them: null ones are left out, but for a few ChannelIds. */
#include "jellyfin_item.h"

#include <stdio.h>

#include "facts.h"
#include "mix.h"
#include "words.h"

enum { TICKS_OF_MS = 10000 };

void jellyfin_id(const struct library *library, enum kind kind, uint32_t index, char id[ID_TEXT_MAX])
{
	id_write(ID_HEX, library->size.seed, kind, index, id);
}

static void write_id(struct page *page, const struct library *library, enum kind kind, uint32_t index)
{
	char id[ID_TEXT_MAX];
	jellyfin_id(library, kind, index, id);
	page_str(page, id);
}

static void add_name(struct out *name, const struct library *library, enum kind kind, uint32_t index)
{
	if (kind == KIND_ARTIST)
		words_artist(name, library->size.seed, index, library->size.artists);
	else if (kind == KIND_ALBUM)
		words_album(name, library->size.seed, index, library->size.albums);
	else if (kind == KIND_TRACK)
		words_title(name, library->size.seed, index, library->tracks[index].revision);
	else
		words_playlist(name, index);
}

static void plain_name(struct page *page, const struct library *library, enum kind kind, uint32_t index)
{
	out_byte(page->out, '"');
	add_name(page->out, library, kind, index);
	out_byte(page->out, '"');
}

/* Seven digits behind the second, the last of which nobody measured. */
static void date(struct page *page, int64_t unix_ms)
{
	out_byte(page->out, '"');
	out_time(page->out, unix_ms / 1000);
	out_byte(page->out, '.');
	out_digits(page->out, (uint32_t)(unix_ms % 1000) * 10000 + 7527, 7);
	OUT_LIT(page->out, "Z\"");
}

/* What all items begin with. */
static enum flaw open_item(struct page *page, const struct library *library, enum kind kind, uint32_t index,
                           const char *type)
{
	struct out name = {0};
	enum flaw flaw = page_next_flaw(page);
	page_comma(page);
	page_open(page, '{');
	if (flaw != FLAW_NO_NAME) {
		PAGE_KEY(page, "Name");
		add_name(&name, library, kind, index);
		page_name(page, &name);
		out_done(&name);
	}
	PAGE_KEY(page, "ServerId");
	OUT_LIT(page->out, "\"5e41f2d0c8a94d4c9b1f0e6a7d3c2b18\"");
	if (flaw != FLAW_NO_ID) {
		PAGE_KEY(page, "Id");
		write_id(page, library, kind, index);
	}
	if (index % 7 == 1)
		OUT_LIT(page->out, ",\"ChannelId\":null");
	PAGE_KEY(page, "Type");
	page_str(page, type);
	return flaw;
}

static void provider_id(struct page *page, const struct library *library, const char *name, uint32_t salt,
                        uint32_t index)
{
	uint64_t number = draw(library->size.seed, SALT_MBID + salt, index);
	PAGE_KEY(page, "ProviderIds");
	if (number % 4 == 0)
		OUT_LIT(page->out, "{}");
	else
		out_printf(page->out, "{\"%s\":\"%08x-0000-4000-8000-%012llx\"}", name, index,
		           (unsigned long long)(number >> 16));
}

static void user_data(struct page *page, bool favourite, uint32_t plays)
{
	PAGE_KEY(page, "UserData");
	out_printf(page->out, "{\"PlaybackPositionTicks\":0,\"PlayCount\":%u,\"IsFavorite\":%s,\"Played\":%s}", plays,
	           favourite ? "true" : "false", plays ? "true" : "false");
}

static void image(struct page *page, const char *key, const struct library *library, enum kind kind, uint32_t index)
{
	page_comma(page);
	page_str(page, key);
	out_printf(page->out, ":%s\"%016llx\"%s",
	           kind == KIND_TRACK ? "" : "{\"Primary\":", (unsigned long long)draw(library->size.seed, SALT_ART, index),
	           kind == KIND_TRACK ? "" : "}");
}

static void one_artist(struct page *page, const struct library *library, uint32_t artist)
{
	page_comma(page);
	page_open(page, '{');
	PAGE_KEY(page, "Name");
	plain_name(page, library, KIND_ARTIST, artist);
	PAGE_KEY(page, "Id");
	write_id(page, library, KIND_ARTIST, artist);
	page_close(page, '}');
}

/* Texts under "Artists", pairs under the others. */
static void artists(struct page *page, const struct library *library, const char *key, bool texts,
                    const uint32_t *artist, uint32_t count)
{
	page_comma(page);
	page_str(page, key);
	out_byte(page->out, ':');
	page_open(page, '[');
	for (uint32_t i = 0; i < count; i++) {
		if (!texts) {
			one_artist(page, library, artist[i]);
			continue;
		}
		page_comma(page);
		plain_name(page, library, KIND_ARTIST, artist[i]);
	}
	page_close(page, ']');
}

static void album_artists(struct page *page, const struct library *library, uint32_t album)
{
	uint32_t artist = library->albums[album].artist, count = fact_has_artist(album);
	if (count) {
		PAGE_KEY(page, "AlbumArtist");
		plain_name(page, library, KIND_ARTIST, artist);
	}
	artists(page, library, "AlbumArtists", false, &artist, count);
}

/* A file that tells the year alone is given its first day. */
static void release(struct page *page, const struct library *library, uint32_t album)
{
	PAGE_KEY(page, "ProductionYear");
	page_int(page, fact_year(library, album));
	if (fact_precision(album) == PRECISION_MONTH)
		return;
	PAGE_KEY(page, "PremiereDate");
	out_byte(page->out, '"');
	fact_release_date(page->out, library, album);
	out_str(page->out, fact_precision(album) == PRECISION_YEAR ? "-01-01T00:00:00.0000000Z\"" : "T00:00:00.0000000Z\"");
}

static void ticks(struct page *page, int64_t ms, enum flaw flaw)
{
	if (!ms && flaw != FLAW_NEGATIVE)
		return;
	PAGE_KEY(page, "RunTimeTicks");
	page_int(page, flaw == FLAW_NEGATIVE ? -ms * TICKS_OF_MS - 1 : ms * TICKS_OF_MS);
}

void jellyfin_artist(struct page *page, const struct library *library, uint32_t artist)
{
	enum flaw flaw = open_item(page, library, KIND_ARTIST, artist, "MusicArtist");
	ticks(page, 0, flaw);
	PAGE_KEY(page, "DateCreated");
	date(page, library_time_ms(0));
	provider_id(page, library, "MusicBrainzArtist", 1, artist);
	user_data(page, artist % 50 == 3, 0);
	image(page, "ImageTags", library, KIND_ARTIST, artist);
	page_close(page, '}');
}

void jellyfin_album(struct page *page, const struct library *library, uint32_t index)
{
	const struct album *album = &library->albums[index];
	int64_t ms = 0;
	enum flaw flaw = open_item(page, library, KIND_ALBUM, index, "MusicAlbum");
	for (uint32_t track = album->first; track < album->first + album->size; track++)
		ms += library->tracks[track].live ? fact_duration_ms(library, track) : 0;
	ticks(page, ms, flaw);
	album_artists(page, library, index);
	release(page, library, index);
	PAGE_KEY(page, "ChildCount");
	page_int(page, album->live);
	PAGE_KEY(page, "Genres");
	out_printf(page->out, "[\"%s\"]", fact_genre(library, index));
	PAGE_KEY(page, "DateCreated");
	date(page, library_album_added_ms(library, index));
	provider_id(page, library, "MusicBrainzAlbum", 2, index);
	user_data(page, index % 50 == 7, 0);
	image(page, "ImageTags", library, KIND_ALBUM, index);
	page_close(page, '}');
}

static void track_artists(struct page *page, const struct library *library, uint32_t track)
{
	uint32_t album = library->tracks[track].album, guest;
	uint32_t who[2] = {library->albums[album].artist}, count = fact_has_artist(album);
	if (fact_guest(library, track, &guest) && (!count || guest != who[0]))
		who[count++] = guest;
	artists(page, library, "Artists", true, who, count);
	artists(page, library, "ArtistItems", false, who, count);
}

static void track_album(struct page *page, const struct library *library, uint32_t track)
{
	uint32_t album = library->tracks[track].album;
	if (jellyfin_is_loose(track))
		return;
	PAGE_KEY(page, "Album");
	plain_name(page, library, KIND_ALBUM, album);
	PAGE_KEY(page, "AlbumId");
	write_id(page, library, KIND_ALBUM, album);
	image(page, "AlbumPrimaryImageTag", library, KIND_TRACK, album);
	album_artists(page, library, album);
}

static void track_file(struct page *page, const struct library *library, uint32_t track)
{
	PAGE_KEY(page, "Path");
	out_printf(page->out, "\"/music/%08u.flac\"", track);
	PAGE_KEY(page, "MediaSources");
	out_printf(page->out, "[{\"Protocol\":\"File\",\"Container\":\"flac\",\"Size\":%llu,\"Bitrate\":912000}]",
	           (unsigned long long)fact_duration_ms(library, track) * 114);
}

void jellyfin_track(struct page *page, const struct library *library, uint32_t track)
{
	uint32_t album = library->tracks[track].album;
	enum flaw flaw = open_item(page, library, KIND_TRACK, track, "Audio");
	ticks(page, fact_duration_ms(library, track), flaw);
	track_album(page, library, track);
	track_artists(page, library, track);
	release(page, library, album);
	PAGE_KEY(page, "IndexNumber");
	page_int(page, fact_track_number(library, track));
	PAGE_KEY(page, "ParentIndexNumber");
	page_int(page, fact_disc(library, track));
	PAGE_KEY(page, "DateCreated");
	date(page, library_album_added_ms(library, album));
	provider_id(page, library, "MusicBrainzRecording", 3, track);
	user_data(page, library->tracks[track].starred, track % 9);
	track_file(page, library, track);
	PAGE_KEY(page, "MediaType");
	page_str(page, "Audio");
	page_close(page, '}');
}

void jellyfin_playlist(struct page *page, const struct library *library, uint32_t index)
{
	const struct playlist *playlist = &library->playlists[index];
	enum flaw flaw = open_item(page, library, KIND_PLAYLIST, index, "Playlist");
	ticks(page, 1000, flaw == FLAW_NEGATIVE ? FLAW_NONE : flaw);
	PAGE_KEY(page, "ChildCount");
	page_int(page, playlist->entries.count);
	PAGE_KEY(page, "DateCreated");
	date(page, library_time_ms(0) - ((int64_t)index + 1) * 86400000);
	PAGE_KEY(page, "Etag");
	out_printf(page->out, "\"%016llx\"", (unsigned long long)mix64((uint64_t)index << 32 | playlist->step));
	page_close(page, '}');
}

static void film(struct page *page, const struct library *library, uint32_t track)
{
	page_comma(page);
	page_open(page, '{');
	PAGE_KEY(page, "Name");
	out_printf(page->out, "\"Film %u\"", track);
	PAGE_KEY(page, "Id");
	write_id(page, library, KIND_VIDEO, track);
	OUT_LIT(page->out, ",\"Type\":\"Movie\",\"MediaType\":\"Video\",\"RunTimeTicks\":54000000000");
	page_close(page, '}');
}

/* The linked item's id tells the place, so that it is the same for one that stands there twice. */
void jellyfin_entry(struct page *page, const struct library *library, uint32_t track)
{
	char id[ID_TEXT_MAX];
	if (jellyfin_is_film(track)) {
		film(page, library, track);
		return;
	}
	enum flaw flaw = open_item(page, library, KIND_TRACK, track, "Audio");
	jellyfin_id(library, KIND_TRACK, track, id);
	PAGE_KEY(page, "PlaylistItemId");
	page_str(page, id);
	ticks(page, fact_duration_ms(library, track), flaw);
	track_album(page, library, track);
	track_artists(page, library, track);
	PAGE_KEY(page, "MediaType");
	page_str(page, "Audio");
	page_close(page, '}');
}

void jellyfin_entry_truth(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
                          struct out *out)
{
	char id[ID_TEXT_MAX];
	bool is_film = jellyfin_is_film(track);
	(void)user;
	(void)playlist;
	jellyfin_id(library, is_film ? KIND_VIDEO : KIND_TRACK, track, id);
	out_printf(out, "%s\t%s", id, is_film ? "Video" : "Audio");
}
