/* The words that names are made of: with umlauts, quotes, backslashes, other scripts and one astral character, because
 * that is what real libraries hold. */
#include "words.h"

#include "mix.h"

enum { SALT_ARTIST = 100, SALT_ALBUM, SALT_TITLE };

/* Sorted. */
static const char *const first[64] = {
	"Amber",  "Arctic", "Ashen",   "Azure",  "Bitter",   "Blind",   "Broken", "Bronze",   "Calm",     "Cardinal",
	"Cold",   "Copper", "Crimson", "Dark",   "Desert",   "Distant", "Early",  "Electric", "Empty",    "Ever",
	"Faded",  "Far",    "Fierce",  "First",  "Frozen",   "Gentle",  "Glass",  "Golden",   "Grand",    "Grey",
	"Hidden", "High",   "Hollow",  "Indigo", "Iron",     "Ivory",   "Jade",   "Kind",     "Last",     "Late",
	"Little", "Lost",   "Lunar",   "Marble", "Midnight", "Misty",   "Narrow", "Neon",     "Northern", "Open",
	"Pale",   "Quiet",  "Rapid",   "Royal",  "Sacred",   "Scarlet", "Silent", "Silver",   "Slow",     "Solar",
	"Stray",  "Velvet", "Wild",    "Young",
};

static const char *const second[64] = {
	"Anchors",  "Arrows",   "Avenues", "Bells",   "Birds",   "Bridges", "Canyons", "Choir",     "Circles",  "Cities",
	"Clouds",   "Coast",    "Crowns",  "Dancers", "Dreams",  "Echoes",  "Embers",  "Engines",   "Fields",   "Fires",
	"Foxes",    "Gardens",  "Ghosts",  "Giants",  "Hearts",  "Horses",  "Islands", "Keys",      "Lanterns", "Letters",
	"Lights",   "Lions",    "Maps",    "Mirrors", "Monks",   "Moons",   "Motels",  "Mountains", "Nights",   "Oceans",
	"Orchards", "Owls",     "Parades", "Pilots",  "Planets", "Rivers",  "Roads",   "Rooms",     "Sails",    "Shadows",
	"Signals",  "Sparrows", "Stairs",  "Stones",  "Storms",  "Streets", "Swans",   "Temples",   "Tides",    "Towers",
	"Trains",   "Voices",   "Waves",   "Wolves",
};

static const char *const odd[16] = {
	"Für Elise",
	"Don\\u2019t Look Back",
	"\\\"Heroes\\\"",
	"AC\\\\DC Jam",
	"東京の夜",
	"Ночь",
	"Sigur\\u00f0 Rós",
	"Ελλάδα",
	"Smile \\ud83d\\ude00",
	"مساء",
	"100% <Live> & Loud",
	"Track\\/Field",
	"naïve café",
	"Tab\\there",
	"Zażółć gęślą jaźń",
	"서울의 밤",
};

static const char *const genres[12] = {
	"Rock", "Jazz", "Electronic", "Pop", "Classical", "Hip-Hop", "Folk", "Metal", "Ambient", "R&B", "Soul", "Blues",
};

/* What an edit adds, index >= of, sorts first: it is inserted at the head. */
static const char *rising(uint32_t index, uint32_t of)
{
	return index < of ? first[(uint64_t)index * 64 / of] : first[0];
}

static void two_words(struct out *out, const char *one, const char *other)
{
	out_str(out, one);
	out_byte(out, ' ');
	out_str(out, other);
}

void words_artist(struct out *out, uint64_t seed, uint32_t index, uint32_t of)
{
	uint64_t number = draw(seed, SALT_ARTIST, index);
	two_words(out, rising(index, of), second[number & 63]);
	if (number >> 6 & 1)
		out_printf(out, " %u", (unsigned)(number >> 8 & 511));
	if ((number >> 20) % 61 == 0)
		OUT_LIT(out, " & Söhne");
}

void words_album(struct out *out, uint64_t seed, uint32_t index, uint32_t of)
{
	uint64_t number = draw(seed, SALT_ALBUM, index);
	two_words(out, rising(index, of), second[number & 63]);
	if (number >> 6 & 1) {
		OUT_LIT(out, " of ");
		out_str(out, second[number >> 8 & 63]);
	}
}

void words_title(struct out *out, uint64_t seed, uint32_t index, unsigned revision)
{
	uint64_t number = draw(seed, SALT_TITLE, index);
	if ((number >> 32) % 37 == 0)
		out_str(out, odd[number & 15]);
	else
		two_words(out, first[number & 63], second[number >> 6 & 63]);
	if (revision) {
		OUT_LIT(out, " (retagged ");
		out_uint(out, revision);
		out_byte(out, ')');
	}
}

void words_playlist(struct out *out, uint32_t index)
{
	two_words(out, first[index % 64], "Mix ");
	out_uint(out, index + 1);
}

const char *words_genre(uint64_t number)
{
	return genres[number % 12];
}

char words_letter(uint32_t index, uint32_t of)
{
	return rising(index, of)[0];
}
