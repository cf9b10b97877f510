/* Categories and their names. */
#include "common/category.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/limits.h"
#include "common/text.h"

static const char *const names[CATEGORY_COUNT] = {"artists", "albums", "tracks", "playlists"};

const char *category_name(enum category category)
{
	assert(category < CATEGORY_COUNT);
	return names[category];
}

bool category_find(struct span name, enum category *category)
{
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		if (span_is(name, names[i])) {
			*category = (enum category)i;
			return true;
		}
	}
	return false;
}

bool category_key_read(struct span key, struct span *account, enum category *category)
{
	const char *slash = key.len ? memrchr(key.at, '/', key.len) : NULL;
	size_t len = slash ? (size_t)(slash - key.at) : 0;
	const struct span name = {key.at, len};
	if (len == 0 || len > LIMIT_ACCOUNT || !text_valid(name) ||
	    !category_find((struct span){slash + 1, key.len - len - 1}, category))
		return false;
	*account = name;
	return true;
}

static struct span trim(struct span text)
{
	while (text.len && (*text.at == ' ' || *text.at == '\t')) {
		text.at++;
		text.len--;
	}
	while (text.len && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
		text.len--;
	return text;
}

int category_set_parse(struct span text, category_set *set, struct err *err)
{
	category_set found = 0;
	struct span rest = trim(text);
	if (rest.len == 0)
		found = CATEGORY_ALL;
	for (bool more = rest.len > 0; more;) {
		const char *comma = memchr(rest.at, ',', rest.len);
		size_t len = comma ? (size_t)(comma - rest.at) : rest.len;
		struct span word = trim((struct span){rest.at, len});
		enum category category;
		if (!category_find(word, &category))
			return err_set(err, ERR_CONFIG, 0, "unknown category '%.*s'; there are artists, albums, tracks, playlists",
			               SPAN_ARG(word));
		found |= 1u << category;
		more = comma != NULL; /* a comma announces a word */
		rest = more ? (struct span){comma + 1, rest.len - len - 1} : (struct span){0};
	}
	*set = found;
	return 0;
}

const char *category_set_text(category_set set, char text[CATEGORY_SET_TEXT])
{
	size_t used = 0;
	text[0] = '\0';
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		if (set & (1u << i))
			used += (size_t)snprintf(text + used, CATEGORY_SET_TEXT - used, "%s%s", used ? "," : "", names[i]);
	}
	return text;
}
