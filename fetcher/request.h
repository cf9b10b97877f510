/* What a provider can be asked, as data: one request, the plan by which a category is read, the parts of a fence. */
#ifndef SYNCLINE_FETCHER_REQUEST_H
#define SYNCLINE_FETCHER_REQUEST_H

#include "common/category.h"

enum paging {
	PAGING_NONE,   /* one answer holds all */
	PAGING_OFFSET, /* {size} and {offset}; pages overlap by one item */
	PAGING_NEXT,   /* the same without overlap: `next` tells whether and where it goes on */
	PAGING_AFTER,  /* {size} and {&after}: behind the item that `after` names, as long as there is a `next` */
	PAGING_TOTAL, /* {size} and {offset} without overlap or `next`: it goes on behind what came, however much that was, until
	                  as many items are here as `total` says */
};

/* Of a list's elements: what changes when somebody edits the entries of one. */
struct version {
	const char *path;           /* in the element; NULL: there is nothing of the kind */
	const char *moving, *value; /* where this has this value (NULL: any), it means nothing */
	bool tells_all;             /* nothing else changes the entries: equal ones need not be read again */
};

/* One kind of request. The parser chooses its mapping by the name. */
struct request {
	const char *name;
	const char *path; /* below the account's address; {id} is replaced, escaped */
	/* Query with {size}, {offset}, {&after}, {&l}, {id}, {past} replaced; values are escaped. */
	const char *query;
	enum paging paging;
	const char *list;  /* dotted path of the list in the answer */
	const char *inner; /* member of each element that holds the real list (indexes of artists), or NULL */
	const char *id;    /* dotted path of an item's id; NULL: "id" */
	const char *next;  /* NEXT, AFTER: path of what is null or absent on the last page; never followed as an address */
	const char *after; /* AFTER: path of the place behind which to go on */
	const char *total; /* path of the size of the whole list, or NULL (not TOTAL) */
	const char *count[2];  /* paths in each item of a number of items of a later category; the first that is there */
	enum category counted; /* that category */
	const char *announced; /* dotted path of the number of items the answer itself announces, or NULL */
	int most; /* of children: what an answer shows at best, so that as many without a length or a next one are no end; or 0 */
	struct version version;
	const char *refused_step; /* what a person can do when it is FORBIDDEN; NULL: what the table of errors says */
	const struct request
		*instead;      /* of children: another way, asked when this one is refused, finds none or nothing; or NULL */
	bool instead_each; /* each child may need it, and only for its first page; else all of an app go the way that works */
};

/* Does each page tell whether the list goes on behind it? */
static inline bool request_promises(const struct request *request)
{
	return request->paging == PAGING_TOTAL || request->next;
}

/* How to read a category: pages of `list`, and for each listed item an answer of `child` if there is one. Plans of a
 * category are tried in order: the next one when the first page of this one is empty or not supported. */
struct plan {
	const struct request *list;
	const struct request *child;
	bool list_is_published; /* false: the list only tells the ids of the children */
};
enum { PLANS_MAX = 4 };

/* What equal values of a part prove. */
enum tells {
	TELLS_SOME, /* nothing */
	TELLS_ALL,  /* that nothing changed: any change of the library moves them, which no provider has kept so far */
	TELLS_MEMBERS, /* that nothing was added or removed, as TELLS_ALL; what was altered is seen some hours later, as TELLS_MOST */
	TELLS_MOST, /* that a change is unlikely: enough to leave a list unread for some hours (setting reread_hours) */
};

/* A part of a fence: a request, and the values of its answer that are put together. A part that fails is left out. */
struct fence_part {
	const struct request *request;
	const char *values[4]; /* dotted paths; a list's path means the digest of the list */
	bool for_skip_only;    /* tells changes that do not disturb a walk (favourites) */
	enum tells tells;
};
enum { FENCE_PARTS_MAX = 7 }; /* four lists of them share 32 bits, one each is the end */

#endif
