/* The envelope and the value formats. */
#include "page.h"

static void write_head(struct page *page, const char *status)
{
	const struct flavour *flavour = page->flavour;
	PAGE_KEY(page, "status");
	page_str(page, status);
	PAGE_KEY(page, "version");
	page_str(page, flavour->version);
	if (!flavour->type)
		return;
	PAGE_KEY(page, "type");
	page_str(page, flavour->type);
	PAGE_KEY(page, "serverVersion");
	page_str(page, flavour->server_version);
	PAGE_KEY(page, "openSubsonic");
	page_bool(page, true);
}

static void open_envelope(struct page *page)
{
	page->out->len = 0;
	page->comma = false;
	page_open(page, '{');
	PAGE_KEY(page, "subsonic-response");
	page_open(page, '{');
}

void page_start(struct page *page, struct out *out, const struct flavour *flavour, const struct spoil *spoil)
{
	*page = (struct page){.out = out, .flavour = flavour, .spoil = *spoil, .total = -1};
	out->len = 0;
}

void page_begin(struct page *page, struct out *out, const struct flavour *flavour, const struct spoil *spoil)
{
	page_start(page, out, flavour, spoil);
	open_envelope(page);
	if (!flavour->payload_first)
		write_head(page, "ok");
}

void page_end(struct page *page)
{
	if (page->flavour->payload_first)
		write_head(page, "ok");
	page_close(page, '}');
	page_close(page, '}');
}

void page_begin_empty(struct page *page, struct out *out, const struct flavour *flavour, const char *members)
{
	if (!members) {
		page_begin(page, out, flavour, &(struct spoil){0});
		return;
	}
	page_start(page, out, flavour, &(struct spoil){0});
	page_open(page, '{');
	out_str(out, members);
	page->comma = true;
}

void page_end_empty(struct page *page, const char *members)
{
	if (members)
		page_close(page, '}');
	else
		page_end(page);
}

void page_fail(struct page *page, int code, const char *message)
{
	open_envelope(page);
	if (!page->flavour->payload_first)
		write_head(page, "failed");
	PAGE_KEY(page, "error");
	page_open(page, '{');
	PAGE_KEY(page, "code");
	page_int(page, code);
	PAGE_KEY(page, "message");
	out_quoted(page->out, message);
	page_close(page, '}');
	if (page->flavour->payload_first)
		write_head(page, "failed");
	page_close(page, '}');
	page_close(page, '}');
}

void page_open(struct page *page, char bracket)
{
	out_byte(page->out, bracket);
	page->comma = false;
}

void page_close(struct page *page, char bracket)
{
	out_byte(page->out, bracket);
	page->comma = true;
}

void page_comma(struct page *page)
{
	if (page->comma)
		out_byte(page->out, ',');
	page->comma = true;
}

void page_null(struct page *page)
{
	OUT_LIT(page->out, "null");
}

void page_int(struct page *page, int64_t value)
{
	bool quoted = page->flavour->numbers_as_text;
	if (quoted)
		out_byte(page->out, '"');
	if (value < 0)
		out_byte(page->out, '-');
	out_uint(page->out, value < 0 ? -(uint64_t)value : (uint64_t)value);
	if (quoted)
		out_byte(page->out, '"');
}

void page_bool(struct page *page, bool value)
{
	if (page->flavour->numbers_as_text)
		page_str(page, value ? "true" : "false");
	else
		out_str(page->out, value ? "true" : "false");
}

void page_str(struct page *page, const char *text)
{
	page_text(page, text, strlen(text));
}

void page_text(struct page *page, const char *text, size_t len)
{
	out_byte(page->out, '"');
	out_bytes(page->out, text, len);
	out_byte(page->out, '"');
}

void page_name(struct page *page, const struct out *name)
{
	out_byte(page->out, '"');
	out_bytes(page->out, name->at, name->len);
	if (page->spoil.bad_utf8)
		OUT_LIT(page->out, "\xff\xfe\xc3"); /* never valid anywhere, and a lead byte without its second */
	if (page->spoil.nul)
		OUT_LIT(page->out, "\\u0000");
	page->spoil.bad_utf8 = page->spoil.nul = false;
	out_byte(page->out, '"');
}

void page_date(struct page *page, int64_t unix_ms)
{
	struct out *out = page->out;
	out_byte(out, '"');
	out_time(out, unix_ms / 1000);
	if (page->flavour->dates == DATE_NANOS_Z && unix_ms % 1000) {
		out_byte(out, '.');
		out_digits(out, (uint32_t)(unix_ms % 1000), 3);
		OUT_LIT(out, "365978");
	}
	if (page->flavour->dates != DATE_ZONELESS)
		out_byte(out, 'Z');
	out_byte(out, '"');
}

struct page_list page_list_begin(struct page *page, const char *key, uint32_t count, bool search)
{
	enum empty_list habit = page->flavour->empty_list;
	if (!count && (habit == LIST_OMITTED || (habit == LIST_OMITTED_IN_SEARCH && search)))
		return (struct page_list){.omitted = true};
	page_comma(page);
	page_str(page, key);
	out_byte(page->out, ':');
	if (count == 1 && page->flavour->one_as_object) {
		page->comma = false;
		return (struct page_list){.bare = true};
	}
	page_open(page, '[');
	return (struct page_list){0};
}

void page_list_end(struct page *page, struct page_list list)
{
	if (list.omitted)
		return;
	if (list.bare)
		page->comma = true;
	else
		page_close(page, ']');
}

struct window window_of(const struct spoil *spoil, uint32_t total, int64_t size, int64_t offset)
{
	if (offset < 0)
		offset = 0;
	if (size < 0 || spoil->empty)
		size = 0;
	offset = offset > spoil->back ? offset - spoil->back : 0;
	size = size > spoil->fewer ? size - spoil->fewer : 0;
	if (offset >= total)
		return (struct window){total, 0};
	uint32_t left = total - (uint32_t)offset;
	return (struct window){(uint32_t)offset, size < left ? (uint32_t)size : left};
}

enum flaw page_next_flaw(struct page *page)
{
	if (!page->spoil.malformed)
		return FLAW_NONE;
	return (enum flaw)(page->spoil.malformed-- % 3 + 1);
}
