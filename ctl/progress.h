/* One line of progress of one category, as text. Pure. */
#ifndef SYNCLINE_CTL_PROGRESS_H
#define SYNCLINE_CTL_PROGRESS_H

#include <stdint.h>

#include "common/buf.h"

/* What was shown before, so that nothing ever goes back: a walk that begins again counts from 0, a total that was an
 * estimate grows. Zeroed at the start. */
struct progress_memory {
	int64_t items;
	int percent;
};

struct progress {
	const char *category; /* "albums" */
	const char *noun;     /* what is counted, mostly the category again */
	const char *state;    /* sync_category.state */
	bool again;           /* the walk is not the first one */
	bool unchanged;
	bool bar;             /* draw one */
	int64_t items, total; /* total 0: not known */
	bool exact;           /* the total is told, not estimated */
	int64_t errors;
	int64_t left_ms; /* -1: not known */
};

/* Percent to show, -1 when the total is not known. 100 only for what is finished; never less than before. */
int progress_percent(const struct progress *progress, struct progress_memory *memory);

/* Appends the line (without newline), at most `width` columns wide: the bar shrinks first, then the end is cut. */
void progress_line(const struct progress *progress, struct progress_memory *memory, size_t width, struct buf *out);

/* The milliseconds that are left at the pace of `done` items in `elapsed_ms`; -1 when nothing can be said yet. */
int64_t progress_left_ms(int64_t done, int64_t elapsed_ms, int64_t left);

#endif
