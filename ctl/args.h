/* The words after a command's name: its options, by a table, and the rest in order. */
#ifndef SYNCLINE_CTL_ARGS_H
#define SYNCLINE_CTL_ARGS_H

#include <stdint.h>

#include "ctl/ctl.h"

enum option_kind {
	OPTION_FLAG,   /* at: bool */
	OPTION_TEXT,   /* at: const char * */
	OPTION_NUMBER, /* at: int64_t, from 1 to max */
	OPTION_TEXTS,  /* at: struct text_list; may be given again */
};

/* More belong into a file or a pipe. */
enum { TEXT_LIST_MAX = 100 };

struct text_list {
	const char *at[TEXT_LIST_MAX];
	size_t count;
};

struct option_spec {
	const char *name; /* without the dashes */
	enum option_kind kind;
	void *at;
	int64_t max;
};

struct args {
	struct ctl *ctl; /* its json is set by --json where json is true */
	const struct option_spec *options;
	size_t option_count;
	bool json;
	int words_min, words_max;
	const char *const *names; /* of the words, for "NAME is missing" */
};

/* Fills words[words_max] (NULL where absent) and the options. "--x value" and "--x=value" are equal; "--" ends the
 * options; "-" is a word. CONFIG on anything not understood. */
int args_read(const struct args *args, int argc, char **argv, const char **words, struct err *err) MUST_USE;

#endif
