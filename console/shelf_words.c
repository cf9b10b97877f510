/* Lexemes. */
#include "console/shelf_words.h"

#include <stdio.h>

#include "common/limits.h"
#include "common/text.h"

enum { PREFIX_LEAST = 3 };

struct walk {
	const char *at;
	size_t left;
};

static struct walk begin(const char *folded)
{
	return (struct walk){folded, SHELF_WORDS};
}

static struct span next_word(struct walk *walk)
{
	size_t len = strcspn(walk->at, " ");
	struct span word = text_cut((struct span){walk->at, len}, SHELF_WORD);
	if (len == 0 || walk->left == 0)
		return (struct span){0};
	walk->left--;
	walk->at += len + (walk->at[len] == ' ');
	return word;
}

static void add_lexeme(struct buf *json, const char *account_id, const struct shelf_kind *kind, char mark,
                       struct span text)
{
	char lexeme[LIMIT_ID + 64];
	int len = snprintf(lexeme, sizeof lexeme, "%s%c%c%.*s", account_id, kind->code, mark, SPAN_ARG(text));
	if (len > 0 && (size_t)len < sizeof lexeme) {
		if (json->len && json->at[json->len - 1] != '[')
			buf_add_byte(json, ',');
		buf_add_json_text(json, (struct span){lexeme, (size_t)len});
	}
}

void shelf_add_words(struct buf *json, const char *account_id, const struct shelf_kind *kind, const char *folded)
{
	struct walk walk = begin(folded);
	struct span word;
	while ((word = next_word(&walk)).len)
		add_lexeme(json, account_id, kind, '.', word);
}

void shelf_add_link(struct buf *json, const char *account_id, const struct shelf_kind *kind, enum shelf_link link,
                    const char *id)
{
	add_lexeme(json, account_id, kind, (char)link, span_of(id));
}

/* A quoted lexeme: quotes and backslashes are doubled. */
static void add_quoted(struct buf *query, const char *account_id, const struct shelf_kind *kind, char mark,
                       struct span text)
{
	buf_printf(query, "'%s%c%c", account_id, kind->code, mark);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\'' || text.at[i] == '\\')
			buf_add_byte(query, text.at[i]);
		buf_add_byte(query, text.at[i]);
	}
	buf_add_byte(query, '\'');
}

/* Characters, not bytes. */
static size_t length(struct span word)
{
	size_t count = 0;
	for (size_t i = 0; i < word.len; i++)
		count += ((unsigned char)word.at[i] & 0xc0) != 0x80;
	return count;
}

void shelf_add_question(struct buf *query, const char *account_id, const struct shelf_kind *kind, const char *folded)
{
	struct walk walk = begin(folded);
	struct span word;
	bool any = false;
	while ((word = next_word(&walk)).len) {
		if (any)
			buf_add_text(query, " & ");
		add_quoted(query, account_id, kind, '.', word);
		if (*walk.at == '\0' && length(word) >= PREFIX_LEAST)
			buf_add_text(query, ":*");
		any = true;
	}
}

void shelf_add_link_question(struct buf *query, const char *account_id, const struct shelf_kind *kind,
                             enum shelf_link link, const char *id)
{
	add_quoted(query, account_id, kind, (char)link, span_of(id));
}
