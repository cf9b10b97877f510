/* Artists, albums and tracks of the catalogue. */
#include "spotify_item.h"

#include <ctype.h>

#include "facts.h"
#include "mix.h"
#include "words.h"

/* Where music may be heard: the first are given in every list, all of them make the bodies that reach two megabytes. */
static const char markets[] =
	"AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CG CH CI CL CM CO CR CV CW CY CZ "
	"DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IS IT JM "
	"JO JP KE KG KH KI KM KN KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MN MO MR MT MU MV MW MX MY MZ "
	"NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PR PS PT PW PY QA RO RS RW SA SB SC SE SG SI SK SL SM SN SR ST SV SZ TD "
	"TG TH TJ TL TN TO TR TT TV TW TZ UA UG US UY UZ VC VE VN VU WS XK ZA ZM ZW ";
enum { MARKETS_FEW = 4 };

static void artist_credits(struct spotify_writer *writer, uint32_t artist, const uint32_t *guest);

void spotify_writer_init(struct spotify_writer *writer, struct page *page, const struct call *call)
{
	*writer = (struct spotify_writer){.page = page, .call = call};
}

void spotify_writer_done(struct spotify_writer *writer)
{
	out_done(&writer->name);
}

unsigned spotify_id(const struct library *library, enum kind kind, uint32_t index, char id[ID_TEXT_MAX])
{
	return id_write(ID_BASE62, library->size.seed, kind, index, id);
}

unsigned spotify_track_id(const struct library *library, uint32_t track, char id[ID_TEXT_MAX])
{
	return spotify_id(library, spotify_relinks(track) ? KIND_TWIN : KIND_TRACK, track, id);
}

void spotify_identity(struct page *page, const char *type, const char *id)
{
	PAGE_KEY(page, "external_urls");
	out_printf(page->out, "{\"spotify\":\"https://open.spotify.com/%s/%s\"}", type, id);
	PAGE_KEY(page, "href");
	out_printf(page->out, "\"https://api.spotify.com/v1/%ss/%s\"", type, id);
	PAGE_KEY(page, "id");
	page_str(page, id);
	PAGE_KEY(page, "type");
	page_str(page, type);
	PAGE_KEY(page, "uri");
	out_printf(page->out, "\"spotify:%s:%s\"", type, id);
}

void spotify_item_identity(struct spotify_writer *writer, const char *type, enum kind kind, uint32_t index,
                           enum flaw flaw)
{
	char id[ID_TEXT_MAX];
	if (flaw == FLAW_NO_ID)
		return;
	spotify_id(writer->call->library, kind, index, id);
	spotify_identity(writer->page, type, id);
}

/* What two in three see: three sizes, widest first; others an empty list, or sizes nobody measured. */
static void images(struct spotify_writer *writer, enum kind kind, uint32_t index)
{
	static const unsigned sizes[] = {640, 300, 64};
	struct page *page = writer->page;
	uint64_t art = draw(writer->call->library->size.seed, SALT_ART + (uint32_t)kind, index);
	PAGE_KEY(page, "images");
	page_open(page, '[');
	for (unsigned i = 0; i < 3 && art % 19; i++) {
		page_comma(page);
		out_printf(page->out, "{\"url\":\"https://i.scdn.co/image/ab67616d%08x%016llx\",", sizes[i],
		           (unsigned long long)art);
		if (art % 7 == 1)
			OUT_LIT(page->out, "\"height\":null,\"width\":null}");
		else
			out_printf(page->out, "\"height\":%u,\"width\":%u}", sizes[i], sizes[i]);
	}
	page_close(page, ']');
}

static void available_markets(struct spotify_writer *writer)
{
	struct page *page = writer->page;
	if (writer->call->flavour->reduced)
		return;
	size_t end = writer->call->fat ? sizeof markets - 1 : (size_t)MARKETS_FEW * 3;
	PAGE_KEY(page, "available_markets");
	page_open(page, '[');
	for (size_t i = 0; i < end; i += 3) {
		page_comma(page);
		page_text(page, markets + i, 2);
	}
	page_close(page, ']');
}

static void name_of(struct spotify_writer *writer, enum kind kind, uint32_t index)
{
	const struct library *library = writer->call->library;
	struct out *name = &writer->name;
	name->len = 0;
	out_bytes(name, "", 0); /* an empty name has a place too */
	if (kind == KIND_ARTIST)
		words_artist(name, library->size.seed, index, library->size.artists);
	else if (kind == KIND_ALBUM && !spotify_album_is_nameless(index))
		words_album(name, library->size.seed, index, library->size.albums);
	else if (kind == KIND_TRACK)
		words_title(name, library->size.seed, index, library->tracks[index].revision);
	else if (kind == KIND_PLAYLIST)
		words_playlist(name, index);
}

void spotify_shown_name(struct spotify_writer *writer, enum kind kind, uint32_t index, enum flaw flaw)
{
	if (flaw == FLAW_NO_NAME)
		return;
	name_of(writer, kind, index);
	PAGE_KEY(writer->page, "name");
	page_name(writer->page, &writer->name);
}

static void plain_name(struct spotify_writer *writer, enum kind kind, uint32_t index)
{
	name_of(writer, kind, index);
	PAGE_KEY(writer->page, "name");
	page_text(writer->page, writer->name.at, writer->name.len);
}

static int64_t popularity(struct spotify_writer *writer, enum kind kind, uint32_t index)
{
	return (int64_t)(draw(writer->call->library->size.seed, SALT_ART + (uint32_t)kind, index) >> 20) % 101;
}

void spotify_artist(struct spotify_writer *writer, uint32_t artist)
{
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	page_comma(page);
	page_open(page, '{');
	if (!writer->call->flavour->reduced) {
		PAGE_KEY(page, "followers");
		out_printf(page->out, "{\"href\":null,\"total\":%lld}",
		           (long long)popularity(writer, KIND_ARTIST, artist) * 997);
		PAGE_KEY(page, "popularity");
		page_int(page, popularity(writer, KIND_ARTIST, artist));
	}
	PAGE_KEY(page, "genres");
	out_str(page->out, "[]");
	images(writer, KIND_ARTIST, artist);
	spotify_item_identity(writer, "artist", KIND_ARTIST, artist, flaw);
	spotify_shown_name(writer, KIND_ARTIST, artist, flaw);
	page_close(page, '}');
}

static void one_credit(struct spotify_writer *writer, uint32_t artist)
{
	page_comma(writer->page);
	page_open(writer->page, '{');
	spotify_item_identity(writer, "artist", KIND_ARTIST, artist, FLAW_NONE);
	plain_name(writer, KIND_ARTIST, artist);
	page_close(writer->page, '}');
}

static void artist_credits(struct spotify_writer *writer, uint32_t artist, const uint32_t *guest)
{
	PAGE_KEY(writer->page, "artists");
	page_open(writer->page, '[');
	one_credit(writer, artist);
	if (guest && *guest != artist)
		one_credit(writer, *guest);
	page_close(writer->page, ']');
}

/* What an album has wherever it stands; `ep` is no documented type and was seen. */
static void album_members(struct spotify_writer *writer, uint32_t album, enum flaw flaw)
{
	static const char *const types[] = {"album", "album", "single", "compilation", "album", "ep", "album"};
	static const char *const precisions[] = {"year", "month", "day"};
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	PAGE_KEY(page, "album_type");
	page_str(page, types[album % (sizeof types / sizeof *types)]);
	artist_credits(writer, library->albums[album].artist, NULL);
	available_markets(writer);
	images(writer, KIND_ALBUM, album);
	PAGE_KEY(page, "release_date");
	out_byte(page->out, '"');
	fact_release_date(page->out, library, album);
	out_byte(page->out, '"');
	PAGE_KEY(page, "release_date_precision");
	page_str(page, precisions[fact_precision(album)]);
	PAGE_KEY(page, "total_tracks");
	page_int(page, library->albums[album].size);
	spotify_item_identity(writer, "album", KIND_ALBUM, album, flaw);
	spotify_shown_name(writer, KIND_ALBUM, album, flaw);
}

/* The first page of its tracks, fifty of them, with a `next` of its own. */
static void embedded_tracks(struct spotify_writer *writer, uint32_t index)
{
	struct page *page = writer->page;
	const struct album *album = &writer->call->library->albums[index];
	char id[ID_TEXT_MAX];
	spotify_id(writer->call->library, KIND_ALBUM, index, id);
	PAGE_KEY(page, "tracks");
	page_open(page, '{');
	PAGE_KEY(page, "href");
	out_printf(page->out, "\"https://api.spotify.com/v1/albums/%s/tracks?offset=0&limit=50\"", id);
	PAGE_KEY(page, "items");
	page_open(page, '[');
	for (uint32_t i = 0; i < album->size && i < 50; i++)
		spotify_album_track(writer, album->first + i);
	page_close(page, ']');
	PAGE_KEY(page, "limit");
	page_int(page, 50);
	PAGE_KEY(page, "next");
	if (album->size > 50)
		out_printf(page->out, "\"https://api.spotify.com/v1/albums/%s/tracks?offset=50&limit=50\"", id);
	else
		page_null(page);
	OUT_LIT(page->out, ",\"offset\":0,\"previous\":null");
	PAGE_KEY(page, "total");
	page_int(page, album->size);
	page_close(page, '}');
}

static void full_album(struct spotify_writer *writer, uint32_t album)
{
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	page_open(page, '{');
	album_members(writer, album, flaw);
	PAGE_KEY(page, "copyrights");
	out_printf(page->out, "[{\"text\":\"%u Simulated\",\"type\":\"C\"},{\"text\":\"%u Simulated\",\"type\":\"P\"}]",
	           fact_year(writer->call->library, album), fact_year(writer->call->library, album));
	PAGE_KEY(page, "external_ids");
	page_open(page, '{');
	if (album % 23 != 4) {
		PAGE_KEY(page, "upc");
		out_byte(page->out, '"');
		fact_upc(page->out, writer->call->library, album);
		out_byte(page->out, '"');
	}
	page_close(page, '}');
	PAGE_KEY(page, "genres");
	OUT_LIT(page->out, "[]");
	if (!writer->call->flavour->reduced) {
		PAGE_KEY(page, "label");
		out_printf(page->out, "\"%s Records\"", fact_genre(writer->call->library, album));
		PAGE_KEY(page, "popularity");
		page_int(page, popularity(writer, KIND_ALBUM, album));
	}
	struct spoil spoil = page->spoil; /* meant for albums, not for the tracks inside */
	page->spoil = (struct spoil){0};
	embedded_tracks(writer, album);
	page->spoil = spoil;
	page_close(page, '}');
}

void spotify_saved_album(struct spotify_writer *writer, uint32_t album)
{
	struct page *page = writer->page;
	page_comma(page);
	if (spotify_nulls_album(writer->call->library, album)) {
		page_null(page);
		return;
	}
	page_open(page, '{');
	PAGE_KEY(page, "added_at");
	page_date(page, library_album_added_ms(writer->call->library, album));
	PAGE_KEY(page, "album");
	full_album(writer, album);
	page_close(page, '}');
}

/* linked_from and restrictions, where they apply. */
static void availability(struct spotify_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	char id[ID_TEXT_MAX];
	PAGE_KEY(page, "is_playable");
	page_bool(page, !spotify_cannot_play(track));
	if (spotify_cannot_play(track)) {
		PAGE_KEY(page, "restrictions");
		OUT_LIT(page->out, "{\"reason\":\"market\"}");
	}
	if (spotify_relinks(track) && !writer->call->flavour->reduced) {
		PAGE_KEY(page, "linked_from");
		page_open(page, '{');
		spotify_id(writer->call->library, KIND_TRACK, track, id);
		spotify_identity(page, "track", id);
		page_close(page, '}');
	}
}

/* What a track has in an album's list as well. */
static void track_members(struct spotify_writer *writer, uint32_t track, enum flaw flaw)
{
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	uint32_t guest, duration_ms = fact_duration_ms(library, track);
	bool with_guest = fact_guest(library, track, &guest);
	char id[ID_TEXT_MAX];
	artist_credits(writer, library->albums[library->tracks[track].album].artist, with_guest ? &guest : NULL);
	PAGE_KEY(page, "disc_number");
	page_int(page, fact_disc(library, track));
	PAGE_KEY(page, "duration_ms");
	page_int(page, flaw == FLAW_NEGATIVE ? -(int64_t)duration_ms - 1 : (int64_t)duration_ms);
	PAGE_KEY(page, "explicit");
	page_bool(page, fact_explicit(library, track));
	PAGE_KEY(page, "is_local");
	page_bool(page, false);
	if (flaw != FLAW_NO_ID) {
		spotify_track_id(library, track, id);
		spotify_identity(page, "track", id);
	}
	spotify_shown_name(writer, KIND_TRACK, track, flaw);
	PAGE_KEY(page, "preview_url");
	page_null(page);
	PAGE_KEY(page, "track_number");
	page_int(page, fact_track_number(library, track));
}

void spotify_album_track(struct spotify_writer *writer, uint32_t track)
{
	page_comma(writer->page);
	page_open(writer->page, '{');
	available_markets(writer);
	track_members(writer, track, page_next_flaw(writer->page));
	page_close(writer->page, '}');
}

static void external_ids(struct spotify_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	PAGE_KEY(page, "external_ids");
	page_open(page, '{');
	if (!spotify_isrc_is_missing(track)) {
		PAGE_KEY(page, "isrc");
		out_byte(page->out, '"');
		size_t at = page->out->len;
		fact_isrc(page->out, writer->call->library, track);
		for (; spotify_isrc_is_lower(track) && at < page->out->len; at++)
			page->out->at[at] = (char)tolower((unsigned char)page->out->at[at]);
		out_byte(page->out, '"');
	}
	page_close(page, '}');
}

void spotify_track(struct spotify_writer *writer, uint32_t track, bool in_playlist)
{
	struct page *page = writer->page;
	enum flaw flaw = page_next_flaw(page);
	uint32_t album = writer->call->library->tracks[track].album;
	page_open(page, '{');
	PAGE_KEY(page, "album");
	page_open(page, '{');
	struct spoil spoil = page->spoil; /* a flaw is the track's */
	page->spoil = (struct spoil){0};
	album_members(writer, album, FLAW_NONE);
	page->spoil = spoil;
	page_close(page, '}');
	track_members(writer, track, flaw);
	external_ids(writer, track);
	availability(writer, track);
	if (!writer->call->flavour->reduced) {
		PAGE_KEY(page, "popularity");
		page_int(page, popularity(writer, KIND_TRACK, track));
	}
	if (in_playlist) {
		PAGE_KEY(page, "track");
		page_bool(page, true);
		PAGE_KEY(page, "episode");
		page_bool(page, false);
	}
	page_close(page, '}');
}

void spotify_saved_track(struct spotify_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	page_comma(page);
	page_open(page, '{');
	PAGE_KEY(page, "added_at");
	page_date(page, fact_saved_ms(writer->call->library, track));
	PAGE_KEY(page, "track");
	spotify_track(writer, track, false);
	page_close(page, '}');
}
