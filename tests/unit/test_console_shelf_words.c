/* Goal: a search reads words of one account and kind alone, and nothing that is typed can be more than words. Method: rows of
 * folded texts with the lexemes and the question made of them. */
#include "unit.h"

#include "common/attributes.h"
#include "console/shelf_words.h"

static const struct row {
	const char *name, *folded, *lexemes, *question;
} rows[] = {
	{"words begin with account and kind", "love me do", "\"7t.love\",\"7t.me\",\"7t.do\"",
     "'7t.love' & '7t.me' & '7t.do'"},
	{"the last word may be unfinished", "yesterd", "\"7t.yesterd\"", "'7t.yesterd':*"},
	{"but not with two letters", "yesterday on", "\"7t.yesterday\",\"7t.on\"", "'7t.yesterday' & '7t.on'"},
	{"letters are counted, not bytes", "\xd0\xbc\xd1\x8b", "\"7t.\xd0\xbc\xd1\x8b\"", "'7t.\xd0\xbc\xd1\x8b'"},
	{"a long word is cut", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee",
     "\"7t.aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd\"", "'7t.aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd':*"},
	{"nothing asks for nothing", "", "", ""},
};

static void words_are_lexemes_and_questions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf json, question;
		buf_init(&json, 4096);
		buf_init(&question, 4096);
		buf_add_byte(&json, '[');
		shelf_add_words(&json, "7", &shelf_kinds[2], rows[i].folded);
		shelf_add_question(&question, "7", &shelf_kinds[2], rows[i].folded);
		if (strcmp(buf_text(&json) + 1, rows[i].lexemes) != 0 || strcmp(buf_text(&question), rows[i].question) != 0)
			fail_msg("row '%s': %s, %s", rows[i].name, buf_text(&json), buf_text(&question));
		buf_done(&json);
		buf_done(&question);
	}
}

static void more_words_than_count_are_left_out(void **state)
{
	char text[2 * (SHELF_WORDS + 10) + 1] = "";
	struct buf question;
	size_t words = 1;
	(void)state;
	for (size_t i = 0; i < SHELF_WORDS + 10; i++)
		memcpy(text + 2 * i, "x ", 3);
	buf_init(&question, 64 * 1024);
	shelf_add_question(&question, "7", &shelf_kinds[0], text);
	for (const char *c = buf_text(&question); *c; c++)
		words += *c == '&';
	assert_int_equal(words, SHELF_WORDS);
	buf_done(&question);
}

/* Ids are the provider's: any text. */
static void an_id_cannot_end_its_quotes(void **state)
{
	struct buf question;
	(void)state;
	buf_init(&question, 4096);
	shelf_add_link_question(&question, "7", &shelf_kinds[2], SHELF_ON_ALBUM, "a' | 'b\\c");
	assert_string_equal(buf_text(&question), "'7t@a'' | ''b\\\\c'");
	buf_done(&question);
}

static void kinds_are_found_by_name_and_by_category(void **state)
{
	(void)state;
	assert_ptr_equal(shelf_kind_find("album"), &shelf_kinds[1]);
	assert_ptr_equal(shelf_kind_find("playlists"), &shelf_kinds[3]);
	assert_null(shelf_kind_find("song"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_lexemes_and_questions),
		cmocka_unit_test(more_words_than_count_are_left_out),
		cmocka_unit_test(an_id_cannot_end_its_quotes),
		cmocka_unit_test(kinds_are_found_by_name_and_by_category),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
