/* A view of bytes owned by somebody else: never freed, not NUL-terminated. at may be NULL only when len is 0; a span
 * with at == NULL means "absent", one with len == 0 and at set means "empty". */
#ifndef SYNCLINE_SPAN_H
#define SYNCLINE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *at;
	size_t len;
};

/* For printf's "%.*s". */
#define SPAN_ARG(span) (int)(span).len, (span).at ? (span).at : ""

/* A string literal or NUL-terminated text as a span; NULL gives the absent span. */
static inline struct span span_of(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

static inline bool span_is(struct span span, const char *text)
{
	return span.len == strlen(text) && (span.len == 0 || memcmp(span.at, text, span.len) == 0);
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Copies into a fixed buffer as C text. false: it did not fit and the copy is cut. */
static inline bool span_copy(struct span span, char *to, size_t size)
{
	size_t take = span.len < size ? span.len : size - 1;
	if (take)
		memcpy(to, span.at, take);
	to[take] = '\0';
	return span.len < size;
}

#endif
