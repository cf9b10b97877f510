/* Every fact is one draw. */
#include "facts.h"

#include "mix.h"
#include "words.h"

bool fact_has_artist(uint32_t album)
{
	return album % 97 != 96;
}

bool fact_guest(const struct library *library, uint32_t track, uint32_t *guest)
{
	uint64_t number = draw(library->size.seed, SALT_GUEST, track);
	*guest = (uint32_t)((number >> 8) % (library->artist_count ? library->artist_count : 1));
	return number % 11 == 0;
}

void fact_isrc(struct out *out, const struct library *library, uint32_t track)
{
	out_byte(out, 'Q');
	out_byte(out, (char)('A' + draw(library->size.seed, SALT_SONG, track) % 26));
	OUT_LIT(out, "SIM");
	out_digits(out, (uint32_t)(draw(library->size.seed, SALT_ISRC, track) % 10000000), 7);
}

void fact_upc(struct out *out, const struct library *library, uint32_t album)
{
	OUT_LIT(out, "880");
	out_digits(out, (uint32_t)(draw(library->size.seed, SALT_UPC, album) % 1000000000), 9);
}

uint32_t fact_year(const struct library *library, uint32_t album)
{
	return 1960 + (uint32_t)((draw(library->size.seed, SALT_ALBUM, album) >> 8) % 66);
}

const char *fact_genre(const struct library *library, uint32_t album)
{
	return words_genre(draw(library->size.seed, SALT_ALBUM, album));
}

static uint32_t place_in_album(const struct library *library, uint32_t track)
{
	return track - library->albums[library->tracks[track].album].first;
}

uint32_t fact_track_number(const struct library *library, uint32_t track)
{
	return place_in_album(library, track) % 20 + 1;
}

uint32_t fact_disc(const struct library *library, uint32_t track)
{
	return place_in_album(library, track) / 20 + 1;
}

uint32_t fact_duration_ms(const struct library *library, uint32_t track)
{
	uint32_t seconds = library_duration_s(library, track);
	return seconds ? seconds * 1000 + (uint32_t)(draw(library->size.seed, SALT_MS, track) % 1000) : 0;
}

bool fact_explicit(const struct library *library, uint32_t track)
{
	return draw(library->size.seed, SALT_EXPLICIT, track) % 9 == 0;
}

int64_t fact_saved_ms(const struct library *library, uint32_t track)
{
	uint32_t step = library->albums[library->tracks[track].album].step;
	/* Minutes between steps, so whole albums fit between two edits; three minutes between the tracks that were there. */
	if (track >= library->size.tracks) /* an edit brought it, a silent one at step 0 */
		return library_time_ms(step) - (int64_t)place_in_album(library, track);
	return library_time_ms(0) - ((int64_t)track + 1) * 180000;
}

enum precision fact_precision(uint32_t album)
{
	return album % 5 == 1 ? PRECISION_YEAR : album % 17 == 3 ? PRECISION_MONTH : PRECISION_DAY;
}

void fact_release_date(struct out *out, const struct library *library, uint32_t album)
{
	out_digits(out, fact_year(library, album), 4);
	if (fact_precision(album) == PRECISION_YEAR)
		return;
	out_byte(out, '-');
	out_digits(out, album % 12 + 1, 2);
	if (fact_precision(album) == PRECISION_MONTH)
		return;
	out_byte(out, '-');
	out_digits(out, album % 28 + 1, 2);
}
