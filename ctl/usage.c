/* A walk over the grammar that usage lines share: WORD, [WORD], A|B, --flag, --option VALUE. */
#include "ctl/usage.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

/* In texts, options and what they mean stand so far apart. */
#define GAP "  "

struct usage {
	struct usage_item *items;
	size_t count;
};

/* An option that is there keeps its meaning, and takes the value of the usage line, which spells choices out. */
static void add(struct usage *usage, const struct usage_item *item)
{
	for (size_t i = 0; item->option && i < usage->count; i++) {
		struct usage_item *there = &usage->items[i];
		if (!there->option || !span_equal(there->name, item->name))
			continue;
		if (item->value.len && !item->help.len)
			there->value = item->value;
		return;
	}
	assert(usage->count < USAGE_MAX);
	usage->items[usage->count++] = *item;
}

/* What is in front of `end` in the text at *at, and of none of these bytes. Moves *at behind it. */
static struct span take(const char **at, const char *end, const char *but)
{
	struct span taken = {*at, 0};
	while (*at < end && !strchr(but, **at))
		++*at;
	taken.len = (size_t)(*at - taken.at);
	return taken;
}

/* An option stands at *at. Its value, if it has one, is the next word: in capitals, or a choice of small ones. */
static struct usage_item take_option(const char **at, const char *end)
{
	struct usage_item item = {.option = true};
	*at += 2;
	item.name = take(at, end, " ]|,=");
	if (end - *at > 1 && **at == ' ' && isalnum((unsigned char)(*at)[1])) {
		++*at;
		item.value = take(at, end, " ],.");
	}
	return item;
}

static bool at_option(const char *at, const char *end)
{
	return end - at > 2 && at[0] == '-' && at[1] == '-' && islower((unsigned char)at[2]);
}

static struct span take_word(const char **at, const char *end)
{
	struct span word = {*at, 0};
	while (*at < end && !strchr(" ]", **at) && !at_option(*at, end))
		++*at;
	word.len = (size_t)(*at - word.at);
	while (word.len && word.at[word.len - 1] == '|') /* ACCOUNT|--all */
		word.len--;
	return word;
}

static void read_line(struct usage *usage, const char *args)
{
	const char *at = args, *end = args + strlen(args);
	while (at < end) {
		struct usage_item item = {0};
		if (strchr(" []|.", *at)) {
			at++;
			continue;
		}
		if (at_option(at, end))
			item = take_option(&at, end);
		else
			item.name = take_word(&at, end);
		if (item.name.len && !span_is(item.name, "OPTIONS")) /* they are in the text */
			add(usage, &item);
	}
}

/* "  --reason R, --kind K   only these": all of its options mean the same. */
static void read_option_line(struct usage *usage, const char *at, const char *end)
{
	const char *gap = memmem(at, (size_t)(end - at), GAP, 2), *stop = gap ? gap : end;
	struct span help = {gap ? gap + strspn(gap, " ") : end, 0};
	help.len = (size_t)(end - help.at);
	while (at < stop) {
		if (!at_option(at, stop)) {
			at++;
			continue;
		}
		struct usage_item item = take_option(&at, stop);
		item.help = help;
		add(usage, &item);
	}
}

static void read_text(struct usage *usage, const char *text)
{
	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		if (strspn(line, " ") == 2 && at_option(line + 2, end)) /* deeper it is the rest of an example */
			read_option_line(usage, line + 2, end);
		line = *end ? end + 1 : end;
	}
}

/* Words first: the text comes before the line, for it has the meaning of the options. */
static size_t sort_words_first(struct usage_item *items, size_t count)
{
	struct usage_item sorted[USAGE_MAX];
	size_t used = 0;
	for (int option = 0; option < 2; option++) {
		for (size_t i = 0; i < count; i++) {
			if (items[i].option == (option == 1))
				sorted[used++] = items[i];
		}
	}
	memcpy(items, sorted, used * sizeof *items);
	return used;
}

size_t usage_read(const struct command *command, struct usage_item items[USAGE_MAX])
{
	struct usage usage = {items, 0};
	read_text(&usage, command->text);
	read_line(&usage, command->args);
	return sort_words_first(items, usage.count);
}

const struct usage_item *usage_option(const struct usage_item *items, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i].option && span_equal(items[i].name, name))
			return &items[i];
	}
	return NULL;
}

const struct usage_item *usage_word(const struct usage_item *items, size_t count, size_t place)
{
	return place < count && !items[place].option ? &items[place] : NULL;
}
