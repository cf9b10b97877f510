/* What may stand behind a command's name, read from what its help says: the words and options of its usage line, and the
 * option lines of its text. So whatever is made from it (completion, manual pages) cannot know another command line than the
 * help does. Pure; one thread. */
#ifndef SYNCLINE_CTL_USAGE_H
#define SYNCLINE_CTL_USAGE_H

#include "ctl/ctl.h"

/* account add has most: 15 options. */
enum { USAGE_MAX = 48 };

/* Views of the command's own texts. */
struct usage_item {
	bool option;
	struct span name;  /* of an option without the dashes; of a word as it is written: "ACCOUNT|SYNC" */
	struct span value; /* of an option: "TIME", "full|incremental"; empty: it is a flag */
	struct span help;  /* of an option: its line; empty where the text begins below it or there is none */
};

/* Fills items: the words in their order, then each option once. Returns how many. Asserts that they fit. */
size_t usage_read(const struct command *command, struct usage_item items[USAGE_MAX]);

/* The option of that name among items; NULL: there is none. */
const struct usage_item *usage_option(const struct usage_item *items, size_t count, struct span name);
/* The word at a place, from 0; NULL: there are fewer. */
const struct usage_item *usage_word(const struct usage_item *items, size_t count, size_t place);

#endif
