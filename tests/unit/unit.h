/* What the unit tests share: cmocka with the headers it needs, and checks that name what they looked at. */
#ifndef SYNCLINE_TESTS_UNIT_H
#define SYNCLINE_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "common/span.h"

/* For rows of a table: the row's name stands in the message. */
#define assert_row(row, condition) \
	do { \
		if (!(condition)) \
			fail_msg("row '%s': not so: %s", (row)->name, #condition); \
	} while (0)

/* The class, and words that must stand in the text. */
static inline void assert_err(const struct err *err, enum err_class class, const char *words)
{
	if (err->class != class || !strstr(err->text, words))
		fail_msg("expected %s with '%s', got %s: %s", err_class_name(class), words, err_class_name(err->class),
		         err->text);
}

static inline void assert_span(struct span span, const char *want)
{
	if (!span_is(span, want))
		fail_msg("expected '%s', got '%.*s'", want, SPAN_ARG(span));
}

/* xorshift64*: the same numbers in every run, so that a failure comes again. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

/* From 0 to below. */
static inline size_t random_below(uint64_t *state, size_t below)
{
	return (size_t)(next_random(state) >> 16) % below;
}

#endif
