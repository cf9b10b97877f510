/* The fields of an item. Everything not held in the library is drawn from (seed, index) here. */
#include "item.h"

#include <time.h>

#include "facts.h"
#include "ids.h"
#include "mix.h"
#include "words.h"

static const struct {
	const char *suffix, *content_type;
	uint32_t kbps;
} formats[] = {
	{"mp3", "audio/mpeg", 320},
	{"mp3", "audio/mpeg", 192},
	{"flac", "audio/flac", 912},
	{"m4a", "audio/mp4", 256},
};

void item_writer_init(struct item_writer *items, struct page *page, const struct library *library)
{
	*items = (struct item_writer){.page = page, .library = library, .album = UINT32_MAX};
}

void item_writer_done(struct item_writer *items)
{
	out_done(&items->name);
	out_done(&items->shared);
}

void item_id(struct item_writer *items, enum kind kind, uint32_t index)
{
	char id[ID_TEXT_MAX];
	unsigned len = id_write(items->page->flavour->ids, items->library->size.seed, kind, index, id);
	page_text(items->page, id, len);
}

bool item_is_starred(const struct library *library, enum kind kind, uint32_t index)
{
	if (kind == KIND_TRACK)
		return library->tracks[index].starred;
	return kind == KIND_ALBUM ? index % 50 == 7 : kind == KIND_ARTIST && index % 50 == 3;
}

static struct out *artist_name(struct item_writer *items, uint32_t artist)
{
	items->name.len = 0;
	words_artist(&items->name, items->library->size.seed, artist, items->library->size.artists);
	return &items->name;
}

static struct out *album_name(struct item_writer *items, uint32_t album)
{
	items->name.len = 0;
	words_album(&items->name, items->library->size.seed, album, items->library->size.albums);
	return &items->name;
}

/* A UUID for three items in four, "" for the rest: most libraries are tagged in part. */
static void musicbrainz_id(struct page *page, uint64_t seed, uint32_t salt, uint32_t index)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t number = draw(seed, SALT_MBID + salt, index);
	char text[36];
	PAGE_KEY(page, "musicBrainzId");
	if (number % 4 == 0) {
		page_text(page, "", 0);
		return;
	}
	for (unsigned i = 0; i < sizeof text; i++) {
		if (i % 16 == 0)
			number = mix64(number + i + 1);
		text[i] = hex[number >> i % 16 * 4 & 15];
	}
	text[8] = text[13] = text[18] = text[23] = '-';
	text[14] = '4';
	page_text(page, text, sizeof text);
}

static void one_credit(struct item_writer *items, uint32_t artist)
{
	struct page *page = items->page;
	page_comma(page);
	page_open(page, '{');
	PAGE_KEY(page, "id");
	item_id(items, KIND_ARTIST, artist);
	PAGE_KEY(page, "name");
	const struct out *name = artist_name(items, artist);
	page_text(page, name->at, name->len);
	page_close(page, '}');
}

/* The bracket and the id, unless this item is to come without one. */
static void open_item(struct item_writer *items, enum kind kind, uint32_t index, enum flaw flaw)
{
	page_comma(items->page);
	page_open(items->page, '{');
	if (flaw == FLAW_NO_ID)
		return;
	PAGE_KEY(items->page, "id");
	item_id(items, kind, index);
}

static void album_credits(struct item_writer *items, uint32_t artist)
{
	struct page *page = items->page;
	PAGE_KEY(page, "artist");
	const struct out *name = artist_name(items, artist);
	page_text(page, name->at, name->len);
	PAGE_KEY(page, "artistId");
	item_id(items, KIND_ARTIST, artist);
}

/* Writes into items->shared what all songs of the album carry, from its first comma on, by letting the page write there
 * for a moment. */
static void share_album(struct item_writer *items, uint32_t album)
{
	struct page *page = items->page;
	const struct library *library = items->library;
	uint64_t number = draw(library->size.seed, SALT_ALBUM, album);
	struct out *to = page->out;
	bool comma = page->comma;
	items->shared.len = 0;
	items->album = album;
	page->out = &items->shared;
	page->comma = true;
	PAGE_KEY(page, "isDir");
	page_bool(page, false);
	PAGE_KEY(page, "album");
	const struct out *name = album_name(items, album);
	page_text(page, name->at, name->len);
	PAGE_KEY(page, "albumId");
	item_id(items, KIND_ALBUM, album);
	PAGE_KEY(page, "year");
	page_int(page, fact_year(library, album));
	PAGE_KEY(page, "genre");
	page_str(page, words_genre(number));
	/* Go's zero time, as Navidrome shows when it does not know. */
	PAGE_KEY(page, "created");
	if (page->flavour->dates == DATE_NANOS_Z && album % 211 == 210)
		page_str(page, "0001-01-01T00:00:00Z");
	else
		page_date(page, library_album_added_ms(library, album) + (int64_t)(number >> 40) % 1000);
	if (page->flavour->type) {
		PAGE_KEY(page, "genres");
		OUT_LIT(page->out, "[{\"name\":");
		page_str(page, words_genre(number));
		OUT_LIT(page->out, "}]");
		PAGE_KEY(page, "albumArtists");
		page_open(page, '[');
		if (fact_has_artist(album))
			one_credit(items, library->albums[album].artist);
		page_close(page, ']');
	}
	page->out = to;
	page->comma = comma;
}

static void song_credits(struct item_writer *items, uint32_t track)
{
	struct page *page = items->page;
	const struct library *library = items->library;
	uint32_t album = library->tracks[track].album, artist = library->albums[album].artist, guest;
	if (!fact_has_artist(album))
		return;
	album_credits(items, artist);
	if (!page->flavour->type)
		return;
	bool with_guest = fact_guest(library, track, &guest) && guest != artist;
	PAGE_KEY(page, "artists");
	page_open(page, '[');
	one_credit(items, artist);
	if (with_guest)
		one_credit(items, guest);
	page_close(page, ']');
	PAGE_KEY(page, "displayArtist");
	out_byte(page->out, '"');
	if (track % 53 || with_guest) { /* "" is seen in the wild */
		const struct out *name = artist_name(items, artist);
		out_bytes(page->out, name->at, name->len);
	}
	if (with_guest) {
		OUT_LIT(page->out, " feat. ");
		const struct out *name = artist_name(items, guest);
		out_bytes(page->out, name->at, name->len);
	}
	out_byte(page->out, '"');
}

static void song_file(struct item_writer *items, uint32_t track, uint64_t number, uint32_t duration_s)
{
	struct page *page = items->page;
	size_t format = number % (sizeof formats / sizeof *formats);
	PAGE_KEY(page, "size");
	page_int(page, (int64_t)duration_s * formats[format].kbps * 125 + (int64_t)(number >> 16 & 0xffff));
	PAGE_KEY(page, "contentType");
	page_str(page, formats[format].content_type);
	PAGE_KEY(page, "suffix");
	page_str(page, formats[format].suffix);
	PAGE_KEY(page, "bitRate");
	page_int(page, (int64_t)formats[format].kbps * 1000 / page->flavour->bit_rate_unit);
	PAGE_KEY(page, "path");
	out_byte(page->out, '"');
	out_str(page->out, words_genre(number >> 4));
	out_byte(page->out, '/');
	out_uint(page->out, items->library->tracks[track].album);
	out_byte(page->out, '/');
	out_uint(page->out, track);
	out_byte(page->out, '.');
	out_str(page->out, formats[format].suffix);
	out_byte(page->out, '"');
}

static void song_habits(struct item_writer *items, uint32_t track, uint64_t number)
{
	struct page *page = items->page;
	if (number >> 20 & 1) {
		PAGE_KEY(page, "playCount");
		page_int(page, (int64_t)(number >> 24 & 255));
	}
	if ((number >> 32) % 13 == 0) {
		PAGE_KEY(page, "userRating");
		page_int(page, (int64_t)(number >> 40) % 5 + 1);
	}
	if (items->library->tracks[track].starred) {
		PAGE_KEY(page, "starred");
		page_date(page, library_time_ms(0) + (int64_t)(number >> 44));
	}
	if (page->flavour->isrc && number % 4) {
		PAGE_KEY(page, "isrc");
		OUT_LIT(page->out, "[\"");
		fact_isrc(page->out, items->library, track);
		OUT_LIT(page->out, "\"]");
	}
	if (page->flavour->type)
		musicbrainz_id(page, items->library->size.seed, KIND_TRACK, track);
}

void item_song(struct item_writer *items, uint32_t track)
{
	struct page *page = items->page;
	const struct library *library = items->library;
	uint64_t number = draw(library->size.seed, SALT_SONG, track);
	uint32_t duration_s = library_duration_s(library, track);
	enum flaw flaw = page_next_flaw(page);
	if (items->album != library->tracks[track].album)
		share_album(items, library->tracks[track].album);
	open_item(items, KIND_TRACK, track, flaw);
	if (flaw != FLAW_NO_NAME) {
		items->name.len = 0;
		words_title(&items->name, library->size.seed, track, library->tracks[track].revision);
		PAGE_KEY(page, "title");
		page_name(page, &items->name);
	}
	out_bytes(page->out, items->shared.at, items->shared.len);
	song_credits(items, track);
	PAGE_KEY(page, "track");
	page_int(page, fact_track_number(library, track));
	PAGE_KEY(page, "discNumber");
	page_int(page, fact_disc(library, track));
	PAGE_KEY(page, "duration");
	page_int(page, flaw == FLAW_NEGATIVE ? -(int64_t)duration_s - 1 : (int64_t)duration_s);
	song_file(items, track, number, duration_s);
	song_habits(items, track, number);
	page_close(page, '}');
}

void item_album(struct item_writer *items, uint32_t album)
{
	page_comma(items->page);
	page_open(items->page, '{');
	item_album_members(items, album);
	page_close(items->page, '}');
}

static int64_t album_duration_s(const struct library *library, uint32_t index)
{
	const struct album *album = &library->albums[index];
	int64_t sum = 0;
	for (uint32_t t = album->first; t < album->first + album->size; t++)
		sum += library->tracks[t].live ? library_duration_s(library, t) : 0;
	return sum;
}

static void album_extras(struct item_writer *items, uint32_t album, int64_t year)
{
	struct page *page = items->page;
	uint32_t artist = items->library->albums[album].artist;
	musicbrainz_id(page, items->library->size.seed, KIND_ALBUM, album);
	PAGE_KEY(page, "artists");
	page_open(page, '[');
	if (fact_has_artist(album))
		one_credit(items, artist);
	page_close(page, ']');
	PAGE_KEY(page, "displayArtist");
	const struct out *name = artist_name(items, artist);
	page_text(page, name->at, fact_has_artist(album) ? name->len : 0);
	PAGE_KEY(page, "releaseDate");
	page_open(page, '{');
	if (album % 3) {
		PAGE_KEY(page, "year");
		page_int(page, year);
	}
	if (album % 3 == 2) {
		PAGE_KEY(page, "month");
		page_int(page, album % 12 + 1);
	}
	page_close(page, '}');
}

void item_album_members(struct item_writer *items, uint32_t album)
{
	struct page *page = items->page;
	const struct library *library = items->library;
	uint64_t number = draw(library->size.seed, SALT_ALBUM, album);
	int64_t year = fact_year(library, album), duration_s = album_duration_s(library, album);
	enum flaw flaw = page_next_flaw(page);
	if (flaw != FLAW_NO_ID) {
		PAGE_KEY(page, "id");
		item_id(items, KIND_ALBUM, album);
	}
	if (flaw != FLAW_NO_NAME) {
		PAGE_KEY(page, "name");
		page_name(page, album_name(items, album));
	}
	if (fact_has_artist(album))
		album_credits(items, library->albums[album].artist);
	PAGE_KEY(page, "songCount");
	page_int(page, library->albums[album].live);
	PAGE_KEY(page, "duration");
	page_int(page, flaw == FLAW_NEGATIVE ? -duration_s - 1 : duration_s);
	PAGE_KEY(page, "created");
	page_date(page, library_album_added_ms(library, album));
	PAGE_KEY(page, "year");
	page_int(page, year);
	PAGE_KEY(page, "genre");
	page_str(page, words_genre(number));
	if (number >> 20 & 1) {
		PAGE_KEY(page, "playCount");
		page_int(page, (int64_t)(number >> 24 & 1023));
	}
	if (item_is_starred(library, KIND_ALBUM, album)) {
		PAGE_KEY(page, "starred");
		page_date(page, library_time_ms(0) - (int64_t)(number >> 44));
	}
	if (page->flavour->type)
		album_extras(items, album, year);
}

/* Pictures by an address that nobody can guess, so that it does not compress: most of what Navidrome tells of an artist. */
static void artist_picture(struct item_writer *items, uint32_t index)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct page *page = items->page;
	uint64_t number = draw(items->library->size.seed, KIND_ARTIST, index);
	PAGE_KEY(page, "coverArt");
	item_id(items, KIND_ARTIST, index);
	PAGE_KEY(page, "artistImageUrl");
	OUT_LIT(page->out, "\"https://music.example.org/share/img/");
	for (unsigned i = 0; i < 160; i++) {
		number = mix64(number + i);
		out_byte(page->out, digits[number & 63]);
	}
	OUT_LIT(page->out, "?size=600\"");
	PAGE_KEY(page, "sortName");
	page_name(page, artist_name(items, index));
	PAGE_KEY(page, "roles");
	OUT_LIT(page->out, "[\"artist\",\"albumartist\",\"composer\"]");
}

static void any_artist(struct item_writer *items, uint32_t index, bool by_tags)
{
	struct page *page = items->page;
	enum flaw flaw = page_next_flaw(page);
	open_item(items, KIND_ARTIST, index, flaw);
	if (flaw != FLAW_NO_NAME) {
		PAGE_KEY(page, "name");
		page_name(page, artist_name(items, index));
	}
	if (by_tags) {
		PAGE_KEY(page, "albumCount");
		page_int(page, items->library->artist_albums[index]);
	}
	if (item_is_starred(items->library, KIND_ARTIST, index)) {
		PAGE_KEY(page, "starred");
		page_date(page, library_time_ms(0) - (int64_t)index * 1000);
	}
	if (by_tags && page->flavour->type)
		musicbrainz_id(page, items->library->size.seed, KIND_ARTIST, index);
	if (by_tags && items->fat)
		artist_picture(items, index);
	page_close(page, '}');
}

void item_artist(struct item_writer *items, uint32_t index)
{
	any_artist(items, index, true);
}

void item_folder_artist(struct item_writer *items, uint32_t index)
{
	any_artist(items, index, false);
}

/* Navidrome gives the moment it evaluated a smart playlist, or now: the one date here that is not made up. */
static int64_t wall_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void item_playlist_members(struct item_writer *items, uint32_t index)
{
	struct page *page = items->page;
	const struct library *library = items->library;
	const struct playlist *playlist = &library->playlists[index];
	enum flaw flaw = page_next_flaw(page);
	int64_t duration_s = 0;
	for (uint32_t i = 0; i < playlist->entries.count; i++)
		duration_s += library_duration_s(library, playlist->entries.at[i]);
	if (flaw != FLAW_NO_ID) {
		PAGE_KEY(page, "id");
		item_id(items, KIND_PLAYLIST, index);
	}
	if (flaw != FLAW_NO_NAME) {
		items->name.len = 0;
		words_playlist(&items->name, index);
		PAGE_KEY(page, "name");
		page_name(page, &items->name);
	}
	PAGE_KEY(page, "owner");
	page_str(page, "sim");
	PAGE_KEY(page, "public");
	page_bool(page, index % 2 == 0);
	PAGE_KEY(page, "songCount");
	page_int(page, playlist->entries.count);
	PAGE_KEY(page, "duration");
	page_int(page, flaw == FLAW_NEGATIVE ? -duration_s - 1 : duration_s);
	PAGE_KEY(page, "created");
	page_date(page, library_time_ms(0) - (int64_t)index * 86400000);
	bool smart = index < library->size.smart;
	if (page->flavour->playlist_changed) {
		PAGE_KEY(page, "changed");
		page_date(page, smart ? wall_ms() : library_time_ms(playlist->step));
	}
	if (smart && page->flavour->type) {
		PAGE_KEY(page, "readonly");
		page_bool(page, true);
		PAGE_KEY(page, "validUntil");
		page_date(page, wall_ms() + 5000);
	}
}
