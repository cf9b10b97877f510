/* Folding, on libunistring: compatibility decomposition and case folding, then nothing but letters and digits. */
#include "common/fold.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Letters that Unicode does not decompose, though everybody types them so. In lower case: they come folded. */
static const char *plain_letters(ucs4_t point)
{
	static const struct {
		ucs4_t point;
		const char *plain;
	} table[] = {
		{0xe6, "ae"}, {0xf0, "d"},  {0xf8, "o"},  {0xfe, "th"},  {0x111, "d"},
		{0x127, "h"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}, {0x167, "t"},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (table[i].point == point)
			return table[i].plain;
	}
	return NULL;
}

/* Dropped, not a gap: "don't" is one word, and marks belong to their letter. */
static bool is_silent(ucs4_t point)
{
	return point == '\'' || point == 0x2019 || point == 0x2018 || point == 0xb4 || point == '`' ||
	       uc_is_general_category_withtable(point, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me | UC_CATEGORY_MASK_Cf);
}

static bool stands_alone(ucs4_t point)
{
	return (point >= 0x2e80 && point < 0x3130) || (point >= 0x31a0 && point < 0xa000) ||
	       (point >= 0xf900 && point < 0xfb00) || (point >= 0x20000 && point < 0x32000);
}

/* What is written: at most the bytes read and one space for each character. */
struct words {
	char *at;
	size_t len;
	bool gap;
};

static void add_letters(struct words *words, const char *bytes, size_t len)
{
	if (words->gap && words->len)
		words->at[words->len++] = ' ';
	words->gap = false;
	memcpy(words->at + words->len, bytes, len);
	words->len += len;
}

static void add_points(struct words *words, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < len;) {
		ucs4_t point;
		int step = u8_mbtouc(&point, from + i, len - i);
		const char *plain = plain_letters(point);
		bool alone = stands_alone(point);
		words->gap |= alone;
		if (plain)
			add_letters(words, plain, strlen(plain));
		else if (uc_is_alnum(point))
			add_letters(words, (const char *)from + i, (size_t)step);
		else if (!is_silent(point))
			words->gap = true;
		words->gap |= alone;
		i += (size_t)step;
	}
}

static void add_ascii(struct words *words, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i], lower = (char)(c | 0x20);
		if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9'))
			add_letters(words, c >= 'A' && c <= 'Z' ? &lower : &c, 1);
		else if (c != '\'' && c != '`')
			words->gap = true;
	}
}

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] >= 0x80)
			return false;
	}
	return true;
}

const char *fold_text(struct span text, struct arena *arena)
{
	size_t len = text.len;
	uint8_t *folded = NULL;
	bool ascii = is_ascii(text);
	if (!ascii && !(folded = u8_casefold((const uint8_t *)text.at, text.len, NULL, UNINORM_NFKD, NULL, &len)))
		return NULL;
	struct words words = {.at = arena_alloc(arena, 2 * len + 1)};
	if (words.at && ascii)
		add_ascii(&words, text);
	else if (words.at)
		add_points(&words, folded, len);
	if (words.at)
		words.at[words.len] = '\0';
	free(folded);
	return words.at;
}

void fold_letter(const char *folded, char letter[FOLD_LETTER])
{
	ucs4_t point = 0;
	u8_mbtouc(&point, (const uint8_t *)folded, strlen(folded));
	const char *fixed = !*folded || !uc_is_alpha(point) ? "#" : point >= 0x700 ? "…" : NULL;
	if (fixed) {
		memcpy(letter, fixed, strlen(fixed) + 1);
		return;
	}
	int len = u8_uctomb((uint8_t *)letter, uc_toupper(point), FOLD_LETTER - 1);
	letter[len > 0 ? len : 0] = '\0';
}
