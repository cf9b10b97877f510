/* What a provider's answers mean, as data: where the list is, and which member becomes which column.
 *
 * Adding a provider is a file in providers/ with its tables, and a line in registry.c. */
#ifndef SYNCLINE_PARSER_MAPPING_H
#define SYNCLINE_PARSER_MAPPING_H

#include "common/category.h"
#include "common/items.h"
#include "parser/convert.h"

enum { RULES_MAX = 64, MEMBERS_MAX = 96, NEEDS_MAX = 4 };

enum rule_flags {
	RULE_ELSE_ZERO = 1, /* without any value: 0 and a warning */
	RULE_KEEP = 2,      /* the whole member is kept among those that no rule takes, too */
};

/* One source of a column. Rules stand in the order of their kind's columns; of several for one column the first that
 * gives a value wins. JSON columns have no rule: they take what no rule has. */
struct rule {
	unsigned column;    /* ITEM_kind_column */
	const char *member; /* name or dotted path; NULL: made from the page */
	convert *convert;
	unsigned flags;
};

/* An item without any of these columns is refused (missing_field). */
struct need {
	uint32_t any_of; /* bit per column */
	const char *field, *advice;
};
#define ANY_OF(column) (1u << (column))

struct mapping {
	const char *request; /* the fetcher's name for it; several mappings may differ by it alone */
	enum category category;
	enum item_kind_id kind;
	const char *list;  /* dotted path */
	const char *inner; /* member of each element that holds the real list, or NULL */
	const struct rule *rules;
	size_t rule_count;
	struct need needs[NEEDS_MAX]; /* ended by field == NULL */
	const char *const *ignored;   /* members not worth keeping; ended by NULL */
	/* Where the item sits inside of a wrapper: members that may hold it, ended by NULL; the first that is an object does.
	 * Rules find the members of both, of the item first. NULL: there is no wrapper. */
	const char *const *cores;
	const char *not_music; /* an item in which this is true is refused, or NULL */
	bool takes_null;       /* entries: a null keeps its place */
};

struct provider_mappings {
	const char *name;
	const char *envelope;             /* path of the object around every answer; NULL: there is none, nor a status */
	const char *status, *status_good; /* path and value that every good answer has */
	const struct mapping *mappings;
	size_t count;
};

/* All of them in order; NULL behind the last. */
const struct provider_mappings *mappings_at(size_t i);
/* NULL: not known. */
const struct provider_mappings *mappings_find(struct span provider);
const struct mapping *mapping_find(const struct provider_mappings *provider, struct span request);

#endif
