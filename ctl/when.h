/* Times that people write on the command line. */
#ifndef SYNCLINE_CTL_WHEN_H
#define SYNCLINE_CTL_WHEN_H

#include <stdint.h>

#include "common/attributes.h"
#include "common/err.h"

/* Two ways of saying when: a moment ("2026-11-30T03:00:00Z", RFC 3339; without a zone it is UTC) or how long from now
 * ("90s", "45m", "3h", "2d", "1h30m"). Options' names are for the error. */
struct when {
	const char *at_name, *at; /* "--at", what was given; NULL: nothing */
	const char *in_name, *in;
};

/* *ms: since 1970; 0 when neither was given. now_ms: the same clock. CONFIG: not understood, both, or too far ahead. */
int when_read(const struct when *when, int64_t now_ms, int64_t *ms, struct err *err) MUST_USE;

#endif
