/* Settings from one table. */
#include "common/settings.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "common/text.h"

struct setting {
	const char *key;
	bool is_number;
	size_t offset;
	const char *text_default;
	int64_t number_default, min, max;
	const char *unit;
	unsigned programs, flags;
	const char *help;
};

static const struct setting table[] = {
#define TEXT(key, default, programs, flags, help) \
	{#key, false, offsetof(struct settings, key), default, 0, 0, 0, "", programs, flags, help},
#define NUMBER(key, default, min, max, unit, programs, flags, help) \
	{#key, true, offsetof(struct settings, key), "", default, min, max, unit, programs, flags, help},
#include "common/settings.def"
#undef TEXT
#undef NUMBER
};

static int set_value(struct settings *settings, const struct setting *setting, struct span value, const char *where,
                     struct err *err)
{
	char *at = (char *)settings + setting->offset;
	char text[LIMIT_SETTING];
	if (value.len && memchr(value.at, '\0', value.len))
		return err_set(err, ERR_CONFIG, 0, "%s: %s holds a NUL character", where, setting->key);
	if (!span_copy(value, text, sizeof text))
		return err_set(err, ERR_CONFIG, 0, "%s: %s is longer than %d bytes", where, setting->key, LIMIT_SETTING - 1);
	if (!setting->is_number) {
		memcpy(at, text, sizeof text);
		return 0;
	}
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno || end == text || *end || number < setting->min || number > setting->max)
		return err_set(err, ERR_CONFIG, 0, "%s: %s must be a number from %lld to %lld%s%s, not '%s'", where,
		               setting->key, (long long)setting->min, (long long)setting->max, *setting->unit ? " " : "",
		               setting->unit, text);
	*(int64_t *)(void *)at = number;
	return 0;
}

/* "log-format" and "log_format" are the same key. */
static bool same_key(const char *key, struct span name)
{
	if (strlen(key) != name.len)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (key[i] != (name.at[i] == '-' ? '_' : name.at[i]))
			return false;
	}
	return true;
}

static const struct setting *find(struct span name)
{
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (same_key(table[i].key, name))
			return &table[i];
	}
	return NULL;
}

static int unknown_key(struct span name, const char *where, struct err *err)
{
	char word[64];
	IGNORE(!span_copy(name, word, sizeof word)); /* cut is fine for a message */
	const char *nearest = table[0].key;
	for (size_t i = 1; i < COUNT_OF(table); i++) {
		if (text_distance(table[i].key, word) < text_distance(nearest, word))
			nearest = table[i].key;
	}
	if (text_distance(nearest, word) <= 3)
		return err_set(err, ERR_CONFIG, 0, "%s: unknown setting '%s'; did you mean '%s'?", where, word, nearest);
	return err_set(err, ERR_CONFIG, 0, "%s: unknown setting '%s'; --help lists all", where, word);
}

static void set_defaults(struct settings *settings)
{
	*settings = (struct settings){0};
	struct err err;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct setting *setting = &table[i];
		if (setting->is_number)
			*(int64_t *)(void *)((char *)settings + setting->offset) = setting->number_default;
		else if (set_value(settings, setting, span_of(setting->text_default), "default", &err))
			assert(false && "a default that does not fit");
	}
}

static struct span trim(struct span text)
{
	while (text.len && isspace((unsigned char)*text.at)) {
		text.at++;
		text.len--;
	}
	while (text.len && isspace((unsigned char)text.at[text.len - 1]))
		text.len--;
	return text;
}

static int read_line(struct settings *settings, struct span line, const char *where, struct err *err)
{
	line = trim(line);
	if (line.len == 0 || *line.at == '#')
		return 0;
	const char *equals = memchr(line.at, '=', line.len);
	if (!equals)
		return err_set(err, ERR_CONFIG, 0, "%s: expected 'key = value', found '%.*s'", where, SPAN_ARG(line));
	struct span key = trim((struct span){line.at, (size_t)(equals - line.at)});
	struct span value = trim((struct span){equals + 1, line.len - (size_t)(equals + 1 - line.at)});
	const struct setting *setting = find(key);
	return setting ? set_value(settings, setting, value, where, err) : unknown_key(key, where, err);
}

static int unreadable(const struct settings *settings, struct err *err)
{
	return err_set(err, errno == ENOMEM ? ERR_FATAL : ERR_CONFIG, errno, "settings file %s: %s", settings->config,
	               strerror(errno));
}

static int read_file(struct settings *settings, struct err *err)
{
	FILE *file = fopen(settings->config, "r");
	if (!file)
		return unreadable(settings, err);
	char *line = NULL, where[LIMIT_SETTING + 32];
	size_t size = 0;
	ssize_t len;
	int number = 0, result = 0;
	while (result == 0 && (len = getline(&line, &size, file)) >= 0) {
		snprintf(where, sizeof where, "%s line %d", settings->config, ++number);
		if (len > LIMIT_SETTINGS_FILE)
			result = err_set(err, ERR_CONFIG, 0, "%s: the line is too long", where);
		else
			result = read_line(settings, (struct span){line, (size_t)len}, where, err);
	}
	if (result == 0 && !feof(file)) /* a folder, a broken disk, no memory: half a file is none */
		result = unreadable(settings, err);
	free(line);
	fclose(file);
	return result;
}

static int read_environment(struct settings *settings, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		char name[80] = "SYNCLINE_";
		size_t used = strlen(name);
		for (const char *c = table[i].key; *c && used < sizeof name - 1; c++)
			name[used++] = (char)toupper((unsigned char)*c);
		name[used] = '\0';
		const char *value = getenv(name);
		if (value && set_value(settings, &table[i], span_of(value), name, err))
			return -1;
	}
	return 0;
}

/* One option at argv[at]. Returns the words it took, 0 when it is not an option of the table, -1 on error. */
static int read_option(struct settings *settings, unsigned program, int argc, char **argv, int at, bool config_only,
                       struct err *err)
{
	const char *word = argv[at];
	if (strncmp(word, "--", 2) != 0)
		return 0;
	const char *equals = strchr(word, '=');
	struct span name = {word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2)};
	const struct setting *setting = find(name);
	bool is_config = span_is(name, "config");
	if (!is_config && (!setting || !(setting->programs & program)))
		return 0;
	if (!equals && at + 1 >= argc)
		return err_set(err, ERR_CONFIG, 0, "%s needs a value", word);
	struct span value = span_of(equals ? equals + 1 : argv[at + 1]);
	if (is_config && !span_copy(value, settings->config, sizeof settings->config))
		return err_set(err, ERR_CONFIG, 0, "--config: the path is too long");
	if (!is_config && !config_only && set_value(settings, setting, value, word, err))
		return -1;
	return equals ? 1 : 2;
}

static int read_options(struct settings *settings, unsigned program, int argc, char **argv, bool config_only, int *used,
                        struct err *err)
{
	int at = 1;
	while (at < argc) {
		int took = read_option(settings, program, argc, argv, at, config_only, err);
		if (took < 0)
			return -1;
		if (took == 0)
			break;
		at += took;
	}
	*used = at;
	return 0;
}

int settings_load(struct settings *settings, enum settings_program program, int argc, char **argv, int *used,
                  struct err *err)
{
	set_defaults(settings);
	const char *config = getenv("SYNCLINE_CONFIG");
	if (config && !span_copy(span_of(config), settings->config, sizeof settings->config))
		return err_set(err, ERR_CONFIG, 0, "SYNCLINE_CONFIG: the path is too long");
	if (read_options(settings, program, argc, argv, true, used, err))
		return -1;
	if (settings->config[0] && read_file(settings, err))
		return -1;
	if (read_environment(settings, err))
		return -1;
	return read_options(settings, program, argc, argv, false, used, err);
}

static void option_of(const struct setting *setting, char *option)
{
	snprintf(option, LIMIT_OPTION, "--%s", setting->key);
	for (char *c = option; *c; c++)
		*c = *c == '_' ? '-' : *c;
}

static void meaning_of(const struct setting *setting, char *meaning)
{
	if (setting->is_number)
		snprintf(meaning, LIMIT_OPTION_MEANING, "%s [%lld%s%s, %lld to %lld]", setting->help,
		         (long long)setting->number_default, *setting->unit ? " " : "", setting->unit, (long long)setting->min,
		         (long long)setting->max);
	else if (*setting->text_default)
		snprintf(meaning, LIMIT_OPTION_MEANING, "%s [%s]", setting->help, setting->text_default);
	else
		snprintf(meaning, LIMIT_OPTION_MEANING, "%s", setting->help);
}

bool settings_option(enum settings_program program, size_t i, char *option, char *meaning)
{
	for (size_t at = 0; at < COUNT_OF(table); at++) {
		if (!(table[at].programs & program) || i-- > 0)
			continue;
		option_of(&table[at], option);
		meaning_of(&table[at], meaning);
		return true;
	}
	return false;
}

void settings_help(enum settings_program program, FILE *out)
{
	fprintf(out,
	        "Settings (as options, as SYNCLINE_KEY in the environment, or as 'key = value' in a file):\n"
	        "  %-24s %s\n",
	        "--config", "the settings file [SYNCLINE_CONFIG]");
	char option[LIMIT_OPTION], meaning[LIMIT_OPTION_MEANING];
	for (size_t i = 0; settings_option(program, i, option, meaning); i++)
		fprintf(out, "  %-24s %s\n", option, meaning);
}

void settings_show(const struct settings *settings, enum settings_program program, FILE *out)
{
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const char *at = (const char *)settings + table[i].offset;
		if (!(table[i].programs & program))
			continue;
		if (table[i].flags & SETTING_SECRET)
			fprintf(out, "%s = ***\n", table[i].key);
		else if (table[i].is_number)
			fprintf(out, "%s = %lld\n", table[i].key, (long long)*(const int64_t *)(const void *)at);
		else
			fprintf(out, "%s = %s\n", table[i].key, at);
	}
}

void settings_reference(FILE *out)
{
	static const char *const programs[] = {"fetcher", "parser", "writer", "syncline"};
	fprintf(out, "# Settings\n\nWritten by `syncline reference settings`; the source is `common/settings.def`.\n\n"
	             "| key | default | range | read by | meaning |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct setting *s = &table[i];
		if (s->is_number)
			fprintf(out, "| `%s` | %lld %s | %lld to %lld |", s->key, (long long)s->number_default, s->unit,
			        (long long)s->min, (long long)s->max);
		else
			fprintf(out, "| `%s` | `%s` | |", s->key, s->text_default);
		const char *comma = " ";
		for (unsigned bit = 0; bit < COUNT_OF(programs); bit++) {
			if (s->programs & (1u << bit)) {
				fprintf(out, "%s%s", comma, programs[bit]);
				comma = ", ";
			}
		}
		fprintf(out, " | %s |\n", s->help);
	}
}
