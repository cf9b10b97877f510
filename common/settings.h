/* The settings of a program: defaults, then the settings file, then the environment, then options.
 *
 * One table (settings.def) is the only place that knows a key. The file is shared by all programs, so a key of another
 * program is accepted and ignored, while an unknown one is refused with the nearest known name. Errors are CONFIG. */
#ifndef SYNCLINE_SETTINGS_H
#define SYNCLINE_SETTINGS_H

#include <stdint.h>
#include <stdio.h>

#include "common/err.h"
#include "common/limits.h"
#include "common/span.h"

enum settings_program {
	FOR_FETCHER = 1,
	FOR_PARSER = 2,
	FOR_WRITER = 4,
	FOR_CTL = 8,
	WORKERS = FOR_FETCHER | FOR_PARSER | FOR_WRITER,
	ALL_PROGRAMS = WORKERS | FOR_CTL,
};

enum { SETTING_SECRET = 1 };

struct settings {
	char config[LIMIT_SETTING]; /* the file that was read; "" when none */
#define TEXT(key, default, programs, flags, help) char key[LIMIT_SETTING];
#define NUMBER(key, default, min, max, unit, programs, flags, help) int64_t key;
#include "common/settings.def"
#undef TEXT
#undef NUMBER
};

/* Reads everything for one program. Options are taken from argv until the first word that is not an option of the
 * table: *used tells how many words (argv[0] included) were taken. "--key value" and "--key=value" are equal. */
int settings_load(struct settings *settings, enum settings_program program, int argc, char **argv, int *used,
                  struct err *err) MUST_USE;

/* The part of --help that lists the options of a program, with defaults, ranges and units. */
void settings_help(enum settings_program program, FILE *out);

/* The i-th setting that a program reads, as an option ("--kafka-brokers"), and what it means, with default and range. They hold
 * LIMIT_OPTION and LIMIT_OPTION_MEANING bytes. false: there are no more. */
bool settings_option(enum settings_program program, size_t i, char *option, char *meaning);

/* "key = value" lines of all settings of the program; secrets as ***. */
void settings_show(const struct settings *settings, enum settings_program program, FILE *out);

/* docs/config.md. */
void settings_reference(FILE *out);

#endif
