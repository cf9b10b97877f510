/* By the table of commands and their usage lines. */
#include "ctl/complete.h"

#include <stdio.h>
#include <string.h>

#include "common/settings.h"
#include "ctl/usage.h"
#include "fetcher/provider.h"

struct typing {
	int count; /* of words in front of the last */
	char **words;
	const char *begin; /* the last */
	complete_accounts *accounts;
	void *context;
	struct buf *out;
};

void complete_add(struct buf *out, const char *begin, struct span word, struct span help)
{
	size_t len = strlen(begin);
	if (word.len < len || memcmp(word.at, begin, len) != 0)
		return;
	buf_add(out, word.at, word.len);
	buf_add_byte(out, '\t');
	buf_add(out, help.at, help.len);
	buf_add_byte(out, '\n');
}

static void add(const struct typing *typing, const char *word, const char *help)
{
	complete_add(typing->out, typing->begin, span_of(word), span_of(help));
}

/* ---- values ---- */

/* "full|incremental", "artists,albums": small words and what parts them. */
static void add_choices(const struct typing *typing, struct span choices)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	for (size_t at = 0; at < choices.len;) {
		size_t len = 0;
		while (at + len < choices.len && strchr(letters, choices.at[at + len]))
			len++;
		if (len)
			complete_add(typing->out, typing->begin, (struct span){choices.at + at, len}, span_of(""));
		at += len + 1;
	}
}

/* Of options whose value the usage line does not spell out. */
static const char *choices_of(struct span option)
{
	static const struct {
		const char *option, *choices;
	} known[] = {
		{"only", "artists albums tracks playlists"},
		{"category", "artists albums tracks playlists"},
		{"kind", "artist album track playlist entry"},
		{"format", "csv json m3u8 xspf"},
	};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (span_is(option, known[i].option))
			return known[i].choices;
	}
	return span_is(option, "provider") ? provider_names() : "";
}

static bool holds(struct span text, const char *word)
{
	return memmem(text.at, text.len, word, strlen(word)) != NULL;
}

static bool ends(struct span text, const char *word)
{
	size_t len = strlen(word);
	return text.len >= len && memcmp(text.at + text.len - len, word, len) == 0;
}

static void add_value(const struct typing *typing, const struct usage_item *option)
{
	if (option->value.at[0] >= 'a' && option->value.at[0] <= 'z')
		add_choices(typing, *choices_of(option->name) ? span_of(choices_of(option->name)) : option->value);
	else if (ends(option->name, "file") || holds(option->value, "FILE"))
		buf_add_text(typing->out, ":files\n");
	else if (holds(option->value, "FOLDER"))
		buf_add_text(typing->out, ":folders\n");
	else
		add_choices(typing, span_of(choices_of(option->name)));
}

static void add_command_names(const struct typing *typing);

/* NAME is an account's where a command is about one that is there. */
static void add_word(const struct typing *typing, const struct command *command, const struct usage_item *word)
{
	bool new_name = strcmp(command->name, "account add") == 0;
	bool of_account = span_is(word->name, "NAME") && strncmp(command->name, "account ", 8) == 0 && !new_name;
	if (of_account || holds(word->name, "ACCOUNT"))
		typing->accounts(typing->context, typing->begin, typing->out);
	else if (holds(word->name, "FILE"))
		buf_add_text(typing->out, ":files\n");
	else if (span_is(word->name, "COMMAND"))
		add_command_names(typing);
	else
		add_choices(typing, word->name);
}

/* ---- commands and settings ---- */

/* First words, each once; a family stands for itself. */
static void add_command_names(const struct typing *typing)
{
	for (size_t i = 0; commands[i]; i++) {
		struct span first = {commands[i]->name, strcspn(commands[i]->name, " ")};
		bool family = commands[i]->name[first.len] != '\0', seen = false;
		for (size_t k = 0; k < i && !seen; k++)
			seen = strncmp(commands[k]->name, first.at, first.len) == 0 && strchr(" ", commands[k]->name[first.len]);
		char help[100];
		snprintf(help, sizeof help, "%.*s ...", (int)first.len, first.at);
		if (!seen)
			complete_add(typing->out, typing->begin, first, span_of(family ? help : commands[i]->help));
	}
}

/* Second words of a family. */
static void add_members(const struct typing *typing, const char *family)
{
	size_t len = strlen(family);
	for (size_t i = 0; commands[i]; i++) {
		if (strncmp(commands[i]->name, family, len) == 0 && commands[i]->name[len] == ' ')
			add(typing, commands[i]->name + len + 1, commands[i]->help);
	}
}

static void add_settings(const struct typing *typing)
{
	char option[LIMIT_OPTION], meaning[LIMIT_OPTION_MEANING];
	add(typing, "--config", "the settings file");
	add(typing, "--help", "all commands and settings");
	add(typing, "--version", "the version");
	for (size_t i = 0; settings_option(FOR_CTL, i, option, meaning); i++)
		add(typing, option, meaning);
}

/* ---- the line ---- */

/* Behind the name of a command. */
static void complete_arguments(const struct typing *typing, const struct command *command, int used)
{
	struct usage_item items[USAGE_MAX];
	size_t count = usage_read(command, items), place = 0;
	const struct usage_item *waiting = NULL; /* an option that wants a value */
	for (int i = used; i < typing->count; i++) {
		const char *word = typing->words[i];
		const struct usage_item *option = strncmp(word, "--", 2) == 0 ? usage_option(items, count, span_of(word + 2))
		                                                              : NULL;
		if (waiting)
			waiting = NULL;
		else if (option)
			waiting = option->value.len ? option : NULL;
		else
			place += strncmp(word, "--", 2) != 0;
	}
	if (waiting) {
		add_value(typing, waiting);
		return;
	}
	for (size_t i = 0; i < count && *typing->begin == '-'; i++) {
		char option[80];
		snprintf(option, sizeof option, "--%.*s", (int)items[i].name.len, items[i].name.at);
		if (items[i].option)
			complete_add(typing->out, typing->begin, span_of(option), items[i].help);
	}
	const struct usage_item *word = usage_word(items, count, place);
	if (*typing->begin == '-')
		add(typing, "--help", "explains it with examples");
	else if (word)
		add_word(typing, command, word);
	if (place == 0 && !strchr(command->name, ' '))
		add_members(typing, command->name);
}

/* Settings stand in front of the command, with a value each. Returns how many words they take; count or more: the last word is
 * a value of one. */
static int pass_settings(const struct typing *typing)
{
	int at = 0;
	while (at < typing->count && strncmp(typing->words[at], "--", 2) == 0)
		at += strchr(typing->words[at], '=') ? 1 : 2;
	return at;
}

void complete(int count, char **words, complete_accounts *accounts, void *context, struct buf *out)
{
	struct typing typing = {count - 1, words, words[count - 1], accounts, context, out};
	int settings = pass_settings(&typing), used = 0;
	bool wants_file = count > 1 && strcmp(words[count - 2], "--config") == 0;
	if (wants_file)
		buf_add_text(out, ":files\n");
	if (wants_file || settings > typing.count)
		return;
	typing.words += settings;
	typing.count -= settings;
	const struct command *command = typing.count ? command_find(typing.count, typing.words, &used) : NULL;
	if (typing.count == 0 && *typing.begin == '-')
		add_settings(&typing);
	else if (typing.count == 0)
		add_command_names(&typing);
	else if (command)
		complete_arguments(&typing, command, used);
	else if (typing.count == 1)
		add_members(&typing, typing.words[0]);
}
