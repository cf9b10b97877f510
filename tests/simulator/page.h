/* Writes JSON the way one server writes it: the flavour's number, list and order habits are applied here and nowhere else.
 *
 * page_begin → members → page_end. Text given is already escaped for JSON unless said otherwise. */
#ifndef SIMULATOR_PAGE_H
#define SIMULATOR_PAGE_H

#include "flavour.h"
#include "out.h"

/* What a fault asks to be wrong inside the page; all zero in health. */
struct spoil {
	uint32_t malformed; /* items still to be written without id, without name, or with a negative duration */
	bool bad_utf8, nul; /* in the next name */
	bool empty;         /* lists hold nothing */
	bool last;          /* it says that nothing follows */
	uint32_t fewer;     /* items a page stays short of what was asked for */
	uint32_t back;      /* items a page begins too early: they come twice */
	uint32_t hidden,
		hidden_at; /* items that are taken out of a page that was cut, and the first one's place in the list */
};

static inline bool spoil_any(const struct spoil *spoil)
{
	return spoil->malformed || spoil->bad_utf8 || spoil->nul || spoil->empty || spoil->last || spoil->fewer ||
	       spoil->back || spoil->hidden;
}

enum flaw { FLAW_NONE, FLAW_NO_ID, FLAW_NO_NAME, FLAW_NEGATIVE };

struct page {
	struct out *out;
	const struct flavour *flavour;
	struct spoil spoil;
	bool comma;    /* the next key or element is not the first */
	int64_t total; /* for x-total-count; -1: none */
};

/* The part of a list one page shows. */
struct window {
	uint32_t from, count;
};

/* Of a list of `total` as a client asks for it, moved and shortened by what a fault asks for. */
struct window window_of(const struct spoil *spoil, uint32_t total, int64_t size, int64_t offset);

/* A list that is being written. */
struct page_list {
	bool bare, omitted;
};

/* With Subsonic's envelope around the members; page_start is without any. */
void page_begin(struct page *page, struct out *out, const struct flavour *flavour, const struct spoil *spoil);
void page_end(struct page *page);
void page_start(struct page *page, struct out *out, const struct flavour *flavour, const struct spoil *spoil);
/* Around a page that holds nothing but these members (NULL: Subsonic's envelope) and what is written in between. */
void page_begin_empty(struct page *page, struct out *out, const struct flavour *flavour, const char *members);
void page_end_empty(struct page *page, const char *members);
/* Forgets the payload and writes the envelope of an error instead, closed. The message is plain text. */
void page_fail(struct page *page, int code, const char *message);

void page_open(struct page *page, char bracket); /* '{' or '[' */
void page_close(struct page *page, char bracket);
/* Before an element of an array. */
void page_comma(struct page *page);
void page_null(struct page *page);
void page_int(struct page *page, int64_t value);
void page_bool(struct page *page, bool value);
void page_str(struct page *page, const char *text);
void page_text(struct page *page, const char *text, size_t len);
/* As page_text, of what a person would read: a fault may spoil it. */
void page_name(struct page *page, const struct out *name);
void page_date(struct page *page, int64_t unix_ms);
/* A list under a key that knows how many it will hold; search says which habit for empty ones applies. */
struct page_list page_list_begin(struct page *page, const char *key, uint32_t count, bool search);
void page_list_end(struct page *page, struct page_list list);
/* The flaw the next item shall have. */
enum flaw page_next_flaw(struct page *page);

/* The key of a member, which must be a literal. */
#define PAGE_KEY(page, key) page_key((page), ",\"" key "\":", sizeof(",\"" key "\":") - 1)

static inline void page_key(struct page *page, const char *with_comma, size_t len)
{
	size_t skip = page->comma ? 0 : 1;
	out_bytes(page->out, with_comma + skip, len - skip);
	page->comma = true;
}

#endif
