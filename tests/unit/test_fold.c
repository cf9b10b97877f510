/* Goal: what people type finds what they mean, and everything stands under a letter. Method: rows of texts as they come,
 * as they are compared, and where they stand. */
#include "unit.h"

#include "common/attributes.h"
#include "common/fold.h"

static const struct row {
	const char *name, *text, *folded, *letter;
} rows[] = {
	{"case goes", "The Beatles", "the beatles", "T"},
	{"accents go", "Beyonc\xc3\xa9", "beyonce", "B"},
	{"accents that stand alone go, too", "Beyonce\xcc\x81", "beyonce", "B"},
	{"an apostrophe is no gap", "Don't Don\xe2\x80\x99t", "dont dont", "D"},
	{"signs are gaps", "  AC/DC - T.N.T. ", "ac dc t n t", "A"},
	{"letters that are no letter with an accent", "\xc3\x98rsted \xc5\x81\xc3\xb3\xc5\xba \xc3\x86on",
     "orsted loz aeon", "O"},
	{"sharp s is two",
     "Stra\xc3\x9f"
     "e",
     "strasse", "S"},
	{"a Turkish capital", "\xc4\xb0stanbul", "istanbul", "I"},
	{"wide letters", "\xef\xbc\xa1\xef\xbc\xa2", "ab", "A"},
	{"digits stand apart", "99 Luftballons", "99 luftballons", "#"},
	{"signs alone are nothing", "!!!", "", "#"},
	{"nothing", "", "", "#"},
	{"Cyrillic has its letters", "\xd0\x9a\xd0\xb8\xd0\xbd\xd0\xbe", "\xd0\xba\xd0\xb8\xd0\xbd\xd0\xbe", "\xd0\x9a"},
	{"Greek loses its accents", "\xce\x86\xce\xbb\xcf\x86\xce\xb1", "\xce\xb1\xce\xbb\xcf\x86\xce\xb1", "\xce\x91"},
	{"each character of Han is a word", "\xe6\x9d\xb1\xe4\xba\xac x", "\xe6\x9d\xb1 \xe4\xba\xac x", "\xe2\x80\xa6"},
	{"emoji are signs", "I \xe2\x9d\xa4\xef\xb8\x8f U", "i u", "I"},
};

static void what_people_type_is_what_they_mean(void **state)
{
	struct arena arena;
	char letter[FOLD_LETTER];
	(void)state;
	arena_init(&arena, 4096);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *folded = fold_text(span_of(rows[i].text), &arena);
		fold_letter(folded, letter);
		if (strcmp(folded, rows[i].folded) != 0 || strcmp(letter, rows[i].letter) != 0)
			fail_msg("row '%s': '%s' under '%s'", rows[i].name, folded, letter);
		assert_string_equal(fold_text(span_of(folded), &arena), folded); /* folded once, folded for good */
	}
	arena_done(&arena);
}

static void a_full_arena_is_told(void **state)
{
	struct arena arena;
	char text[3000];
	(void)state;
	memset(text, 'x', sizeof text);
	arena_init(&arena, 1024);
	assert_null(fold_text((struct span){text, sizeof text}, &arena));
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_type_is_what_they_mean),
		cmocka_unit_test(a_full_arena_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
