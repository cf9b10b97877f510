/* Reading options and words. */
#include "ctl/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

static const struct option_spec *find(const struct args *args, struct span name)
{
	for (size_t i = 0; i < args->option_count; i++) {
		if (span_is(name, args->options[i].name))
			return &args->options[i];
	}
	return NULL;
}

static int unknown(const struct args *args, struct span name, struct err *err)
{
	char word[64];
	IGNORE(!span_copy(name, word, sizeof word)); /* cut is fine for a message */
	for (size_t i = 0; i < args->option_count; i++) {
		if (text_distance(args->options[i].name, word) <= 2)
			return err_set(err, ERR_CONFIG, 0, "unknown option --%s; did you mean --%s?", word, args->options[i].name);
	}
	return err_set(err, ERR_CONFIG, 0,
	               "unknown option --%s; --help lists this command's options, and settings stand "
	               "before the command",
	               word);
}

static int set_number(const struct option_spec *option, const char *value, struct err *err)
{
	char *end;
	errno = 0;
	long long number = strtoll(value, &end, 10);
	if (errno || end == value || *end || number < 1 || number > option->max)
		return err_set(err, ERR_CONFIG, 0, "--%s must be a number from 1 to %lld, not '%s'", option->name,
		               (long long)option->max, value);
	*(int64_t *)option->at = number;
	return 0;
}

static int add_value(const struct option_spec *option, const char *value, struct err *err)
{
	struct text_list *list = option->at;
	if (list->count == TEXT_LIST_MAX)
		return err_set(err, ERR_CONFIG, 0, "--%s can be given %d times at most", option->name, TEXT_LIST_MAX);
	list->at[list->count++] = value;
	return 0;
}

/* Takes the option at argv[*at] and moves *at behind it. */
static int read_option(const struct args *args, int argc, char **argv, int *at, struct err *err)
{
	const char *word = argv[*at] + 2, *equals = strchr(word, '=');
	struct span name = {word, equals ? (size_t)(equals - word) : strlen(word)};
	++*at;
	if (args->json && span_is(name, "json") && !equals) {
		args->ctl->json = true;
		return 0;
	}
	const struct option_spec *option = find(args, name);
	if (!option)
		return unknown(args, name, err);
	if (option->kind == OPTION_FLAG) {
		if (equals)
			return err_set(err, ERR_CONFIG, 0, "--%s takes no value", option->name);
		*(bool *)option->at = true;
		return 0;
	}
	if (!equals && *at >= argc)
		return err_set(err, ERR_CONFIG, 0, "--%s needs a value", option->name);
	const char *value = equals ? equals + 1 : argv[(*at)++];
	if (option->kind == OPTION_NUMBER)
		return set_number(option, value, err);
	if (option->kind == OPTION_TEXTS)
		return add_value(option, value, err);
	*(const char **)option->at = value;
	return 0;
}

int args_read(const struct args *args, int argc, char **argv, const char **words, struct err *err)
{
	int count = 0, at = 0;
	bool options = true;
	for (int i = 0; i < args->words_max; i++)
		words[i] = NULL;
	while (at < argc) {
		if (options && strcmp(argv[at], "--") == 0) {
			options = false;
			at++;
		} else if (options && strncmp(argv[at], "--", 2) == 0) {
			if (read_option(args, argc, argv, &at, err))
				return -1;
		} else if (count == args->words_max) {
			return err_set(err, ERR_CONFIG, 0, "one word too many: '%s'", argv[at]);
		} else {
			words[count++] = argv[at++];
		}
	}
	if (count < args->words_min)
		return err_set(err, ERR_CONFIG, 0, "%s is missing; --help shows examples", args->names[count]);
	return 0;
}
